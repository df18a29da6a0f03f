//! The exporter, from messages to text.

mod assets;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::*;
use crate::app::AppSettings;
use crate::app::build_view::{ViewQuery, build_view};
use crate::app::endpoint::EndpointState;
use crate::app::harness::{AppHarness, draft};
use crate::app::msg::Msg;
use crate::model::{Dialect, EndpointId, Now, RequestError, Snapshot};

const STARTED: &str = "Mon, 23 Nov 2026 15:55:27 GMT";

fn now(seconds: u64) -> Now {
    Now {
        elapsed: Duration::from_secs(seconds),
        wall: Timestamp::UNIX_EPOCH,
    }
}

/// Lists of two endpoints, as a client returns them.
struct Lists(AppHarness);

impl Lists {
    fn new() -> Self {
        Self(AppHarness::watching(
            &["a", "b"],
            AppSettings::default(),
            Dialect::Draft,
            (80, 24),
        ))
    }

    fn next(&mut self, endpoint: u16, sessions: &[(u64, &str, u64)]) -> Arc<Snapshot> {
        self.0.list_at(endpoint, &draft(sessions), STARTED);
        self.0.app.endpoints[usize::from(endpoint)]
            .latest
            .clone()
            .unwrap()
    }
}

fn exporter(names: &[&str], limit: usize) -> Exporter {
    let endpoints = names
        .iter()
        .map(|name| EndpointState::new((*name).to_owned(), false, Vec::new()));
    Exporter::new(
        endpoints.collect(),
        ViewQuery::default(),
        limit,
        Duration::from_secs(1),
    )
}

fn listed(exporter: &mut Exporter, list: Arc<Snapshot>, at: Now) {
    exporter.update(Msg::Listed(list), at);
    if exporter.rounds.is_complete(at) {
        let view = Arc::new(build_view(exporter.rounds.begin()));
        let counts = count(&view);
        exporter.on_view(view, counts, at);
    }
}

fn failed(exporter: &mut Exporter, endpoint: u16) {
    let failed = Msg::ListFailed {
        endpoint: EndpointId(endpoint),
        fault: RequestError::Refused,
        retry_in: Duration::from_secs(5),
    };
    exporter.update(failed, now(9));
}

fn text(exporter: &Exporter, format: TextFormat, at: Now) -> String {
    let scrape = Scrape {
        exposition: Arc::new(exporter.exposition()),
        now: at,
    };
    scrape.text(format).unwrap()
}

fn has(exporter: &Exporter, line: &str) -> bool {
    let text = text(exporter, TextFormat::OpenMetrics, now(10));
    text.lines().any(|found| found == line)
}

