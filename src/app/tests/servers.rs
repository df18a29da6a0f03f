//! The view of servers and services: order, cursor, and the sessions of a row.

use crate::app::harness::AppHarness;
use crate::app::keymap::Code;
use crate::app::server_view::ServerRows;
use crate::model::{Dialect, RequestError, ServerState, ServiceState, Text, TextLimit};

const LIST: &str = r#"{"data":[
{"id":"1","attributes":{"user":"ann","state":"Session started","connected":"Mon, 23 Nov 2026 12:08:03 GMT","idle":1,"connections":[{"server":"db-01"},{"server":"db-02"}]},"relationships":{"services":{"data":[{"id":"RW","type":"services"}]}}},
{"id":"2","attributes":{"user":"bob","state":"Session started","connected":"Mon, 23 Nov 2026 12:08:03 GMT","idle":99999,"connections":[{"server":"db-01"}]},"relationships":{"services":{"data":[{"id":"RW","type":"services"}]}}}]}"#;

pub(crate) fn server(name: &str, state: &str, lag: Option<i64>) -> ServerState {
    let text = |text| Text::clean(text, TextLimit::Name);
    ServerState {
        name: text(name),
        state: Some(text(state)),
        status: None,
        address: Some(text("10.0.9.12")),
        port: Some(3306),
        monitor: crate::model::MonitorReport::default(),
        replication_lag: lag,
        connections: Some(41),
    }
}

pub(crate) fn service(name: &str, connections: u64, limit: u64) -> ServiceState {
    ServiceState {
        name: Text::clean(name, TextLimit::Name),
        state: Some(Text::clean("Started", TextLimit::Name)),
        router: Some(Text::clean("readwritesplit", TextLimit::Name)),
        connections: Some(connections),
        total_connections: None,
        most_connections: None,
        max_connections: Some(limit),
        servers: ["db-01", "db-02"]
            .map(|name| Text::clean(name, TextLimit::Name))
            .to_vec(),
        retained_statements: None,
    }
}

/// The view, with a server that is down, one that lags, and a full service.
pub(crate) fn troubled(size: (u16, u16)) -> AppHarness {
    let mut stage = AppHarness::new(Dialect::JsonApi, size);
    stage.list(LIST);
    let well = server("db-02", "Slave, Running", Some(0));
    stage.servers(Ok(&[
        server("db-01", "Master, Running", None),
        well,
        server("db-03", "Slave, Running", Some(724)),
    ]));
    stage.wait(std::time::Duration::from_secs(10));
    stage.servers(Ok(&[
        server("db-01", "Master, Running", None),
        server("db-02", "Down", None),
        server("db-03", "Slave, Running", Some(724)),
    ]));
    stage.services(Ok(&[service("Read-Only", 38, 0), service("RW", 50, 50)]));
    stage.list(LIST);
    stage.press(Code::Char('S'));
    stage.wait(std::time::Duration::from_secs(2));
    stage
}

fn names(rows: &ServerRows) -> Vec<&str> {
    let servers = rows.servers.iter().map(|row| row.server.name.as_str());
    servers
        .chain(rows.services.iter().map(|row| row.service.name.as_str()))
        .collect()
}

#[test]
fn trouble_is_first_in_both_tables_and_sessions_are_counted() {
    let stage = troubled((80, 24));
    let rows = stage.app.server_rows();
    assert_eq!(names(&rows), ["db-02", "db-03", "db-01", "RW", "Read-Only"]);
    let counts: Vec<_> = rows
        .servers
        .iter()
        .map(|row| (row.count.sessions, row.count.look))
        .collect();
    assert_eq!(counts, [(1, 0), (0, 0), (2, 1)]);
    assert_eq!(rows.services[0].count.sessions, 2);
}

#[test]
fn sessions_are_counted_only_while_the_view_is_open() {
    let mut stage = troubled((80, 24));
    stage.press(Code::Esc);
    stage.list(LIST);
    assert_eq!(stage.app.server_rows().servers[0].count.sessions, 0);
}

#[test]
fn enter_shows_the_sessions_of_the_row() {
    let mut stage = troubled((80, 24));
    stage.press(Code::Enter);
    assert!(stage.app.modal.is_closed());
    assert_eq!(stage.app.table.filter.text(), "server=db-02");
    assert_eq!(stage.shown().0, [1]);
    stage.press(Code::Char('S'));
    stage.press(Code::Tab);
    stage.press(Code::Enter);
    assert_eq!(stage.app.table.filter.text(), "service=RW");
    // Esc goes back the same way: the view, the sessions of the server, the view, the table.
    stage.press(Code::Esc);
    assert!(stage.app.servers.is_some());
    stage.press(Code::Esc);
    assert_eq!(stage.app.table.filter.text(), "server=db-02");
    stage.press(Code::Esc);
    assert!(stage.app.servers.is_some());
    stage.press(Code::Esc);
    assert!(stage.app.servers.is_none());
    assert_eq!(stage.shown().0.len(), 2);
}

#[test]
fn the_cursor_is_on_the_same_server_when_the_order_changes() {
    let mut stage = troubled((80, 24));
    stage.press(Code::End);
    stage.press(Code::Up);
    stage.press(Code::Up);
    stage.servers(Ok(&[
        server("db-01", "Down", None),
        server("db-02", "Slave, Running", Some(0)),
        server("db-03", "Slave, Running", Some(724)),
    ]));
    stage.press(Code::Enter);
    assert_eq!(stage.app.table.filter.text(), "server=db-01");
}

#[test]
fn a_reply_that_is_missing_has_a_sentence() {
    let mut stage = AppHarness::new(Dialect::JsonApi, (80, 24));
    stage.list(LIST);
    let remark = |stage: &AppHarness| crate::app::server_view::remark(&stage.app.endpoints[0]);
    assert!(remark(&stage).unwrap().starts_with("no reply about"));
    stage.servers(Err(RequestError::Refused));
    assert_eq!(
        remark(&stage).unwrap(),
        "servers cannot be read: connection refused"
    );
    stage.press(Code::Char('S'));
    for code in [Code::Enter, Code::Tab, Code::Down, Code::End] {
        stage.press(code);
    }
    assert!(stage.app.servers.is_some(), "without rows no key has an effect");
}
