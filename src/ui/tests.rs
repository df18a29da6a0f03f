//! Frames of the screen at fixed sizes, as text. Each covers one case.

mod blockers;
mod columns;
mod endpoint_view;
mod first_minute;
mod groups;
mod hints;
mod kills;
mod logins;
mod mouse;
mod outside;
mod proxies;
mod server_view;
mod servers;
mod services;
mod trouble;
mod truth;
mod views;

use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

use super::{plain, view};
use crate::app::AppSettings;
use crate::app::harness::AppHarness;
use crate::app::keymap::{Action, Code, KeyPress};
use crate::model::{
    ConnectionDetail, ConnectionStatistics, Counter, Dialect, RequestError, SessionDetail, Text, TextLimit,
};
use crate::wire::jsonapi;

/// Returns the screen as text, each line without its trailing blanks.
fn frame(stage: &AppHarness) -> String {
    let (columns, lines) = stage.app.size;
    let mut terminal = Terminal::new(TestBackend::new(columns, lines)).unwrap();
    let frame = terminal.draw(|frame| _ = view(&stage.app, frame)).unwrap();
    plain::text(frame.buffer)
}

fn text(raw: &str) -> Text {
    Text::clean(raw, TextLimit::Name)
}

/// A small fleet with difficult values: long ages, IPv6, a name that is too long, a session that stops,
/// one that is not logged in, hostile text.
const FLEET: &str = r#"[
    {"id":1042,"state":"Session ready for routing","user":"etl","address":"10.0.3.7","service":"/services/RW-Split","connected":"Sat Nov 21 13:14:03 2026","idle":15120},
    {"id":1187,"state":"Session ready for routing","user":"report","address":"2001:db8:85a3::8a2e:370:7334","service":"/services/RW-Split","connected":"Mon Nov 23 16:08:03 2026","idle":0},
    {"id":1190,"state":"Session ready for routing","user":"a_user_with_a_very_long_name_indeed","address":"10.0.1.2","service":"/services/Read-Only","connected":"Mon Nov 23 16:17:03 2026","idle":3},
    {"id":1201,"state":"Stopping session","user":"app\u001b[2J","address":"10.0.1.4","service":"/services/RW-Split","connected":"Mon Nov 23 16:12:03 2026","idle":48},
    {"id":1204,"state":"Session ready for routing","user":"日本","address":"10.0.1.4","service":"/services/RW-Split","connected":"Mon Nov 23 16:19:03 2026","idle":1}
]"#;

/// Replies recorded from a real 24.02.3.
const SESSIONS: &str = include_str!("../../tests/fixtures/recordings/24.02.3/sessions-compact.http");
const RUNNING: &str = include_str!("../../tests/fixtures/recordings/24.02.3/session-SLEEP.http");

fn body(recording: &str) -> &str {
    recording.split_once("\r\n\r\n").unwrap().1
}

fn draft(size: (u16, u16)) -> AppHarness {
    let mut stage = AppHarness::new(Dialect::Draft, size);
    stage.list(FLEET);
    stage
}

fn json_api(size: (u16, u16)) -> AppHarness {
    let mut stage = AppHarness::new(Dialect::JsonApi, size);
    stage.list(body(SESSIONS));
    stage
}

/// Session 8 of that proxy in full, which runs a statement.
fn running(stage: &AppHarness) -> SessionDetail {
    let read = stage.decoded(|decoder| jsonapi::session(body(RUNNING).as_bytes(), decoder));
    read.unwrap()
}

/// Opens the details of a session with two connections and a few samples of their counters.
fn with_details(stage: &mut AppHarness, id: u64) {
    stage.press(Code::Enter);
    for look in 0..8_u64 {
        let connection = |server: &str, pace: u64| ConnectionDetail {
            server: Some(text(server)),
            state: Some(text("DCB in the polling loop")),
            role: Some(text("Backend Request Handler")),
            statistics: Some(ConnectionStatistics::from_fn(|counter| match counter {
                Counter::Reads => Some(2197 + look * look * pace),
                Counter::Writes => Some(1562 + look * pace),
                Counter::BufferedWrites => Some(40 * (look / 3)),
                Counter::HighWater => Some(look / 3),
                Counter::LowWater => Some(0),
            })),
            ..ConnectionDetail::default()
        };
        let detail = SessionDetail {
            connections: vec![connection("db-01", 2), connection("db-02", 40)],
            ..stage.detail(id)
        };
        stage.on_observation(Ok(detail));
        stage.wait(Duration::from_secs(1));
    }
    stage.list(FLEET);
}

#[test]
fn the_table_at_every_size() {
    for (columns, lines) in [(80, 24), (120, 40), (40, 12), (20, 5)] {
        insta::assert_snapshot!(
            format!("table_{columns}x{lines}"),
            frame(&draft((columns, lines)))
        );
    }
}

