//! Kills from the screen: dialog, confirmation, cancel, stop, outcomes.

use std::time::Duration;

use super::{FIVE, stage};
use crate::app::harness::{AppHarness, draft};
use crate::app::keymap::Code;
use crate::app::msg::Effect;
use crate::app::msg::{FrameReport, Msg};
use crate::app::overlay::Topic;
use crate::app::saving::{SaveResult, SettingChange};
use crate::app::status::StatusLevel;
use crate::kill::{
    EndAttempt, KillEvent, KillOutcome, Order, StatementEnd, StatementResults, StatementState, Ticket,
};
use crate::model::{Dialect, RequestError, Text, TextLimit};

/// Opens the dialog for a session and lets the first check pass, 300 ms after its frame.
pub(crate) fn asked(stage: &mut AppHarness, id: u64) {
    stage.press(Code::Char('K'));
    let ticket = stage.last_check().unwrap();
    let detail = stage.detail(id);
    stage.on_check(ticket, Ok(detail));
    stage.draw();
    stage.wait(Duration::from_millis(300));
}

/// Confirms the kill of a session, up to its DELETE. Returns the ticket of the DELETE.
fn send_delete(stage: &mut AppHarness, id: u64) -> Ticket {
    asked(stage, id);
    stage.press(Code::Char('y'));
    stage.on_check(stage.last_check().unwrap(), Ok(stage.detail(id)));
    stage.deletes().last().unwrap().1
}

#[test]
fn a_kill_asks_checks_deletes_once_and_says_what_came_of_it() {
    let mut stage = stage();
    asked(&mut stage, 1);
    stage.press(Code::Char('y'));
    assert!(stage.app.modal.kill_dialog().is_none());
    assert!(stage.deletes().is_empty(), "the second check comes first");
    let check = stage.last_check().unwrap();
    let detail = stage.detail(1);
    stage.on_check(check, Ok(detail));
    let [(1, delete)] = stage.deletes()[..] else {
        panic!("one DELETE for 1")
    };
    stage.send(Msg::Kill(KillEvent::Deleted(delete, Ok(()))));
    stage.wait(Duration::from_millis(20));
    stage.on_check(stage.last_check().unwrap(), Err(RequestError::NotFound));
    let status = stage.app.status.clone().unwrap();
    assert_eq!(status.level, StatusLevel::Done);
    assert!(
        status.text.starts_with("killed 1 ann@10.0.3.1"),
        "{}",
        status.text
    );
    assert_eq!(stage.deletes().len(), 1);
    stage.list(&draft(&FIVE[1..]));
    assert!(
        stage.app.table.view.row(0).unwrap().has_ended(),
        "a GET has said so: one list is enough"
    );
    stage.press(Code::Down);
    assert!(stage.app.status.is_none());
}

#[test]
fn a_key_typed_ahead_confirms_nothing() {
    let mut stage = stage();
    stage.press(Code::Char('K'));
    stage.press(Code::Char('y'));
    stage.on_check(stage.last_check().unwrap(), Ok(stage.detail(1)));
    stage.press(Code::Char('y'));
    stage.draw();
    stage.wait(Duration::from_millis(299));
    stage.press(Code::Char('y'));
    assert!(stage.app.modal.kill_dialog().is_some());
    stage.wait(Duration::from_millis(1));
    stage.press(Code::Char('y'));
    assert!(stage.app.modal.kill_dialog().is_none());
}

#[test]
fn a_frame_from_before_the_check_opens_nothing() {
    let mut stage = stage();
    stage.press(Code::Char('K'));
    let before = FrameReport {
        question: stage.app.modal.open_dialog_ticket(),
        ..FrameReport::default()
    };
    stage.on_check(stage.last_check().unwrap(), Ok(stage.detail(1)));
    stage.send(Msg::Drawn(before));
    stage.wait(Duration::from_secs(1));
    stage.press(Code::Char('y'));
    assert!(stage.app.modal.kill_dialog().is_some());
}

#[test]
fn no_is_the_default_and_every_way_out_sends_nothing() {
    for way in [Code::Enter, Code::Esc, Code::Char('n'), Code::Char('q')] {
        let mut stage = stage();
        asked(&mut stage, 1);
        stage.press(way);
        assert!(stage.app.modal.kill_dialog().is_none() && stage.app.leaving.is_none());
        assert!(stage.deletes().is_empty());
    }
}

