//! The mouse in every view: the places of rows and hints come from the drawing.

use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::Modifier;

use super::{plain, view};
use crate::app::harness::{AppHarness, draft};
use crate::app::keymap::{Code, KeyContext};
use crate::app::mouse::{ClickTarget, ClickableLine, MouseAction, MouseEvent};
use crate::app::msg::{FrameReport, Msg};
use crate::app::tests::scenes::{SCENES, Size};
use crate::model::Dialect;

/// Draws the screen, and delivers what only the drawing determines.
fn draw(stage: &mut AppHarness) -> (FrameReport, Buffer) {
    let (columns, lines) = stage.app.size;
    let mut terminal = Terminal::new(TestBackend::new(columns, lines)).unwrap();
    let mut report = FrameReport::default();
    let buffer = terminal.draw(|frame| report = view(&stage.app, frame)).unwrap();
    let buffer = buffer.buffer.clone();
    stage.send(Msg::Drawn(report.clone()));
    (report, buffer)
}

fn screen(stage: &mut AppHarness) -> String {
    plain::text(&draw(stage).1)
}

fn mouse(stage: &mut AppHarness, action: MouseAction, column: u16, line: u16) {
    stage.send(Msg::Mouse(MouseEvent { action, column, line }));
}

fn click(stage: &mut AppHarness, column: u16, line: u16) {
    mouse(stage, MouseAction::Click, column, line);
    draw(stage);
}

fn click_on(stage: &mut AppHarness, place: &ClickableLine) {
    click(
        stage,
        place.start + 16.min(place.end - place.start - 1),
        place.line,
    );
}

/// A scene with the mouse, drawn once, and the lines that can be clicked: the first, the last and one between.
fn scene(stage: fn(Size) -> AppHarness, size: Size) -> (AppHarness, Vec<ClickableLine>) {
    let mut stage = stage(size);
    stage.app.settings.mouse = true;
    let rows = draw(&mut stage).0.lines;
    let rows: Vec<_> = rows
        .into_iter()
        .filter(|place| place.target != ClickTarget::Headings)
        .collect();
    let places = [0, rows.len() / 2, rows.len().saturating_sub(1)];
    let chosen = places
        .iter()
        .filter_map(|place| rows.get(*place).copied())
        .collect();
    (stage, chosen)
}

/// Five sessions in the table, with the mouse.
fn five(size: Size) -> AppHarness {
    let mut stage = AppHarness::new(Dialect::Draft, size);
    stage.app.settings.mouse = true;
    stage.list(&draft(&[
        (11, "a", 50),
        (12, "b", 40),
        (13, "c", 30),
        (14, "d", 20),
        (15, "e", 10),
    ]));
    draw(&mut stage);
    stage
}

const SIZES: [Size; 3] = [(60, 15), (80, 24), (160, 45)];

#[test]
fn a_click_on_a_row_moves_the_cursor_there_in_every_view() {
    let mut views = Vec::new();
    for (one, size) in SCENES.iter().flat_map(|one| SIZES.map(|size| (one, size))) {
        for place in scene(one.stage, size).1 {
            if place.target == ClickTarget::KillLog {
                continue;
            }
            let mut stage = scene(one.stage, size).0;
            click_on(&mut stage, &place);
            let buffer = draw(&mut stage).1;
            let mut cells = (place.start..place.end).filter_map(|column| buffer.cell((column, place.line)));
            assert!(
                cells.any(|cell| cell.modifier.contains(Modifier::REVERSED)),
                "{} at {size:?}: {place:?}\n{}",
                one.name,
                plain::text(&buffer)
            );
            views.push(std::mem::discriminant(&place.target));
        }
    }
    views.dedup();
    let all = [
        ClickTarget::Row(0),
        ClickTarget::Blocker(0),
        ClickTarget::Server(0),
        ClickTarget::Endpoint(0),
        ClickTarget::Column(0),
        ClickTarget::CopyChoice(0),
        ClickTarget::Link(0),
    ];
    for target in all {
        assert!(
            views.contains(&std::mem::discriminant(&target)),
            "{target:?} is never drawn"
        );
    }
}

#[test]
fn a_double_click_does_what_enter_does_in_every_view() {
    for (one, size) in SCENES.iter().flat_map(|one| SIZES.map(|size| (one, size))) {
        for place in scene(one.stage, size).1 {
            let mut clicked = scene(one.stage, size).0;
            click_on(&mut clicked, &place);
            let mut pressed = scene(one.stage, size).0;
            click_on(&mut pressed, &place);
            click_on(&mut clicked, &place);
            pressed.press(Code::Enter);
            let (clicked, pressed) = (screen(&mut clicked), screen(&mut pressed));
            assert_eq!(clicked, pressed, "{} at {size:?}: {place:?}", one.name);
        }
    }
}

