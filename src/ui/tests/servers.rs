//! The details of a session whose servers are well, have problems, are not reported, or were reported
//! long ago.

use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Color;

use super::{draft, frame, json_api, running, text, with_details};
use crate::app::harness::AppHarness;
use crate::app::keymap::Code;
use crate::app::msg::Msg;
use crate::model::{ConnectionDetail, Dialect, EndpointId, MonitorReport, RequestError, ServerState};
use crate::ui::view;

pub(super) fn server(name: &str, state: &str, lag: Option<i64>) -> ServerState {
    ServerState {
        name: text(name),
        state: Some(text(state)),
        status: None,
        address: Some(text("10.0.9.12")),
        port: Some(3306),
        replication_lag: lag,
        connections: Some(41),
        monitor: MonitorReport::default(),
    }
}

/// Opens the recorded session that runs a statement, on these servers.
fn details(size: (u16, u16), held: &[&str]) -> AppHarness {
    let mut stage = json_api(size);
    stage.type_text("8");
    stage.press(Code::Enter);
    show_servers(&mut stage, held);
    stage
}

fn show_servers(stage: &mut AppHarness, held: &[&str]) {
    let mut detail = running(stage);
    let first = detail.connections[0].clone();
    let connection = |name: &&str| ConnectionDetail {
        server: Some(text(name)),
        ..first.clone()
    };
    detail.connections = held.iter().map(connection).collect();
    stage.on_observation(Ok(detail));
}

fn one_in_maintenance() -> [ServerState; 3] {
    [
        server("db1", "Master, Running", Some(0)),
        server("db2", "Maintenance, Running", None),
        server("db3", "Down", None),
    ]
}

#[test]
fn a_server_in_maintenance_at_every_size() {
    for size in [(80, 24), (120, 40), (140, 24), (40, 12)] {
        let mut stage = details(size, &["db1", "db2"]);
        stage.servers(Ok(&one_in_maintenance()));
        let name = format!("servers_{}x{}", size.0, size.1);
        insta::assert_snapshot!(name, frame(&stage));
    }
}

#[test]
fn all_that_can_be_wrong_with_a_server() {
    let held = [
        "db1",
        "db2",
        "a-replica-with-a-very-long-name",
        "db4",
        "db5",
        "db6",
        "db1",
    ];
    let mut stage = details((80, 24), &held);
    stage.servers(Ok(&[
        server("db1", "Slave, Running", Some(7_300)),
        server("db2", "Draining, Slave, Running", Some(3)),
        server(held[2], "Auth Error, Down", None),
        ServerState {
            address: Some(text("2001:db8::9:12")),
            ..server("db4", "Slave, On Holiday", Some(0))
        },
        ServerState {
            connections: Some(1),
            address: None,
            ..server(
                "db5",
                "Maintenance, Slave, Slave of External Server, Running",
                None,
            )
        },
    ]));
    insta::assert_snapshot!("servers_all_wrong", frame(&stage));
}

#[test]
fn a_session_without_a_server_may_wait_for_one_that_is_not_well() {
    let mut stage = details((80, 24), &[]);
    stage.servers(Ok(&one_in_maintenance()));
    insta::assert_snapshot!("servers_none_held", frame(&stage));
    stage.servers(Ok(&one_in_maintenance()[..1]));
    assert!(!frame(&stage).contains("SERVERS"));
}

