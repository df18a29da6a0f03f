//! Findings from samples of connections.

use super::*;
use crate::model::{Buffer, ConnectionDetail, ConnectionStatistics, Counter, SessionDetail};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(WALL + second).unwrap()
}

/// Returns connections with high-water events, low-water events and buffered writes.
fn detail(connections: &[(&str, u64, u64, u64)]) -> SessionDetail {
    let connection = |(server, high, low, buffered): &(&str, u64, u64, u64)| ConnectionDetail {
        server: Some(text(server)),
        statistics: Some(ConnectionStatistics::from_fn(|counter| match counter {
            Counter::HighWater => Some(*high),
            Counter::LowWater => Some(*low),
            Counter::BufferedWrites => Some(*buffered),
            Counter::Reads | Counter::Writes => Some(0),
        })),
        ..ConnectionDetail::default()
    };
    SessionDetail {
        connections: connections.iter().map(connection).collect(),
        ..SessionDetail::of(session(1))
    }
}

fn look_at(before: Option<ConnectionSample>, detail: &SessionDetail, at: Timestamp) -> ConnectionSample {
    ConnectionSample::next(before, &detail.connections, detail.client_buffer, at)
}

/// Returns the findings after consecutive samples, and the reasons still unknown.
fn found(looks: &[SessionDetail]) -> (Vec<String>, Vec<&'static str>) {
    let mut sample = None;
    for (second, detail) in (0..).zip(looks) {
        sample = Some(look_at(sample, detail, at(second)));
    }
    let listed = Diagnosis {
        unjudged: ReasonSet::NONE,
        ..Diagnosis::default()
    };
    let diagnosis = closer(listed, sample.as_ref());
    let words = diagnosis.found.iter().map(|finding| finding.words(&session(1)));
    (words.collect(), diagnosis.unjudged.names().collect())
}

#[test]
fn a_full_queue_in_two_consecutive_samples() {
    let full = || detail(&[("db-01", 1, 1, 0), ("db-02", 3, 2, 40)]);
    let drained = || detail(&[("db-01", 1, 1, 0), ("db-02", 3, 3, 40)]);
    let pressure = "back-pressure db-02: 3 high, 2 low, 40 buffered".to_owned();
    assert_eq!(found(&[full()]), (vec![], vec!["back-pressure", "buffering"]));
    assert_eq!(found(&[full(), full()]), (vec![pressure], vec!["buffering"]));
    assert_eq!(found(&[full(), drained()]), (vec![], vec!["buffering"]));
    assert_eq!(found(&[full(), drained(), full()]).0, Vec::<String>::new());
}

#[test]
fn a_sample_of_the_same_time_is_ignored() {
    let full = detail(&[("db-02", 3, 2, 40)]);
    let first = look_at(None, &full, at(0));
    assert_eq!(look_at(Some(first.clone()), &full, at(0)), first);
}

#[test]
fn counters_that_fall_are_of_another_connection() {
    let first = detail(&[("db-02", 3, 2, 40)]);
    let again = detail(&[("db-02", 2, 1, 0)]);
    assert_eq!(found(&[first.clone(), again]).0, Vec::<String>::new());
    let elsewhere = detail(&[("db-03", 3, 2, 40)]);
    assert_eq!(found(&[first, elsewhere]).0, Vec::<String>::new());
}

#[test]
fn buffered_writes_that_grow_over_three_samples() {
    let writes = |counts: &[u64]| -> Vec<SessionDetail> {
        counts
            .iter()
            .map(|count| detail(&[("db-02", 0, 0, *count)]))
            .collect()
    };
    let grown = "buffering db-02: 5 more buffered writes over the last 3 samples".to_owned();
    assert_eq!(found(&writes(&[1, 4, 6])), (vec![grown], vec![]));
    assert_eq!(found(&writes(&[1, 4])), (vec![], vec!["buffering"]));
    assert_eq!(found(&writes(&[1, 4, 4])), (vec![], vec![]));
    assert_eq!(
        found(&writes(&[1, 4, 2])),
        (vec![], vec!["buffering"]),
        "started again"
    );
}

#[test]
fn a_write_queue_that_is_not_empty() {
    let queue = |writeq| {
        Some(Buffer {
            readq: Some(65_536),
            writeq,
        })
    };
    let queues = |client, server| SessionDetail {
        client_buffer: queue(client),
        connections: vec![ConnectionDetail {
            server: Some(text("db-01")),
            buffer: queue(server),
            ..ConnectionDetail::default()
        }],
        ..SessionDetail::of(session(1))
    };
    let client = "back-pressure: the client reads too slowly, 74 kB waiting".to_owned();
    assert_eq!(found(&[queues(Some(73_728), Some(1))]).0, [client]);
    let server = "back-pressure db-01: 20 kB waiting to be sent".to_owned();
    assert_eq!(found(&[queues(Some(0), Some(20_480))]).0, [server]);
    assert_eq!(found(&[queues(Some(0), Some(0))]), (vec![], vec!["buffering"]));
    assert_eq!(found(&[queues(None, None)]).1, ["back-pressure", "buffering"]);
}

#[test]
fn a_list_is_diagnosed_with_the_newest_samples_also_if_they_are_old() {
    let queue = SessionDetail {
        client_buffer: Some(Buffer {
            readq: None,
            writeq: Some(9),
        }),
        ..SessionDetail::of(session(1))
    };
    let samples = Samples::from([(SessionId(1), look_at(None, &queue, at(0)))]);
    let pressure = "back-pressure: the client reads too slowly, 9 B waiting";
    let earlier = format!("{pressure}, read 31s ago");
    for (second, words) in [(1, pressure), (31, earlier.as_str())] {
        let sessions = [session(1)];
        let now = DiagnosisInput {
            dialect: Dialect::JsonApi,
            endpoint: None,
            instance: None,
            taken_at: at(second),
            is_after_restart: false,
            rows: None,
            locks: None,
            sessions: &sessions,
        };
        let diagnoses = diagnose(None, now, &DiagnosisSettings::default(), &samples);
        assert_eq!(diagnoses.count(Severity::Act), 1, "after {second} s");
        let found = diagnoses.diagnosis(0).strongest().unwrap();
        assert_eq!(found.words(&session(1)), words);
        // An old sample does not show that a session is well.
        let unjudged: Vec<_> = diagnoses.diagnosis(0).unjudged.names().collect();
        assert!(unjudged.contains(&"buffering"), "{unjudged:?}");
    }
    for second in [-20, 301] {
        let seen = samples[&SessionId(1)].seen_at(at(second));
        assert!(seen.is_none(), "{second} s");
    }
}

#[test]
fn the_strongest_finding_is_first() {
    let idle = Finding {
        reason: Reason::named("idle").unwrap(),
        severity: Severity::Look,
        evidence: Evidence::Login(Span::default()),
    };
    let listed = Diagnosis {
        found: &[idle],
        unjudged: ReasonSet::NONE,
        is_expected: false,
    };
    let full = detail(&[("db-02", 3, 2, 40)]);
    let sample = look_at(None, &full, at(0));
    let sample = look_at(Some(sample), &full, at(1));
    let found = closer(listed, Some(&sample)).found;
    let names: Vec<_> = found.iter().map(|finding| finding.reason.name).collect();
    assert_eq!(names, ["back-pressure", "idle"]);
    assert_eq!(found[0].short(&session(1)), "back-pressure db-02");
}