#[test]
fn before_the_first_list_an_endpoint_is_not_up_and_has_no_gauge() {
    let exporter = exporter(&["a"], 5);
    assert!(has(&exporter, r#"maxtop_up{endpoint="a"} 0"#));
    assert!(has(&exporter, r#"maxtop_sessions_opened_total{endpoint="a"} 0"#));
    let text = text(&exporter, TextFormat::OpenMetrics, now(1));
    assert!(!text.contains("maxtop_sessions{"), "{text}");
    assert!(!text.contains("maxtop_list_age_seconds{"), "{text}");
    assert!(text.ends_with("# EOF\n"));
}

#[test]
fn a_failing_endpoint_has_up_0_and_loses_its_gauges_but_not_its_counters() {
    let mut lists = Lists::new();
    let mut exporter = exporter(&["a", "b"], 5);
    listed(&mut exporter, lists.next(0, &[(1, "app", 5)]), now(1));
    listed(
        &mut exporter,
        lists.next(1, &[(7, "etl", 5), (8, "etl", 5)]),
        now(1),
    );
    listed(
        &mut exporter,
        lists.next(0, &[(2, "app", 5), (3, "app", 5)]),
        now(2),
    );
    for line in [
        r#"maxtop_sessions{endpoint="b"} 2"#,
        r#"maxtop_user_sessions{endpoint="b",user="etl"} 2"#,
        r#"maxtop_sessions_opened_total{endpoint="a"} 2"#,
        r#"maxtop_sessions_closed_total{endpoint="a"} 1"#,
        r#"maxtop_list_age_seconds{endpoint="a"} 8.0"#,
    ] {
        assert!(has(&exporter, line), "{line}");
    }
    failed(&mut exporter, 0);
    for line in [
        r#"maxtop_up{endpoint="a"} 0"#,
        r#"maxtop_list_errors_total{endpoint="a",cause="refused"} 1"#,
        r#"maxtop_sessions_opened_total{endpoint="a"} 2"#,
        r#"maxtop_list_age_seconds{endpoint="a"} 8.0"#,
        r#"maxtop_up{endpoint="b"} 1"#,
        r#"maxtop_sessions{endpoint="b"} 2"#,
    ] {
        assert!(has(&exporter, line), "{line}");
    }
    let all = text(&exporter, TextFormat::OpenMetrics, now(10));
    for gone in [
        "maxtop_sessions",
        "maxtop_user_sessions",
        "maxtop_session_age_seconds_count",
    ] {
        assert!(!all.contains(&format!("{gone}{{endpoint=\"a\"")), "{gone}");
    }
}

#[test]
fn values_of_labels_are_bounded_and_the_sum_is_complete() {
    let mut lists = Lists::new();
    let mut exporter = exporter(&["a"], 2);
    let sessions = [
        (1, "ann", 1),
        (2, "ann", 1),
        (3, "bob", 1),
        (4, "bob", 1),
        (5, "cid", 1),
        (6, "dan", 1),
    ];
    listed(&mut exporter, lists.next(0, &sessions), now(1));
    for line in [
        r#"maxtop_user_sessions{endpoint="a",user="ann"} 2"#,
        r#"maxtop_user_sessions{endpoint="a",user="bob"} 2"#,
        r#"maxtop_user_sessions{endpoint="a",user="other"} 2"#,
        r#"maxtop_address_sessions{endpoint="a",address="other"} 4"#,
        r#"maxtop_session_idle_seconds_bucket{le="1.0",endpoint="a"} 6"#,
    ] {
        assert!(has(&exporter, line), "{line}");
    }
}

#[test]
fn texts_from_outside_are_escaped() {
    let mut lists = Lists::new();
    let mut exporter = exporter(&["a\"}"], 5);
    listed(
        &mut exporter,
        lists.next(0, &[(1, r#"a\"b"#, 5), (2, r"c\\d", 5), (3, r"e\nf", 5)]),
        now(1),
    );
    // A backslash and a line break are escaped for display first.
    for user in [r#"a\"b"#, r"c\\\\d", r"e\\nf"] {
        let line = format!(r#"maxtop_user_sessions{{endpoint="a\"}}",user="{user}"}} 1"#);
        assert!(has(&exporter, &line), "{line}");
    }
}

#[test]
fn the_older_format_has_the_same_samples() {
    let mut lists = Lists::new();
    let mut exporter = exporter(&["a"], 5);
    listed(&mut exporter, lists.next(0, &[(1, "app", 5)]), now(1));
    let samples = |format| {
        let text = text(&exporter, format, now(2));
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        // This format writes 8 for 8.0.
        lines
            .map(|line| line.trim_end_matches(".0").to_owned())
            .collect::<Vec<_>>()
    };
    let (new, old) = (samples(TextFormat::OpenMetrics), samples(TextFormat::Prometheus));
    assert_eq!(new.len(), old.len());
    assert!(old.contains(&r#"maxtop_sessions_opened_total{endpoint="a"} 0"#.to_owned()));
}

#[test]
fn samples_of_connections_are_counted_by_their_increase() {
    use crate::diagnosis::ConnectionSample;
    use crate::model::{ConnectionDetail, ConnectionStatistics, Counter, SessionId};
    let mut exporter = exporter(&["a"], 5);
    let connection = |reads| ConnectionDetail {
        statistics: Some(ConnectionStatistics::from_fn(|counter| {
            (counter == Counter::Reads).then_some(reads)
        })),
        ..ConnectionDetail::default()
    };
    let mut sample = None;
    for (second, reads) in [(1, 100), (2, 130), (3, 131)] {
        let taken_at = Timestamp::from_second(second).unwrap();
        let next = ConnectionSample::next(sample.take(), &[connection(reads)], None, taken_at);
        sample = Some(next.clone());
        exporter.update(Msg::Sampled(EndpointId(0), vec![(SessionId(1), next)]), now(1));
    }
    assert!(has(
        &exporter,
        r#"maxtop_connection_events_total{endpoint="a",event="reads"} 31"#
    ));
}
