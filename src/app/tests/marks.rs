//! Marks, and kills of many.

use std::sync::Arc;
use std::time::Duration;

use super::{FIVE, stage};
use crate::app::build_view::build_view;
use crate::app::harness::{AppHarness, draft};
use crate::app::keymap::{Code, KeyPress};
use crate::app::kill_selection::Selection;
use crate::app::msg::{Effect, Msg};
use crate::kill::KillEvent;

fn marked(stage: &AppHarness) -> Vec<u64> {
    stage.app.marks.list().iter().map(|mark| mark.key.id.0).collect()
}

fn victims(stage: &AppHarness) -> Vec<u64> {
    let asking = stage.app.modal.kill_dialog().unwrap();
    let tasks = asking.batch.tasks().iter();
    tasks.map(|task| task.victim.identity.id.0).collect()
}

/// Whether the open dialog says that the row under the cursor is not one of the victims.
fn is_beside_cursor(stage: &AppHarness) -> bool {
    let selection = &stage.app.modal.kill_dialog().unwrap().selection;
    *selection == Selection::Marks { beside_cursor: true }
}

#[test]
fn space_marks_and_goes_on_and_marks_stay_with_their_sessions() {
    let mut stage = stage();
    stage.type_text("  ");
    assert_eq!((marked(&stage), stage.shown().1), (vec![1, 2], Some(3)));
    stage.press(Code::Char('I'));
    stage.wait_until_idle();
    stage.list(&draft(&FIVE));
    assert_eq!(marked(&stage), [1, 2]);
    stage.press(Code::End);
    assert_eq!(stage.shown().1, Some(5));
    stage.type_text(" ");
    assert_eq!(marked(&stage), [1, 2, 5]);
    stage.press(Code::End);
    stage.type_text(" ");
    assert_eq!(marked(&stage), [1, 2]);
}

#[test]
fn keys_after_a_filter_wait_for_its_rows() {
    let mut stage = stage();
    let typed = "/id=3".chars().map(Code::Char);
    let keys = typed.chain([Code::Enter, Code::Char('*'), Code::Char('K')]);
    let mut effects = Vec::new();
    for key in keys {
        effects.extend(stage.app.update(Msg::Key(KeyPress::plain(key))));
    }
    let is_kill = |effect: &Effect| matches!(effect, Effect::Kill(_));
    assert!(
        marked(&stage).is_empty() && !effects.iter().any(is_kill),
        "{effects:?}"
    );
    let built = effects.into_iter().find_map(|effect| match effect {
        Effect::Arrange(request) => Some(build_view(*request)),
        _ => None,
    });
    stage.send(Msg::Arranged(Arc::new(built.unwrap())));
    assert_eq!(marked(&stage), [3]);
    assert_eq!(victims(&stage), [3]);
}

#[test]
fn a_range_goes_from_where_v_was_pressed_first() {
    let mut stage = stage();
    stage.press(Code::Down);
    stage.type_text("v");
    stage.press(Code::Down);
    stage.press(Code::Down);
    assert!(marked(&stage).is_empty());
    stage.type_text("v");
    assert_eq!(marked(&stage), [2, 3, 4]);
    stage.type_text("v");
    stage.press(Code::Esc);
    assert!(stage.app.marks.anchor().is_none());
    assert_eq!(marked(&stage).len(), 3, "the range first, then the marks");
    stage.press(Code::Esc);
    assert!(marked(&stage).is_empty());
}

#[test]
fn all_that_are_shown_carry_their_filter_and_those_pointed_at_do_not() {
    let mut stage = stage();
    stage.type_text(" ");
    stage.type_text("/an");
    stage.press(Code::Enter);
    stage.type_text("*");
    assert_eq!(marked(&stage), [1, 4], "ann and dan");
    let carried: Vec<_> = stage
        .app
        .marks
        .list()
        .iter()
        .map(|mark| mark.taken_by.is_some())
        .collect();
    assert_eq!(carried, [false, true]);
    stage.type_text("/eve");
    stage.press(Code::Enter);
    assert_eq!(stage.app.marks.hidden, 2);
    stage.type_text("U");
    assert!(marked(&stage).is_empty());
}

