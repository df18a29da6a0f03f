mod hostile;
mod streamed;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::model::{Counter, Health, ServerState, SessionPhase};

const UTC: TimeZone = TimeZone::UTC;

fn decode(dialect: Dialect, body: &[u8]) -> Result<DecodedList, WireError> {
    let (utc, mut interner) = (UTC, Interner::default());
    let mut decoder = Decoder::new(
        &mut interner,
        Some(&utc),
        Timestamp::from_second(1_795_450_733).unwrap(),
    );
    list(dialect, body, &mut decoder)
}

fn draft_rows(body: &str) -> DecodedList {
    decode(Dialect::Draft, body.as_bytes()).unwrap()
}

fn ids(rows: &DecodedList) -> Vec<u64> {
    rows.sessions.iter().map(|session| session.id.0).collect()
}

const ALICE: &str = r#"{"id":1,"state":"Session ready for routing","user":"alice","address":"10.0.0.1","service":"/services/RW","connected":"Mon Nov 23 16:17:13 2026","idle":260}"#;

#[test]
fn a_draft_row_becomes_a_session() {
    let rows = draft_rows(&format!("[{ALICE}]"));
    let [session] = rows.sessions.as_slice() else {
        panic!("one row")
    };
    assert_eq!(session.client(), "alice@10.0.0.1");
    assert_eq!(session.service.as_ref().unwrap().as_str(), "RW");
    assert_eq!(session.phase(), Some(SessionPhase::Ready));
    assert_eq!(session.idle.unwrap().as_secs(), 260);
    assert_eq!(session.age.unwrap().as_secs(), 100);
    assert_eq!((rows.blanked, rows.dropped), (0, 0));
}

