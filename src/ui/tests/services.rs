//! Load of the services in the overview and in the details, and sessions without retained statements.

use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Color;

use super::{draft, frame, json_api, running, text, with_details};
use crate::app::harness::AppHarness;
use crate::app::keymap::Code;
use crate::model::{RequestError, ServiceState};
use crate::ui::view;

fn service(name: &str, connections: u64, max: u64) -> ServiceState {
    ServiceState {
        name: text(name),
        state: Some(text("Started")),
        router: None,
        connections: Some(connections),
        total_connections: None,
        most_connections: None,
        max_connections: Some(max),
        retained_statements: Some(-1),
    }
}

/// The details of the recorded session that runs a statement.
fn details(size: (u16, u16)) -> AppHarness {
    let mut stage = json_api(size);
    stage.type_text("8");
    stage.press(Code::Enter);
    let detail = running(&stage);
    stage.on_observation(Ok(detail));
    stage
}

fn red(stage: &AppHarness, (width, height): (u16, u16)) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let frame = terminal.draw(|frame| _ = view(&stage.app, frame)).unwrap();
    let cells = frame.buffer.content.iter();
    let cells = cells.filter(|cell| cell.fg == Color::LightRed);
    cells.map(ratatui::buffer::Cell::symbol).collect()
}

fn line(stage: &AppHarness, words: &str) -> Option<String> {
    let frame = frame(stage);
    let line = frame.lines().find(|line| line.contains(words));
    line.map(|line| line.trim_matches(['│', ' ']).to_owned())
}

#[test]
fn the_overview_shows_services_with_a_limit_the_fullest_first() {
    let mut stage = json_api((80, 24));
    stage.press(Code::Char('o'));
    stage.services(Ok(&[
        service("Read-Conn", 8, 0),
        service("Reporting", 12, 100),
        service("RW-Split-Router", 180, 200),
        service("Full", 3, 2),
    ]));
    insta::assert_snapshot!("services_overview_80x24", frame(&stage));
    let red = red(&stage, (80, 24));
    assert!(red.contains("180 of 200") && red.contains("3/2 FULL"), "{red}");
    assert!(!red.contains("12 of 100"), "{red}");
}

#[test]
fn a_service_without_a_limit_says_so() {
    let mut stage = json_api((80, 24));
    stage.press(Code::Char('o'));
    stage.services(Ok(&[
        service("Read-Conn", 8, 0),
        service("RW-Split-Router", 24, 0),
    ]));
    let shown = frame(&stage);
    assert_eq!(shown.matches("no limit").count(), 2, "{shown}");
    assert!(!shown.contains(" of "), "{shown}");
}

#[test]
fn what_the_overview_cannot_read_or_is_old_says_so() {
    let mut stage = json_api((80, 24));
    stage.press(Code::Char('o'));
    let remark = |stage: &AppHarness| {
        let shown = frame(stage);
        let mut lines = shown.lines().skip_while(|line| !line.contains("SERVICES"));
        let left = lines.nth(1).map(|line| line.chars().take(40).collect::<String>());
        left.unwrap_or_default().trim().to_owned()
    };
    stage.services(Err(RequestError::TimedOut(Duration::from_secs(10))));
    assert_eq!(remark(&stage), "limits cannot be read: timed out aft…");
    stage.services(Ok(&[service("RW-Split-Router", 24, 200)]));
    assert!(remark(&stage).starts_with("RW-Split"), "{}", remark(&stage));
    stage.wait(Duration::from_secs(31));
    assert!(
        remark(&stage).starts_with("limits as of 16:"),
        "{}",
        remark(&stage)
    );
    stage.services(Err(RequestError::Refused));
    assert!(remark(&stage).contains("; since then"), "{}", remark(&stage));
}

#[test]
fn the_details_say_how_full_the_service_is() {
    const SIZE: (u16, u16) = (80, 24);
    let mut stage = details(SIZE);
    let of = "of 200 connections";
    assert_eq!(line(&stage, of), None);
    for (connections, shown, is_red) in [
        (24, "Read-Conn 24 of 200 connections", false),
        (180, "Read-Conn 180 of 200 connections: nearly full", true),
        (
            200,
            "Read-Conn 200 of 200 connections: full, new clients are rejected",
            true,
        ),
    ] {
        stage.services(Ok(&[
            service("RW-Split-Router", 200, 200),
            service("Read-Conn", connections, 200),
        ]));
        assert_eq!(line(&stage, of).as_deref(), Some(shown));
        assert_eq!(red(&stage, SIZE).contains(of), is_red, "{shown}");
    }
    stage.services(Ok(&[service("Read-Conn", 200, 0)]));
    assert_eq!(line(&stage, of), None);
}

#[test]
fn in_the_draft_nothing_is_said() {
    let mut stage = draft((80, 24));
    with_details(&mut stage, 1042);
    let before = frame(&stage);
    stage.services(Err(RequestError::Refused));
    assert_eq!(frame(&stage), before);
}

#[test]
fn a_service_without_statements_says_so_with_its_own_command() {
    let mut stage = json_api((80, 40));
    stage.type_text("8");
    stage.press(Code::Enter);
    let mut detail = running(&stage);
    detail.queries = Some(Vec::new());
    stage.on_observation(Ok(detail));
    let command = "maxctrl alter service Read-Conn retain_last_statements 20";
    assert_eq!(line(&stage, command), None, "they may only not have come yet");
    stage.services(Ok(&[ServiceState {
        retained_statements: Some(0),
        ..service("Read-Conn", 24, 0)
    }]));
    insta::assert_snapshot!("services_no_statements_80x40", frame(&stage));
    assert!(line(&stage, "The service keeps no statements").is_some());
    assert!(line(&stage, "query times are unknown").is_some());
}