#[test]
fn a_mark_ends_with_its_session_and_outlives_one_list_without_it() {
    let mut stage = stage();
    stage.type_text("  ");
    stage.list(&draft(&FIVE[1..]));
    assert_eq!(marked(&stage), [1, 2]);
    stage.list(&draft(&FIVE));
    stage.list(&draft(&FIVE[1..]));
    stage.list(&draft(&FIVE[1..]));
    assert_eq!(marked(&stage), [2]);
}

#[test]
fn a_marked_session_that_the_last_list_did_not_have_is_not_counted_as_hidden() {
    let mut stage = stage();
    stage.type_text("  /eve");
    stage.press(Code::Enter);
    assert_eq!(stage.app.marks.hidden, 2);
    stage.list(&draft(&FIVE[1..]));
    assert_eq!((marked(&stage).len(), stage.app.marks.hidden), (2, 1));
}

#[test]
fn a_marked_session_that_one_list_did_not_have_is_still_asked_about() {
    let mut stage = stage();
    stage.type_text("  ");
    stage.list(&draft(&FIVE[1..]));
    stage.press(Code::Char('K'));
    assert_eq!(victims(&stage), [1, 2]);
}

#[test]
fn marked_ones_are_meant_and_the_dialog_warns_when_the_cursor_is_elsewhere() {
    let mut stage = stage();
    stage.type_text("  ");
    stage.press(Code::Char('K'));
    assert_eq!(victims(&stage), [1, 2]);
    assert!(is_beside_cursor(&stage));
    stage.press(Code::Esc);
    stage.press(Code::Up);
    stage.press(Code::Char('K'));
    assert!(!is_beside_cursor(&stage));
}

#[test]
fn a_victim_that_is_struck_out_is_left_alone() {
    let mut stage = stage();
    stage.type_text("   ");
    stage.press(Code::Char('K'));
    let checks = stage.checks();
    assert_eq!(checks.len(), 3);
    for (ticket, id) in checks {
        stage.on_check(ticket, Ok(stage.detail(id)));
    }
    stage.press(Code::Down);
    stage.type_text("x");
    stage.draw();
    stage.wait(Duration::from_millis(300));
    stage.type_text("y");
    for (ticket, id) in stage.checks().into_iter().skip(3) {
        stage.on_check(ticket, Ok(stage.detail(id)));
    }
    let deleted: Vec<_> = stage.deletes().into_iter().map(|(id, _)| id).collect();
    assert_eq!(deleted, [1, 3]);
    for (_, ticket) in stage.deletes() {
        stage.send(Msg::Kill(KillEvent::Deleted(ticket, Ok(()))));
    }
    stage.list(&draft(&[(2, "bob", 40), (4, "dan", 20), (5, "eve", 10)]));
    stage.list(&draft(&[(2, "bob", 40), (4, "dan", 20), (5, "eve", 10)]));
    assert_eq!(stage.app.status.as_ref().unwrap().text, "2 killed: l shows each");
    assert!(stage.app.modal.is_closed(), "the log opens on request only");
    assert!(
        marked(&stage).is_empty(),
        "the next kill does not include it unseen"
    );
    assert_eq!(stage.app.kills.log.len(), 2);
}

#[test]
fn over_five_their_number_is_typed() {
    let fleet: Vec<_> = (1..=8).map(|id| (id, "ann", id)).collect();
    let mut stage = stage();
    stage.list(&draft(&fleet));
    stage.wait_until_idle();
    stage.type_text("*");
    stage.press(Code::Char('K'));
    for (ticket, id) in stage.checks() {
        stage.on_check(ticket, Ok(stage.detail(id)));
    }
    stage.draw();
    stage.wait(Duration::from_millis(300));
    stage.type_text("y7");
    stage.press(Code::Enter);
    assert!(stage.app.modal.kill_dialog().is_some());
    stage.press(Code::Backspace);
    stage.type_text("8");
    stage.press(Code::Enter);
    assert!(stage.app.modal.kill_dialog().is_none());
    assert_eq!(stage.app.kills.batches.len(), 1);
}