#[test]
fn a_wrong_type_blanks_one_field_and_is_counted() {
    let rows =
        draft_rows(r#"[{"id":1,"user":["x"],"idle":"long","address":"10.0.0.1"},{"id":2,"user":"bob"}]"#);
    assert_eq!(ids(&rows), [1, 2]);
    assert_eq!((rows.blanked, rows.dropped), (2, 0));
    assert_eq!(rows.sessions[0].user, None);
    assert_eq!(rows.sessions[0].address.as_ref().unwrap().as_str(), "10.0.0.1");
}

#[test]
fn a_row_without_a_valid_id_is_dropped_and_counted() {
    let rows = draft_rows(r#"[{"user":"nobody"},{"id":"7"},{"id":-1},{"id":1.5},null,5,{"id":3}]"#);
    assert_eq!(ids(&rows), [3]);
    assert_eq!(rows.dropped, 6);
}

#[test]
fn rows_come_by_id_and_once() {
    let rows = draft_rows(r#"[{"id":9},{"id":2},{"id":9},{"id":4}]"#);
    assert_eq!(ids(&rows), [2, 4, 9]);
}

#[test]
fn a_key_that_repeats_costs_nothing_but_its_first_value() {
    let rows = draft_rows(r#"[{"id":1,"user":"a","user":"b"},{"id":2,"user":"c"}]"#);
    assert_eq!(ids(&rows), [1, 2]);
    assert_eq!(rows.sessions[0].user.as_ref().unwrap().as_str(), "b");
}

#[test]
fn unknown_and_deep_fields_are_passed_over() {
    let deep = "[".repeat(5000) + &"]".repeat(5000);
    let rows = draft_rows(&format!(r#"[{{"id":1,"new":{deep},"user":"a"}}]"#));
    assert_eq!(rows.sessions[0].user.as_ref().unwrap().as_str(), "a");
}

#[test]
fn a_server_bears_wrong_types_and_needs_no_more_than_a_name() {
    let (utc, mut interner) = (UTC, Interner::default());
    let mut decoder = Decoder::new(&mut interner, Some(&utc), Timestamp::UNIX_EPOCH);
    let body = br#"{"data":[
        {"id":"db1","attributes":{"state":"Master, Running","replication_lag":-1,"new":[{}],
            "parameters":{"address":"::1","port":3306},"statistics":{"connections":7}}},
        {"id":"db2\u001b[2J","attributes":{"state":5,"replication_lag":"far","statistics":[],
            "parameters":{"address":null,"port":70000}}},
        {"id":"db3"}, {"id":4}, {}, 5, {"id":"db6","id":"db7","attributes":{"replication_lag":42}}]}"#;
    let (servers, dropped) = jsonapi::servers(body, &mut decoder).unwrap();
    assert_eq!((servers.len(), dropped, decoder.blanked), (4, 3, 4));
    let name = |at: usize| servers[at].name.as_str();
    assert_eq!(
        [name(0), name(1), name(2), name(3)],
        ["db1", r"db2\u{1b}[2J", "db3", "db7"]
    );
    let first = &servers[0];
    assert_eq!(first.origin().as_deref(), Some("[::1]:3306"));
    assert_eq!((first.replication_lag, first.connections), (None, Some(7)));
    let second = &servers[1];
    assert_eq!(
        (&second.state, second.replication_lag, second.port),
        (&None, None, None)
    );
    assert_eq!((servers[2].origin(), &servers[2].state), (None, &None));
    assert_eq!(servers[3].replication_lag, Some(42));
    for (body, error) in [
        ("<html>", "HTML instead of JSON"),
        (r#"{"data":{}}"#, "expected an array, got an object"),
        ("{}", "expected an object with data, got an object without"),
    ] {
        let found = jsonapi::servers(body.as_bytes(), &mut decoder).unwrap_err();
        assert_eq!(found.to_string(), error);
    }
}

#[test]
fn bytes_that_are_no_utf8_stay_different() {
    let rows = decode(
        Dialect::Draft,
        b"[{\"id\":1,\"user\":\"a\xffb\"},{\"id\":2,\"user\":\"a\xfeb\"}]",
    )
    .unwrap();
    assert_ne!(rows.sessions[0].user, rows.sessions[1].user);
    assert_ne!(
        rows.sessions[0].user.as_ref().unwrap().as_str(),
        rows.sessions[1].user.as_ref().unwrap().as_str()
    );
}

#[test]
fn what_is_no_list_says_what_it_is() {
    let error = |body: &str| decode(Dialect::Draft, body.as_bytes()).unwrap_err().to_string();
    assert_eq!(error("<html>"), "HTML instead of JSON");
    assert_eq!(error(" \n"), "an empty reply instead of JSON");
    assert_eq!(error("{}"), "expected an array, got an object");
    assert_eq!(
        error(r#"[{"id":1},{"id""#),
        "the JSON ends at line 1 column 15, before it is complete"
    );
    assert!(decode(Dialect::JsonApi, b"{\"links\":{}}").is_err());
}

#[test]
fn connections_carry_their_five_statistics() {
    let body = br#"[{"state":"DCB in the polling loop","role":"Backend Request Handler","server":"/servers/db-01","service":"/services/RW",
        "statistics":{"reads":2197,"writes":1562,"buffered_writes":0,"high_water_events":null,"low_water_events":"x"}}]"#;
    let mut interner = Interner::default();
    let mut decoder = Decoder::new(&mut interner, None, Timestamp::UNIX_EPOCH);
    let connections = draft::connections(body, &mut decoder).unwrap();
    let statistics = connections[0].statistics.unwrap();
    assert_eq!(connections[0].server.as_ref().unwrap().as_str(), "db-01");
    assert_eq!(
        Counter::ALL.map(|counter| statistics.get(counter)),
        [Some(2197), Some(1562), Some(0), None, None]
    );
    assert_eq!(decoder.blanked, 1);
}

#[test]
fn thread_ids_and_ports_come_in_odd_forms() {
    let body = br#"{"data":[{"id":"5","attributes":{"port":-1,"remote":"::ffff:10.1.2.3","connections":[
        {"server":"a","connection_id":-2147483648},{"server":"b","protocol_diagnostics":{"connection_id":7}},{"server":"c","connection_id":0}]}}]}"#;
    let rows = decode(Dialect::JsonApi, body).unwrap();
    let session = &rows.sessions[0];
    assert_eq!(session.origin().as_deref(), Some("10.1.2.3"));
    let threads: Vec<_> = session
        .server_connections()
        .unwrap()
        .iter()
        .map(|backend| backend.thread_id)
        .collect();
    assert_eq!(threads, [Some(1 << 31), Some(7), None]);
}

