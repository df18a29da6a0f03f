//! Tests of the dialog, the grace period and the audit log.

use super::*;
use crate::model::JsonApiFields;

const T: Duration = Duration::from_secs(100);
const SECOND: Duration = Duration::from_secs(1);
/// The question that a frame has shown.
const SHOWN: Option<Ticket> = Some(Ticket(1));

#[test]
fn the_dialog_defaults_to_no_and_waits_until_it_could_be_read() {
    let mut dialog = DialogState::default();
    assert_eq!(dialog.press(Press::Yes, SHOWN, 1, T), DialogResult::Stay);
    dialog.on_drawn(None, T);
    assert_eq!(
        dialog.press(Press::Yes, SHOWN, 1, T + SETTLE_TIME),
        DialogResult::Stay
    );
    dialog.on_drawn(SHOWN, T);
    assert_eq!(
        dialog.press(Press::Yes, SHOWN, 1, T + SETTLE_TIME.mul_f64(0.99)),
        DialogResult::Stay
    );
    dialog.on_drawn(SHOWN, T + Duration::from_millis(200));
    assert_eq!(
        dialog.press(Press::Yes, SHOWN, 1, T + SETTLE_TIME),
        DialogResult::Yes
    );
    assert_eq!(
        dialog.press(Press::Enter, SHOWN, 1, T + SETTLE_TIME),
        DialogResult::No
    );
    assert_eq!(
        dialog.press(Press::Move, SHOWN, 1, T + SETTLE_TIME),
        DialogResult::Stay
    );
    assert_eq!(
        dialog.press(Press::Enter, SHOWN, 1, T + SETTLE_TIME),
        DialogResult::Yes
    );
    assert_eq!(
        dialog.press(Press::No, SHOWN, 1, T + SETTLE_TIME),
        DialogResult::No
    );
}

#[test]
fn yes_cannot_be_chosen_before_it_is_open() {
    let mut dialog = DialogState::default();
    dialog.press(Press::Move, SHOWN, 1, T);
    assert_eq!(dialog.choice(), Choice::No);
}

#[test]
fn for_many_their_number_is_typed() {
    let mut dialog = DialogState::default();
    let mut press = |press| dialog.press(press, SHOWN, 12, T + SETTLE_TIME);
    assert_eq!(press(Press::Digit('1')), DialogResult::Stay);
    assert_eq!(
        press(Press::Enter),
        DialogResult::Stay,
        "typed before it was open: nothing is sent, and it is typed again"
    );
    let mut dialog = DialogState::default();
    dialog.on_drawn(SHOWN, T);
    let mut press = |press| dialog.press(press, SHOWN, 12, T + SETTLE_TIME);
    for key in [Press::Yes, Press::Move, Press::Digit('1'), Press::Digit('3')] {
        assert_eq!(press(key), DialogResult::Stay);
    }
    assert_eq!(press(Press::Enter), DialogResult::Stay, "13 is not 12");
    assert!(dialog.is_mismatch());
    let mut wrong = dialog.clone();
    let mut press = |press| dialog.press(press, SHOWN, 12, T + SETTLE_TIME);
    assert_eq!(press(Press::Erase), DialogResult::Stay);
    assert_eq!(press(Press::Digit('2')), DialogResult::Stay);
    assert_eq!(press(Press::Enter), DialogResult::Yes);
    // A digit after a wrong number begins a new one.
    let mut press = |press| wrong.press(press, SHOWN, 12, T + SETTLE_TIME);
    assert_eq!(press(Press::Digit('1')), DialogResult::Stay);
    assert_eq!(press(Press::Digit('2')), DialogResult::Stay);
    assert_eq!(press(Press::Enter), DialogResult::Yes);
}

#[test]
fn a_key_confirms_only_the_victims_that_a_frame_has_shown() {
    let changed = Some(Ticket(2));
    let mut dialog = DialogState::default();
    dialog.on_drawn(SHOWN, T);
    let settled = T + SETTLE_TIME;
    assert_eq!(dialog.press(Press::Yes, changed, 1, settled), DialogResult::Stay);
    assert_eq!(dialog.press(Press::Yes, None, 1, settled), DialogResult::Stay);
    // The next frame shows the changed question: the time begins again.
    dialog.on_drawn(changed, settled);
    assert_eq!(dialog.press(Press::Yes, changed, 1, settled), DialogResult::Stay);
    assert_eq!(
        dialog.press(Press::Yes, changed, 1, settled + SETTLE_TIME),
        DialogResult::Yes
    );
}

