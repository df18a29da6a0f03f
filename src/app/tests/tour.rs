//! The tour: its step follows from the screen, Esc goes a step back, and `q` ends it.

use std::time::Duration;

use crate::app::harness::AppHarness;
use crate::app::keymap::{Action, Code, KeyContext, KeyPress};
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
    match stage.app.tour {
        None => "ended",
        Some(tour) if tour.is_finished() => "done",
        Some(tour) => tour.name(),
    }
}

/// Confirms the kill of the open dialog.
fn confirm(stage: &mut AppHarness) {
    let ticket = stage.last_check().unwrap();
    let detail = stage.detail(1042);
    stage.on_check(ticket, Ok(detail));
    stage.draw();
    stage.wait(Duration::from_millis(300));
    stage.press(Code::Char('y'));
}

#[test]
fn each_step_continues_when_the_screen_shows_what_it_asks_for() {
    let mut stage = begun();
    assert_eq!(name(&stage), "find");
    stage.press(Code::Char('!'));
    assert_eq!(name(&stage), "look");
    let text = stage.app.tour_text();
    assert!(text.starts_with("1042 of etl is under the cursor"), "{text}");
    assert!(text.contains("3 sessions wait for"), "{text}");
    stage.press(Code::Enter);
    assert_eq!(name(&stage), "cause");
    stage.press(Code::Char('b'));
    assert_eq!(name(&stage), "kill");
    stage.press(Code::Char('K'));
    assert_eq!(name(&stage), "kill", "not before the confirmation");
    assert!(stage.app.tour_text().contains("[y]: yes"));
    confirm(&mut stage);
    assert_eq!(name(&stage), "undo");
    assert!(stage.app.tour_text().contains("10s"));
    stage.press(Code::Char('u'));
    assert_eq!(name(&stage), "done");
    assert!(stage.deletes().is_empty());
    assert!(stage.app.tour_text().contains("maxtop -e HOST:8989"));
    stage.press(Code::Char('q'));
    assert_eq!(name(&stage), "ended");
    assert!(stage.app.leaving.is_none());
}

#[test]
fn a_user_who_does_something_else_is_at_the_step_of_that() {
    let mut stage = begun();
    for (keys, step) in [("jk", "find"), ("b", "kill"), ("K", "kill")] {
        stage.type_text(keys);
        assert_eq!(name(&stage), step, "{keys}");
    }
    let mut stage = begun();
    stage.press(Code::Enter);
    assert_eq!(name(&stage), "cause", "the details without the filter");
    stage.press(Code::Esc);
    stage.press(Code::Char('G'));
    stage.press(Code::Enter);
    assert_eq!(name(&stage), "look", "the details of another session");
    assert!(stage.app.tour_text().contains("[Esc], go to 1042 of etl"));
    let mut stage = begun();
    stage.type_text("/stuck");
    stage.press(Code::Enter);
    assert_eq!(name(&stage), "look", "another way to the same rows");
}

#[test]
fn escape_goes_back_one_step_and_never_ends_it() {
    let mut stage = begun();
    stage.press(Code::Char('!'));
    stage.press(Code::Enter);
    stage.press(Code::Char('b'));
    stage.press(Code::Char('K'));
    for step in ["kill", "cause", "look", "find", "find", "find"] {
        stage.press(Code::Esc);
        assert_eq!(name(&stage), step);
    }
    stage.press(Code::Char('!'));
    assert_eq!(name(&stage), "look");
}

#[test]
fn other_views_say_how_to_come_back_and_keep_the_step() {
    for (open, text) in [
        ('/', "cancels it"),
        ('o', "[Esc] goes back"),
        ('c', "[Esc] goes back"),
        ('t', "[Esc] goes back"),
        ('S', "[Esc] goes back"),
    ] {
        let mut stage = begun();
        stage.press(Code::Char('!'));
        stage.press(Code::Char(open));
        assert_eq!(name(&stage), "look", "{open}");
        assert!(stage.app.tour_text().contains(text), "{open}");
        assert!(stage.app.tour_height() > 0, "{open}");
        stage.press(Code::Esc);
        assert_eq!(stage.app.context(), KeyContext::Table, "{open}");
        assert_eq!(name(&stage), "look", "{open}");
    }
}

#[test]
fn its_texts_name_the_configured_keys() {
    let mut stage = begun();
    for (action, key) in [(Action::OnlyStuck, 'X'), (Action::Open, 'D'), (Action::Help, 'H')] {
        let keys = vec![KeyPress::plain(Code::Char(key))];
        stage.app.settings.keys.set(action, keys).unwrap();
    }
    assert!(stage.app.tour_text().contains("[X]"));
    stage.press(Code::Char('X'));
    assert!(stage.app.tour_text().contains("[D]"), "{}", stage.app.tour_text());
    stage.press(Code::Char('q'));
    let status = stage.app.status.as_ref().unwrap();
    assert!(status.text.contains("H shows the keys"), "{}", status.text);
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
