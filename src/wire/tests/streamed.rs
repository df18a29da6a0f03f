//! Lists that arrive in parts: the same result as from a whole body, in bounded memory.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use crate::model::{Dialect, JsonApiFields, Session, Snapshot};
use crate::wire::bounds::MAX_ROW_LENGTH;
use crate::wire::list_stream::ListStream;
use crate::wire::*;

const NOW: i64 = 1_795_450_733;

fn stream(dialect: Dialect, length: Option<usize>) -> ListStream {
    let now = Timestamp::from_second(NOW).unwrap();
    ListStream::new(dialect, (Some(TimeZone::UTC), now), Bounds::default(), length)
}

fn in_parts<'a>(
    dialect: Dialect,
    parts: impl IntoIterator<Item = &'a [u8]>,
) -> Result<DecodedList, WireError> {
    let (mut stream, mut interner) = (stream(dialect, None), Interner::default());
    for part in parts {
        stream.push(&mut interner, part)?;
    }
    stream.finish(&mut interner)
}

fn whole(dialect: Dialect, body: &[u8]) -> Result<DecodedList, WireError> {
    let (utc, mut interner) = (TimeZone::UTC, Interner::default());
    let now = Timestamp::from_second(NOW).unwrap();
    list(dialect, body, &mut Decoder::new(&mut interner, Some(&utc), now))
}

type Outcome = Result<(Vec<Session>, u32, u32), WireError>;

fn outcome(result: Result<DecodedList, WireError>) -> Outcome {
    result.map(|list| (list.sessions, list.blanked, list.dropped))
}

fn snapshot(sessions: Vec<Session>) -> Arc<Snapshot> {
    Arc::new(Snapshot {
        sessions,
        ..Snapshot::empty(Dialect::JsonApi)
    })
}

/// Rows of both dialects, good and bad, and other bodies.
const BODIES: [&str; 14] = [
    r#" [ {"id":1,"user":"a\ud83dpp","idle":7} , {"id":2,"user":"\u00e9é","user":"b"},{"id":3}, null, 5 ]  "#,
    r#"[{"id":9},{"id":2},[[1,[2]]],{"id":9},{"x":{"y":[{}]}}]"#,
    "\u{feff}\n[\n\n]\n",
    "[{\"id\":1},\n{\"id\"",
    r#"[{"id":1},]"#,
    r#"[{"id":1} {"id":2}]"#,
    r#"[{"id":1}] x"#,
    r#"{"links":{"self":"x"},"data":[{"id":"1","type":"sessions","attributes":{"user":"a"}}],"meta":[1,{"a":"]}"}]}"#,
    r#"{"data":[{"id":"1","attributes":{"queries":[{"statement":"select \"]\\\"","received":"a"}]}},{"id":"x"}]}"#,
    r#"{"data":{}}"#,
    r#"{"a":1,"data":null}"#,
    r#"{"data":17}"#,
    r#"{"data":[],"data":[]}"#,
    "<html></html>",
];

#[test]
fn a_body_split_anywhere_gives_the_same_list() {
    for body in BODIES {
        for dialect in [Dialect::Draft, Dialect::JsonApi] {
            let expected = outcome(whole(dialect, body.as_bytes()));
            for split in 0..=body.len() {
                let (start, end) = body.as_bytes().split_at(split);
                assert_eq!(
                    outcome(in_parts(dialect, [start, end])),
                    expected,
                    "{body} at {split}"
                );
            }
            let bytes = body.as_bytes().chunks(1);
            assert_eq!(outcome(in_parts(dialect, bytes)), expected, "{body}");
        }
    }
}

