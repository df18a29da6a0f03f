use super::*;
use crate::model::{Grants, ServerAccessFault, Span, TransactionState};
use crate::wire::{Decoder, Interner, WireError};

macro_rules! recording {
    ($name:literal) => {
        include_str!(concat!("../../../tests/fixtures/recordings/sql/", $name, ".http"))
    };
}

/// Returns the body of the recorded reply.
fn body(recording: &str) -> &str {
    let reply = recording.split_once("\n----\n").unwrap().1.replace("\r\n", "\n");
    let reply: &str = reply.leak();
    reply.split_once("\n\n").unwrap().1
}

fn read<T>(
    body: &str,
    read: impl FnOnce(&ResultSet<'_>, &mut Decoder<'_>) -> T,
) -> Result<QueryReply<T>, WireError> {
    let mut interner = Interner::default();
    let mut decoder = Decoder::new(&mut interner, None, jiff::Timestamp::UNIX_EPOCH);
    query(body.as_bytes(), &mut decoder, read)
}

fn rows<T>(body: &str, read_rows: impl FnOnce(&ResultSet<'_>, &mut Decoder<'_>) -> T) -> T {
    read(body, read_rows).unwrap().result.unwrap()
}

fn fault(body: &str) -> ServerAccessFault {
    read(body, nothing).unwrap().result.unwrap_err()
}

/// Returns a reply with these fields and rows.
fn reply(complete: bool, fields: &[&str], data: &str) -> String {
    let fields = serde_json::to_string(fields).unwrap();
    format!(
        r#"{{"data":{{"attributes":{{"execution_time":0.5,"results":
        [{{"complete":{complete},"data":{data},"fields":{fields}}}]}},"id":"a.1","type":"queries"}}}}"#
    )
}

#[test]
fn recorded_lock_waits_are_decoded() {
    let waits = rows(body(recording!("sql-query-lockwaits")), lock_waits);
    let pairs: Vec<_> = waits
        .rows
        .iter()
        .map(|wait| (wait.waiter, wait.blocker))
        .collect();
    assert_eq!(pairs, [1468, 1465, 1466, 1464, 1463].map(|waiter| (waiter, 1462)));
    assert!(!waits.has_more);
    let cost = read(body(recording!("sql-query-lockwaits")), nothing)
        .unwrap()
        .cost;
    assert_eq!(cost.unwrap().as_micros(), 682);
}

#[test]
fn recorded_metadata_locks_and_waiters_are_decoded() {
    // The recorded statements have other aliases.
    let renamed = body(recording!("sql-query-mdl-holders"))
        .replace("\"THREAD_ID\"", "\"thread\"")
        .replace("\"LOCK_MODE\"", "\"lock_mode\"")
        .replace("\"LOCK_TYPE\"", "\"lock_type\"")
        .replace("\"TABLE_SCHEMA\"", "\"table_schema\"")
        .replace("\"TABLE_NAME\"", "\"table_name\"");
    let locks = rows(&renamed, metadata_locks).rows;
    assert_eq!(locks.len(), 2);
    assert_eq!(locks[1].thread, 1470);
    assert_eq!(locks[1].mode.as_ref().unwrap().as_str(), "MDL_SHARED_UPGRADABLE");
    assert_eq!(locks[1].table.as_ref().unwrap().as_str(), "mdl_t");
    let renamed = body(recording!("sql-query-mdl-waiters"))
        .replace("\"ID\"", "\"thread\"")
        .replace("\"TIME_MS\"", "\"time_ms\"")
        .replace("\"STATE\"", "\"state\"")
        .replace("\"LEFT(INFO,200)\"", "\"statement\"");
    let threads = rows(&renamed, threads).rows;
    assert_eq!(threads.len(), 4);
    assert_eq!((threads[3].id, threads[3].time), (1470, Span::from_secs_f64(2.7)));
    assert!(
        threads[3]
            .statement
            .as_ref()
            .unwrap()
            .as_str()
            .starts_with("ALTER TABLE")
    );
}

#[test]
fn recorded_errors_are_values() {
    assert!(matches!(
        fault(body(recording!("sql-query-no-privilege"))),
        ServerAccessFault::NoPrivilege(_)
    ));
    assert!(matches!(
        fault(body(recording!("sql-kill-mt_proc"))),
        ServerAccessFault::NoPrivilege(_)
    ));
    assert_eq!(
        fault(body(recording!("sql-query-timeout1"))),
        ServerAccessFault::Cut
    );
    let ServerAccessFault::Statement { errno, message } = fault(body(recording!("sql-query-error"))) else {
        panic!("another kind");
    };
    assert_eq!(errno, 1064);
    assert!(message.as_str().starts_with("You have an error"));
    let killed = read(body(recording!("sql-kill-mt_kill")), nothing).unwrap();
    assert_eq!(killed.result, Ok(()));
}

