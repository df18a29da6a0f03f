//! Recordings and the history, written and read again.

mod damage;
mod documents;
mod round_trip;

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::model::{
    Connected, Dialect, EndpointId, Instance, JsonApiFields, ListStats, Now, ProcessStart, RequestError,
    ServerConnection, Session, SessionId, Snapshot, Span, Text, TextLimit,
};

/// Start of the recordings.
const BEGIN: i64 = 1_790_000_000;

fn text(raw: &str) -> Text {
    Text::clean(raw, TextLimit::Name)
}

fn now(millis: u64) -> Now {
    Now {
        elapsed: Duration::from_millis(millis),
        wall: Timestamp::from_second(BEGIN).unwrap()
            + SignedDuration::try_from(Duration::from_millis(millis)).unwrap(),
    }
}

fn fact(millis: u64, kind: FactKind) -> Fact {
    Fact {
        at: now(millis),
        endpoint: Some(EndpointId(0)),
        kind,
    }
}

fn span(tenths: u64) -> Option<Span> {
    Span::try_from(tenths).ok()
}

fn session(id: u64, tenths: u64) -> Session {
    Session {
        user: Some(text("app")),
        address: Some(text(&format!("10.0.0.{}", id % 250))),
        service: Some(text("RW-Split")),
        connected: Some(Arc::new(Connected {
            sent: text("Mon, 23 Nov 2026 10:00:00 GMT"),
            at: Some(BEGIN),
        })),
        idle: span(tenths),
        age: span(tenths + 1_000),
        extra: Some(Arc::new(JsonApiFields {
            backends: Some(vec![ServerConnection {
                server: text("db-01"),
                thread_id: u32::try_from(id + 7).ok(),
            }]),
            ..JsonApiFields::default()
        })),
        ..Session::bare(SessionId(id))
    }
}

fn snapshot(millis: u64, number: u64, process: &str, sessions: Vec<Session>) -> Arc<Snapshot> {
    let instance = Instance {
        version: Some(text("24.02.3")),
        uptime: span(millis / 100),
        process: Some(ProcessStart {
            started_at: text(process),
            datadir: Some(text("/var/lib/maxscale/data1")),
            node: None,
        }),
        retained_statements: Some(10),
    };
    Arc::new(Snapshot {
        instance: Some(instance),
        number,
        asked_at: now(millis.saturating_sub(3)),
        taken_at: now(millis).wall,
        cost: Duration::from_micros(1_234),
        least_interval: Duration::from_millis(20),
        bytes: 4_321,
        stats: ListStats::of(&sessions),
        sessions,
        ..Snapshot::empty(Dialect::JsonApi)
    })
}

/// Returns `count` lists of three sessions at an interval of one second.
fn lists(count: u64) -> Vec<Fact> {
    let list = |index: u64| {
        let sessions = (1..=3).map(|id| session(id + index / 7, 10 * index + id));
        let list = snapshot(1_000 * index, index + 1, "Mon", sessions.collect());
        fact(1_000 * index, FactKind::Listed(list))
    };
    (0..count).map(list).collect()
}

fn header() -> Header {
    Header {
        program: text("0.1.0"),
        endpoints: vec![RecordedEndpoint {
            name: text("prod"),
            url: text("http://127.0.0.1:8989"),
            clock_offset_ms: Some(-47_000),
        }],
        started: now(0),
        is_redacted: false,
        minor_version: MINOR_VERSION,
    }
}

/// Returns a recording without an end.
fn unfinished(facts: &[Fact]) -> (Writer, Vec<u8>) {
    let mut bytes = Vec::new();
    let mut writer = Writer::new(&header(), CHUNK_INTERVAL, &mut bytes).unwrap();
    for fact in facts {
        writer.push(fact, &mut bytes).unwrap();
    }
    (writer, bytes)
}

fn recorded(facts: &[Fact]) -> Vec<u8> {
    let (mut writer, mut bytes) = unfinished(facts);
    writer.finish(&mut bytes).unwrap();
    bytes
}

fn open(bytes: &[u8]) -> Recording {
    Recording::open(bytes, Limits::default()).unwrap()
}

/// Returns facts as text, to compare them.
fn shown(facts: &[Fact]) -> Vec<String> {
    facts.iter().map(|fact| format!("{fact:?}")).collect()
}

fn read(facts: Facts) -> Vec<Fact> {
    facts.collect::<Result<_, _>>().unwrap()
}