#[test]
fn the_wheel_moves_as_three_keys_do_in_every_view() {
    let still = [
        KeyContext::Prompt,
        KeyContext::Search,
        KeyContext::Reason,
        KeyContext::SaveQuestion,
        KeyContext::HelpSearch,
    ];
    for (one, size) in SCENES.iter().flat_map(|one| SIZES.map(|size| (one, size))) {
        let mut turned = scene(one.stage, size).0;
        let mut pressed = scene(one.stage, size).0;
        mouse(&mut turned, MouseAction::WheelDown, 5, 6);
        if !still.contains(&pressed.app.context()) && pressed.app.detail.is_none() {
            for _ in 0..3 {
                pressed.press(Code::Down);
            }
        }
        if pressed.app.detail.is_none() {
            assert_eq!(
                screen(&mut turned),
                screen(&mut pressed),
                "{} at {size:?}",
                one.name
            );
        }
    }
}

#[test]
fn a_click_in_a_dialog_confirms_no_kill_and_chooses_no_row_below() {
    for one in SCENES.iter().filter(|one| one.name.starts_with("kill dialog")) {
        for size in [(60, 15), (80, 24), (60, 12)] {
            let (mut stage, rows) = scene(one.stage, size);
            assert!(rows.is_empty(), "{} at {size:?}", one.name);
            let hints = draw(&mut stage).0.hints;
            let cursor = stage.app.table.cursor.position();
            for (line, column) in (0..size.1).flat_map(|line| (0..size.0).map(move |column| (line, column))) {
                let is_hint = hints.iter().any(|hint| (hint.start..hint.end).contains(&column));
                if line + 1 < size.1 || !is_hint {
                    mouse(&mut stage, MouseAction::Click, column, line);
                    mouse(&mut stage, MouseAction::Click, column, line);
                }
            }
            assert!(stage.app.modal.kill_dialog().is_some());
            assert_eq!(stage.app.table.cursor.position(), cursor);
            for hint in hints {
                let mut stage = scene(one.stage, size).0;
                for _ in 0..2 {
                    click(&mut stage, hint.start, size.1 - 1);
                }
                assert!(stage.app.kills.batches.is_empty(), "{} {hint:?}", one.name);
            }
        }
    }
}

#[test]
fn a_hint_under_a_dialog_is_not_pressed() {
    let stage = |size| {
        let mut stage = five(size);
        stage.press(Code::Char('K'));
        draw(&mut stage).0.hints
    };
    assert!(!stage((60, 15)).is_empty());
    assert!(stage((60, 9)).is_empty(), "the dialog covers the keys");
}

#[test]
fn two_slow_clicks_are_no_double_click() {
    let mut stage = five((80, 24));
    let third = draw(&mut stage).0.lines[3];
    click_on(&mut stage, &third);
    assert_eq!(stage.app.table.cursor.position(), 2);
    assert!(stage.app.keeps_order() && stage.app.detail.is_none());
    stage.wait(Duration::from_millis(500));
    click_on(&mut stage, &third);
    assert!(stage.app.detail.is_none());
    mouse(&mut stage, MouseAction::WheelUp, 5, 5);
    click_on(&mut stage, &third);
    assert!(stage.app.detail.is_none(), "the wheel is between both clicks");
    click_on(&mut stage, &third);
    assert!(stage.app.detail.is_some());
}

#[test]
fn a_click_below_the_last_row_does_nothing() {
    let mut stage = five((80, 24));
    let last = draw(&mut stage).0.lines.last().unwrap().line;
    click(&mut stage, 10, last + 2);
    assert_eq!(stage.app.table.cursor.position(), 0);
}

#[test]
fn a_click_on_a_heading_sorts_and_a_second_one_reverses() {
    let mut stage = five((80, 24));
    let columns = stage.app.seen_columns();
    let user = columns
        .iter()
        .position(|fitted| fitted.id.column().name == "user")
        .unwrap();
    let x: u16 = columns[..user].iter().map(|fitted| fitted.width + 1).sum();
    let head = draw(&mut stage).0.lines[0];
    assert_eq!(head.target, ClickTarget::Headings);
    click(&mut stage, x + 1, head.line);
    let sort = stage.app.table.sort;
    assert_eq!((sort.column.column().name, sort.descending), ("user", false));
    click(&mut stage, x + 1, head.line);
    assert!(stage.app.table.sort.descending);
}

#[test]
fn a_click_on_the_key_in_the_last_line_cancels_a_kill() {
    let one = SCENES.iter().find(|one| one.name == "in grace").unwrap();
    let mut stage = scene(one.stage, (80, 24)).0;
    let hint = draw(&mut stage).0.hints[0];
    assert!(stage.app.kills.in_grace().is_some());
    click(&mut stage, hint.start, 23);
    assert!(stage.app.kills.in_grace().is_none());
}