#[test]
fn a_digit_in_a_dialog_that_asks_for_no_number_names_the_keys() {
    let status = |stage: &AppHarness| stage.app.status.clone().unwrap().text;
    let mut stage = stage();
    asked(&mut stage, 1);
    stage.press(Code::Char('1'));
    assert_eq!(status(&stage), "press y to kill this session, n for no");
    let mut stage = super::stage();
    stage.type_text("*K");
    for (ticket, id) in stage.checks() {
        stage.on_check(ticket, Ok(stage.detail(id)));
    }
    stage.draw();
    stage.wait(Duration::from_millis(300));
    stage.press(Code::Char('5'));
    assert_eq!(status(&stage), "press y to kill these 5 sessions, n for no");
    assert!(stage.app.modal.kill_dialog().is_some() && stage.app.kills.batches.is_empty());
    stage.press(Code::Char('y'));
    assert_eq!(stage.app.kills.batches.len(), 1, "the digit changes nothing");
}

#[test]
fn the_details_of_a_killed_session_end_with_the_kill_and_not_with_the_next_list() {
    let mut stage = stage();
    stage.press(Code::Enter);
    let delete = send_delete(&mut stage, 1);
    stage.send(Msg::Kill(KillEvent::Deleted(delete, Ok(()))));
    stage.wait(Duration::from_millis(20));
    assert!(stage.app.detail.as_ref().unwrap().ended.is_none());
    stage.on_check(stage.last_check().unwrap(), Err(RequestError::NotFound));
    assert!(stage.app.detail.as_ref().unwrap().ended.is_some());
}

#[test]
fn arrows_choose_yes() {
    let mut stage = stage();
    asked(&mut stage, 1);
    stage.press(Code::Right);
    stage.press(Code::Enter);
    assert_eq!(stage.app.kills.batches.len(), 1);
}

#[test]
fn somebody_else_under_the_number_is_never_ended() {
    let mut stage = stage();
    asked(&mut stage, 1);
    stage.press(Code::Char('y'));
    let mut other = stage.detail(1);
    other.session.user = stage.detail(2).session.user;
    stage.on_check(stage.last_check().unwrap(), Ok(other));
    assert!(stage.deletes().is_empty());
    let status = stage.app.status.clone().unwrap();
    assert_eq!(status.level, StatusLevel::Warning);
    assert!(
        status
            .text
            .starts_with("refused: id 1 is now bob@10.0.3.1 (was ann@10.0.3.1"),
        "{}",
        status.text
    );
}

#[test]
fn in_the_details_the_session_shown_is_meant_wherever_the_cursor_is() {
    let mut stage = stage();
    stage.press(Code::Down);
    stage.press(Code::Enter);
    stage.wait_until_idle();
    stage.list(&draft(&[(2, "bob", 1), (5, "eve", 99)]));
    stage.press(Code::Char('K'));
    assert_eq!(
        stage.app.modal.kill_dialog().unwrap().batch.tasks()[0]
            .victim
            .identity
            .id
            .0,
        2
    );
}

#[test]
fn read_only_asks_nothing() {
    let mut stage = stage();
    stage.app.endpoints[0].read_only = true;
    stage.press(Code::Char('K'));
    assert!(stage.app.modal.kill_dialog().is_none() && stage.asked.is_empty());
    assert!(stage.app.status.as_ref().unwrap().text.contains("read-only"));
}

#[test]
fn not_allowed_turns_the_endpoint_read_only() {
    let mut stage = stage();
    let delete = send_delete(&mut stage, 1);
    stage.send(Msg::Kill(KillEvent::Deleted(
        delete,
        Err(RequestError::NotAllowed {
            status: 403,
            detail: None,
            with_credentials: true,
        }),
    )));
    assert!(stage.app.endpoints[0].read_only);
}

#[test]
fn a_quit_waits_for_what_is_in_flight_but_not_for_ever() {
    let mut stage = stage();
    asked(&mut stage, 1);
    stage.press(Code::Char('y'));
    stage.on_check(stage.last_check().unwrap(), Ok(stage.detail(1)));
    stage.press(Code::Char('q'));
    assert!(
        !stage
            .asked
            .iter()
            .any(|effect| matches!(effect, Effect::Quit { .. }))
    );
    stage.wait(Duration::from_secs(2));
    assert!(matches!(
        stage.asked.last(),
        Some(Effect::Quit { unsettled: true, .. })
    ));
    // Another message at the same time does not cancel it.
    stage.wait(Duration::ZERO);
    stage.press(Code::Char('q'));
    let quits = stage
        .asked
        .iter()
        .filter(|effect| matches!(effect, Effect::Quit { .. }));
    assert_eq!(quits.count(), 1);
}

