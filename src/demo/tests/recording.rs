//! Recordings of the world in both dialects.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Watcher;
use crate::demo::ServeSpec;
use crate::model::{Dialect, EndpointId, Now, Snapshot, Text, TextLimit};
use crate::recording::{
    CHUNK_INTERVAL, Fact, FactKind, Header, Limits, MINOR_VERSION, RecordedEndpoint, Recording, Writer,
};

/// Number of recorded lists: more than one chunk.
const LISTS: u32 = 125;
/// Number of seconds in an hour.
const HOUR: usize = 3_600;
/// Maximum size of an hour with 1,000 sessions, in bytes.
const MAX_HOUR: usize = 20_000_000;

fn header() -> Header {
    let text = |text: &str| Text::clean(text, TextLimit::Name);
    Header {
        program: text("test"),
        endpoints: vec![RecordedEndpoint {
            name: text("demo"),
            url: text("http://127.0.0.1:8989"),
            clock_offset_ms: None,
        }],
        started: Now::default(),
        is_redacted: false,
        minor_version: MINOR_VERSION,
    }
}

/// Returns lists of a world, at intervals a little longer than a second.
fn facts(watcher: &mut Watcher) -> Vec<Fact> {
    let mut before: Option<Arc<Snapshot>> = None;
    let list = |index: u32| {
        let at = Duration::from_millis(10_000) + Duration::from_millis(1_003) * index;
        let mut list = watcher.list(at);
        list.number = u64::from(index) + 1;
        if let Some(before) = &before {
            list.change = crate::model::ListDiff::between(before, &list);
        }
        list.stats = crate::model::ListStats::of(&list.sessions);
        let wall = list.taken_at;
        let list = Arc::new(list);
        before = Some(Arc::clone(&list));
        Fact {
            at: Now { elapsed: at, wall },
            endpoint: Some(EndpointId(0)),
            kind: FactKind::Listed(list),
        }
    };
    (0..LISTS).map(list).collect()
}

/// Records a world, compares all lists, and returns the size of the recording.
fn recorded(mut watcher: Watcher, label: &str) -> usize {
    let facts = facts(&mut watcher);
    let mut bytes = Vec::new();
    let mut writer = Writer::new(&header(), CHUNK_INTERVAL, &mut bytes).unwrap();
    let t = Instant::now();
    for fact in &facts {
        writer.push(fact, &mut bytes).unwrap();
    }
    let enc = t.elapsed() / LISTS;
    writer.finish(&mut bytes).unwrap();
    let size = bytes.len();
    let recording = Recording::open(bytes, Limits::default()).unwrap();
    let t = Instant::now();
    let n = recording.facts_until(facts[119].at.elapsed).count();
    eprintln!(
        "FIG {label}: {} rows, reply {} B, {} B per list, {:.2} MB/h, encode {:?}, decode {n} {:?}",
        match &facts[3].kind {
            FactKind::Listed(l) => l.sessions.len(),
            _ => 0,
        },
        match &facts[3].kind {
            FactKind::Listed(l) => l.bytes,
            _ => 0,
        },
        size / LISTS as usize,
        (size / LISTS as usize * HOUR) as f64 / 1e6,
        enc,
        t.elapsed()
    );
    let found: Result<Vec<_>, _> = recording.facts().collect();
    for (found, wanted) in found.unwrap().iter().zip(&facts) {
        assert_eq!(format!("{found:?}"), format!("{wanted:?}"));
    }
    size
}

#[test]
fn a_recording_of_the_world_has_all_lists_and_is_small() {
    for retained in [0, 10] {
        let mut watcher = Watcher::with_incidents(1_000, retained);
        watcher.dialect = Dialect::JsonApi;
        let size = recorded(watcher, &format!("jsonapi retained {retained}"));
        assert!(size / LISTS as usize * HOUR <= MAX_HOUR, "{size}");
    }
    let watcher = Watcher::of(Dialect::Draft, ServeSpec::new(1_000, 42));
    let size = recorded(watcher, "draft");
    assert!(size / LISTS as usize * HOUR <= MAX_HOUR, "{size}");
}
