//! Bodies that look valid but are not: foreign rows, unreadable fields, rows that take too much memory.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use crate::model::{Dialect, SessionDetail};
use crate::wire::field::MAX_ENTRIES;
use crate::wire::*;

/// The server's clock: 23 Nov 2026.
const NOW: i64 = 1_795_450_733;
const DIALECTS: [Dialect; 2] = [Dialect::Draft, Dialect::JsonApi];

fn with_decoder<T>(bounds: Bounds, read: impl FnOnce(&mut Decoder<'_>) -> T) -> T {
    let (utc, mut interner) = (TimeZone::UTC, Interner::default());
    let now = Timestamp::from_second(NOW).unwrap();
    read(&mut Decoder::new(&mut interner, Some(&utc), now).within(bounds))
}

fn within(bounds: Bounds, dialect: Dialect, body: &str) -> Result<DecodedList, WireError> {
    with_decoder(bounds, |decoder| list(dialect, body.as_bytes(), decoder))
}

fn decoded(dialect: Dialect, body: &str) -> Result<DecodedList, WireError> {
    within(Bounds::default(), dialect, body)
}

/// Returns a list of this dialect with these rows.
fn enveloped(dialect: Dialect, rows: &str) -> String {
    match dialect {
        Dialect::Draft => format!("[{rows}]"),
        Dialect::JsonApi => format!(r#"{{"data":[{rows}]}}"#),
    }
}

/// Returns a row of this dialect. `fields` are those that both dialects have.
fn row(dialect: Dialect, id: usize, fields: &str) -> String {
    match dialect {
        Dialect::Draft => format!(r#"{{"id":{id},{fields}}}"#),
        Dialect::JsonApi => format!(r#"{{"id":"{id}","type":"sessions","attributes":{{{fields}}}}}"#),
    }
}

fn one(dialect: Dialect, fields: &str) -> SessionDetail {
    let row = row(dialect, 2, fields);
    with_decoder(Bounds::default(), |decoder| match dialect {
        Dialect::Draft => draft::session(row.as_bytes(), decoder),
        Dialect::JsonApi => jsonapi::session(format!(r#"{{"data":{row}}}"#).as_bytes(), decoder),
    })
    .unwrap()
}

#[test]
fn a_list_without_any_session_row_is_an_error() {
    for dialect in DIALECTS {
        for rows in [
            r#"{"error":"x"}"#,
            "[],[]",
            "[1],[\"1\"]",
            "null",
            r#"{"VARIABLE_NAME":"VERSION"},{"VARIABLE_NAME":"UPTIME"}"#,
            r#"{"id":1e400}"#,
            r#"{"id":"\ud800"}"#,
        ] {
            let error = decoded(dialect, &enveloped(dialect, rows)).unwrap_err();
            assert!(matches!(error, WireError::NoSession { .. }), "{rows}: {error}");
        }
        assert_eq!(decoded(dialect, &enveloped(dialect, "")).unwrap().sessions, []);
    }
}

#[test]
fn the_error_says_what_the_rows_are() {
    for (dialect, body, words) in [
        (Dialect::Draft, r#"[{"a":1}]"#, "its only row is not a session"),
        (Dialect::Draft, "[[],[]]", "none of its 2 rows is a session"),
        (
            Dialect::Draft,
            r#"[{"user":"a","service":"/services/RW"},{"user":"b"}]"#,
            "none of its 2 rows is a session: they have no id, as in an early form of the draft",
        ),
        (
            Dialect::JsonApi,
            r#"{"data":[{"id":"1","type":"servers"},{"id":"2","type":"servers"}]}"#,
            "none of its 2 rows is a session: the type is 'servers'",
        ),
    ] {
        assert_eq!(decoded(dialect, body).unwrap_err().to_string(), words);
    }
    let early = with_decoder(Bounds::default(), |decoder| {
        draft::session(br#"[{"user":"a"}]"#, decoder).unwrap_err()
    });
    assert!(early.to_string().contains("early form of the draft"), "{early}");
}

#[test]
fn a_row_of_another_type_is_dropped_and_the_sessions_stay() {
    let body = r#"{"data":[{"id":"1","type":"servers"},{"id":"2","type":"sessions"},{"id":"3"}]}"#;
    let rows = decoded(Dialect::JsonApi, body).unwrap();
    assert_eq!((rows.sessions.len(), rows.dropped), (2, 1));
}

#[test]
fn an_array_is_not_a_row_even_if_its_values_fit() {
    let body = r#"[[1,"Session ready for routing","mallory"],{"id":2,"user":"bob"}]"#;
    let rows = decoded(Dialect::Draft, body).unwrap();
    assert_eq!((rows.sessions.len(), rows.dropped), (1, 1));
}

#[test]
fn a_list_is_neither_a_proxy_nor_an_account() {
    let body = br#"{"data":[{"id":"7","version":"24.02.3","account":"admin"}]}"#;
    assert!(jsonapi::instance(body).is_err() && jsonapi::account(body).is_err());
}

#[test]
fn an_unreadable_text_or_number_blanks_its_field_and_keeps_the_row() {
    for dialect in DIALECTS {
        for field in [
            r#""user":"a\ud83dpp""#,
            r#""service":"\udc00","user":"\ud83d""#,
            r#""state":"\ud83d\ud83d""#,
            r#""idle":1e400"#,
            r#""idle":-1e400"#,
            r#""idle":1e12"#,
            r#""idle":-3"#,
            r#""connected":"\ud800""#,
        ] {
            let rows = [
                row(dialect, 1, r#""user":"a""#),
                row(dialect, 2, field),
                row(dialect, 3, field),
            ];
            let list = decoded(dialect, &enveloped(dialect, &rows.join(","))).unwrap();
            let ids: Vec<_> = list.sessions.iter().map(|session| session.id.0).collect();
            assert_eq!((ids.as_slice(), list.dropped), (&[1, 2, 3][..], 0), "{field}");
            let unreadable = if field.contains("service") && dialect == Dialect::Draft {
                2
            } else {
                1
            };
            assert_eq!(list.blanked, 2 * unreadable, "{field}");
            let [first, second, _] = list.sessions.as_slice() else {
                panic!("three rows")
            };
            assert!(
                first.user.is_some() && second.user.is_none() && second.idle.is_none(),
                "{field}"
            );
            let detail = one(dialect, field);
            assert_eq!((detail.session.id.0, detail.blanked), (2, unreadable), "{field}");
        }
    }
}

#[test]
fn an_unreadable_part_does_not_affect_the_others() {
    let fields = r#""user":"app","io_activity":1e999,"port":70000,
        "client":{"connection_attributes":{"\ud800":"x","program_name":"etl"},"sescmd_history_len":5000000000},
        "connections":[{"server":"db1","connection_id":7},{"server":"\udfff","connection_id":8}],
        "queries":[{"statement":"select '\ud83d'","received":"2026-11-23T16:00:00.000"}]"#;
    let rows = decoded(
        Dialect::JsonApi,
        &enveloped(Dialect::JsonApi, &row(Dialect::JsonApi, 1, fields)),
    )
    .unwrap();
    let [session] = rows.sessions.as_slice() else {
        panic!("one row")
    };
    let extra = session.extra.as_ref().unwrap();
    assert_eq!(extra.program.as_ref().unwrap().as_str(), "etl");
    assert_eq!(extra.backends.as_ref().unwrap().len(), 1);
    assert_eq!(
        (extra.history, extra.io_activity, session.port),
        (None, None, None)
    );
    assert_eq!(extra.running.as_ref().unwrap().sql, None);
    // History, activity, port, the second server and the statement.
    assert_eq!(rows.blanked, 5);
    let detail = one(Dialect::JsonApi, fields);
    assert_eq!(
        detail.connections.len(),
        2,
        "a connection without a name is still one"
    );
    assert_eq!(detail.client.len(), 2);
}

#[test]
fn a_session_connected_in_1970_has_its_true_age() {
    for dialect in DIALECTS {
        let body = enveloped(
            dialect,
            &row(dialect, 1, r#""connected":"Thu Jan  1 00:00:00 1970""#),
        );
        let rows = decoded(dialect, &body).unwrap();
        let age = rows.sessions[0].age.unwrap();
        assert_eq!((i64::from(age.as_secs()), rows.blanked), (NOW, 0));
        assert_eq!(age.to_string(), "20780d");
        let body = enveloped(
            dialect,
            &row(dialect, 1, r#""connected":"Wed Jan  1 00:00:00 1800""#),
        );
        let rows = decoded(dialect, &body).unwrap();
        assert_eq!((rows.sessions[0].age, rows.blanked), (None, 1), "it does not fit");
    }
}

#[test]
fn deep_values_are_skipped_in_a_row_read_separately() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    for dialect in DIALECTS {
        let fields = format!(r#""new":{deep},"idle":1e400,"user":{deep}"#);
        let rows = decoded(dialect, &enveloped(dialect, &row(dialect, 1, &fields))).unwrap();
        assert_eq!((rows.sessions.len(), rows.blanked, rows.dropped), (1, 2, 0));
    }
}

#[test]
fn more_rows_than_the_bound_end_the_list() {
    let bounds = Bounds {
        rows: 10,
        ..Bounds::default()
    };
    for dialect in DIALECTS {
        for fields in [r#""user":"app""#, r#""user":"\ud800""#] {
            let body = |count| {
                let rows: Vec<_> = (0..count).map(|id| row(dialect, id, fields)).collect();
                enveloped(dialect, &rows.join(","))
            };
            assert_eq!(within(bounds, dialect, &body(10)).unwrap().sessions.len(), 10);
            let error = within(bounds, dialect, &body(11)).unwrap_err();
            assert_eq!(error, WireError::TooManyRows(10));
        }
    }
}

#[test]
fn rows_that_take_more_memory_than_the_bound_end_the_list() {
    let bounds = Bounds {
        bytes: 100_000,
        ..Bounds::default()
    };
    for dialect in DIALECTS {
        let list_of = |user: &str| {
            let rows: Vec<_> = (0..2000)
                .map(|id| {
                    row(
                        dialect,
                        id,
                        &format!(r#""user":"{}""#, user.replace('N', &id.to_string())),
                    )
                })
                .collect();
            within(bounds, dialect, &enveloped(dialect, &rows.join(",")))
        };
        for user in ["\\u0001N", "plain N", "\\ud800"] {
            assert_eq!(
                list_of(user).unwrap_err(),
                WireError::TooMuchMemory(100_000),
                "{user}"
            );
        }
    }
}

#[test]
fn a_second_list_of_the_same_names_fits_where_the_first_did() {
    let rows: Vec<_> = (0..100)
        .map(|id| row(Dialect::Draft, id, &format!(r#""user":"\u0001{id}""#)))
        .collect();
    let body = enveloped(Dialect::Draft, &rows.join(","));
    let mut interner = Interner::default();
    let bounds = Bounds {
        bytes: 50_000,
        ..Bounds::default()
    };
    for _ in 0..20 {
        let mut decoder = Decoder::new(&mut interner, None, Timestamp::UNIX_EPOCH).within(bounds);
        assert_eq!(
            list(Dialect::Draft, body.as_bytes(), &mut decoder)
                .unwrap()
                .sessions
                .len(),
            100
        );
        interner.prune();
    }
}

#[test]
fn an_array_inside_a_row_is_bounded_and_what_is_cut_is_counted() {
    let many = |entry: &str| vec![entry; MAX_ENTRIES + 5].join(",");
    let connections = format!(r#""connections":[{}]"#, many("{}"));
    let rows = decoded(
        Dialect::JsonApi,
        &enveloped(Dialect::JsonApi, &row(Dialect::JsonApi, 1, &connections)),
    );
    assert_eq!(rows.unwrap().blanked, 1);
    let attributes = format!(
        r#""client":{{"connection_attributes":{{{}}}}}"#,
        many(r#""a":"b""#)
    );
    let detail = one(Dialect::JsonApi, &attributes);
    assert_eq!((detail.client.len(), detail.blanked), (MAX_ENTRIES, 1));
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    for dialect in DIALECTS {
        let body = format!(
            "\u{feff}{}",
            enveloped(dialect, &row(dialect, 1, r#""user":"a""#))
        );
        assert_eq!(decoded(dialect, &body).unwrap().sessions.len(), 1);
    }
    assert_eq!(shape("\u{feff} {".as_bytes()), Shape::Object);
}

proptest! {
    #[test]
    fn invalid_texts_do_not_affect_valid_ones(
        users in prop::collection::vec(prop_oneof!["[a-z]{0,6}", Just(r"x\ud83d".to_owned()), Just(r"\udc00\ud83d".to_owned())], 1..20),
        dialect in prop::sample::select(&DIALECTS[..]),
    ) {
        let rows: Vec<_> = users.iter().enumerate().map(|(id, user)| row(dialect, id, &format!(r#""user":"{user}""#))).collect();
        let list = decoded(dialect, &enveloped(dialect, &rows.join(","))).unwrap();
        let broken = users.iter().filter(|user| user.contains('\\')).count();
        prop_assert_eq!((list.sessions.len(), list.blanked as usize, list.dropped), (users.len(), broken, 0));
    }
}