#[test]
fn an_ended_statement_and_a_lost_connection_are_values() {
    let with = |errno: u32| {
        fault(&format!(
            r#"{{"data":{{"attributes":{{"results":[{{"errno":{errno},"message":"\u001b[31mred"}}]}}}}}}"#
        ))
    };
    assert_eq!(with(1957), ServerAccessFault::Ended);
    assert_eq!(with(2006), ServerAccessFault::Lost);
    let ServerAccessFault::TooManyConnections(message) = with(1040) else {
        panic!("another kind");
    };
    assert!(!message.as_str().contains('\u{1b}'), "sanitized");
}

#[test]
fn a_connection_error_names_its_cause() {
    let detail = |recording: &'static str| {
        let value: serde_json::Value = serde_json::from_str(body(recording)).unwrap();
        value["errors"][0]["detail"].as_str().unwrap().to_owned()
    };
    let fault = fault_of_connect(&detail(recording!("sql-connect-wrong-pw"))).unwrap();
    assert!(
        matches!(fault, ServerAccessFault::WrongPassword(text) if text.as_str().starts_with("Access denied"))
    );
    assert_eq!(
        fault_of_connect(&detail(recording!("sql-connect-unknown-target"))),
        None
    );
    for (detail, expected) in [
        (
            "Connection to [::1]:1 failed. Error 2002: No route",
            "server down: 'No route'",
        ),
        (
            "failed. Error 1040: Too many connections",
            "too many connections: 'Too many connections'",
        ),
        ("failed. Error 1203: x", "too many connections: x"),
    ] {
        let text = fault_of_connect(detail).unwrap().to_string();
        assert_eq!(text.replace('"', "'"), expected);
    }
    assert_eq!(fault_of_connect("Error "), None);
    assert_eq!(fault_of_connect("Error 99999999999: x"), None);
}