#[test]
fn the_table_of_a_real_proxy() {
    for size in [(80, 24), (200, 24)] {
        insta::assert_snapshot!(
            format!("table_24_02_{}x{}", size.0, size.1),
            frame(&json_api(size))
        );
    }
}

#[test]
fn the_details_with_statistics() {
    for (columns, lines) in [(80, 24), (120, 40), (140, 24), (40, 12)] {
        let mut stage = draft((columns, lines));
        with_details(&mut stage, 1042);
        insta::assert_snapshot!(format!("details_{columns}x{lines}"), frame(&stage));
    }
}

#[test]
fn the_details_of_a_real_session_that_runs_a_statement() {
    let mut stage = json_api((80, 40));
    stage.type_text("8");
    stage.press(Code::Enter);
    let detail = running(&stage);
    stage.on_observation(Ok(detail));
    insta::assert_snapshot!("details_24_02_80x40", frame(&stage));
}

#[test]
fn an_endpoint_that_no_longer_replies() {
    let mut stale = draft((80, 24));
    stale.wait(Duration::from_secs(12));
    stale.fail(RequestError::TimedOut(Duration::from_secs(10)));
    insta::assert_snapshot!("stale", frame(&stale));
}

#[test]
fn the_filter_while_it_is_typed() {
    let mut stage = draft((80, 24));
    stage.press(Code::Char('/'));
    stage.type_text("rw-s");
    insta::assert_snapshot!("filter", frame(&stage));
}

#[test]
fn a_filter_that_is_none_yet_says_why() {
    let mut stage = draft((80, 24));
    stage.press(Code::Char('/'));
    stage.type_text("rw-s and usr=app*");
    insta::assert_snapshot!("filter_error", frame(&stage));
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    let frame = terminal.draw(|frame| _ = view(&stage.app, frame)).unwrap();
    let underlined: String = frame
        .buffer
        .content
        .iter()
        // Below the head of the table, which is underlined.
        .skip(3 * 80)
        .filter(|cell| cell.modifier.contains(Modifier::UNDERLINED))
        .map(ratatui::buffer::Cell::symbol)
        .collect();
    assert_eq!(underlined, "usr");
}

#[test]
fn the_row_under_the_cursor_keeps_the_color_of_its_severity() {
    let stage = draft((80, 24));
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    let frame = terminal.draw(|frame| _ = view(&stage.app, frame)).unwrap();
    let line = stage.app.areas().table.y + 1;
    let cells = (0..80).map(|column| &frame.buffer[(column, line)]);
    let (signs, others): (Vec<_>, Vec<_>) = cells.partition(|cell| cell.symbol() == "●");
    let reversed = |cell: &&Cell| cell.modifier.contains(Modifier::REVERSED);
    assert!(signs.len() == 1 && others.iter().all(reversed));
    assert_eq!((signs[0].fg, signs[0].bg), (Color::Black, Color::Yellow));
    assert!(!reversed(&signs[0]));
}

#[test]
fn hints_and_help_show_the_keys_of_the_configuration() {
    let mut stage = json_api((80, 24));
    let x = KeyPress::plain(Code::Char('X'));
    stage.app.settings.keys.set(Action::Kill, vec![x]).unwrap();
    assert!(frame(&stage).contains(" X kill "), "{}", frame(&stage));
    stage.press(Code::Char('?'));
    assert!(frame(&stage).contains("X     kill"), "{}", frame(&stage));
}

#[test]
fn ascii_only() {
    let settings = AppSettings {
        ascii: true,
        plain: true,
        ..AppSettings::default()
    };
    let mut stage = AppHarness::with(settings, Dialect::Draft, (80, 24));
    stage.list(FLEET);
    stage.press(Code::Char('K'));
    let detail = stage.detail(1042);
    stage.on_check(stage.last_check().unwrap(), Ok(detail));
    let frame = frame(&stage);
    assert!(frame.is_ascii(), "{frame}");
}

#[test]
fn no_size_is_too_small() {
    for columns in 0..24 {
        for lines in 0..8 {
            let mut stage = draft((columns, lines));
            frame(&stage);
            stage.press(Code::Char('K'));
            frame(&stage);
            stage.press(Code::Esc);
            stage.press(Code::Enter);
            frame(&stage);
            stage.press(Code::Char('/'));
            frame(&stage);
            stage.type_text("usr=日本");
            frame(&stage);
            stage.press(Code::Esc);
            stage.press(Code::Char('?'));
            frame(&stage);
        }
    }
}

#[test]
fn the_overview_of_a_fleet() {
    let mut stage = json_api((80, 24));
    for _ in 0..30 {
        stage.wait(Duration::from_secs(1));
        stage.list(body(SESSIONS));
    }
    stage.press(Code::Char('o'));
    insta::assert_snapshot!("overview_80x24", frame(&stage));
}