#[test]
fn what_cannot_be_read_or_is_old_says_so() {
    let line = |stage: &AppHarness| {
        let frame = frame(stage);
        let line = frame.lines().find(|line| line.contains("SERVERS"));
        line.map(|line| line.trim().to_owned()).unwrap_or_default()
    };
    let mut stage = details((80, 39), &["db1", "db2"]);
    assert_eq!(line(&stage), "", "nobody has answered yet");
    let gone = RequestError::Status {
        status: 404,
        detail: Some(text("no /v1/servers there")),
    };
    stage.servers(Err(gone));
    assert_eq!(
        line(&stage),
        "SERVERS  cannot be read: status 404: no /v1/servers there"
    );
    stage.servers(Ok(&one_in_maintenance()));
    assert_eq!(line(&stage), "SERVERS  as MaxScale's monitor reports them");
    stage.wait(Duration::from_secs(20));
    stage.servers(Err(RequestError::TimedOut(Duration::from_secs(10))));
    assert_eq!(
        line(&stage),
        "SERVERS  as of 16:20:01; since then: timed out after 10s"
    );
    assert!(frame(&stage).contains("db2 maintenance"), "and is still shown");
    stage.servers(Ok(&one_in_maintenance()));
    stage.wait(Duration::from_secs(30));
    assert_eq!(line(&stage), "SERVERS  as MaxScale's monitor reports them");
    stage.wait(Duration::from_secs(1));
    assert_eq!(line(&stage), "SERVERS  as of 16:20:21");
}

#[test]
fn in_the_draft_nothing_is_said_and_statistics_stay_where_they_are() {
    let mut stage = draft((80, 24));
    with_details(&mut stage, 1042);
    let before = frame(&stage);
    stage.servers(Ok(&one_in_maintenance()));
    stage.servers(Err(RequestError::Refused));
    assert_eq!(frame(&stage), before);
    stage.send(Msg::DialectDetected(EndpointId(0), Dialect::Draft));
    assert_eq!(frame(&stage), before);
}

#[test]
fn the_word_is_red_where_nobody_answers_and_yellow_where_somebody_wants_it_so() {
    let mut stage = details((80, 24), &["db1", "db2", "db3", "db9"]);
    stage.servers(Ok(&one_in_maintenance()));
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    let frame = terminal.draw(|frame| _ = view(&stage.app, frame)).unwrap();
    let coloured = |colour: Color| -> String {
        let cells = frame.buffer.content.iter();
        let cells = cells.filter(|cell| cell.fg == colour);
        cells.map(ratatui::buffer::Cell::symbol).collect()
    };
    let (red, yellow) = (coloured(Color::LightRed), coloured(Color::Yellow));
    assert!(red.contains("down") && !red.contains("maintenance"), "{red}");
    assert!(
        yellow.contains("maintenance") && yellow.contains("not listed"),
        "{yellow}"
    );
}

#[test]
fn a_session_without_a_server_names_those_that_its_service_cannot_use() {
    const LIST: &str = r#"{"data":[{"id":"7","attributes":{"user":"ann","remote":"10.0.0.1","state":"Session started",
        "connected":"Mon, 23 Nov 2026 16:17:13 GMT","idle":0,"connections":[],
        "queries":[{"command":"COM_QUERY","statement":"SELECT 1","received":"2026-11-23T16:20:00.000","completed":null}]},
        "relationships":{"services":{"data":[{"id":"RW","type":"services"}]}}}]}"#;
    let mut stage = AppHarness::new(Dialect::JsonApi, (100, 30));
    stage.servers(Ok(&one_in_maintenance()));
    let mut service = crate::app::tests::servers::service("RW", 3, 0);
    service.servers = vec![text("db2"), text("db3")];
    stage.services(Ok(&[service]));
    for _ in 0..3 {
        stage.list(LIST);
        stage.wait(Duration::from_secs(8));
    }
    stage.press(Code::Enter);
    let shown = frame(&stage);
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(shown.contains("RW uses db2 (maintenance), db3 (down)"), "{shown}");
}

#[test]
fn the_details_of_a_draft_session_without_a_server_say_that_nothing_runs_on_one() {
    let mut stage = draft((80, 40));
    with_details(&mut stage, 1042);
    let nothing = "nothing runs on a server";
    let unwrapped = |stage: &AppHarness| frame(stage).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(!unwrapped(&stage).contains(nothing), "{}", frame(&stage));
    let detail = stage.detail(1042);
    stage.on_observation(Ok(detail));
    let shown = unwrapped(&stage);
    assert!(
        shown.contains(nothing) && !shown.contains("may keep running"),
        "{shown}"
    );
}