#[test]
fn a_recording_has_its_header_and_its_facts() {
    let facts = lists(200);
    let recording = open(&recorded(&facts));
    assert_eq!(*recording.header(), header());
    assert_eq!(recording.span(), Some((now(0), now(199_000))));
    assert!(recording.is_complete());
    assert_eq!(shown(&read(recording.facts())), shown(&facts));
}

#[test]
fn a_moment_anywhere_needs_at_most_a_minute_and_a_half_of_facts() {
    let recording = open(&recorded(&lists(300)));
    let counts = (0..300).map(|second| {
        let facts = recording.facts_until(Duration::from_secs(second));
        read(facts).len()
    });
    let most = counts.max().unwrap();
    assert!((61..=91).contains(&most), "{most}");
}

#[test]
fn facts_up_to_a_moment_begin_a_minute_before_it_with_all_that_lasts() {
    let mut facts = lists(200);
    facts.insert(1, fact(500, FactKind::Dialect(Dialect::JsonApi)));
    facts.insert(2, fact(600, FactKind::MayOnlyRead));
    let recording = open(&recorded(&facts));
    let mut history = History::new(1, HISTORY_BYTES, HISTORY_SPAN).unwrap();
    for fact in &facts {
        history.push(fact).unwrap();
    }
    for moment in [0, 30_000, 59_900, 60_000, 123_400, 199_000, 500_000] {
        let moment = Duration::from_millis(moment);
        for found in [recording.facts_until(moment), history.facts_until(moment)] {
            let found = read(found);
            let wanted: Vec<_> = facts.iter().filter(|fact| fact.at.elapsed <= moment).collect();
            let last: Vec<_> = wanted
                .iter()
                .rev()
                .take(60)
                .map(|fact| format!("{fact:?}"))
                .collect();
            let ends: Vec<_> = found
                .iter()
                .rev()
                .take(60)
                .map(|fact| format!("{fact:?}"))
                .collect();
            assert_eq!(ends, last, "{moment:?}");
            let has = |kind: fn(&FactKind) -> bool| found.iter().any(|fact| kind(&fact.kind));
            if moment > Duration::from_secs(1) {
                assert!(has(|kind| matches!(kind, FactKind::Dialect(_))), "{moment:?}");
                assert!(has(|kind| matches!(kind, FactKind::MayOnlyRead)), "{moment:?}");
            }
            assert!(found.len() <= 125, "{moment:?}: {}", found.len());
        }
    }
}

#[test]
fn a_step_goes_to_the_next_and_the_previous_list() {
    let facts = lists(150);
    let recording = open(&recorded(&facts));
    let mut history = History::new(1, HISTORY_BYTES, HISTORY_SPAN).unwrap();
    for fact in &facts {
        history.push(fact).unwrap();
    }
    let seconds = |count: u64| Duration::from_millis(count * 1_000);
    for (at, forward, found) in [
        (0, true, Some(1)),
        (0, false, None),
        (59, true, Some(60)),
        (60, false, Some(59)),
        (149, true, None),
        (149, false, Some(148)),
    ] {
        assert_eq!(
            recording.step(seconds(at), forward).unwrap(),
            found.map(seconds),
            "{at}"
        );
        assert_eq!(history.step(seconds(at), forward), found.map(seconds), "{at}");
    }
}

#[test]
fn a_time_of_the_clock_is_a_moment_of_the_recording() {
    let recording = open(&recorded(&lists(150)));
    for millis in [0, 12_300, 61_000, 149_000] {
        let moment = recording.moment_at(now(millis).wall);
        assert_eq!(moment, Some(Duration::from_millis(millis)));
    }
    assert_eq!(recording.moment_at(Timestamp::UNIX_EPOCH), Some(Duration::ZERO));
    assert_eq!(
        recording.moment_at(Timestamp::MAX),
        Some(Duration::from_secs(149))
    );
}

#[test]
fn the_history_keeps_its_limits_in_bytes_and_in_time() {
    let facts = lists(2_000);
    let mut history = History::new(1, 8_000, HISTORY_SPAN).unwrap();
    for fact in &facts {
        history.push(fact).unwrap();
        assert!(history.bytes() <= 8_000, "{}", history.bytes());
    }
    assert!(history.span().unwrap().1 == now(1_999_000));
    assert!(!read(history.facts_until(Duration::from_secs(1_999))).is_empty());
    let mut history = History::new(1, HISTORY_BYTES, Duration::from_mins(2)).unwrap();
    for fact in &facts {
        history.push(fact).unwrap();
    }
    let (from, to) = history.span().unwrap();
    let kept = to.elapsed.saturating_sub(from.elapsed);
    assert!((120..=180).contains(&kept.as_secs()), "{kept:?}");
}

