//! Frames of a kill: the dialog for one and for many, the countdown, the outcomes.

use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::{draft, frame, json_api, text};
use crate::app::harness::AppHarness;
use crate::app::keymap::Code;
use crate::app::msg::{FrameReport, Msg};
use crate::kill::KillEvent;
use crate::model::RequestError;
use crate::ui::view;

/// Returns the question whose Yes a frame enables.
fn question(stage: &AppHarness) -> Option<crate::kill::Ticket> {
    let (columns, lines) = stage.app.size;
    let mut terminal = Terminal::new(TestBackend::new(columns, lines)).unwrap();
    let mut shown = FrameReport::default();
    terminal.draw(|frame| shown = view(&stage.app, frame)).unwrap();
    shown.question
}

#[test]
fn the_kill_dialog_before_and_after_the_check() {
    let mut stage = draft((80, 24));
    stage.press(Code::Char('K'));
    insta::assert_snapshot!("dialog_checking", frame(&stage));
    let detail = stage.detail(1042);
    stage.on_check(stage.last_check().unwrap(), Ok(detail));
    insta::assert_snapshot!("dialog_checked", frame(&stage));
}

#[test]
fn yes_is_open_only_on_a_frame_that_shows_whom_it_is_about() {
    for (size, is_open) in [
        ((80, 24), true),
        ((40, 12), true),
        ((20, 5), false),
        ((80, 4), false),
        ((30, 2), false),
    ] {
        let mut stage = draft(size);
        stage.press(Code::Char('K'));
        assert_eq!(question(&stage), None, "before the check");
        let detail = stage.detail(1042);
        stage.on_check(stage.last_check().unwrap(), Ok(detail));
        assert_eq!(question(&stage).is_some(), is_open, "{size:?}");
    }
}

#[test]
fn the_kill_dialog_when_it_is_somebody_else() {
    let mut stage = draft((80, 24));
    stage.press(Code::Char('K'));
    let mut detail = stage.detail(1042);
    detail.session.user = Some(text("mallory"));
    detail.session.address = Some(text("10.66.0.1"));
    stage.on_check(stage.last_check().unwrap(), Ok(detail));
    insta::assert_snapshot!("dialog_changed", frame(&stage));
}

#[test]
fn the_kill_dialog_of_a_real_session_fits_a_small_screen() {
    let mut stage = json_api((60, 15));
    stage.type_text("8");
    stage.press(Code::Char('K'));
    let detail = stage.detail(8);
    stage.on_check(stage.last_check().unwrap(), Ok(detail));
    insta::assert_snapshot!("dialog_60x15", frame(&stage));
}

/// Marks all sessions of a small fleet, opens the dialog, and strikes one out.
fn many(size: (u16, u16)) -> AppHarness {
    let mut stage = json_api(size);
    stage.type_text("/user=app*");
    stage.press(Code::Enter);
    stage.type_text("*");
    stage.press(Code::End);
    stage.press(Code::Char('K'));
    for (ticket, id) in stage.checks() {
        let answer = if id == 12 {
            Err(RequestError::NotFound)
        } else {
            Ok(stage.detail(id))
        };
        stage.on_check(ticket, answer);
    }
    stage.press(Code::Down);
    stage.type_text("x");
    stage.type_text("rpool is stuck");
    stage.press(Code::Enter);
    stage.draw();
    stage.wait(Duration::from_millis(300));
    stage
}

#[test]
fn the_question_about_many_at_every_size() {
    for (columns, lines) in [(80, 24), (120, 40), (60, 15), (40, 12)] {
        let name = format!("dialog_many_{columns}x{lines}");
        insta::assert_snapshot!(name, frame(&many((columns, lines))));
    }
}