#[test]
fn a_second_quit_does_not_put_the_end_off() {
    let mut stage = stage();
    asked(&mut stage, 1);
    stage.press(Code::Char('y'));
    stage.on_check(stage.last_check().unwrap(), Ok(stage.detail(1)));
    stage.press(Code::Char('q'));
    stage.wait(Duration::from_millis(400));
    assert!(!matches!(stage.asked.last(), Some(Effect::Quit { .. })));
    stage.press(Code::Char('q'));
    assert!(matches!(
        stage.asked.last(),
        Some(Effect::Quit { unsettled: true, .. })
    ));
}

#[test]
fn a_dialog_that_was_open_while_the_program_stood_still_has_to_be_seen_again() {
    let mut stage = stage();
    asked(&mut stage, 1);
    stage.send(Msg::Resumed);
    stage.press(Code::Char('y'));
    assert!(stage.app.modal.kill_dialog().is_some());
    stage.draw();
    stage.wait(Duration::from_millis(300));
    stage.press(Code::Char('y'));
    assert!(stage.app.modal.kill_dialog().is_none());
}

#[test]
fn without_its_intent_logged_nothing_is_sent_and_it_says_why() {
    let mut stage = stage();
    stage.log = Err("cannot write the audit log /x (of root)".to_owned());
    asked(&mut stage, 1);
    stage.press(Code::Char('y'));
    assert!(stage.deletes().is_empty());
    let status = stage.app.status.clone().unwrap();
    assert!(status.text.contains("/x (of root)"), "{}", status.text);
}

#[test]
fn a_reason_is_typed_and_its_letters_are_no_keys() {
    let mut stage = stage();
    asked(&mut stage, 1);
    stage.type_text("rhangs, qynx");
    stage.press(Code::Esc);
    assert!(stage.app.modal.kill_dialog().is_some());
    stage.press(Code::Char('y'));
    let entries = stage.asked.iter().find_map(|effect| match effect {
        Effect::Kill(Order::WriteIntents { entries, .. }) => Some(entries.clone()),
        _ => None,
    });
    let reason = entries.unwrap()[0].reason.clone();
    assert_eq!(reason.unwrap().as_str(), "hangs, qynx");
}

#[test]
fn the_kill_log_tells_what_came_of_each() {
    let mut stage = stage();
    asked(&mut stage, 1);
    stage.press(Code::Char('y'));
    stage.on_check(stage.last_check().unwrap(), Err(RequestError::NotFound));
    stage.press(Code::Char('l'));
    assert_eq!(stage.app.modal.overlay().unwrap().topic, Topic::KillLog);
    let log = &stage.app.kills.log;
    assert_eq!((log.len(), log[0].outcome.word()), (1, "already gone"));
    stage.press(Code::Esc);
    assert!(stage.app.modal.overlay().is_none());
}

#[test]
fn a_client_that_is_back_at_once_is_told_of() {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    let fleet = [(1, "ann", 50), (251, "bob", 40)];
    stage.list(&draft(&fleet));
    let delete = send_delete(&mut stage, 1);
    stage.send(Msg::Kill(KillEvent::Deleted(delete, Ok(()))));
    stage.wait(Duration::from_millis(20));
    stage.on_check(stage.last_check().unwrap(), Err(RequestError::NotFound));
    stage.wait(Duration::from_secs(1));
    // The same user at the same address: 501 and 1 are equal modulo 250.
    stage.list(&draft(&[(251, "bob", 40), (501, "ann", 0)]));
    let status = stage.app.status.clone().unwrap();
    assert_eq!(
        status.text,
        "killed 1 ann@10.0.3.1 in 20ms; if a statement was running, it may still run on its server; its client has opened session 501 since"
    );
    assert_eq!(stage.app.kills.log[0].back.unwrap().id.0, 501);
}

