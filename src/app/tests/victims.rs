//! Victims that end while the kill dialog is open: it shows them as ended and does not count them.

use std::time::Duration;

use super::marks::eight_with_two_stuck;
use crate::app::harness::{AppHarness, draft};
use crate::app::keymap::Code;
use crate::kill::KillOutcome;

const SETTLED: Duration = Duration::from_millis(300);

/// Delivers a list of some of the eight sessions, one second later.
fn list(stage: &mut AppHarness, ids: impl IntoIterator<Item = u64>) {
    stage.wait(Duration::from_secs(1));
    let sessions: Vec<_> = ids.into_iter().map(|id| (id, "ann", id)).collect();
    stage.list(&draft(&sessions));
}

/// Returns how many sessions Yes would kill, and the digits that were typed.
fn asked(stage: &AppHarness) -> (usize, String) {
    let dialog = stage.app.modal.kill_dialog().unwrap();
    (dialog.batch.confirmable(), dialog.dialog.typed().to_owned())
}

/// Draws the question and waits until a key may answer it.
fn read_question(stage: &mut AppHarness) {
    stage.draw();
    stage.wait(SETTLED);
}

#[test]
fn a_victim_that_two_lists_do_not_have_is_not_counted() {
    let mut stage = eight_with_two_stuck();
    read_question(&mut stage);
    list(&mut stage, 2..=8);
    assert_eq!(asked(&stage).0, 8, "one list is not enough");
    list(&mut stage, 2..=8);
    assert_eq!(asked(&stage).0, 7);
    let dialog = stage.app.modal.kill_dialog().unwrap();
    assert_eq!(dialog.counts.left, 7);
    let outcomes = dialog.batch.tasks().iter().filter_map(|task| task.outcome());
    assert_eq!(outcomes.collect::<Vec<_>>(), [&KillOutcome::AlreadyGone]);
    assert_eq!(dialog.batch.counts().checks.ended, 1);
    dialog.batch.check_counts();
    // The question is still the same, so the digits count at once.
    stage.type_text("7");
    stage.press(Code::Enter);
    assert!(stage.app.modal.is_closed());
    assert_eq!(stage.app.kills.batches.len(), 1);
}

#[test]
fn the_number_stays_while_its_digits_are_typed() {
    let mut stage = eight_with_two_stuck();
    read_question(&mut stage);
    stage.type_text("8");
    for _ in 0..4 {
        list(&mut stage, 2..=8);
        stage.draw();
    }
    assert_eq!(asked(&stage), (8, "8".to_owned()));
    let dialog = stage.app.modal.kill_dialog().unwrap();
    assert_eq!(dialog.ended_since.len(), 1);
    stage.press(Code::Backspace);
    list(&mut stage, 2..=8);
    assert_eq!(asked(&stage), (7, String::new()));
    stage.type_text("8");
    stage.press(Code::Enter);
    assert!(stage.app.modal.kill_dialog().unwrap().dialog.is_mismatch());
}

#[test]
fn a_victim_that_is_listed_again_counts() {
    let mut stage = eight_with_two_stuck();
    list(&mut stage, 2..=8);
    list(&mut stage, 1..=8);
    list(&mut stage, 2..=8);
    assert_eq!(asked(&stage).0, 8);
    list(&mut stage, 2..=8);
    assert_eq!(asked(&stage).0, 7);
}

#[test]
fn without_victims_yes_kills_nothing() {
    let mut stage = eight_with_two_stuck();
    list(&mut stage, [20]);
    list(&mut stage, [20]);
    read_question(&mut stage);
    assert_eq!(asked(&stage).0, 0);
    stage.type_text("8");
    stage.press(Code::Enter);
    assert!(stage.app.kills.batches.is_empty() && stage.deletes().is_empty());
}

#[test]
fn a_view_that_is_built_again_counts_a_list_once() {
    let mut stage = eight_with_two_stuck();
    list(&mut stage, 2..=8);
    for _ in 0..3 {
        stage.app.diagnose_dialog();
        stage.wait(Duration::from_millis(100));
    }
    assert_eq!(asked(&stage).0, 8);
}

#[test]
fn a_key_confirms_the_rest_only_after_a_new_frame() {
    let mut stage = eight_with_two_stuck();
    read_question(&mut stage);
    list(&mut stage, 4..=8);
    list(&mut stage, 4..=8);
    assert_eq!(asked(&stage).0, 5);
    stage.type_text("y");
    assert!(
        stage.app.kills.batches.is_empty(),
        "the screen still asks for a number"
    );
    read_question(&mut stage);
    stage.type_text("y");
    assert_eq!(stage.app.kills.batches.len(), 1);
}

#[test]
fn digits_that_a_change_has_cleared_are_named() {
    let mut stage = eight_with_two_stuck();
    read_question(&mut stage);
    stage.type_text("8x");
    let dialog = stage.app.modal.kill_dialog().unwrap();
    assert!(dialog.dialog.is_cleared());
    read_question(&mut stage);
    stage.press(Code::Enter);
    assert!(
        stage.app.modal.kill_dialog().is_some(),
        "Enter was for the number"
    );
    stage.type_text("7");
    assert!(!stage.app.modal.kill_dialog().unwrap().dialog.is_cleared());
}
