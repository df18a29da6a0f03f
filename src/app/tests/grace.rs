//! The grace period of a kill on the screen: the keys and events that cancel it.

use std::time::Duration;

use super::kills::asked;
use super::stage;
use crate::app::harness::{AppHarness, draft};
use crate::app::keymap::{Code, KeyPress};
use crate::app::msg::Effect;
use crate::app::msg::Msg;
use crate::kill::{KillEvent, Order};

const SECOND: Duration = Duration::from_secs(1);

/// Confirmed, with three seconds of grace left.
fn in_grace() -> AppHarness {
    let mut stage = stage();
    stage.app.settings.grace = 3 * SECOND;
    asked(&mut stage, 1);
    stage.press(Code::Char('y'));
    assert!(stage.app.kills.in_grace().is_some());
    stage
}

/// Checks that nothing was sent or logged, even after a long time.
fn nothing_was_done(stage: &mut AppHarness) {
    let checks = stage.last_check();
    for _ in 0..20 {
        stage.wait(SECOND / 2);
    }
    assert!(stage.deletes().is_empty());
    assert_eq!(stage.last_check(), checks);
    assert!(stage.app.kills.batches.is_empty());
    let logged = |effect: &Effect| matches!(effect, Effect::Kill(Order::WriteIntents { .. }));
    assert!(!stage.asked.iter().any(logged));
}

#[test]
fn after_its_grace_a_kill_goes_on_by_itself() {
    let mut stage = in_grace();
    stage.wait_awake(3 * SECOND);
    stage.on_check(stage.last_check().unwrap(), Ok(stage.detail(1)));
    assert_eq!(stage.deletes().len(), 1);
}

#[test]
fn in_its_grace_these_keys_take_it_back_and_do_nothing_else() {
    let ctrl_c = KeyPress {
        code: Code::Char('c'),
        ctrl: true,
        alt: false,
    };
    let keys = [
        Code::Char('u'),
        Code::Char('U'),
        Code::Esc,
        Code::Char('q'),
        Code::Char('Q'),
    ];
    for key in keys.map(KeyPress::plain).into_iter().chain([ctrl_c]) {
        let mut stage = in_grace();
        stage.send(Msg::Key(key));
        assert!(stage.app.leaving.is_none());
        let status = stage.app.status.clone().unwrap();
        assert!(
            status
                .text
                .starts_with("Canceled: nothing was sent to 1 ann@10.0.3.1"),
            "{}",
            status.text
        );
        nothing_was_done(&mut stage);
    }
}

#[test]
fn a_stop_and_a_resume_take_it_back() {
    for msg in [Msg::Suspends, Msg::Resumed, Msg::Ends] {
        let mut stage = in_grace();
        stage.send(msg);
        nothing_was_done(&mut stage);
    }
    let mut stage = in_grace();
    stage.send(Msg::Key(KeyPress {
        code: Code::Char('z'),
        ctrl: true,
        alt: false,
    }));
    nothing_was_done(&mut stage);
}

#[test]
fn who_types_a_filter_in_the_grace_types_text() {
    let mut stage = in_grace();
    stage.type_text("/user");
    assert_eq!(stage.app.modal.prompt().unwrap().input.value(), "user");
    assert!(stage.app.kills.in_grace().is_some());
    stage.press(Code::Esc);
    assert!(stage.app.modal.prompt().is_some(), "Esc takes back first");
    nothing_was_done(&mut stage);
}

#[test]
fn a_second_kill_in_the_grace_is_refused_with_a_word() {
    let mut stage = in_grace();
    stage.press(Code::Down);
    stage.press(Code::Char('K'));
    assert!(stage.app.modal.kill_dialog().is_none());
    assert!(
        stage
            .app
            .status
            .as_ref()
            .unwrap()
            .text
            .contains("press u to cancel")
    );
    assert!(stage.app.kills.in_grace().is_some());
}

#[test]
fn u_cancels_a_kill_while_its_intents_are_being_written() {
    for key in [Code::Char('u'), Code::Char('U'), Code::Esc, Code::Char('q')] {
        let mut stage = stage();
        stage.log_replies = false;
        asked(&mut stage, 1);
        stage.press(Code::Char('y'));
        let ticket = stage.asked.iter().find_map(|effect| match effect {
            Effect::Kill(Order::WriteIntents { ticket, .. }) => Some(*ticket),
            _ => None,
        });
        let checks = stage.checks().len();
        stage.press(key);
        let status = stage.app.status.clone().unwrap().text;
        assert!(status.contains("stopped"), "{key:?}: {status}");
        stage.send(Msg::Kill(KillEvent::Logged(ticket.unwrap(), Ok(()))));
        stage.wait(5 * SECOND);
        assert_eq!(stage.checks().len(), checks, "{key:?}");
        assert!(stage.deletes().is_empty(), "{key:?}");
    }
}

#[test]
fn u_says_that_it_is_too_late_for_five_seconds_after_a_grace_period() {
    let mut stage = in_grace();
    stage.wait_awake(3 * SECOND);
    stage.on_check(stage.last_check().unwrap(), Ok(stage.detail(1)));
    for (_, ticket) in stage.deletes() {
        stage.send(Msg::Kill(KillEvent::Deleted(ticket, Ok(()))));
    }
    for (wait, text) in [
        (0, "too late: already sent to 1 ann@10.0.3.1"),
        (5, "nothing to undo"),
    ] {
        stage.wait(wait * SECOND);
        stage.press(Code::Char('u'));
        assert_eq!(stage.app.status.as_ref().unwrap().text, text);
    }
    let mut stage = in_grace();
    stage.press(Code::Char('u'));
    stage.wait(4 * SECOND);
    stage.press(Code::Char('u'));
    assert_eq!(stage.app.status.as_ref().unwrap().text, "nothing to undo");
    let batches = stage.app.kills.logged_batches();
    assert_eq!(batches[0].canceled.unwrap().victims, "1 ann@10.0.3.1");
}

#[test]
fn a_canceled_kill_counts_only_the_sessions_that_were_confirmed() {
    let mut stage = stage();
    stage.app.settings.grace = 3 * SECOND;
    stage.type_text("   K");
    for (ticket, id) in stage.checks() {
        let detail = if id == 2 {
            // Another user: it will not be killed.
            let mut detail = stage.detail(id);
            detail.session.user = stage.detail(5).session.user;
            detail
        } else {
            stage.detail(id)
        };
        stage.on_check(ticket, Ok(detail));
    }
    stage.draw();
    stage.wait(Duration::from_millis(300));
    stage.press(Code::Char('y'));
    stage.press(Code::Char('u'));
    let status = stage.app.status.clone().unwrap().text;
    assert_eq!(status, "Canceled: nothing was sent to these 2 sessions");
}

#[test]
fn undo_after_a_refused_kill_says_that_it_was_refused() {
    let mut stage = in_grace();
    stage.wait_awake(3 * SECOND);
    let changed = draft(&[(1, "eve", 50), (2, "bob", 40)]);
    let check = stage.last_check().unwrap();
    stage.list(&changed);
    stage.on_check(check, Ok(stage.detail(1)));
    assert!(stage.deletes().is_empty());
    stage.press(Code::Char('u'));
    assert_eq!(
        stage.app.status.clone().unwrap().text,
        "nothing to undo: the kill was refused"
    );
}