#[test]
fn a_changed_question_removes_the_typed_number() {
    let mut dialog = DialogState::default();
    dialog.on_drawn(SHOWN, T);
    dialog.press(Press::Digit('9'), SHOWN, 9, T + SETTLE_TIME);
    assert_eq!(dialog.typed(), "9");
    dialog.on_drawn(Some(Ticket(2)), T + SETTLE_TIME);
    assert_eq!(dialog.typed(), "");
}

fn in_grace() -> KillHarness {
    let mut play = KillHarness::one();
    play.still_alice();
    play.confirm(3 * SECOND);
    assert!(play.batch.grace().is_some());
    play
}

#[test]
fn in_its_grace_nothing_is_sent_or_logged_and_it_can_be_taken_back() {
    let mut play = in_grace();
    let before = play.orders.len();
    play.wait(2 * SECOND);
    assert_eq!(play.batch.grace().unwrap().left(play.now.elapsed), SECOND);
    assert!(play.batch.cancel("by key"));
    play.wait(10 * SECOND);
    assert_eq!(play.orders.len(), before);
    assert_eq!(play.batch.cancel_reason(), Some("by key"));
    assert!(play.batch.is_finished());
}

#[test]
fn after_its_grace_the_intent_is_logged_before_anything_is_sent() {
    let mut play = in_grace();
    let before = play.checks().len();
    play.wait(3 * SECOND);
    assert_eq!(play.logged(), [(2, "intent")]);
    assert_eq!(play.checks().len(), before);
    assert!(!play.batch.cancel("too late"));
    play.hear(KillEvent::Logged(play.intents(), Ok(())));
    assert_eq!(play.checks().len(), before + 1);
}

#[test]
fn who_wakes_too_late_has_taken_it_back() {
    // Awake at 1 s and 2 s, then stopped until after the end.
    let mut play = in_grace();
    play.wait(2 * SECOND);
    play.leap(SECOND * 5 / 2);
    assert!(play.batch.cancel_reason().is_some());
    // Stopped within the grace period.
    let mut play = in_grace();
    play.leap(SECOND * 5 / 2);
    assert!(play.batch.cancel_reason().is_some());
    // The machine slept, which the monotonic clock has not seen.
    let mut play = in_grace();
    play.now.wall += SignedDuration::from_hours(3);
    play.leap(SECOND);
    assert!(play.batch.cancel_reason().is_some());
    assert_eq!(play.logged(), []);
    // A little late is not too late.
    let mut play = in_grace();
    for _ in 0..3 {
        play.leap(SECOND * 13 / 10);
    }
    play.wait(SECOND / 4);
    assert_eq!(play.batch.cancel_reason(), None);
    assert_eq!(play.logged(), [(2, "intent")]);
}

#[test]
fn who_was_stopped_over_the_end_hears_of_it_before_anything_is_begun() {
    for late in [0, 30, 100, 900] {
        let mut play = in_grace();
        play.wait(2 * SECOND);
        play.leap(SECOND + Duration::from_millis(late));
        assert_eq!(play.logged(), [], "{late} ms late: a signal may be behind it");
        play.leap(Duration::from_millis(100));
        assert_eq!(play.logged(), []);
        assert!(play.batch.cancel("the program was stopped"));
    }
}

#[test]
fn without_its_intent_logged_nothing_is_sent() {
    let mut play = KillHarness::one();
    play.still_alice();
    play.confirm(Duration::ZERO);
    let why = text("cannot write the audit log (try --audit FILE): /x (of root): no");
    play.hear(KillEvent::Logged(play.intents(), Err(why.clone())));
    assert_eq!(
        play.outcome(),
        Some(&KillOutcome::Refused(RefusalReason::Unlogged(why)))
    );
    assert_eq!(play.checks().len(), 1);
}

#[test]
fn a_log_that_takes_too_long_stops_it_for_good() {
    let mut play = KillHarness::one();
    play.still_alice();
    play.confirm(Duration::ZERO);
    let ticket = play.intents();
    play.wait(2 * SECOND);
    assert!(matches!(
        play.outcome(),
        Some(KillOutcome::Refused(RefusalReason::Unlogged(_)))
    ));
    play.hear(KillEvent::Logged(ticket, Ok(())));
    play.wait(SECOND);
    assert_eq!(play.checks().len(), 1, "the first check only");
    assert_eq!(play.logged(), [(2, "intent"), (2, "refused")]);
}