#[test]
fn an_error_has_the_position_in_the_whole_body() {
    for (body, message) in [
        (
            "[\n {\"id\":1},\n {\"id\":1 x}]",
            "invalid JSON at line 3 column 10",
        ),
        ("[{\"id\":1} {\"id\":2}]", "invalid JSON at line 1 column 11"),
        ("[{\"id\":1}]\n]", "invalid JSON at line 2 column 1"),
        (
            "[{\"id\":1},\n{\"id\"",
            "the JSON ends at line 2 column 5, before it is complete",
        ),
        (
            "[{\"id\":1},\n",
            "the JSON ends at line 2 column 0, before it is complete",
        ),
    ] {
        for size in [1, 4, 100] {
            let error = in_parts(Dialect::Draft, body.as_bytes().chunks(size)).unwrap_err();
            assert_eq!(error.to_string(), message, "{body}");
        }
    }
}

#[test]
fn a_row_that_is_too_long_is_left_out_without_being_kept() {
    for (dialect, start, end) in [
        (Dialect::Draft, r#"[{"id":1},{"id":2,"user":""#, r#""},{"id":3}]"#),
        (
            Dialect::Draft,
            r#"[{"id":1},{"id":2,"user":[["#,
            r#"]]},{"id":3}]"#,
        ),
        (
            Dialect::JsonApi,
            r#"{"data":[{"id":"1"},{"id":"2","user":""#,
            r#""},{"id":"3"}],"meta":{}}"#,
        ),
    ] {
        let part = vec![b'1'; MAX_ROW_LENGTH / 4];
        let (mut stream, mut interner) = (stream(dialect, None), Interner::default());
        stream.push(&mut interner, start.as_bytes()).unwrap();
        for _ in 0..8 {
            stream.push(&mut interner, &part).unwrap();
            assert!(stream.kept_bytes() <= 2 * MAX_ROW_LENGTH + part.len());
        }
        stream.push(&mut interner, end.as_bytes()).unwrap();
        let list = stream.finish(&mut interner).unwrap();
        let ids: Vec<_> = list.sessions.iter().map(|session| session.id.0).collect();
        assert_eq!((ids.as_slice(), list.dropped), (&[1, 3][..], 1));
    }
}

#[test]
fn nesting_without_an_end_is_not_kept() {
    let part = vec![b'['; 100_000];
    let (mut stream, mut interner) = (stream(Dialect::Draft, None), Interner::default());
    for _ in 0..12 {
        stream.push(&mut interner, &part).unwrap();
        assert_eq!(stream.kept_bytes(), 0);
    }
    let error = stream.finish(&mut interner).unwrap_err();
    assert!(error.to_string().contains("before it is complete"), "{error}");
}

/// Returns a JSON:API list. The sessions in `busy` have other counters.
fn jsonapi_list(busy: impl Fn(u64) -> bool, idle: u32) -> Vec<u8> {
    let row = |id: u64| {
        let activity = if busy(id) { idle } else { 0 };
        format!(
            r#"{{"id":"{id}","type":"sessions","attributes":{{"state":"Session started","user":"app","remote":"10.0.{}.{}",
            "port":{},"connected":"Mon Nov 23 16:17:{:02} 2026","idle":{idle}.5,"seconds_alive":{idle}.0,"io_activity":{activity},
            "thread":1,"connections":[{{"server":"db1","connection_id":{id}}},{{"server":"db2","connection_id":{id}}}],
            "client":{{"connection_attributes":{{"program_name":"worker","_pid":"{id}"}},"sescmd_history_len":3}},
            "memory":{{"connection_buffers":{{"total":0}},"total":4096}}}},
            "relationships":{{"services":{{"data":[{{"id":"RW","type":"services"}}]}}}}}}"#,
            id % 7,
            id % 250,
            id % 60_000 + 1,
            id % 60
        )
    };
    let rows: Vec<_> = (1..=1000).map(row).collect();
    format!(r#"{{"data":[{}]}}"#, rows.join(",")).into_bytes()
}

