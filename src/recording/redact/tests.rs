use std::sync::Arc;

use proptest::prelude::*;

use super::sql::without_literals;
use super::*;
use crate::model::{
    Dialect, EndpointId, Identity, JsonApiFields, Now, RunningStatement, Session, SessionId, Snapshot,
};
use crate::recording::{KillFact, KillResult};

fn text(raw: &str) -> Text {
    Text::clean(raw, TextLimit::Sql)
}

#[test]
fn literals_and_comments_leave_a_statement() {
    for (sql, expected) in [
        ("SELECT * FROM t WHERE id = 17", "SELECT * FROM t WHERE id = ?"),
        (
            "select 'it''s', \"a\"\"b\", x'4D', N'n', 0x4D, b'1'",
            "select ?, ?, x?, N?, ?, b?",
        ),
        ("SELECT -1.5e-3, .5, t1.c2, t.5", "SELECT -?, ?, t1.c2, t.?"),
        ("SELECT `a``b` FROM `order`", "SELECT `a``b` FROM `order`"),
        (
            "SELECT 1 -- secret\n, 2 # secret\n, /* secret */ 3",
            "SELECT ? , ? , ?",
        ),
        ("SELECT a/**/b, 5--5", "SELECT a b, ?--?"),
        ("SELECT /*!40001 SQL_NO_CACHE */ c FROM t", "SELECT c FROM t"),
        (
            "SELECT @a, @@version, 'x' FROM t",
            "SELECT @a, @@version, ? FROM t",
        ),
        (
            "INSERT INTO t VALUES (1,'a'),(2,'b')",
            "INSERT INTO t VALUES (?,?),(?,?)",
        ),
        (
            "SELECT _utf8mb4'ä' COLLATE utf8mb4_bin",
            "SELECT _utf8mb4? COLLATE utf8mb4_bin",
        ),
        ("SELECT größe FROM maße", "SELECT größe FROM maße"),
        ("", ""),
    ] {
        assert_eq!(without_literals(sql), expected, "{sql}");
    }
}

#[test]
fn accounts_leave_a_statement() {
    for (sql, expected) in [
        ("CALL p(); GRANT SELECT ON x.* TO app", "CALL p();GRANT SELECT ?"),
        ("CREATE USER app IDENTIFIED BY 'x'", "CREATE USER ?"),
        ("kill hard user app", "kill hard ?"),
        ("SHOW GRANTS FOR app@10.0.0.7", "SHOW GRANTS ?"),
        (
            "CREATE DEFINER=`app`@`10.0.0.7` VIEW v AS SELECT c",
            "CREATE DEFINER ?",
        ),
        (
            "SELECT f(app@10.0.0.7, `a` @ `b`, my-app@'%')",
            "SELECT f(?, ?, ?)",
        ),
        ("SELECT user, role FROM t", "SELECT user, role FROM t"),
        ("KILL 17", "KILL ?"),
    ] {
        assert_eq!(without_literals(sql), expected, "{sql}");
    }
}

#[test]
fn after_an_uncertain_end_nothing_stays() {
    for (sql, expected) in [
        (r"SELECT 'a\' , secret, '", "SELECT ?"),
        (r"SELECT 'a\\', c", "SELECT ?, c"),
        ("SELECT 'cut in the mid", "SELECT ?"),
        ("SELECT `cut in the mid", "SELECT ?"),
        ("SELECT c /* cut in the mid", "SELECT c "),
        ("SELECT /*! 'a */ secret '*/ secret", "SELECT "),
        ("SELECT /* a /* b */ secret */ c", "SELECT c"),
    ] {
        assert_eq!(without_literals(sql), expected, "{sql}");
    }
}