/// Facts of many endpoints, whose lists together are a large part of the limit.
fn lists_of_many_endpoints(endpoints: u16, sessions: u64, rounds: u64) -> Vec<Fact> {
    let mut facts = Vec::new();
    for round in 0..rounds {
        for endpoint in 0..endpoints {
            let at = round * 1_000 + u64::from(endpoint);
            let rows = (0..sessions).map(|id| session(id, round)).collect();
            let list = snapshot(at, round + 1, "Mon", rows);
            let list = Snapshot {
                endpoint: EndpointId(endpoint),
                ..Arc::unwrap_or_clone(list)
            };
            facts.push(Fact {
                endpoint: Some(EndpointId(endpoint)),
                ..fact(at, FactKind::Listed(Arc::new(list)))
            });
        }
    }
    facts
}

#[test]
fn a_chunk_whose_start_is_large_still_holds_changes() {
    let facts = lists_of_many_endpoints(20, 50, 10);
    let mut history = History::new(20, HISTORY_BYTES, HISTORY_SPAN).unwrap();
    for fact in &facts[..20] {
        history.push(fact).unwrap();
    }
    let whole = history.bytes();
    // The start of each chunk takes a quarter of the limit.
    let limit = whole * 4;
    let mut history = History::new(20, limit, HISTORY_SPAN).unwrap();
    for fact in &facts {
        history.push(fact).unwrap();
        assert!(history.bytes() <= limit, "{}", history.bytes());
    }
    let (from, to) = history.span().unwrap();
    assert!(
        to.elapsed.saturating_sub(from.elapsed) >= Duration::from_secs(1),
        "{from:?} {to:?}"
    );
}

#[test]
fn a_history_that_one_moment_fills_ends_with_its_cause() {
    let facts = lists_of_many_endpoints(20, 50, 3);
    let mut history = History::new(20, 1_000, HISTORY_SPAN).unwrap();
    let error = facts.iter().find_map(|fact| history.push(fact).err()).unwrap();
    assert!(
        error.to_string().ends_with("more than history-memory (1.0 kB)"),
        "{error}"
    );
}

#[test]
fn durations_that_grow_with_the_time_are_not_written() {
    let (_, first) = unfinished(&lists(1));
    let (_, many) = unfinished(&lists(5));
    let bytes = (many.len() - first.len()) / 4;
    assert!(bytes < 100, "{bytes}");
}

#[test]
fn a_new_process_has_a_whole_list() {
    let one = snapshot(0, 1, "Mon", vec![session(1, 5)]);
    let two = snapshot(1_000, 2, "Tue", vec![session(1, 5)]);
    let facts = [fact(0, FactKind::Listed(one)), fact(1_000, FactKind::Listed(two))];
    let mut encoder = codec::Encoder::default();
    let mut lines = Vec::new();
    for fact in &facts {
        encoder.write(fact, false, &mut lines).unwrap();
    }
    let lines = String::from_utf8(lines).unwrap();
    assert!(!lines.contains("\"base\""), "{lines}");
    assert_eq!(shown(&read(open(&recorded(&facts)).facts())), shown(&facts));
}

#[test]
fn another_file_of_a_rotation_can_be_read_alone() {
    let facts = lists(20);
    let (mut writer, mut first) = unfinished(&facts[..10]);
    let mut second = writer.rotate(&header(), &mut first).unwrap();
    for fact in &facts[10..] {
        writer.push(fact, &mut second).unwrap();
    }
    writer.finish(&mut second).unwrap();
    assert_eq!(shown(&read(open(&first).facts())), shown(&facts[..10]));
    assert_eq!(shown(&read(open(&second).facts())), shown(&facts[10..]));
}

#[test]
fn a_fault_lasts_until_the_next_list() {
    let mut facts = lists(3);
    let failed = FactKind::ListFailed {
        fault: RequestError::NotJson(text("HTML")),
        retry_in: Duration::from_secs(1),
    };
    facts.push(fact(3_000, failed));
    facts.push(fact(70_000, FactKind::Note(text("a note"))));
    facts.push(fact(140_000, FactKind::Note(text("another note"))));
    let recording = open(&recorded(&facts));
    let found = read(recording.facts_until(Duration::from_secs(140)));
    let is_failure = |fact: &&Fact| matches!(fact.kind, FactKind::ListFailed { .. });
    assert_eq!(found.iter().filter(is_failure).count(), 1);
    assert_eq!(found.len(), 4, "{found:?}");
}
