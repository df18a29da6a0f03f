//! Recordings of the world in both dialects.

use std::sync::Arc;
use std::time::Duration;

use super::Watcher;
use crate::demo::ServeSpec;
use crate::model::{Dialect, EndpointId, Now, Snapshot, Text, TextLimit};
use crate::recording::{
    CHUNK_INTERVAL, Fact, FactKind, Header, Limits, MINOR_VERSION, RecordedEndpoint, Recording, Writer,
};

/// Number of recorded lists: more than one chunk.
const LISTS: u32 = 62;
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
        let at = Duration::from_secs(10) + Duration::from_millis(1_003) * index;
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

/// Records a world, compares all lists, and returns the size of an hour.
fn size_of_an_hour(mut watcher: Watcher) -> usize {
    let facts = facts(&mut watcher);
    let mut bytes = Vec::new();
    let mut writer = Writer::new(&header(), CHUNK_INTERVAL, &mut bytes).unwrap();
    for fact in &facts {
        writer.push(fact, &mut bytes).unwrap();
    }
    writer.finish(&mut bytes).unwrap();
    let size = bytes.len();
    let recording = Recording::open(bytes, Limits::default()).unwrap();
    let found: Vec<_> = recording.facts().collect::<Result<_, _>>().unwrap();
    assert_eq!(found.len(), facts.len());
    for (found, wanted) in found.iter().zip(&facts) {
        let (FactKind::Listed(found), FactKind::Listed(wanted)) = (&found.kind, &wanted.kind) else {
            panic!("{found:?}");
        };
        assert_eq!(found.sessions, wanted.sessions);
        assert_eq!(found.instance, wanted.instance);
        assert_eq!(found.stats, wanted.stats);
    }
    size / facts.len() * HOUR
}

#[test]
fn an_hour_of_1_000_sessions_takes_at_most_20_mb() {
    let draft = size_of_an_hour(Watcher::of(Dialect::Draft, ServeSpec::new(1_000, 42)));
    assert!(draft <= MAX_HOUR, "{draft}");
    let jsonapi = size_of_an_hour(Watcher::with_incidents(1_000, 10));
    assert!(jsonapi <= MAX_HOUR, "{jsonapi}");
}