#[test]
fn y_in_the_details_offers_the_kill_of_each_connection_and_copies_the_first() {
    let mut stage = stage();
    stage.press(Code::Enter);
    let first = |stage: &AppHarness| stage.app.copy_offer().choices[0].about.clone();
    assert_eq!(first(&stage), "session id", "no thread id is known");
    let connection = |thread| crate::model::ConnectionDetail {
        thread_id: Some(thread),
        ..Default::default()
    };
    let mut detail = stage.detail(1);
    detail.connections = vec![connection(7718), connection(4021)];
    stage.on_observation(Ok(detail));
    for thread in ["KILL 7718", "KILL 7718"] {
        stage.type_text("yy");
        assert!(matches!(stage.asked.last(), Some(Effect::Copy(text)) if text == thread));
        let status = stage.app.status.clone().unwrap().text;
        assert!(
            status.starts_with(&format!("sent to the clipboard: {thread} ")),
            "{status}"
        );
        assert!(!status.contains("tmux"), "{status}");
    }
    stage.type_text("yjy");
    assert!(matches!(stage.asked.last(), Some(Effect::Copy(text)) if text == "KILL 4021"));
    stage.app.settings.in_tmux = true;
    stage.type_text("yy");
    let status = stage.app.status.clone().unwrap().text;
    assert!(status.contains("set-clipboard on"), "{status}");
}

#[test]
fn h_includes_again_only_what_h_struck_out_and_goes_to_the_top() {
    let mut stage = stage();
    stage.type_text("*K");
    for (ticket, id) in stage.checks() {
        stage.on_check(ticket, Ok(stage.detail(id)));
    }
    let removed = |stage: &AppHarness| {
        let tasks = stage.app.modal.kill_dialog().unwrap().batch.tasks().iter();
        tasks.filter(|task| task.is_removed()).count()
    };
    let healthy = stage.app.modal.kill_dialog().unwrap().healthy().count();
    assert!(healthy >= 3, "{healthy}");
    stage.press(Code::End);
    stage.type_text("h");
    assert_eq!(removed(&stage), healthy);
    assert_eq!(stage.app.modal.kill_dialog().unwrap().cursor, 0);
    // The last one is included and struck out again by hand.
    stage.press(Code::End);
    stage.type_text("xx");
    assert_eq!(removed(&stage), healthy);
    stage.type_text("h");
    assert_eq!(removed(&stage), 1, "x stays");
    stage.type_text("hh");
    assert_eq!(removed(&stage), 1, "x stays");
}

/// Confirms a kill of all sessions. None is sent yet.
fn running() -> AppHarness {
    let mut stage = stage();
    stage.type_text("*K");
    for (ticket, id) in stage.checks() {
        stage.on_check(ticket, Ok(stage.detail(id)));
    }
    stage.draw();
    stage.wait(Duration::from_millis(300));
    stage.type_text("y");
    assert!(stage.app.kills.busy().is_some());
    stage
}

#[test]
fn esc_stops_the_rest_in_every_view_and_prompt_and_closes_it_only_then() {
    use crate::app::keymap::KeyContext;
    let keys = [
        (Code::Char('/'), KeyContext::Prompt),
        (Code::F(3), KeyContext::Search),
        (Code::Char('c'), KeyContext::Columns),
        (Code::Char('l'), KeyContext::Overlay),
        (Code::Char('?'), KeyContext::Help),
        (Code::Char('b'), KeyContext::Blockers),
        (Code::Char('S'), KeyContext::Servers),
    ];
    for (key, context) in keys {
        let mut stage = running();
        stage.press(key);
        assert_eq!(stage.app.context(), context);
        stage.press(Code::Esc);
        assert_eq!(stage.app.kills.busy(), None, "{context:?}");
        assert_eq!(stage.app.context(), context, "the first Esc only stops the kill");
        stage.press(Code::Esc);
        assert_ne!(stage.app.context(), context);
    }
    let mut stage = running();
    stage.type_text("W");
    let changes = vec![SettingChange {
        name: "sort",
        written: "'id'".to_owned(),
        present: None,
    }];
    stage.send(Msg::Saved(SaveResult::Planned(changes, "a file".to_owned())));
    assert_eq!(stage.app.context(), KeyContext::SaveQuestion);
    stage.press(Code::Esc);
    assert_eq!(stage.app.kills.busy(), None);
    assert_eq!(stage.app.context(), KeyContext::SaveQuestion);
}

#[test]
fn a_key_that_only_closes_a_view_stops_no_kill() {
    for (open, close) in [('l', 'l'), ('l', 'q'), ('o', 'o'), ('b', 'b'), ('c', 'q')] {
        let mut stage = running();
        stage.press(Code::Char(open));
        stage.press(Code::Char(close));
        assert!(stage.app.modal.is_closed() && stage.app.blockers.is_none());
        assert!(stage.app.kills.busy().is_some(), "{open} {close}");
    }
}