#[test]
fn a_restart_in_the_grace_takes_it_back() {
    let mut play = in_grace();
    let mut list = play.list(vec![session(17, "alice")]);
    list.change.is_after_restart = true;
    play.hear(KillEvent::Listed(Arc::new(list)));
    assert!(play.batch.cancel_reason().unwrap().contains("restarted"));
    play.wait(10 * SECOND);
    assert_eq!(play.logged(), []);
}

#[test]
fn several_proxies_in_the_grace_cancel_it() {
    let mut play = in_grace();
    play.hear(KillEvent::SeveralProxies(EndpointId(7)));
    assert_eq!(play.batch.cancel_reason(), None, "another endpoint");
    play.hear(KillEvent::SeveralProxies(EndpointId(0)));
    assert!(play.batch.cancel_reason().unwrap().contains("several proxies"));
    play.wait(10 * SECOND);
    assert_eq!(play.logged(), []);
}

#[test]
fn several_proxies_close_yes_and_refuse_the_session() {
    let mut play = KillHarness::one();
    play.still_alice();
    assert!(play.batch.open_dialog_ticket().is_some());
    play.hear(KillEvent::SeveralProxies(EndpointId(0)));
    assert_eq!(
        play.outcome(),
        Some(&KillOutcome::Refused(RefusalReason::SeveralProxies))
    );
    assert!(play.batch.open_dialog_ticket().is_none());
}

#[test]
fn a_restart_while_a_person_is_asked_closes_yes() {
    let mut play = KillHarness::ask(vec![victim_of(session(17, "alice"), Some(&process(1)))]);
    play.still_alice();
    assert!(play.batch.open_dialog_ticket().is_some());
    let mut list = play.list(vec![session(17, "alice")]);
    list.instance = Some(Instance {
        version: None,
        uptime: None,
        process: Some(process(2)),
        retained_statements: None,
    });
    play.hear(KillEvent::Listed(Arc::new(list)));
    assert_eq!(
        play.outcome(),
        Some(&KillOutcome::Refused(RefusalReason::Restarted))
    );
    assert!(play.batch.open_dialog_ticket().is_none());
}

#[test]
fn a_client_that_comes_back_at_once_is_told_of_once() {
    let play = KillHarness::one();
    let mut returns = ReconnectDetector::default();
    let gone = victim(17);
    returns.expect(2, &gone, SessionId(40), play.now);
    let mut now = play.now;
    now.elapsed += Duration::from_millis(400);
    now.wall += SignedDuration::from_millis(400);
    let mut list = play.list(vec![
        session(18, "alice"),
        session(41, "bob"),
        session(42, "alice"),
    ]);
    list.taken_at = now.wall;
    let back = returns.on_list(&list, now);
    assert_eq!(back.len(), 1);
    assert_eq!(back[0].words(), "its client has opened session 42 since");
    assert_eq!(returns.on_list(&list, now), []);
}

#[test]
fn a_client_is_back_only_as_the_same_program_where_programs_are_known() {
    let with = |id, program: Option<&str>, pid| {
        let mut session = session(id, "alice");
        session.extra = Some(Arc::new(JsonApiFields {
            program: program.map(|name| Text::clean(name, TextLimit::Name)),
            pid,
            ..JsonApiFields::default()
        }));
        session
    };
    let back = |new: Session| {
        let play = KillHarness::one();
        let mut returns = ReconnectDetector::default();
        let gone = victim_of(with(17, Some("etl.py"), Some(26539)), None);
        returns.expect(2, &gone, SessionId(40), play.now);
        returns.on_list(&play.list(vec![new]), play.now).len()
    };
    assert_eq!(back(with(41, Some("etl.py"), Some(26539))), 1);
    assert_eq!(back(with(41, Some("load.py"), Some(26539))), 0, "another program");
    assert_eq!(back(with(41, Some("etl.py"), Some(27001))), 0, "another process");
    assert_eq!(back(with(41, None, None)), 1, "not known on one side");
    assert_eq!(back(session(41, "alice")), 1, "not known on one side");
}
