//! The option of the kill dialog to end the statements too.

use std::time::Duration;

use super::kills::asked;
use super::stage;
use crate::app::harness::AppHarness;
use crate::app::keymap::Code;
use crate::app::msg::Effect;
use crate::kill::{KillRequest, Order};

/// Whether Yes would end the statements too.
fn option(stage: &AppHarness) -> bool {
    stage.app.modal.kill_dialog().unwrap().batch.kills_statements()
}

fn with_servers() -> AppHarness {
    let mut stage = stage();
    stage
        .app
        .endpoints
        .iter_mut()
        .for_each(|endpoint| endpoint.server_access.is_set = true);
    stage
}

#[test]
fn s_changes_the_option_and_yes_waits_for_a_new_frame() {
    let mut stage = with_servers();
    asked(&mut stage, 1);
    assert!(!option(&stage));
    stage.press(Code::Char('s'));
    assert!(option(&stage));
    stage.press(Code::Char('y'));
    assert!(
        stage.app.modal.kill_dialog().is_some(),
        "the changed dialog was not shown yet"
    );
    stage.draw();
    stage.wait(Duration::from_millis(300));
    stage.press(Code::Char('s'));
    assert!(!option(&stage));
    stage.draw();
    stage.wait(Duration::from_millis(300));
    stage.press(Code::Char('y'));
    assert!(stage.app.modal.kill_dialog().is_none());
}

#[test]
fn the_setting_is_the_default_of_the_option() {
    let mut stage = with_servers();
    stage.app.settings.kill_statements = true;
    asked(&mut stage, 1);
    assert!(option(&stage));
}

#[test]
fn without_a_database_user_there_is_no_option() {
    let mut stage = stage();
    asked(&mut stage, 1);
    stage.press(Code::Char('s'));
    assert!(!option(&stage));
    assert!(stage.app.modal.open_dialog_ticket().is_some());
    let reads = |effect: &Effect| {
        matches!(
            effect,
            Effect::Kill(Order::Ask {
                request: KillRequest::ReadThreads { .. },
                ..
            })
        )
    };
    stage.press(Code::Char('y'));
    assert!(!stage.asked.iter().any(reads));
}
