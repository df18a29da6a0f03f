//! Text from a server can neither forge nor displace maxtop's own words.

use std::time::Duration;

use super::frame;
use crate::app::AppSettings;
use crate::app::harness::{AppHarness, draft};
use crate::app::keymap::Code;
use crate::app::msg::Msg;
use crate::model::{Dialect, EndpointId, RequestError, Text, TextLimit};

const WIDTHS: [u16; 4] = [40, 60, 80, 140];
const LIST: &str = r#"{"data":[{"id":"7","type":"sessions","attributes":{"state":"Session started","user":"app","remote":"10.0.0.1","port":40001,"connected":"Mon Nov 23 16:08:03 2026","idle":1}}]}"#;

/// An endpoint with these warnings.
fn warned(warnings: &[&'static str], dialect: Dialect, width: u16) -> AppHarness {
    let mut stage = AppHarness::new(dialect, (width, 24));
    stage.app.endpoints[0].warnings = warnings.to_vec();
    stage
}

fn header(stage: &AppHarness) -> String {
    frame(stage).lines().next().unwrap().to_owned()
}

/// Returns the line of trends, where the cause of an error is.
fn trends(stage: &AppHarness) -> String {
    frame(stage).lines().nth(1).unwrap().to_owned()
}

fn status_500(detail: &str) -> RequestError {
    RequestError::Status {
        status: 500,
        detail: Some(Text::clean(detail, TextLimit::Line)),
    }
}

#[test]
fn a_version_cannot_forge_the_header() {
    let forged = format!("24.02.3 up 9d  live  every 1s{}", " ".repeat(150));
    for width in WIDTHS {
        let mut stage = warned(&["insecure TLS"], Dialect::JsonApi, width);
        stage.version = forged.clone();
        stage.list(LIST);
        let live = header(&stage);
        assert!(live.contains("  live  insecure TLS"), "{live}");
        assert!(!live.contains("up 9d"), "{live}");
        stage.wait(Duration::from_secs(12));
        stage.fail(status_500("live  every 1s"));
        let failing = header(&stage);
        assert!(failing.contains("stale 12s  insecure TLS"), "{failing}");
        assert!(!failing.contains("up 9d"), "{failing}");
        let cause = trends(&stage);
        assert!(!cause.contains("up 9d"), "{cause}");
        if width >= 60 {
            assert!(cause.contains("status 500: '"), "{cause}");
        }
        if width >= 80 {
            assert!(cause.contains("again in 4s · last list 12s ago"), "{cause}");
        }
    }
}

#[test]
fn a_version_is_shown_behind_the_state() {
    let mut stage = warned(&[], Dialect::JsonApi, 80);
    stage.list(LIST);
    assert!(
        header(&stage).contains("127.0.0.1:8989  live  every 1s  24.02.3 up 3d 4h"),
        "{}",
        header(&stage)
    );
    for odd in ["24.02.3 up", "x@y", "12345678901234567", "", "24.02\u{202e}"] {
        stage.version = odd.to_owned();
        stage.list(LIST);
        assert!(
            header(&stage).contains("live  every 1s  version? up"),
            "{odd}: {}",
            header(&stage)
        );
    }
}

#[test]
fn warnings_have_room_at_every_width_and_in_every_state() {
    let long = "a server-written error body that goes on and on ".repeat(20);
    for width in WIDTHS {
        for warning in ["insecure TLS", "plain http"] {
            let mut stage = warned(&[warning], Dialect::Draft, width);
            stage.app.endpoints[0].name = "db-proxy-eu-central-1.example.com:8989".to_owned();
            assert!(header(&stage).contains(warning), "connecting: {}", header(&stage));
            stage.fail(status_500(&long));
            assert!(header(&stage).contains("no data"), "{}", header(&stage));
            assert!(header(&stage).contains(warning), "no data: {}", header(&stage));
            stage.list(&draft(&[(1, "ann", 0)]));
            assert!(header(&stage).contains("live"), "{}", header(&stage));
            assert!(header(&stage).contains(warning), "live: {}", header(&stage));
            stage.wait(Duration::from_secs(100));
            stage.fail(status_500(&long));
            assert!(header(&stage).contains("stale 1m"), "{}", header(&stage));
            assert!(header(&stage).contains(warning), "stale: {}", header(&stage));
            stage.press(Code::Char('p'));
            assert!(header(&stage).contains(warning), "paused: {}", header(&stage));
        }
    }
}

#[test]
fn the_summary_of_many_endpoints_counts_the_warnings() {
    let names: Vec<String> = (0..200).map(|n| format!("proxy-{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for width in WIDTHS {
        let mut stage = AppHarness::watching(&names, AppSettings::default(), Dialect::Draft, (width, 24));
        stage.app.endpoints[150].warnings = vec!["insecure TLS"];
        for place in [170, 171] {
            stage.app.endpoints[place].warnings = vec!["plain http"];
        }
        for place in 0..180 {
            stage.list_at(place, &draft(&[(1, "ann", 0)]), "");
        }
        stage.fail_at(199, RequestError::Refused);
        let summary = header(&stage);
        assert!(summary.contains("insecure TLS"), "{summary}");
        assert!(summary.contains("plain http"), "{summary}");
        if width >= 60 {
            assert!(summary.contains("1 no data"), "{summary}");
            assert!(summary.contains("1 insecure TLS  2 plain http"), "{summary}");
        }
        if width >= 140 {
            assert!(summary.contains("200 endpoints  180 live"), "{summary}");
        }
    }
}

#[test]
fn one_endpoint_of_one_session_is_singular() {
    let mut stage = warned(&[], Dialect::Draft, 80);
    stage.list(&draft(&[(1, "ann", 0)]));
    let frame = frame(&stage);
    assert!(frame.contains("1 session\n"), "{frame}");
    assert!(!frame.contains("1 sessions"), "{frame}");
}

#[test]
fn every_is_the_interval_that_is_kept() {
    for width in [120, 140] {
        let mut stage = warned(&[], Dialect::Draft, width);
        stage.least_interval = Duration::from_millis(3_520);
        for _ in 0..20 {
            stage.list(&draft(&[(1, "ann", 0)]));
            stage.wait(Duration::from_secs(1));
        }
        assert!(header(&stage).contains("every 3.5s"), "{}", header(&stage));
        for (configured, shown) in [(5, "every 5s"), (2, "every 3.5s")] {
            stage.app.settings.interval = Duration::from_secs(configured);
            assert!(header(&stage).contains(shown), "{}", header(&stage));
        }
        stage.least_interval = Duration::from_millis(140);
        stage.list(&draft(&[(1, "ann", 0)]));
        assert!(header(&stage).contains("every 2s"), "{}", header(&stage));
    }
}

#[test]
fn a_long_user_does_not_hide_that_the_session_ended() {
    let user = format!("app1@10.0.0.2:20001   live   {}", "x".repeat(200));
    for width in WIDTHS.into_iter().chain([30]) {
        for id in [7, u64::MAX] {
            let mut stage = AppHarness::new(Dialect::Draft, (width, 24));
            stage.list(&draft(&[(id, &user, 0)]));
            stage.press(Code::Enter);
            stage.on_observation(Ok(stage.detail(id)));
            stage.on_observation(Err(RequestError::TimedOut(Duration::from_secs(10))));
            let shown = frame(&stage);
            assert!(shown.contains("timed out") || width < 60, "{shown}");
            stage.on_observation(Err(RequestError::NotFound));
            let shown = frame(&stage);
            assert!(shown.contains("ended 16:2"), "{shown}");
            if width == 80 && id == 7 {
                assert!(
                    shown.contains("Session 7  'app1@10.0.0.2:20001   live   x"),
                    "{shown}"
                );
            }
        }
    }
}

#[test]
fn the_dialog_quotes_a_name_that_looks_like_a_client() {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    stage.list(&draft(&[(7, "app1@10.0.0.2:20001   live   x", 0)]));
    stage.press(Code::Char('K'));
    let shown = frame(&stage);
    assert!(
        shown.contains("'app1@10.0.0.2:20001   live   x'@10.0.3.7"),
        "{shown}"
    );
}

#[test]
fn in_ascii_two_different_names_do_not_look_equal_in_the_dialog() {
    let question = |user: &str| {
        let settings = AppSettings {
            ascii: true,
            ..AppSettings::default()
        };
        let mut stage = AppHarness::with(settings, Dialect::Draft, (80, 24));
        stage.list(&draft(&[(7, user, 0)]));
        let table = frame(&stage);
        stage.press(Code::Char('K'));
        (table, frame(&stage))
    };
    let (table, first) = question("日本");
    assert!(table.contains(" ???? "), "as wide as the name: {table}");
    assert!(first.contains(r"\u{65e5}\u{672c}@10.0.3.7"), "{first}");
    let (_, second) = question("中国");
    assert_ne!(first, second);
    assert!(first.is_ascii() && second.is_ascii());
}

#[test]
fn names_that_differ_only_at_their_ends_look_different_in_a_narrow_table() {
    let names = ["db-proxy-eu-central-1", "db-proxy-eu-central-2"];
    let mut stage = AppHarness::watching(&names, AppSettings::default(), Dialect::Draft, (80, 24));
    for place in [0, 1] {
        let users = [(1, "app_billing_prod_ro", 50), (2, "app_billing_prod_rw", 40)];
        stage.list_at(place, &draft(&users), "");
    }
    let shown = frame(&stage);
    let rows: std::collections::BTreeSet<_> = shown.lines().filter(|line| line.contains("d_r")).collect();
    assert_eq!(rows.len(), 4, "{shown}");
    assert!(shown.contains("ral-1 ") && shown.contains("ral-2 "), "{shown}");
}

#[test]
fn a_service_without_a_name_has_a_label_in_the_overview() {
    let mut stage = AppHarness::new(Dialect::JsonApi, (80, 24));
    stage.list(&LIST.replace(
        r#""idle":1"#,
        r#""idle":1},"relationships":{"services":{"data":[{"id":"","type":"services"}]}"#,
    ));
    stage.press(Code::Char('o'));
    let shown = frame(&stage);
    assert!(shown.contains("(empty)"), "{shown}");
}

#[test]
fn a_wrong_number_in_the_dialog_is_named() {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    let sessions: Vec<_> = (1..=7).map(|id| (id, "ann", 0)).collect();
    stage.list(&draft(&sessions));
    stage.press(Code::Char('*'));
    stage.press(Code::Char('K'));
    for (ticket, id) in stage.checks() {
        stage.on_check(ticket, Ok(stage.detail(id)));
    }
    stage.draw();
    stage.wait(Duration::from_millis(400));
    stage.type_text("12");
    stage.press(Code::Enter);
    let shown = frame(&stage);
    assert!(shown.contains("12_  not 7: nothing was sent"), "{shown}");
    stage.press(Code::Backspace);
    assert!(!frame(&stage).contains("not 7"));
}

#[test]
fn an_account_that_may_only_read_closes_yes_and_says_why() {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    stage.list(&draft(&[(7, "ann", 0)]));
    stage.press(Code::Char('K'));
    stage.on_check(stage.last_check().unwrap(), Ok(stage.detail(7)));
    assert!(frame(&stage).contains("Yes, kill it"));
    stage.send(Msg::MayOnlyRead(EndpointId(0)));
    stage.draw();
    stage.wait(Duration::from_millis(400));
    let shown = frame(&stage);
    assert!(!shown.contains("Yes"), "{shown}");
    assert!(shown.contains("this account may only read"), "{shown}");
    stage.press(Code::Char('y'));
    stage.press(Code::Esc);
    stage.press(Code::Char('K'));
    assert!(stage.app.modal.kill_dialog().is_none());
    let status = stage.app.status.clone().unwrap().text;
    assert!(status.contains("this account may only read"), "{status}");
    assert!(stage.deletes().is_empty());
}