#[test]
fn what_did_not_change_is_shared_with_the_previous_list() {
    let mut interner = Interner::default();
    let mut decode = |body: &[u8], previous| {
        let mut stream = stream(Dialect::JsonApi, Some(body.len())).after(previous);
        for part in body.chunks(10_000) {
            stream.push(&mut interner, part).unwrap();
        }
        stream.finish(&mut interner).unwrap().sessions
    };
    let before = snapshot(decode(&jsonapi_list(|_| false, 1), None));
    let now = decode(&jsonapi_list(|id| id % 100 == 0, 2), Some(Arc::clone(&before)));
    let pairs = || before.sessions.iter().zip(&now);
    let extra = |session: &Session| session.extra.clone().unwrap();
    let shared = pairs().filter(|(before, now)| Arc::ptr_eq(&extra(before), &extra(now)));
    assert_eq!((now.len(), shared.count()), (1000, 990));
    assert!(pairs().all(|(before, now)| before.idle < now.idle));
    let times = pairs().filter(|(before, now)| {
        Arc::ptr_eq(
            before.connected.as_ref().unwrap(),
            now.connected.as_ref().unwrap(),
        )
    });
    assert_eq!(times.count(), 1000);
    let row = size_of::<Session>();
    let backends = 2 * size_of::<crate::model::ServerConnection>();
    let fields = size_of::<JsonApiFields>() + 2 * size_of::<usize>() + backends;
    let (first, second) = (1000 * (row + fields), 1000 * row + 10 * fields);
    assert!(second * 2 < first, "{first} bytes, then {second}");
}

#[test]
fn a_session_takes_80_bytes_and_its_jsonapi_fields_168_more() {
    assert_eq!(size_of::<Session>(), 80);
    assert!(size_of::<JsonApiFields>() <= 152);
}

#[test]
fn memory_is_reserved_once_for_a_list_like_the_previous_one() {
    let rows: Vec<_> = (0..5000).map(|id| format!(r#"{{"id":{id}}}"#)).collect();
    let body = format!("[{}]", rows.join(","));
    let mut interner = Interner::default();
    for _ in 0..2 {
        let mut stream = stream(Dialect::Draft, Some(body.len()));
        for part in body.as_bytes().chunks(8000) {
            stream.push(&mut interner, part).unwrap();
        }
        let list = stream.finish(&mut interner).unwrap();
        let capacity = list.sessions.capacity();
        assert!((5000..5700).contains(&capacity), "{capacity}");
    }
}

proptest! {
    #[test]
    fn any_bytes_in_any_parts_give_the_same_list(
        users in prop::collection::vec(prop::collection::vec(prop_oneof![any::<u8>(), Just(b'"'), Just(0xc3), Just(0xa9)], 0..8), 0..12),
        sizes in prop::collection::vec(1_usize..40, 1..50),
    ) {
        let mut body = b"[".to_vec();
        for (id, user) in users.iter().enumerate() {
            if id > 0 {
                body.push(b',');
            }
            body.extend_from_slice(format!(r#"{{"id":{id},"user":""#).as_bytes());
            body.extend_from_slice(user);
            body.extend_from_slice(b"\"}");
        }
        body.push(b']');
        let mut parts = Vec::new();
        let (mut rest, mut sizes) = (body.as_slice(), sizes.into_iter().cycle());
        while !rest.is_empty() {
            let (part, next) = rest.split_at(sizes.next().unwrap().min(rest.len()));
            parts.push(part);
            rest = next;
        }
        // The position of an error in the text depends on the parts.
        let (streamed, whole) = (in_parts(Dialect::Draft, parts), whole(Dialect::Draft, &body));
        match (outcome(streamed), outcome(whole)) {
            (Err(WireError::Broken(_)), Err(WireError::Broken(_))) => {}
            (streamed, whole) => prop_assert_eq!(streamed, whole),
        }
    }
}

#[test]
fn a_second_byte_order_mark_is_an_error() {
    let parts: [&[u8]; 2] = ["\u{feff}\u{feff}[{\"id\":1},".as_bytes(), b"{\"id\":2}]"];
    assert!(in_parts(Dialect::Draft, parts).is_err());
    let one: [&[u8]; 2] = ["\u{feff}[{\"id\":1},".as_bytes(), b"{\"id\":2}]"];
    assert_eq!(in_parts(Dialect::Draft, one).unwrap().sessions.len(), 2);
}