#[test]
fn q_means_no_in_every_dialog() {
    use crate::app::keymap::{Action, KeyContext, KeyPress, action};
    let q = KeyPress::plain(Code::Char('q'));
    for context in [
        KeyContext::Dialog,
        KeyContext::Columns,
        KeyContext::Copy,
        KeyContext::SaveQuestion,
    ] {
        assert_eq!(action(context, q), Some(Action::No), "{context:?}");
    }
    for context in [KeyContext::Overlay, KeyContext::Help] {
        assert_eq!(action(context, q), Some(Action::Back), "{context:?}");
    }
}

/// Kills two marked sessions.
fn two_killed() -> AppHarness {
    let mut stage = stage();
    stage.type_text("  ");
    stage.press(Code::Char('K'));
    for (ticket, id) in stage.checks() {
        let detail = stage.detail(id);
        stage.on_check(ticket, Ok(detail));
    }
    stage.draw();
    stage.wait(Duration::from_millis(300));
    let first_checks = stage.checks().len();
    stage.press(Code::Char('y'));
    for (ticket, id) in stage.checks().split_off(first_checks) {
        let detail = stage.detail(id);
        stage.on_check(ticket, Ok(detail));
    }
    for (_, delete) in stage.deletes() {
        stage.send(Msg::Kill(KillEvent::Deleted(delete, Ok(()))));
    }
    stage.wait(Duration::from_millis(20));
    for (ticket, _) in stage.checks().split_off(2 * first_checks) {
        stage.on_check(ticket, Err(RequestError::NotFound));
    }
    stage
}

fn shown_status(stage: &AppHarness) -> String {
    stage.app.status.clone().unwrap().text
}

#[test]
fn clients_that_are_back_are_counted_with_the_outcome_of_their_batch() {
    let mut stage = two_killed();
    assert_eq!(shown_status(&stage), "2 killed: l shows each");
    let mut fleet = FIVE[2..].to_vec();
    fleet.push((251, "ann", 0));
    stage.list(&draft(&fleet));
    assert_eq!(
        shown_status(&stage),
        "2 killed; 1 client has a new session: l shows each"
    );
    fleet.push((252, "bob", 0));
    stage.list(&draft(&fleet));
    assert_eq!(
        shown_status(&stage),
        "2 killed; 2 clients have new sessions: l shows each"
    );
}

#[test]
fn the_outcome_of_a_batch_counts_statements_that_still_run_until_they_end() {
    let mut stage = two_killed();
    let running = |state| StatementEnd {
        server: Text::clean("db-01", TextLimit::Name),
        thread: 7,
        query_id: 9,
        sql: Text::clean("UPDATE t", TextLimit::Sql),
        state,
        attempt: EndAttempt::None,
    };
    let set = |stage: &mut AppHarness, state: StatementState| {
        let statements = StatementResults {
            statements: vec![running(state)],
            ..StatementResults::default()
        };
        stage.app.kills.log[0].outcome = KillOutcome::Killed {
            after: Duration::from_millis(20),
            statements: Box::new(statements),
        };
        stage.list(&draft(&FIVE[2..]));
    };
    set(&mut stage, StatementState::Running);
    assert_eq!(
        shown_status(&stage),
        "2 killed; 1 statement still runs on db-01 (b)"
    );
    assert_eq!(stage.app.status.as_ref().unwrap().level, StatusLevel::Warning);
    set(&mut stage, StatementState::Ended);
    assert_eq!(shown_status(&stage), "2 killed: l shows each");
}

#[test]
fn a_dialog_without_a_session_that_can_be_killed_takes_no_reason() {
    let mut stage = stage();
    stage.press(Code::Char('K'));
    stage.on_check(stage.last_check().unwrap(), Err(RequestError::NotFound));
    stage.draw();
    for key in ['r', 's'] {
        stage.press(Code::Char(key));
        assert_eq!(
            shown_status(&stage),
            "nothing here can be killed; Esc closes the dialog"
        );
    }
    assert!(!stage.app.modal.kill_dialog().unwrap().types_reason);
}