/// One JSON:API row with these attributes.
fn jsonapi_row(attributes: &str) -> (Session, u32) {
    let body = format!(r#"{{"data":[{{"id":"5","type":"sessions","attributes":{attributes}}}]}}"#);
    let mut rows = decode(Dialect::JsonApi, body.as_bytes()).unwrap();
    (rows.sessions.pop().unwrap(), rows.blanked)
}

#[test]
fn what_a_version_does_not_tell_is_unknown_and_what_is_empty_is_not() {
    let (session, blanked) =
        jsonapi_row(r#"{"state":"Session Ready","connected":"Mon Nov  2 16:17:13 2026"}"#);
    assert_eq!(blanked, 0);
    assert_eq!((&session.user, session.idle, session.port), (&None, None, None));
    assert_eq!(session.server_connections(), None, "2.2 does not tell them");
    let extra = session.extra.as_ref().unwrap();
    assert_eq!(
        (extra.memory, extra.io_activity, &extra.running),
        (None, None, &None)
    );
    assert_eq!(session.phase(), Some(SessionPhase::Starting));
    let (session, _) =
        jsonapi_row(r#"{"connections":[],"queries":[],"client":{"connection_attributes":null}}"#);
    assert_eq!(session.server_connections(), Some(&[][..]));
    let (session, blanked) = jsonapi_row(r#"{"connections":{},"client":5,"idle":"0.0","memory":[]}"#);
    assert_eq!(
        (session.server_connections(), session.idle, blanked),
        (None, None, 4)
    );
}

#[test]
fn connect_times_come_in_three_forms_and_mean_one_moment() {
    for (sent, at) in [
        ("Mon Nov 23 16:17:13 2026", 1_795_450_633),
        ("Mon, 23 Nov 2026 16:17:13 GMT", 1_795_450_633),
        ("Mon, 23 Nov 26 16:17:13 GMT", 1_795_450_633),
        ("Mon Nov  2 16:17:13 2026", 1_793_636_233),
    ] {
        let (session, _) = jsonapi_row(&format!(r#"{{"connected":"{sent}"}}"#));
        let connected = session.connected.unwrap();
        assert_eq!((connected.sent.as_str(), connected.at), (sent, Some(at)));
        assert_eq!(
            session.age.unwrap().as_secs(),
            u32::try_from(1_795_450_733 - at).unwrap()
        );
    }
    let (session, _) =
        jsonapi_row(r#"{"connected":"Mon Nov 23 16:17:13 2026","seconds_alive":5.0999999999999996}"#);
    let age = session.age.unwrap().as_secs_f64();
    assert!((age - 5.1).abs() < 0.051, "the server's own count: {age}");
}

#[test]
fn buffers_are_a_number_or_an_object() {
    let detail = |buffers: &str| {
        let body = format!(
            r#"{{"data":{{"id":"5","attributes":{{"connections":[{{"server":"db1","connection_id":1}}],
                "memory":{{"connection_buffers":{buffers},"total":9}}}}}}}}"#
        );
        let mut interner = Interner::default();
        let mut decoder = Decoder::new(&mut interner, None, Timestamp::UNIX_EPOCH);
        jsonapi::session(body.as_bytes(), &mut decoder).unwrap()
    };
    let told = |detail: &crate::model::SessionDetail| {
        let parts = detail
            .memory
            .iter()
            .map(|(part, bytes)| (part.to_string(), *bytes));
        parts.collect::<Vec<_>>()
    };
    let number = detail("990");
    assert_eq!(
        told(&number),
        [("connection_buffers".to_owned(), 990), ("total".to_owned(), 9)]
    );
    assert_eq!((number.client_buffer, number.connections[0].buffer), (None, None));
    let object = detail(
        r#"{"total":1006,"client":{"misc":1,"readq":108,"writeq":7,"total":116},"backends":{"db1":{"readq":0,"writeq":3}}}"#,
    );
    assert_eq!(told(&object)[0], ("connection_buffers".to_owned(), 1006));
    assert_eq!(object.client_buffer.unwrap().writeq, Some(7));
    assert_eq!(object.connections[0].buffer.unwrap().writeq, Some(3));
    let neither = detail("\"many\"");
    assert_eq!((told(&neither).len(), neither.blanked), (1, 1));
}

#[test]
fn a_list_names_the_client_if_it_does_not_read_and_otherwise_the_longest_queue() {
    let queue = |client: u64, first: u64, second: u64| {
        let (session, _) = jsonapi_row(&format!(
            r#"{{"memory":{{"connection_buffers":{{"client":{{"writeq":{client}}},
                "backends":{{"db1":{{"writeq":{first}}},"db2":{{"writeq":{second}}}}}}},"total":9}}}}"#
        ));
        let queue = session.extra.as_ref().unwrap().write_queue.clone().unwrap();
        let server = queue.server.map(|server| server.as_str().to_owned());
        (server, queue.bytes)
    };
    assert_eq!(queue(7, 90, 3), (None, 7), "also if that of a server is longer");
    assert_eq!(queue(0, 3, 90), (Some("db2".to_owned()), 90));
    assert_eq!(queue(0, 90, 90), (Some("db1".to_owned()), 90));
    assert_eq!(queue(0, 0, 0), (None, 0));
}