/// A literal of letters and digits that no generated identifier has.
fn literal() -> impl Strategy<Value = String> {
    let content = "[zqj79 ;@#*/\\-]{1,12}";
    prop_oneof![
        "[79]{1,8}",
        "[79]{1,4}\\.[79]{1,4}(e[+-]?[79]{1,2})?",
        "0x[79]{1,8}",
        content.prop_map(|text| format!("'{}'", text.replace('\\', "\\\\"))),
        // Without backslash escapes.
        content.prop_map(|text| format!("'{text}'")),
        content.prop_map(|text| format!("N'{}''{text}'", text.replace('\\', ""))),
        content.prop_map(|text| format!("\"{}\"", text.replace('\\', "\\\\"))),
        content.prop_map(|text| format!("'it\\'s {}'", text.replace('\\', "\\\\"))),
        "[zqj79 ]{1,12}".prop_map(|text| format!("/* {text} */")),
        "[zqj79 ']{1,12}".prop_map(|text| format!("-- {text}\n")),
        "[zqj79 \"]{1,12}".prop_map(|text| format!("# {text}\n")),
        "[zqj]{1,6}".prop_map(|text| format!("{text}@'{text}'")),
        "[zqj]{1,6}".prop_map(|text| format!("`{text}`@{text}.{text}")),
    ]
}

fn statement() -> impl Strategy<Value = String> {
    let word = prop_oneof!["[a-h_]{1,6}", Just("`a b`".to_owned()), Just("SELECT".to_owned())];
    let sign = prop_oneof![
        Just(" "),
        Just(", "),
        Just(" = "),
        Just(" ("),
        Just(") "),
        Just(" + ")
    ];
    prop::collection::vec((word, sign.clone(), literal(), sign), 1..8).prop_map(|parts| {
        let parts: Vec<_> = parts
            .into_iter()
            .map(|(word, sign, literal, after)| format!("{word}{sign}{literal}{after}"))
            .collect();
        parts.concat()
    })
}

proptest! {
    #[test]
    fn no_literal_of_a_statement_survives(sql in statement()) {
        let redacted = without_literals(&sql);
        prop_assert!(!redacted.contains(['z', 'q', 'j', '7', '9']), "{sql}\n{redacted}");
    }

    #[test]
    fn any_text_is_redacted_without_its_digits(sql in "\\PC{0,60}") {
        let redacted = without_literals(&sql);
        // A digit may only stay in an identifier.
        prop_assert!(!redacted.starts_with(|c: char| c.is_ascii_digit()), "{redacted}");
    }

    #[test]
    fn a_redacted_statement_is_not_changed_again(sql in statement()) {
        let redacted = without_literals(&sql);
        prop_assert_eq!(without_literals(&redacted), redacted.clone());
    }
}

fn listed(kind: FactKind) -> Fact {
    Fact {
        at: Now::default(),
        endpoint: Some(EndpointId(0)),
        kind,
    }
}

fn list(users: &[(&str, &str)]) -> Fact {
    let sessions = users.iter().zip(1..).map(|((user, address), id)| Session {
        user: Some(text(user)),
        address: Some(text(address)),
        service: Some(text("RW-Split")),
        extra: Some(Arc::new(JsonApiFields {
            program: Some(text("billing")),
            running: Some(RunningStatement {
                sql: Some(text("SELECT c FROM t WHERE card = '4111'")),
                received: text("2026-11-23T10:00:00.000"),
            }),
            ..JsonApiFields::default()
        })),
        ..Session::bare(SessionId(id))
    });
    listed(FactKind::Listed(Arc::new(Snapshot {
        sessions: sessions.collect(),
        ..Snapshot::empty(Dialect::JsonApi)
    })))
}

fn users(fact: &Fact) -> Vec<String> {
    let FactKind::Listed(list) = &fact.kind else {
        panic!("no list");
    };
    list.sessions.iter().map(Session::client).collect()
}