#[test]
fn a_question_that_is_answered_with_no_says_so() {
    let mut stage = stage();
    stage.press(Code::Char('K'));
    stage.press(Code::Enter);
    assert!(stage.app.modal.kill_dialog().is_none());
    assert_eq!(
        stage.app.status.as_ref().unwrap().text,
        "1 ann@10.0.3.1 was not killed"
    );
}

#[test]
fn a_yes_typed_ahead_is_not_for_one_that_is_taken_in_again() {
    let mut stage = stage();
    stage.type_text("  ");
    stage.press(Code::Char('K'));
    for (ticket, id) in stage.checks() {
        stage.on_check(ticket, Ok(stage.detail(id)));
    }
    stage.type_text("x");
    stage.draw();
    stage.wait(Duration::from_millis(300));
    stage.press(Code::Up);
    stage.type_text("xy");
    assert!(stage.app.modal.kill_dialog().is_some() && stage.app.kills.batches.is_empty());
    stage.draw();
    stage.wait(Duration::from_millis(300));
    stage.type_text("y");
    assert!(stage.app.modal.kill_dialog().is_none());
    assert_eq!(stage.app.kills.batches.len(), 1);
}

/// Opens the dialog for eight marked sessions. 7 and 8 are stuck.
pub(super) fn eight_with_two_stuck() -> AppHarness {
    let fleet: Vec<_> = (1..=8)
        .map(|id| (id, "ann", if id > 6 { 20_000 + id } else { id }))
        .collect();
    let mut stage = stage();
    stage.list(&draft(&fleet));
    stage.wait_until_idle();
    stage.type_text("*");
    stage.press(Code::Char('K'));
    for (ticket, id) in stage.checks() {
        stage.on_check(ticket, Ok(stage.detail(id)));
    }
    stage
}

/// Returns the victims that are not struck out.
fn included(stage: &AppHarness) -> Vec<u64> {
    let asking = stage.app.modal.kill_dialog().unwrap();
    let tasks = asking.batch.tasks().iter().filter(|task| !task.is_removed());
    tasks.map(|task| task.victim.identity.id.0).collect()
}

#[test]
fn the_dialog_lists_stuck_sessions_first_and_h_strikes_out_the_others() {
    let mut stage = eight_with_two_stuck();
    assert_eq!(victims(&stage), [7, 8, 1, 2, 3, 4, 5, 6]);
    assert_eq!(stage.app.modal.kill_dialog().unwrap().healthy().count(), 6);
    stage.press(Code::End);
    stage.type_text("x");
    assert_eq!(included(&stage), [7, 8, 1, 2, 3, 4, 5]);
    stage.type_text("h");
    assert_eq!(included(&stage), [7, 8]);
    stage.type_text("h");
    assert_eq!(included(&stage), [7, 8, 1, 2, 3, 4, 5], "6 was struck out with x");
    stage.type_text("h");
    stage.draw();
    stage.wait(Duration::from_millis(300));
    stage.type_text("y");
    assert!(stage.app.modal.is_closed(), "two are confirmed by a key");
}

#[test]
fn a_wrong_number_sends_nothing() {
    let mut stage = eight_with_two_stuck();
    stage.draw();
    stage.wait(Duration::from_millis(300));
    stage.type_text("7");
    stage.press(Code::Enter);
    assert!(stage.app.modal.kill_dialog().unwrap().dialog.is_mismatch());
    stage.type_text("q");
    assert!(stage.app.modal.is_closed() && stage.app.kills.batches.is_empty());
    assert_eq!(
        stage.app.status.as_ref().unwrap().text,
        "8 sessions were not killed"
    );
}
