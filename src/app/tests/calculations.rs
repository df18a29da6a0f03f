//! Results that arrive later than the keys after them.

use std::time::Duration;

use super::{FIVE, stage};
use crate::app::harness::{AppHarness, draft};
use crate::app::keymap::Code;
use crate::app::msg::Msg;
use crate::model::EndpointId;

/// Returns a table whose calculations do not finish by themselves.
fn slow() -> AppHarness {
    let mut stage = stage();
    stage.calculates = false;
    stage
}

fn marked(stage: &AppHarness) -> Vec<u64> {
    stage.app.marks.list().iter().map(|mark| mark.key.id.0).collect()
}

fn status(stage: &AppHarness) -> &str {
    stage.app.status.as_ref().map_or("", |status| &status.text)
}

fn victims(stage: &AppHarness) -> Vec<u64> {
    let dialog = stage.app.modal.kill_dialog().unwrap();
    let tasks = dialog.batch.tasks().iter();
    tasks.map(|task| task.victim.identity.id.0).collect()
}

fn check_all(stage: &mut AppHarness) {
    for (ticket, id) in stage.checks() {
        stage.on_check(ticket, Ok(stage.detail(id)));
    }
}

#[test]
fn a_y_before_the_victims_are_counted_confirms_nothing() {
    let mut stage = slow();
    stage.type_text("  Ky");
    assert!(stage.app.modal.is_closed() && stage.app.kills.batches.is_empty());
    stage.calculate();
    assert_eq!(victims(&stage), [1, 2]);
    check_all(&mut stage);
    stage.draw();
    stage.wait(Duration::from_millis(300));
    let dialog = stage.app.modal.kill_dialog().unwrap();
    let early = dialog.dialog.early_key(dialog.batch.confirmable());
    assert_eq!(
        early,
        Some("y was typed before the question was shown; press y again")
    );
    assert!(stage.app.kills.batches.is_empty() && stage.deletes().is_empty());
    stage.type_text("y");
    assert_eq!(stage.app.kills.batches.len(), 1);
}

#[test]
fn esc_before_the_victims_are_counted_opens_no_dialog() {
    let mut stage = slow();
    stage.type_text("  Kj");
    stage.press(Code::Esc);
    assert_eq!(status(&stage), "nothing was killed");
    stage.calculate();
    assert!(stage.app.modal.is_closed() && stage.checks().is_empty());
    assert_eq!(stage.shown().1, Some(3), "the keys after K are dropped");
}

#[test]
fn victims_are_counted_again_if_the_rights_have_changed_meanwhile() {
    let mut stage = slow();
    stage.type_text("  K");
    stage.send(Msg::MayOnlyRead(EndpointId(0)));
    stage.calculate();
    assert!(stage.app.modal.is_closed() && stage.checks().is_empty());
    assert!(
        status(&stage).starts_with("all 2 sessions: "),
        "{}",
        status(&stage)
    );
}

#[test]
fn the_dialog_has_the_victims_of_the_marks_when_its_key_was_pressed() {
    let mut stage = slow();
    stage.type_text("*K");
    stage.list(&draft(&FIVE));
    stage.calculate();
    assert_eq!(victims(&stage).len(), 5);
    check_all(&mut stage);
    stage.draw();
    stage.wait(Duration::from_millis(300));
    stage.type_text("ny");
    assert!(stage.app.kills.batches.is_empty());
}

#[test]
fn keys_act_in_the_order_in_which_they_were_pressed() {
    let mut stage = slow();
    stage.type_text("* ");
    assert!(marked(&stage).is_empty());
    stage.calculate();
    assert_eq!(
        marked(&stage),
        [2, 3, 4, 5],
        "all were marked, then the first one unmarked"
    );
    stage.type_text("U");
    stage.calculate();
    assert!(marked(&stage).is_empty());
    assert_eq!(status(&stage), "4 marks cleared; u brings them back");
    stage.type_text("u ");
    stage.calculate();
    assert_eq!(marked(&stage), [3, 4, 5]);
}

#[test]
fn a_mark_stays_as_a_key_has_left_it_while_a_list_is_applied() {
    let mut stage = slow();
    stage.type_text("  ");
    stage.calculate();
    stage.list(&draft(&FIVE[1..]));
    stage.calculate();
    stage.list(&draft(&FIVE[1..]));
    stage.type_text(" ");
    stage.press(Code::Up);
    stage.press(Code::Up);
    stage.type_text(" ");
    stage.calculate();
    assert_eq!(
        marked(&stage),
        [3],
        "1 has ended, a key has removed 2 and added 3"
    );
}

#[test]
fn a_change_of_the_marks_that_esc_stops_is_not_applied_and_lists_still_are() {
    let mut stage = slow();
    stage.type_text("  ");
    stage.calculate();
    stage.list(&draft(&FIVE[1..]));
    stage.type_text("*");
    stage.press(Code::Esc);
    stage.list(&draft(&FIVE[1..]));
    stage.calculate();
    assert_eq!(marked(&stage), [2]);
}

#[test]
fn a_kill_can_be_canceled_while_a_result_is_awaited() {
    let mut stage = slow();
    stage.app.settings.grace = Duration::from_secs(3);
    stage.type_text("K");
    stage.calculate();
    check_all(&mut stage);
    stage.draw();
    stage.wait(Duration::from_millis(300));
    stage.type_text("y*");
    assert!(stage.app.kills.in_grace().is_some());
    stage.type_text("u");
    assert!(stage.app.kills.in_grace().is_none());
    assert!(stage.deletes().is_empty());
}

#[test]
fn a_wait_is_shown_after_a_while_and_ends_with_the_result() {
    let mut stage = slow();
    stage.type_text("*");
    assert_eq!(status(&stage), "");
    stage.wait_awake(Duration::from_millis(60));
    assert_eq!(status(&stage), "marking sessions …; Esc stops");
    stage.calculate();
    assert_eq!((status(&stage), marked(&stage).len()), ("", 5));
}

#[test]
fn a_search_goes_to_the_row_of_the_view_on_the_screen() {
    let mut stage = slow();
    stage.press(Code::F(3));
    stage.type_text("eve");
    stage.press(Code::Enter);
    stage.list(&draft(&FIVE[1..]));
    stage.calculate();
    assert_eq!(stage.shown().1, Some(5));
}

#[test]
fn the_diagnoses_of_a_dialog_that_was_closed_are_dropped() {
    let mut stage = slow();
    stage.type_text("  K");
    stage.calculate();
    stage.list(&draft(&FIVE));
    stage.type_text("n");
    stage.press(Code::Home);
    stage.type_text("UK");
    stage.calculate();
    assert_eq!(victims(&stage), [1]);
}

#[test]
fn keys_also_wait_while_a_kill_runs() {
    let mut stage = slow();
    stage.type_text("K");
    stage.calculate();
    check_all(&mut stage);
    stage.draw();
    stage.wait(Duration::from_millis(300));
    stage.type_text("y");
    assert!(stage.app.kills.busy().is_some());
    stage.type_text("* ");
    stage.calculate();
    assert_eq!(marked(&stage).len(), 4);
}