#[test]
fn a_key_after_a_late_wake_up_confirms_nothing_before_a_new_frame() {
    let mut stage = stage();
    asked(&mut stage, 1);
    stage.wait_awake(Duration::from_secs(5));
    stage.wait(Duration::from_millis(2_500));
    stage.press(Code::Char('y'));
    assert!(stage.app.modal.kill_dialog().is_some());
    // A shorter stop right after the frame.
    stage.draw();
    stage.wait(Duration::from_millis(1_400));
    stage.press(Code::Char('y'));
    assert!(stage.app.modal.kill_dialog().is_some());
    stage.draw();
    stage.wait_awake(Duration::from_millis(300));
    stage.press(Code::Char('y'));
    assert!(stage.app.modal.kill_dialog().is_none());
    assert_eq!(stage.app.kills.batches.len(), 1);

    let mut stage = super::stage();
    asked(&mut stage, 1);
    stage.wait_awake(Duration::from_secs(5));
    stage.press(Code::Char('y'));
    assert!(
        stage.app.modal.kill_dialog().is_none(),
        "all wake-ups were in time"
    );
}

fn status(stage: &AppHarness) -> String {
    stage.app.status.clone().unwrap().text
}

/// Opens the dialog for another session while the last kill is not finished, or after it.
fn ask_and_refuse(stage: &mut AppHarness, id: u64) {
    stage.press(Code::Down);
    asked(stage, id);
    stage.press(Code::Char('n'));
}

#[test]
fn a_dialog_that_is_closed_names_its_sessions_and_keeps_the_outcome_before() {
    let mut stage = stage();
    asked(&mut stage, 1);
    stage.press(Code::Char('n'));
    assert_eq!(status(&stage), "1 ann@10.0.3.1 was not killed");
    let delete = send_delete(&mut stage, 1);
    stage.send(Msg::Kill(KillEvent::Deleted(delete, Ok(()))));
    stage.wait(Duration::from_millis(20));
    let follow_up = stage.last_check().unwrap();
    stage.press(Code::Down);
    asked(&mut stage, 2);
    stage.on_check(follow_up, Err(RequestError::NotFound));
    let killed = status(&stage);
    assert!(killed.starts_with("killed 1 ann@10.0.3.1"), "{killed}");
    stage.press(Code::Char('n'));
    assert_eq!(status(&stage), format!("{killed}; 2 bob@10.0.3.2 was not killed"));
    ask_and_refuse(&mut stage, 3);
    assert_eq!(status(&stage), "3 cid@10.0.3.3 was not killed");
}

#[test]
fn an_unknown_outcome_says_that_the_session_is_still_listed() {
    let mut stage = stage();
    let delete = send_delete(&mut stage, 1);
    stage.send(Msg::Kill(KillEvent::Deleted(
        delete,
        Err(RequestError::TimedOut(Duration::from_secs(1))),
    )));
    stage.wait_awake(Duration::from_secs(11));
    let unknown = status(&stage);
    assert!(
        unknown.starts_with("unknown whether 1 ann@10.0.3.1 was killed"),
        "{unknown}"
    );
    for _ in 0..2 {
        stage.wait(Duration::from_secs(1));
        stage.list(&draft(&FIVE));
        assert_eq!(status(&stage), format!("{unknown}; it is still listed"));
    }
}

/// Kills a session: the replies to all its requests, up to the 404.
fn kill_at_once(stage: &mut AppHarness, id: u64) {
    let delete = send_delete(stage, id);
    stage.send(Msg::Kill(KillEvent::Deleted(delete, Ok(()))));
    stage.wait(Duration::from_millis(20));
    stage.on_check(stage.last_check().unwrap(), Err(RequestError::NotFound));
}

#[test]
fn news_of_an_older_kill_does_not_replace_the_outcome_of_the_newest() {
    let mut stage = stage();
    kill_at_once(&mut stage, 1);
    stage.press(Code::Down);
    kill_at_once(&mut stage, 2);
    let newest = status(&stage);
    assert!(newest.starts_with("killed 2 bob@10.0.3.2"), "{newest}");
    // A new session of the client of the first one, and then of the second one.
    stage.list(&draft(&[(3, "cid", 30), (251, "ann", 1)]));
    assert_eq!(status(&stage), newest);
    stage.list(&draft(&[(3, "cid", 30), (251, "ann", 1), (252, "bob", 1)]));
    assert_eq!(
        status(&stage),
        format!("{newest}; its client has opened session 252 since")
    );
    stage.press(Code::Char('j'));
    assert!(stage.app.status.is_none());
}
