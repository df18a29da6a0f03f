//! The view of endpoints: order, cursor, facts, and the sessions of a row.

use std::time::Duration;

use crate::app::AppSettings;
use crate::app::harness::{AppHarness, draft};
use crate::app::keymap::{Code, KeyContext};
use crate::app::msg::{Effect, Msg};
use crate::model::{Dialect, EndpointId, RequestError, Text, TextLimit, TokenExpiry};

const LIST: &str = r#"{"data":[
{"id":"1","attributes":{"user":"ann","remote":"10.0.0.1","port":4001,"state":"Session started","connected":"Mon, 23 Nov 2026 12:08:03 GMT","idle":1}},
{"id":"2","attributes":{"user":"bob","remote":"10.0.0.1","port":4002,"state":"Session started","connected":"Mon, 23 Nov 2026 12:08:03 GMT","idle":2}}]}"#;

/// Five endpoints: one well, one lost for hours, one that rejects the login, one whose token expires soon, one that
/// has sent no list.
pub(crate) fn five(size: (u16, u16)) -> AppHarness {
    let names = ["proxy-1", "proxy-2", "proxy-3", "proxy-4", "proxy-5"];
    let mut stage = AppHarness::watching(&names, AppSettings::default(), Dialect::JsonApi, size);
    for endpoint in 0..4_u16 {
        let node = format!("node-{endpoint}");
        stage.list_from(
            endpoint,
            LIST,
            &format!("Mon, 23 Nov 2026 15:55:2{endpoint} GMT"),
            Some(&node),
        );
    }
    stage.wait(Duration::from_secs(1));
    stage.fail_at(1, RequestError::Refused);
    stage.wait(Duration::from_hours(4));
    for endpoint in [0, 2, 3] {
        let node = format!("node-{endpoint}");
        stage.list_from(
            endpoint,
            LIST,
            &format!("Mon, 23 Nov 2026 15:55:2{endpoint} GMT"),
            Some(&node),
        );
    }
    stage.fail_at(1, RequestError::Refused);
    stage.fail_at(
        2,
        RequestError::NotAllowed {
            status: 401,
            detail: Some(Text::clean("Access denied", TextLimit::Line)),
            with_credentials: true,
        },
    );
    let soon = stage.app.now.wall + Duration::from_mins(4);
    stage.app.endpoints[3].token_expiry = Some(TokenExpiry(soon));
    stage
}

fn names(stage: &AppHarness) -> Vec<String> {
    let order = stage.app.endpoints_by_trouble();
    order
        .into_iter()
        .map(|id| stage.app.endpoint_row(id).name)
        .collect()
}

#[test]
fn trouble_is_first_and_the_rest_is_in_the_order_of_the_command_line() {
    let stage = five((80, 24));
    assert_eq!(
        names(&stage),
        ["proxy-2", "proxy-3", "proxy-4", "proxy-5", "proxy-1"]
    );
    let row = |id| stage.app.endpoint_row(EndpointId(id));
    assert_eq!(row(0).state, "live");
    assert_eq!(row(1).state, "stale 4h 0m");
    assert_eq!(row(1).trouble.as_deref(), Some("connection refused"));
    assert_eq!(row(2).state, "login rejected");
    assert_eq!(row(3).trouble.as_deref(), Some("token expires in 4m"));
    assert_eq!(row(4).state, "connecting");
    assert_eq!((row(0).sessions, row(4).sessions), (Some(2), None));
}