#[test]
fn a_value_keeps_its_pseudonym() {
    let mut redactor = Redactor::default();
    let first = redactor.fact(list(&[
        ("app", "10.0.0.7"),
        ("etl", "10.0.0.8"),
        ("app", "::ffff:10.0.0.8"),
    ]));
    assert_eq!(users(&first), ["user-1@addr-1", "user-2@addr-2", "user-1@addr-2"]);
    let next = redactor.fact(list(&[("etl", "10.0.0.7")]));
    assert_eq!(users(&next), ["user-2@addr-1"]);
}

#[test]
fn services_times_and_identifiers_stay() {
    let fact = Redactor::default().fact(list(&[("app", "10.0.0.7")]));
    let FactKind::Listed(list) = &fact.kind else {
        panic!("no list");
    };
    let session = &list.sessions[0];
    assert_eq!(session.service, Some(text("RW-Split")));
    let extra = session.extra.as_ref().unwrap();
    assert_eq!(extra.program, Some(text("program-1")));
    let running = extra.running.as_ref().unwrap();
    assert_eq!(running.sql, Some(text("SELECT c FROM t WHERE card = ?")));
    assert_eq!(running.received, text("2026-11-23T10:00:00.000"));
}

#[test]
fn a_text_in_place_of_a_time_does_not_stay() {
    let mut names = Pseudonyms::default();
    assert_eq!(
        names.time(&text("Mon Nov 23 10:00:00 2026")),
        text("Mon Nov 23 10:00:00 2026")
    );
    assert_eq!(names.time(&text("app@10.0.0.7")), text("time-1"));
}

#[test]
fn hosts_keep_their_ports() {
    let mut names = Pseudonyms::default();
    for (host, expected) in [
        ("10.0.0.7:4711", "addr-1:4711"),
        ("10.0.0.7", "addr-1"),
        ("[2001:db8::7]:80", "addr-2:80"),
        ("2001:db8::7", "addr-2"),
        ("web-7.example", "addr-3"),
    ] {
        assert_eq!(names.origin(&text(host)), text(expected), "{host}");
    }
    assert_eq!(names.account(&text("app@10.0.0.7")), text("user-1@addr-1"));
    assert_eq!(names.directory(&text("/srv/app/data42")), text("dir-1/data42"));
}

#[test]
fn the_texts_of_kills_and_faults_leave() {
    let session = Session {
        user: Some(text("app")),
        address: Some(text("10.0.0.7")),
        ..Session::bare(SessionId(7))
    };
    let kill = KillFact {
        time: jiff::Timestamp::UNIX_EPOCH,
        number: 1,
        identity: Identity::new(EndpointId(0), None, &session),
        outcome: Some(KillResult {
            word: text("refused"),
            detail: text("user was app"),
        }),
        reason: Some(text("app hangs")),
        filter: Some(text("user=app")),
    };
    let fault = RequestError::Status {
        status: 503,
        detail: Some(text("app from 10.0.0.7")),
    };
    let mut redactor = Redactor::default();
    let retry_in = std::time::Duration::ZERO;
    for kind in [
        FactKind::Kill(Box::new(kill)),
        FactKind::ListFailed { fault, retry_in },
        FactKind::Note(text("app hangs")),
    ] {
        let shown = format!("{:?}", redactor.fact(listed(kind)));
        assert!(!shown.contains("app") && !shown.contains("10.0.0.7"), "{shown}");
    }
}

#[test]
fn the_header_has_no_addresses() {
    let header = Header {
        program: text("1.0.0"),
        endpoints: vec![RecordedEndpoint {
            name: text("proxy-7.example"),
            url: text("https://proxy-7.example:8989/v1"),
            clock_offset_ms: None,
        }],
        started: Now::default(),
        is_redacted: false,
        minor_version: 0,
    };
    let header = Redactor::default().header(header);
    assert!(header.is_redacted);
    assert_eq!(header.endpoints[0].name, text("endpoint-1"));
    assert_eq!(header.endpoints[0].url, text("https://addr-1:8989"));
}