#[test]
fn a_connection_id_can_lead_to_no_other_resource() {
    let id = |recording| connection(body(recording).as_bytes()).unwrap().id.unwrap();
    assert_eq!(
        id(recording!("sql-connect-persist")).as_str(),
        "d5488173-e289-4c14-a487-69bb2dce26c4"
    );
    assert_eq!(
        id(recording!("sql-2208-connect")).as_str(),
        "489b9393-b3a3-4b91-9a8c-662852b63bc9"
    );
    let of = |id: &str| {
        connection(format!(r#"{{"data":{{"id":{id}}}}}"#).as_bytes())
            .unwrap()
            .id
    };
    assert_eq!(of("7").unwrap().as_str(), "7");
    assert_eq!(of("\"7\"").unwrap().as_str(), "7");
    for id in [
        r#""../sessions/7""#,
        r#""..""#,
        r#"".""#,
        r#""""#,
        r#""a/b""#,
        r#""a?b""#,
        r#""%2e%2e""#,
        r#""A""#,
        r#""g""#,
        r#""a\u0000""#,
        r#""a ""#,
        r#""0123456789012345678901234567890123456""#,
        "null",
        "-7",
        "7.5",
        "[7]",
    ] {
        assert_eq!(of(id), None, "{id}");
    }
}

#[test]
fn numbers_are_accepted_as_numbers_and_as_texts() {
    let fields = [
        "thread",
        "state",
        "age",
        "wait_age",
        "rows_locked",
        "rows_modified",
    ];
    let data = r#"[[7,"LOCK WAIT",5,"4","3",2.0],["8","RUNNING","6",null,null,null],
        [0,"PREPARED",-3,null,18446744073709551615,0],[null,"RUNNING",1,1,1,1],["x","RUNNING",1,1,1,1]]"#;
    let found = rows(&reply(true, &fields, data), transactions);
    assert_eq!(found.dropped, 2);
    let [first, second, third] = found.rows.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!((first.thread, first.state), (7, TransactionState::LockWait));
    assert_eq!(
        (first.age, first.wait),
        (Some(Span::from_secs(5)), Some(Span::from_secs(4)))
    );
    assert_eq!((first.rows_locked, first.rows_modified), (Some(3), Some(2)));
    assert_eq!((second.thread, second.wait), (8, None));
    assert_eq!((third.thread, third.state), (0, TransactionState::Other));
    assert_eq!(third.age, Some(Span::from_secs(0)), "a clock that was set back");
    assert_eq!(third.rows_locked, Some(u64::MAX));
}

#[test]
fn an_incomplete_result_has_more_rows() {
    let waits = rows(&reply(false, &["waiter", "blocker"], "[[1,2]]"), lock_waits);
    assert!(waits.has_more);
    let all: Vec<_> = (0..=MAX_ROWS).map(|row| format!("[{row},0]")).collect();
    let waits = rows(
        &reply(true, &["waiter", "blocker"], &format!("[{}]", all.join(","))),
        lock_waits,
    );
    assert!(waits.has_more);
    assert_eq!(waits.rows.len(), MAX_ROWS);
}

#[test]
fn columns_are_found_by_name_and_may_be_missing() {
    let found = rows(
        &reply(true, &["blocker", "other", "waiter"], "[[1,\"x\",2],[3]]"),
        lock_waits,
    );
    assert_eq!((found.rows[0].waiter, found.rows[0].blocker), (2, 1));
    assert_eq!((found.rows.len(), found.dropped), (1, 1));
    assert_eq!(rows(&reply(true, &[], "[]"), lock_count).waiting, 0);
    assert_eq!(rows(&reply(true, &["a"], "{}"), server), None);
}

#[test]
fn a_reply_without_a_result_is_an_error() {
    for body in [
        "",
        "<html>",
        "[]",
        "{}",
        r#"{"data":{}}"#,
        r#"{"data":{"attributes":{"results":{}}}}"#,
    ] {
        assert!(read(body, nothing).is_err(), "{body}");
    }
}

#[test]
fn texts_are_sanitized() {
    let data = r#"[[5,"a\u202eb","1.2.3.4:5",null,"Query","10.5","","77","SELECT '\u001b[2J'"]]"#;
    let fields = [
        "thread",
        "user",
        "host",
        "default_database",
        "command",
        "time_ms",
        "state",
        "query_id",
        "statement",
    ];
    let found = rows(&reply(true, &fields, data), threads).rows;
    let thread = &found[0];
    assert_eq!(thread.user.as_ref().unwrap().as_str(), "a\\u{202e}b");
    assert!(!thread.statement.as_ref().unwrap().as_str().contains('\u{1b}'));
    assert_eq!(
        (thread.query_id, &thread.state, &thread.database),
        (Some(77), &None, &None)
    );
}

#[test]
fn the_server_process_and_its_start_are_read() {
    let fields = [
        "hostname",
        "port",
        "server_id",
        "version",
        "server_time",
        "uptime",
        "own_thread",
        "own_host",
        "account",
    ];
    let data = r#"[["db1",3306,1,"10.11.19-MariaDB",1795837297,"40",13,"10.0.0.1:5","maxtop@%"]]"#;
    let process = rows(&reply(true, &fields, data), server).unwrap();
    assert_eq!(process.started, Some(1_795_837_257));
    assert_eq!(process.own_thread, Some(13));
}

#[test]
fn privileges_are_those_on_all_databases() {
    let of = |lines: &[&str]| {
        let lines: Vec<_> = lines.iter().map(|line| [line]).collect();
        rows(
            &reply(
                true,
                &["Grants for maxtop@%"],
                &serde_json::to_string(&lines).unwrap(),
            ),
            grants,
        )
    };
    let both = |may_see_all, may_kill| Grants {
        may_see_all,
        may_kill,
    };
    assert_eq!(
        of(&["GRANT PROCESS ON *.* TO `mp`@`%` IDENTIFIED BY PASSWORD '*D8'"]),
        both(true, false)
    );
    assert_eq!(
        of(&["GRANT PROCESS, CONNECTION ADMIN ON *.* TO `m`@`%`"]),
        both(true, true)
    );
    assert_eq!(of(&["GRANT SELECT, SUPER ON *.* TO `m`@`%`"]), both(false, true));
    assert_eq!(
        of(&["GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION"]),
        both(true, true)
    );
    assert_eq!(
        of(&["GRANT USAGE ON *.* TO `m`@`%`", "GRANT `ops` TO `m`@`%`"]),
        both(false, false)
    );
    assert_eq!(
        of(&["GRANT USAGE ON *.* TO `m`@`%`", "GRANT PROCESS ON *.* TO `ops`"]),
        both(true, false)
    );
    assert_eq!(
        of(&["GRANT ALL PRIVILEGES ON `shop`.* TO `m`@`%`"]),
        both(false, false)
    );
}

#[test]
fn every_statement_names_maxtop_and_is_limited() {
    let mut found = Vec::new();
    for entry in Statement::table() {
        let text = entry.statement.text();
        let text = text.as_str();
        assert!(
            text.starts_with(&format!("/* maxtop {} */ ", entry.name)),
            "{text}"
        );
        assert!(
            !text.contains("  ") && !text.contains('\n') && !text.contains(';'),
            "{text}"
        );
        if text.contains("FROM information_schema") {
            assert!(
                text.contains("*/ SET STATEMENT max_statement_time=1, join_cache_level=4 FOR SELECT "),
                "{text}"
            );
            let is_list = !text.contains("COUNT(*)") && entry.statement != Statement::Server;
            assert_eq!(
                text.contains(&format!(" LIMIT {}", MAX_ROWS + 1)),
                is_list,
                "{text}"
            );
        }
        assert!(!found.contains(&entry.statement));
        found.push(entry.statement);
    }
    assert_eq!(
        SqlText::kill(u64::MAX).as_str(),
        "/* maxtop kill */ KILL SOFT QUERY ID 18446744073709551615"
    );
}
