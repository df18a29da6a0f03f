//! Trouble of servers and services in the header.

use std::time::Duration;

use super::{frame, json_api, text};
use crate::app::AppSettings;
use crate::app::harness::AppHarness;
use crate::model::{Dialect, MonitorReport, ServerState, TokenExpiry};

const LIST: &str = r#"{"data":[{"id":"1","attributes":{"user":"ann"}}]}"#;
const STARTED: &str = "Mon, 23 Nov 2026 15:55:27 GMT";

fn server(name: &str, state: &str) -> ServerState {
    ServerState {
        name: text(name),
        state: Some(text(state)),
        status: None,
        address: None,
        port: None,
        replication_lag: None,
        connections: None,
        monitor: MonitorReport::default(),
    }
}

fn header(stage: &AppHarness) -> String {
    frame(stage).lines().next().unwrap_or_default().to_owned()
}

#[test]
fn the_time_goes_on_without_messages() {
    let mut stage = json_api((80, 24));
    stage.list(LIST);
    stage.servers(Ok(&[server("db-02", "Slave, Running")]));
    stage.servers(Ok(&[server("db-02", "Down")]));
    assert!(header(&stage).contains("db-02 DOWN 0s"), "{}", header(&stage));
    for expected in ["DOWN 1s", "DOWN 2s"] {
        stage.wait_awake(Duration::from_secs(1));
        assert!(header(&stage).contains(expected), "{}", header(&stage));
    }
    stage.wait_awake(Duration::from_secs(58));
    assert!(header(&stage).contains("DOWN 1m"), "{}", header(&stage));
}

#[test]
fn the_counts_of_stuck_sessions_stay_beside_trouble_a_pause_and_a_long_interval() {
    const STUCK: &str = r#"{"data":[{"id":"1","attributes":{"user":"ann","idle":99999,"connections":[{"server":"db-02"}]}}]}"#;
    for width in [60, 80, 120] {
        let mut stage = json_api((width, 24));
        stage.app.settings.interval = Duration::from_millis(12_345);
        stage.list(STUCK);
        stage.servers(Ok(&[
            server("db-02", "Slave, Running"),
            server("db-03", "Slave, Running"),
        ]));
        stage.servers(Ok(&[server("db-02", "Down"), server("db-03", "Down")]));
        stage.type_text("p");
        assert!(header(&stage).trim_end().ends_with("●1"), "{}", header(&stage));
        assert!(header(&stage).contains("DOWN"), "{}", header(&stage));
    }
}

#[test]
fn a_long_name_is_cut_before_the_trouble() {
    for width in [60, 80, 120] {
        let mut stage = json_api((width, 24));
        stage.list(LIST);
        let name = "the-replica-in-the-second-data-center";
        stage.servers(Ok(&[
            server("db-01", "Master, Running"),
            server(name, "Slave, Running"),
        ]));
        stage.servers(Ok(&[server("db-01", "Master, Running"), server(name, "Running")]));
        let header = header(&stage);
        assert!(
            header.contains("center replication stopped 0s") || header.contains("ter replication stopped 0s"),
            "{header}"
        );
    }
}

#[test]
fn the_summary_of_many_endpoints_names_the_worst_trouble_and_its_endpoint() {
    let names = ["proxy-a:8989", "proxy-b:8989", "proxy-c:8989", "proxy-d:8989"];
    for width in [80, 120] {
        let settings = AppSettings::default();
        let mut stage = AppHarness::watching(&names, settings, Dialect::JsonApi, (width, 24));
        for endpoint in 0..4 {
            let node = format!("node-{endpoint}");
            stage.list_from(endpoint, LIST, STARTED, Some(&node));
        }
        let down = [server("db-01", "Master, Running"), server("db-02", "Down")];
        stage.servers_at(1, Ok(&[server("db-01", "Maintenance, Running")]));
        stage.servers_at(2, Ok(&down));
        stage.wait(Duration::from_secs(40));
        let frame = frame(&stage);
        let mut lines = frame.lines();
        let summary = lines.next().unwrap();
        assert!(summary.contains("proxy-c:8989: db-02 DOWN over 40s"), "{summary}");
        let worst = lines.next().unwrap();
        assert!(worst.contains("proxy-c:8989"), "{worst}");
    }
}

#[test]
fn a_narrow_summary_still_says_that_a_server_has_trouble() {
    let names = ["proxy-a:8989", "proxy-b:8989", "proxy-c:8989", "proxy-d:8989"];
    let mut stage = AppHarness::watching(&names, AppSettings::default(), Dialect::JsonApi, (30, 15));
    for endpoint in 0..4 {
        stage.list_at(endpoint, LIST, STARTED);
    }
    stage.servers_at(2, Ok(&[server("db-02", "Down")]));
    assert!(header(&stage).contains("server trouble"), "{}", header(&stage));
}

#[test]
fn a_token_that_expires_soon_is_named_with_the_time_left() {
    let mut stage = json_api((80, 24));
    stage.list(LIST);
    let now = stage.app.now.wall;
    let expiry = now.checked_add(Duration::from_secs(601)).unwrap();
    stage.app.endpoints[0].token_expiry = Some(TokenExpiry(expiry));
    stage.wait(Duration::ZERO);
    assert!(!header(&stage).contains("token"), "{}", header(&stage));
    for (span, expected) in [
        (1, "token expires in 10m"),
        (301, "token expires in 4m"),
        (290, "token expires in 9s"),
        (9, "token has expired"),
    ] {
        stage.wait_awake(Duration::from_secs(span));
        assert!(header(&stage).contains(expected), "{}", header(&stage));
    }
}
