//! Several proxies behind one endpoint, and one proxy behind two endpoints.

use std::time::Duration;

use super::kills::asked;
use super::stage;
use crate::app::AppSettings;
use crate::app::harness::AppHarness;
use crate::app::keymap::Code;
use crate::app::msg::Msg;
use crate::model::{Dialect, EndpointId, RequestError};

const FIRST: EndpointId = EndpointId(0);
const A: &str = "Mon, 23 Nov 2026 15:55:27 GMT";
const B: &str = "Mon, 23 Nov 2026 15:57:00 GMT";

/// A list of JSON:API: each session by id and port.
fn sessions(sessions: &[(u64, u16)]) -> String {
    let rows = sessions.iter().map(|(id, port)| {
        format!(
            r#"{{"id":"{id}","type":"sessions","attributes":{{"state":"Session started","user":"app",
                "remote":"10.0.0.1","port":{port},"connected":"Mon, 23 Nov 2026 16:16:27 GMT"}}}}"#
        )
    });
    format!(r#"{{"data":[{}]}}"#, rows.collect::<Vec<_>>().join(","))
}

fn status(stage: &AppHarness) -> &str {
    stage.app.status.as_ref().map_or("", |status| &status.text)
}

fn two() -> AppHarness {
    AppHarness::watching(
        &["a:8989", "b:8989"],
        AppSettings::default(),
        Dialect::JsonApi,
        (100, 24),
    )
}

#[test]
fn several_proxies_turn_killing_off_until_ten_minutes_without_a_switch() {
    let mut stage = stage();
    stage.send(Msg::SeveralProxies(FIRST));
    assert!(status(&stage).contains("several proxies answer here: killing is off"));
    let is_off = |stage: &mut AppHarness| {
        stage.press(Code::Char('K'));
        let is_off = stage.app.modal.kill_dialog().is_none();
        assert_eq!(is_off, status(stage).contains("use each proxy's own address"));
        is_off
    };
    assert!(is_off(&mut stage));
    stage.wait(Duration::from_mins(9));
    stage.send(Msg::SeveralProxies(FIRST));
    stage.wait(Duration::from_mins(9));
    assert!(is_off(&mut stage), "the last switch counts");
    stage.wait(Duration::from_mins(1));
    assert!(!is_off(&mut stage));
}

#[test]
fn several_proxies_close_an_open_dialog() {
    let mut stage = stage();
    asked(&mut stage, 1);
    assert!(stage.app.modal.open_dialog_ticket().is_some());
    stage.send(Msg::SeveralProxies(FIRST));
    assert!(stage.app.modal.open_dialog_ticket().is_none());
    stage.press(Code::Char('y'));
    assert!(stage.deletes().is_empty());
}

#[test]
fn lists_of_several_proxies_are_no_restarts_and_end_nothing() {
    let mut stage = AppHarness::new(Dialect::JsonApi, (140, 24));
    stage.list_of(&sessions(&[(1, 1), (2, 2)]), A);
    stage.press(Code::Char(' '));
    stage.press(Code::Enter);
    stage.send(Msg::SeveralProxies(FIRST));
    for process in [B, A, B, B, B] {
        stage.list_of(&sessions(&[(2, 77), (3, 78)]), process);
        assert!(!status(&stage).contains("restarted"), "{}", status(&stage));
    }
    stage.on_observation(Err(RequestError::NotFound));
    stage.on_observation(Err(RequestError::NotFound));
    assert_eq!(stage.app.marks.len(), 1);
    assert_eq!(stage.app.detail.as_ref().unwrap().ended, None);
}

#[test]
fn without_a_switch_back_another_process_is_a_restart() {
    let mut stage = AppHarness::new(Dialect::JsonApi, (80, 24));
    stage.list_of(&sessions(&[(1, 1), (2, 2)]), A);
    stage.list_of(&sessions(&[(1, 77)]), B);
    assert!(status(&stage).contains("restarted: session ids start at 1 again"));
}

#[test]
fn two_urls_of_one_proxy_show_each_session_once() {
    let mut stage = two();
    stage.list_from(0, &sessions(&[(1, 1), (2, 2)]), A, Some("db-1"));
    stage.list_from(1, &sessions(&[(2, 2), (3, 3)]), A, Some("db-1"));
    assert!(status(&stage).contains("b:8989 is the same proxy as a:8989"));
    stage.wait_until_idle();
    assert_eq!(stage.shown().0, [1, 2]);
    // The first URL fails: the other one has the sessions.
    stage.fail_at(0, RequestError::Refused);
    stage.list_from(1, &sessions(&[(2, 2), (3, 3)]), A, Some("db-1"));
    stage.wait_until_idle();
    assert!(stage.shown().0.contains(&3));
}

#[test]
fn a_restart_that_shows_at_one_url_first_does_not_part_them() {
    let mut stage = two();
    stage.list_from(0, &sessions(&[(1, 1)]), A, Some("db-1"));
    stage.list_from(1, &sessions(&[(1, 1)]), A, Some("db-1"));
    stage.list_from(1, &sessions(&[(1, 9)]), B, Some("db-1"));
    stage.list_from(0, &sessions(&[(1, 9)]), B, Some("db-1"));
    stage.list_from(1, &sessions(&[(1, 9)]), B, Some("db-1"));
    stage.wait_until_idle();
    assert_eq!(stage.app.table.view.total(), 1);
    // The second URL leads to another proxy in these snapshots.
    for _ in 0..2 {
        stage.list_from(1, &sessions(&[(1, 5)]), A, Some("db-2"));
    }
    stage.wait_until_idle();
    assert_eq!(stage.app.table.view.total(), 2);
}

#[test]
fn two_proxies_stay_two_where_anything_is_unknown_or_differs() {
    let own = sessions(&[(1, 1), (2, 2)]);
    let cases = [
        (own.clone(), A, None),
        (own.clone(), A, Some("db-2")),
        (own.clone(), B, Some("db-1")),
        (sessions(&[(1, 8), (2, 9)]), A, Some("db-1")),
        (
            own.replace(r#""port":1"#, r#""port":null"#)
                .replace(r#""port":2"#, r#""port":null"#),
            A,
            Some("db-1"),
        ),
    ];
    for (body, started_at, node) in cases {
        let mut stage = two();
        stage.list_from(0, &own, A, Some("db-1"));
        stage.list_from(1, &body, started_at, node);
        stage.wait_until_idle();
        assert_eq!(stage.shown().0, [1, 1, 2, 2], "{started_at} {node:?}");
    }
}