#[test]
fn the_countdown_the_progress_and_the_outcomes() {
    let mut stage = many((80, 24));
    stage.app.settings.grace = Duration::from_secs(3);
    let count = stage.app.modal.kill_dialog().unwrap().batch.confirmable();
    stage.type_text(&count.to_string());
    stage.press(Code::Enter);
    let last = |stage: &AppHarness| frame(stage).lines().last().unwrap().to_owned();
    insta::assert_snapshot!("kill_countdown", last(&stage));
    let before = stage.checks().len();
    stage.wait_awake(Duration::from_secs(3));
    let checks: Vec<_> = stage.checks().into_iter().skip(before).collect();
    for (place, (ticket, id)) in checks.into_iter().enumerate() {
        let mut detail = stage.detail(id);
        if place == 2 {
            detail.session.user = Some(text("mallory"));
        }
        stage.on_check(ticket, Ok(detail));
    }
    insta::assert_snapshot!("kill_progress", last(&stage));
    for (_, ticket) in stage.deletes() {
        stage.send(Msg::Kill(KillEvent::Deleted(ticket, Ok(()))));
    }
    let looks = stage.checks().len();
    stage.wait(Duration::from_millis(20));
    for (ticket, _) in stage.checks().into_iter().skip(looks) {
        stage.on_check(ticket, Err(RequestError::NotFound));
    }
    "/home/dba/.local/state/maxtop/audit.jsonl".clone_into(&mut stage.app.settings.audit);
    assert!(stage.app.modal.is_closed(), "the log opens on request only");
    insta::assert_snapshot!("kill_outcome", last_lines(&stage));
    stage.press(Code::Char('l'));
    insta::assert_snapshot!("kill_log", frame(&stage));
    stage.press(Code::Enter);
    let listed = frame(&stage);
    assert!(listed.contains("killed         31 app_reports"), "{listed}");
}

/// Returns the status line and the keys.
fn last_lines(stage: &AppHarness) -> String {
    let frame = frame(stage);
    let lines: Vec<_> = frame.lines().collect();
    lines[lines.len() - 2..].join("\n")
}

#[test]
fn the_dialog_of_a_group_counts_the_healthy_and_names_the_group() {
    for (columns, lines) in [(80, 24), (60, 15)] {
        let mut stage = json_api((columns, lines));
        stage.type_text("t");
        stage.wait_until_idle();
        stage.press(Code::Char('K'));
        for (ticket, id) in stage.checks() {
            stage.on_check(ticket, Ok(stage.detail(id)));
        }
        insta::assert_snapshot!(format!("dialog_group_{columns}x{lines}"), frame(&stage));
    }
}

#[test]
fn help_and_quit_stay_in_the_hints_of_a_narrow_screen() {
    let stage = json_api((60, 15));
    let keys = last_lines(&stage);
    assert!(keys.ends_with("? help  q quit"), "{keys}");
}

#[test]
fn no_size_is_too_small_for_many() {
    for (columns, lines) in (0..=90)
        .step_by(9)
        .flat_map(|x| (0..=26).step_by(2).map(move |y| (x, y)))
    {
        let mut stage = many((80, 24));
        stage.send(Msg::Resized(columns, lines));
        frame(&stage);
        let is_open = question(&stage).is_some();
        assert!(is_open || columns < 45 || lines < 12, "{columns}x{lines}");
        assert!(!is_open || (columns >= 27 && lines >= 6), "{columns}x{lines}");
        stage.press(Code::Esc);
        stage.press(Code::Char('l'));
        frame(&stage);
        stage.press(Code::Esc);
        stage.press(Code::Char('o'));
        frame(&stage);
    }
}

#[test]
fn the_kill_dialog_with_a_database_user_offers_the_statements() {
    let mut stage = draft((80, 24));
    stage
        .app
        .endpoints
        .iter_mut()
        .for_each(|endpoint| endpoint.server_access.is_set = true);
    stage.press(Code::Char('K'));
    let detail = stage.detail(1042);
    stage.on_check(stage.last_check().unwrap(), Ok(detail));
    stage.press(Code::Char('s'));
    insta::assert_snapshot!("dialog_statements", frame(&stage));
}