#[test]
fn the_facts_have_the_fault_since_when_and_the_next_step() {
    let mut stage = five((80, 24));
    let facts = |stage: &AppHarness, id| {
        let facts = stage.app.endpoint_facts(EndpointId(id)).into_iter();
        facts
            .map(|fact| format!("{}: {}", fact.label, fact.text))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let lost = facts(&stage, 1);
    for expected in [
        "FAULT: connection refused, no list since 16:20, again in 4s",
        "proxy-2, stale 4h 0m since 16:20, 2 requests failed",
        "NEXT: is MaxScale running",
        "LOCKS: unknown without --sql-user",
    ] {
        assert!(lost.contains(expected), "{expected}: {lost}");
    }
    assert!(
        facts(&stage, 2).contains("NEXT: check user and password"),
        "{}",
        facts(&stage, 2)
    );
    assert!(
        facts(&stage, 3).contains("give a new one by --token-file"),
        "{}",
        facts(&stage, 3)
    );
    stage.list_from(1, LIST, "Mon, 23 Nov 2026 15:55:21 GMT", Some("node-1"));
    let back = facts(&stage, 1);
    assert!(back.contains("no lists from 16:20 to 20:20 (4h 0m)"), "{back}");
    assert!(!back.contains("FAULT"), "{back}");
}

#[test]
fn enter_shows_only_the_sessions_of_the_endpoint() {
    let mut stage = five((80, 24));
    stage.press(Code::Char('E'));
    assert_eq!(stage.app.context(), KeyContext::Endpoints);
    stage.press(Code::End);
    stage.press(Code::Enter);
    assert_eq!(stage.app.context(), KeyContext::Table);
    assert_eq!(stage.app.table.filter.text(), "endpoint=proxy-1");
    assert_eq!(stage.shown().0, [1, 2]);
    stage.press(Code::Esc);
    assert_eq!(stage.shown().0.len(), 8);
}

#[test]
fn the_cursor_is_on_the_same_endpoint_when_the_order_changes() {
    let mut stage = five((80, 24));
    stage.press(Code::Char('E'));
    stage.press(Code::Down);
    assert_eq!(stage.app.chosen_endpoint(), Some(EndpointId(2)));
    stage.list_from(2, LIST, "Mon, 23 Nov 2026 15:55:22 GMT", Some("node-2"));
    assert_eq!(names(&stage)[1], "proxy-4");
    assert_eq!(stage.app.chosen_endpoint(), Some(EndpointId(2)));
}

#[test]
fn y_copies_the_fault_and_the_next_step() {
    let mut stage = five((80, 24));
    stage.press(Code::Char('E'));
    stage.press(Code::Char('y'));
    stage.press(Code::Enter);
    let copied = stage.asked.iter().find_map(|effect| match effect {
        Effect::Copy(text) => Some(text.clone()),
        _ => None,
    });
    let copied = copied.unwrap();
    assert!(
        copied.contains("proxy-2") && copied.contains("NEXT: is MaxScale running"),
        "{copied}"
    );
}

#[test]
fn one_endpoint_has_the_view_too() {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    stage.list(&draft(&[(1, "ann", 1)]));
    stage.press(Code::Char('E'));
    assert_eq!(stage.app.chosen_endpoint(), Some(EndpointId(0)));
    stage.press(Code::Enter);
    assert_eq!(stage.app.context(), KeyContext::Table);
    assert!(stage.app.table.filter.is_empty());
}

#[test]
fn the_rows_of_another_url_of_a_proxy_are_those_of_the_first() {
    let settings = AppSettings::default();
    let mut stage = AppHarness::watching(&["one", "two"], settings, Dialect::JsonApi, (80, 24));
    for endpoint in [0, 1] {
        stage.list_from(endpoint, LIST, "Mon, 23 Nov 2026 15:55:27 GMT", Some("node"));
    }
    assert!(stage.app.endpoints.shown_by(&stage.app.endpoints[1]).is_some());
    stage.press(Code::Char('E'));
    stage.press(Code::End);
    stage.press(Code::Enter);
    assert_eq!(stage.app.table.filter.text(), "endpoint=one");
    assert!(stage.app.status.is_some());
}

#[test]
fn several_proxies_are_a_trouble() {
    let mut stage = five((80, 24));
    stage.send(Msg::SeveralProxies(EndpointId(0)));
    let row = stage.app.endpoint_row(EndpointId(0));
    assert_eq!(row.trouble.as_deref(), Some("several proxies answer"));
    assert_eq!(names(&stage).iter().position(|name| name == "proxy-1"), Some(2));
}

#[test]
fn trouble_of_servers_and_services_is_in_the_row_and_in_the_facts() {
    let mut stage = super::servers::troubled((80, 24));
    stage.press(Code::Char('E'));
    let row = stage.app.endpoint_row(EndpointId(0));
    assert_eq!(row.trouble.as_deref(), Some("db-02 DOWN 2s, 2 more"));
    let text = |stage: &AppHarness| {
        let facts = stage.app.endpoint_facts(EndpointId(0)).into_iter();
        let facts = facts.filter(|fact| fact.label == "SERVERS");
        facts.map(|fact| fact.text).collect::<Vec<_>>()
    };
    let with_servers = text(&stage);
    assert!(
        with_servers[0].starts_with("1 of 3 down: db-02 DOWN 2s, "),
        "{with_servers:?}"
    );
    stage.app.endpoints[0].servers.latest = None;
    let without = text(&stage);
    assert!(
        without[0].starts_with("db-02 DOWN 2s, RW FULL 50/50"),
        "{without:?}"
    );
}

#[test]
fn the_columns_are_those_of_all_endpoints_and_follow_their_messages() {
    let names: Vec<_> = (0..200).map(|place| format!("proxy-{place:03}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let mut stage = AppHarness::watching(&names, AppSettings::default(), Dialect::JsonApi, (160, 24));
    stage.press(Code::Char('E'));
    let columns = |stage: &AppHarness| {
        let pane = stage.app.endpoint_pane.as_ref().unwrap();
        let fitted = pane.widths.fitted(160).into_iter();
        fitted
            .map(|fitted| (fitted.id.column().name, fitted.width))
            .collect::<Vec<_>>()
    };
    let has = |columns: &[(&str, u16)], name| columns.iter().any(|(column, _)| *column == name);
    assert!(!has(&columns(&stage), "trouble"));
    stage.fail_at(199, RequestError::Refused);
    let with_trouble = columns(&stage);
    assert!(has(&with_trouble, "trouble"), "{with_trouble:?}");
    stage.press(Code::End);
    assert_eq!(columns(&stage), with_trouble, "the window changes no column");
    stage.list_from(199, LIST, "Mon, 23 Nov 2026 15:55:21 GMT", Some("node"));
    assert!(!has(&columns(&stage), "trouble"));
}

#[test]
fn a_longer_interval_names_what_stretches_it() {
    // The response time of the lists is 14 ms: the duty of a tenth allows one every 140 ms.
    for (least, shown) in [(140, "1s"), (8_000, "8s decoding")] {
        let mut stage = AppHarness::new(Dialect::Draft, (120, 40));
        stage.least_interval = Duration::from_millis(least);
        stage.list(&draft(&[(1, "ann", 0)]));
        let row = stage.app.endpoint_row(EndpointId(0));
        assert_eq!(row.interval, shown);
    }
    let mut stage = AppHarness::new(Dialect::Draft, (120, 40));
    stage.app.settings.duty = 0.001;
    stage.least_interval = Duration::from_secs(14);
    stage.list(&draft(&[(1, "ann", 0)]));
    let row = stage.app.endpoint_row(EndpointId(0));
    assert_eq!(row.interval, "14s duty");
}
