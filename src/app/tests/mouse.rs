//! The mouse. Rows are clicked in `ui/tests/mouse.rs`, because their places come from the drawing.

use super::*;
use crate::app::AppSettings;
use crate::app::keymap::KeyContext;
use crate::app::mouse::{HintPlace, MouseAction, MouseEvent};

fn with_mouse(mouse: bool) -> AppHarness {
    let settings = AppSettings {
        mouse,
        grace: Duration::ZERO,
        ..AppSettings::default()
    };
    let mut stage = AppHarness::with(settings, Dialect::Draft, (80, 24));
    stage.list(&draft(&FIVE));
    stage
}

fn mouse(stage: &mut AppHarness, action: MouseAction, column: u16, line: u16) {
    stage.send(Msg::Mouse(MouseEvent { action, column, line }));
}

fn click(stage: &mut AppHarness, column: u16, line: u16) {
    mouse(stage, MouseAction::Click, column, line);
}

fn position(stage: &AppHarness) -> usize {
    stage.app.table.cursor.position()
}

/// Draws a hint from column 10 to 17.
fn draw_hint(stage: &mut AppHarness, code: Code) {
    let hints = vec![HintPlace {
        start: 10,
        end: 18,
        key: KeyPress::plain(code),
    }];
    let question = stage.app.modal.open_dialog_ticket();
    stage.send(Msg::Drawn(FrameReport {
        hints,
        question,
        ..FrameReport::default()
    }));
}

#[test]
fn the_wheel_moves_by_three_lines() {
    let mut stage = with_mouse(true);
    mouse(&mut stage, MouseAction::WheelDown, 5, 5);
    assert_eq!(position(&stage), 3);
    mouse(&mut stage, MouseAction::WheelUp, 5, 5);
    assert_eq!(position(&stage), 0);
}

#[test]
fn the_wheel_changes_no_text_that_is_typed() {
    for key in [Code::Char('/'), Code::F(3)] {
        let mut stage = with_mouse(true);
        stage.press(key);
        let context = stage.app.context();
        mouse(&mut stage, MouseAction::WheelDown, 5, 5);
        assert_eq!((stage.app.context(), position(&stage)), (context, 0));
        assert!(stage.app.status.is_none(), "{:?}", stage.app.status);
    }
}

#[test]
fn a_click_on_a_hint_presses_its_key() {
    let mut stage = with_mouse(true);
    draw_hint(&mut stage, Code::Char('?'));
    click(&mut stage, 9, 23);
    assert_eq!(stage.app.context(), KeyContext::Table);
    click(&mut stage, 17, 23);
    assert_eq!(stage.app.context(), KeyContext::Help);
    mouse(&mut stage, MouseAction::WheelDown, 10, 5);
    assert_eq!(position(&stage), 0, "the table under the help");
    assert_eq!(stage.app.help.as_ref().unwrap().top, 3);
}

#[test]
fn a_click_on_yes_or_accept_confirms_no_kill() {
    for code in [Code::Char('y'), Code::Enter] {
        let mut stage = with_mouse(true);
        stage.press(Code::Char('K'));
        let ticket = stage.last_check().unwrap();
        let detail = stage.detail(stage.checks().last().unwrap().1);
        stage.on_check(ticket, Ok(detail));
        draw_hint(&mut stage, Code::Tab);
        stage.wait(Duration::from_millis(600));
        click(&mut stage, 12, 23);
        draw_hint(&mut stage, code);
        click(&mut stage, 12, 23);
        assert_eq!(stage.app.context(), KeyContext::Dialog, "{code:?}");
        assert!(stage.app.kills.batches.is_empty() && stage.deletes().is_empty());
        stage.press(code);
        assert!(!stage.app.kills.batches.is_empty(), "the key {code:?} does");
    }
}

#[test]
fn without_the_setting_the_mouse_has_no_effect() {
    let mut stage = with_mouse(false);
    draw_hint(&mut stage, Code::Char('?'));
    click(&mut stage, 12, 23);
    mouse(&mut stage, MouseAction::WheelDown, 10, 5);
    assert_eq!((position(&stage), stage.app.context()), (0, KeyContext::Table));
}