#[test]
fn ids_are_digits_and_nothing_else() {
    assert_eq!(parse_id("17"), Some(SessionId(17)));
    for text in ["", "17abc", "-1", "+1", " 1", "99999999999999999999999"] {
        assert_eq!(parse_id(text), None, "{text}");
    }
}

#[test]
fn error_bodies_of_both_dialects_are_understood() {
    let detail = |body: &str| error_detail(body.as_bytes()).map(|text| text.to_string());
    assert_eq!(
        detail(r#"{"errors": [ { "detail": "Access denied" } ] }"#).as_deref(),
        Some("Access denied")
    );
    assert_eq!(
        detail(r#"{"error":"No","description":"No \u001b[2J way"}"#).as_deref(),
        Some("No \\u{1b}[2J way")
    );
    assert_eq!(detail("<html>"), None);
    assert_eq!(detail(""), None);
}

#[test]
fn an_interner_drops_texts_without_references() {
    let mut interner = Interner::default();
    let kept = interner.name("kept");
    drop(interner.name("gone"));
    interner.prune();
    assert_eq!(interner.len(), 1);
    assert_eq!(interner.name("kept"), kept);
}

proptest! {
    #[test]
    fn no_body_makes_a_decoder_panic(body in any::<Vec<u8>>()) {
        let _ = decode(Dialect::Draft, &body);
        let _ = decode(Dialect::JsonApi, &body);
        let _ = error_detail(&body);
    }

    #[test]
    fn a_list_keeps_every_good_row(users in prop::collection::vec(any::<String>(), 0..20)) {
        let rows: Vec<_> = users.iter().enumerate().map(|(id, user)| serde_json::json!({"id": id, "user": user})).collect();
        let decoded = decode(Dialect::Draft, &serde_json::to_vec(&rows).unwrap()).unwrap();
        prop_assert_eq!(decoded.sessions.len(), users.len());
        for (session, user) in decoded.sessions.iter().zip(&users) {
            prop_assert_eq!(session.user.as_ref().unwrap(), &crate::model::Text::clean(user, crate::model::TextLimit::Name));
        }
    }
}

#[test]
fn an_open_transaction_is_read_from_the_statements_that_are_kept() {
    let open = |entries: &str| {
        let (session, blanked) = jsonapi_row(&format!(r#"{{"queries":[{entries}]}}"#));
        assert_eq!(blanked, 0, "{entries}");
        session.extra.unwrap().in_transaction
    };
    let entry = |command: &str, sql: &str| {
        format!(r#"{{"command":"{command}","statement":"{sql}","received":"a","completed":"b"}}"#)
    };
    let begin = entry("COM_QUERY", "BEGIN");
    let update = entry("COM_QUERY", "UPDATE t SET a = 1");
    let commit = entry("COM_QUERY", "COMMIT");
    assert_eq!(open(&format!("{begin},{update}")), Some(true));
    assert_eq!(open(&format!("{begin},{update},{commit}")), Some(false));
    let prepared = entry("COM_STMT_PREPARE", "COMMIT");
    assert_eq!(
        open(&format!("{begin},{prepared}")),
        None,
        "prepared, perhaps executed"
    );
    let executed = r#"{"received":"a","completed":"b","responses":[]}"#;
    assert_eq!(open(&format!("{begin},{executed}")), None);
    assert_eq!(open(""), None);
}

#[test]
fn the_status_of_a_server_is_read_from_the_newest_release() {
    let (utc, mut interner) = (UTC, Interner::default());
    let mut decoder = Decoder::new(&mut interner, Some(&utc), Timestamp::UNIX_EPOCH);
    let body = br#"{"data":[
        {"id":"db1","attributes":{"state":"Master, Running",
            "status":{"mode":"Normal","state":"Write","reason":["Primary"],"extra":{}}}},
        {"id":"db2","attributes":{"state":"Slave, Running",
            "status":{"mode":"Maintenance","state":"Down","reason":["\u001b[2J",7]}}},
        {"id":"db3","attributes":{"state":"Down","status":"Up"}},
        {"id":"db4","attributes":{"state":"Down","status":{"mode":1,"state":[],"reason":{}}}}]}"#;
    let (servers, _) = jsonapi::servers(body, &mut decoder).unwrap();
    let health: Vec<_> = servers.iter().map(ServerState::health).collect();
    assert_eq!(
        health,
        [Health::Running, Health::Maintenance, Health::Down, Health::Down]
    );
    let reasons = &servers[1].status.as_ref().unwrap().reasons;
    assert_eq!(reasons[0].as_str(), r"\u{1b}[2J");
    assert_eq!((reasons.len(), &servers[2].status), (1, &None));
}
