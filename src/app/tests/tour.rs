//! The tour: each step continues when its key was pressed, and Esc or `q` leaves it.

use std::time::Duration;

use super::stage;
use crate::app::harness::AppHarness;
use crate::app::keymap::{Code, KeyContext, KeyPress};
use crate::app::locked::locked;
use crate::app::msg::{Effect, Msg};
use crate::app::tour::Tour;

fn begun() -> AppHarness {
    let mut stage = locked((80, 24));
    stage.app.tour = Some(Tour::default());
    stage.app.settings.grace = Duration::from_secs(10);
    stage.wait(Duration::ZERO);
    stage
}

fn name(stage: &AppHarness) -> &'static str {
    stage.app.tour.map_or("left", |tour| tour.step().name)
}

#[test]
fn each_step_continues_when_its_key_was_pressed() {
    let mut stage = begun();
    assert_eq!(name(&stage), "find");
    stage.press(Code::Char('j'));
    stage.press(Code::Char('k'));
    assert_eq!(name(&stage), "find", "other keys work as usual");
    stage.press(Code::Char('!'));
    assert_eq!(name(&stage), "look");
    let text = |stage: &AppHarness| stage.app.tour.unwrap().step().text(&stage.app);
    assert!(
        text(&stage).starts_with("1042 of etl is the first row"),
        "{}",
        text(&stage)
    );
    assert!(text(&stage).contains("3 sessions wait for"), "{}", text(&stage));
    stage.press(Code::Enter);
    assert_eq!(name(&stage), "cause");
    stage.press(Code::Char('b'));
    assert_eq!(name(&stage), "kill");
    stage.press(Code::Char('K'));
    assert_eq!(name(&stage), "kill", "not before the confirmation");
    let ticket = stage.last_check().unwrap();
    let detail = stage.detail(1042);
    stage.on_check(ticket, Ok(detail));
    stage.draw();
    stage.wait(Duration::from_millis(300));
    stage.press(Code::Char('y'));
    assert_eq!(name(&stage), "undo");
    assert!(text(&stage).contains("10s"), "{}", text(&stage));
    stage.press(Code::Char('u'));
    assert_eq!(name(&stage), "done");
    assert!(stage.deletes().is_empty());
    stage.press(Code::Char('q'));
    assert_eq!(name(&stage), "left");
}

#[test]
fn esc_and_q_leave_it_and_the_program_stays() {
    for key in [Code::Esc, Code::Char('q')] {
        let mut stage = stage();
        stage.app.tour = Some(Tour::default());
        stage.press(key);
        assert!(stage.app.tour.is_none(), "{key:?}");
        assert!(stage.app.leaving.is_none());
    }
}

#[test]
fn esc_closes_prompt_dialog_and_help_before_the_tour() {
    for open in ['/', 'K', '?', 'o', 'c'] {
        let mut stage = begun();
        stage.press(Code::Char(open));
        assert_ne!(stage.app.context(), KeyContext::Table);
        stage.press(Code::Esc);
        assert_eq!(stage.app.context(), KeyContext::Table, "{open}");
        assert!(stage.app.tour.is_some(), "{open}");
    }
}

#[test]
fn ctrl_c_quits_at_once() {
    let mut stage = begun();
    stage.send(Msg::Key(KeyPress {
        code: Code::Char('c'),
        ctrl: true,
        alt: false,
    }));
    assert!(
        stage
            .asked
            .iter()
            .any(|effect| matches!(effect, Effect::Quit { .. }))
    );
}

#[test]
fn its_lines_are_between_the_table_and_the_keys() {
    for (size, height) in [((80, 24), 4), ((60, 15), 5), ((80, 11), 0)] {
        let mut stage = begun();
        stage.send(Msg::Resized(size.0, size.1));
        let areas = stage.app.areas();
        assert_eq!(areas.tour.height, height, "{size:?}");
        assert_eq!(areas.table.y + areas.table.height, areas.tour.y);
        assert_eq!(areas.tour.y + areas.tour.height, areas.status.y);
        assert_eq!(areas.hints.y, size.1 - 1);
        assert_eq!(stage.app.page(), areas.table.rows());
    }
}
