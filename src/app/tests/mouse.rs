//! The mouse.

use super::*;
use crate::app::AppSettings;
use crate::app::keymap::KeyContext;
use crate::app::mouse::{HintPlace, MouseAction, MouseEvent};

fn with_mouse(mouse: bool) -> AppHarness {
    let settings = AppSettings {
        mouse,
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

/// The line of the first row.
fn first_row(stage: &AppHarness) -> u16 {
    stage.app.areas().table.y + 1
}

#[test]
fn a_click_chooses_a_row_and_a_second_one_opens_it() {
    let mut stage = with_mouse(true);
    let third = first_row(&stage) + 2;
    click(&mut stage, 10, third);
    assert_eq!(position(&stage), 2);
    assert!(stage.app.keeps_order() && stage.app.detail.is_none());
    stage.wait(Duration::from_millis(500));
    click(&mut stage, 10, third);
    assert!(stage.app.detail.is_none(), "two slow clicks are no double click");
    click(&mut stage, 10, third);
    assert!(stage.app.detail.is_some());
}

#[test]
fn a_click_below_the_last_row_does_nothing() {
    let mut stage = with_mouse(true);
    let line = first_row(&stage) + 8;
    click(&mut stage, 10, line);
    assert_eq!(position(&stage), 0);
}

#[test]
fn the_wheel_moves_by_three_lines() {
    let mut stage = with_mouse(true);
    let line = first_row(&stage);
    mouse(&mut stage, MouseAction::WheelDown, 5, line);
    assert_eq!(position(&stage), 3);
    mouse(&mut stage, MouseAction::WheelUp, 5, line);
    assert_eq!(position(&stage), 0);
}

#[test]
fn a_click_on_a_heading_sorts_and_a_second_one_reverses() {
    let mut stage = with_mouse(true);
    let columns = stage.app.seen_columns();
    let user = columns
        .iter()
        .position(|fitted| fitted.id.column().name == "user")
        .unwrap();
    let x: u16 = columns[..user].iter().map(|fitted| fitted.width + 1).sum();
    let head = first_row(&stage) - 1;
    click(&mut stage, x + 1, head);
    let sort = stage.app.table.sort;
    assert_eq!((sort.column.column().name, sort.descending), ("user", false));
    click(&mut stage, x + 1, head);
    assert!(stage.app.table.sort.descending);
}

#[test]
fn a_click_on_a_hint_presses_its_key() {
    let mut stage = with_mouse(true);
    let key = KeyPress::plain(Code::Char('?'));
    let hints = vec![HintPlace {
        start: 10,
        end: 18,
        key,
    }];
    stage.send(Msg::Drawn(FrameReport {
        hints,
        ..FrameReport::default()
    }));
    click(&mut stage, 9, 23);
    assert_eq!(stage.app.context(), KeyContext::Table);
    click(&mut stage, 17, 23);
    assert_eq!(stage.app.context(), KeyContext::Help);
    let line = first_row(&stage) + 2;
    click(&mut stage, 10, line);
    mouse(&mut stage, MouseAction::WheelDown, 10, line);
    assert_eq!(position(&stage), 0, "the table under the help");
    assert_eq!(stage.app.help.as_ref().unwrap().top, 3);
}

#[test]
fn without_the_setting_the_mouse_has_no_effect() {
    let mut stage = with_mouse(false);
    let line = first_row(&stage) + 2;
    click(&mut stage, 10, line);
    mouse(&mut stage, MouseAction::WheelDown, 10, line);
    assert_eq!(position(&stage), 0);
}

#[test]
fn rows_below_a_dialog_are_not_chosen() {
    let mut stage = with_mouse(true);
    stage.press(Code::Char('K'));
    let line = first_row(&stage) + 2;
    click(&mut stage, 10, line);
    assert_eq!((position(&stage), stage.app.context()), (0, KeyContext::Dialog));
}
