//! `maxtop kill` with a database user: the statements of a killed session on its server.

use std::path::Path;
use std::time::Duration;

use maxtop::demo::{ServeSpec, ServedDialects};
use serde_json::Value;

use crate::json_schema;
use crate::program::{Demo, Ran, command, ran};

/// The statement of the sessions that wait for a row of `orders`.
const WAITERS: &str = "query~'^UPDATE orders'";

/// An endpoint whose world does not move, with transactions that block others.
fn incidents(change: impl FnOnce(&mut ServeSpec)) -> Demo {
    Demo::with(ServedDialects::JsonApi, |spec| {
        spec.world.incidents = true;
        spec.speed = 0.0;
        change(spec);
    })
}

/// Runs the program with the database user, and logs to this file.
fn with_servers(demo: &Demo, log: &Path, args: &[&str]) -> Ran {
    let url = demo.running.url();
    let common = [
        "-e",
        &url,
        "--sql-user",
        "maxtop",
        "--audit",
        log.to_str().unwrap(),
    ];
    ran(command(&[args, &common].concat()).env("MAXTOP_SQL_PASSWORD", "maxtop"))
}

fn entries(log: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(log).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Returns the id of a session whose statement waits for a lock.
fn waiter(demo: &Demo) -> String {
    let list = demo.json(&["list", "-o", "json", "--filter", WAITERS]);
    list[0]["id"].to_string()
}

fn is_closed(demo: &Demo) -> bool {
    let log = demo.running.log();
    let count = |method: &str, target: &str| {
        let lines = log.iter().filter(|line| line.method == method);
        lines
            .filter(|line| line.target.starts_with("/v1/sql") && line.target.contains(target))
            .count()
    };
    let opened = count("POST", "persist=yes");
    opened > 0 && opened == count("DELETE", "")
}

#[test]
fn a_dry_run_shows_the_statements_that_would_be_ended() {
    let (demo, home) = (incidents(|_| {}), tempfile::tempdir().unwrap());
    let (id, log) = (waiter(&demo), home.path().join("log"));
    let dry = |args: &[&str]| {
        let ran = with_servers(&demo, &log, &[&["kill", &id, "--dry-run"], args].concat());
        assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{ran:?}");
        ran.out
    };
    let text = dry(&["--statements"]);
    assert!(text.contains("\n  ends         db-01, thread "), "{text}");
    assert!(text.contains(": UPDATE orders"), "{text}");
    assert!(!dry(&[]).contains("  ends "));
    let json: Value = serde_json::from_str(&dry(&["--statements", "-o", "json"])).unwrap();
    json_schema::assert_matches("kill", &json);
    let statement = &json[0]["statements"][0];
    assert_eq!(statement["server"], "db-01");
    assert!(statement["thread"].is_u64() && statement["query_id"].is_u64());
    assert!(
        statement["sql"].as_str().unwrap().starts_with("UPDATE orders"),
        "{statement}"
    );
    let json: Value = serde_json::from_str(&dry(&["-o", "json"])).unwrap();
    assert_eq!(json[0]["statements"], Value::Null);
}

#[test]
fn with_the_option_the_statement_is_ended() {
    let (demo, home) = (incidents(|_| {}), tempfile::tempdir().unwrap());
    let (id, log) = (waiter(&demo), home.path().join("log"));
    let ran = with_servers(&demo, &log, &["kill", &id, "--yes", "--statements"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{ran:?}");
    assert!(
        ran.out.contains("; its statement on db-01 was ended (thread "),
        "{ran:?}"
    );
    let entries = entries(&log);
    let what: Vec<_> = entries
        .iter()
        .map(|entry| entry["what"].as_str().unwrap())
        .collect();
    assert_eq!(what, ["intent", "intent", "outcome"]);
    assert_eq!(entries[0]["statement"], Value::Null);
    let statement = &entries[1]["statement"];
    assert_eq!(statement["server"], "db-01");
    assert!(statement["sql"].as_str().unwrap().starts_with("UPDATE orders"));
    assert!(statement["query_id"].is_u64() && statement["thread"].is_u64());
    assert!(entries[2]["detail"].as_str().unwrap().contains("was ended"));
    assert!(is_closed(&demo), "{:?}", demo.running.log());
}

#[test]
fn without_the_option_the_statement_still_runs_and_stderr_says_so() {
    let (demo, home) = (incidents(|_| {}), tempfile::tempdir().unwrap());
    let (id, log) = (waiter(&demo), home.path().join("log"));
    let ran = with_servers(&demo, &log, &["kill", &id, "--yes"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.err.contains("still runs on its server"), "{ran:?}");
    assert!(
        ran.out.contains("; its statement still runs on db-01 (thread ")
            && ran.out.contains("to end it there: KILL SOFT QUERY ID "),
        "{ran:?}"
    );
    assert!(is_closed(&demo));
}

#[test]
fn without_the_privilege_the_statement_still_runs_and_the_status_is_1() {
    let demo = incidents(|spec| spec.sql.connection_admin = false);
    let home = tempfile::tempdir().unwrap();
    let (id, log) = (waiter(&demo), home.path().join("log"));
    let ran = with_servers(&demo, &log, &["kill", &id, "--yes", "--statements"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(
        ran.out.contains("still runs on db-01") && ran.out.contains("missing privilege"),
        "{ran:?}"
    );
}

#[test]
fn a_server_that_cannot_be_read_leaves_it_unknown_and_the_session_is_killed() {
    let demo = incidents(|spec| spec.sql.max_connections = 0);
    let home = tempfile::tempdir().unwrap();
    let (id, log) = (waiter(&demo), home.path().join("log"));
    let ran = with_servers(&demo, &log, &["kill", &id, "--yes", "--statements"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(
        ran.out.starts_with("killed ")
            && ran
                .out
                .contains("unknown whether a statement still runs on db-01"),
        "{ran:?}"
    );
    assert_eq!(
        demo.deletes()
            .iter()
            .filter(|target| target.contains("/sessions/"))
            .count(),
        1
    );
}

#[test]
fn the_waiters_of_a_killed_holder_continue() {
    let (demo, home) = (incidents(|_| {}), tempfile::tempdir().unwrap());
    let log = home.path().join("log");
    let waiting = |demo: &Demo| {
        let list = demo.json(&["list", "-o", "json", "--filter", WAITERS]);
        list.as_array().unwrap().len()
    };
    let before = waiting(&demo);
    assert!(before >= 5, "{before}");
    let holder = demo.json(&[
        "list",
        "-o",
        "json",
        "--filter",
        "user=etl and reason=transaction",
    ]);
    let id = holder[0]["id"].to_string();
    let ran = with_servers(&demo, &log, &["kill", &id, "--yes", "--statements"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{ran:?}");
    assert!(
        !ran.out.contains("statement"),
        "an idle holder runs nothing: {ran:?}"
    );
    assert_eq!(waiting(&demo), 0);
}

#[test]
fn the_option_needs_a_database_user() {
    let demo = incidents(|_| {});
    let id = waiter(&demo);
    demo.maxtop(&["kill", &id, "--yes", "--statements"])
        .failed(2, "--statements needs a database user");
    assert_eq!(demo.deletes(), [""; 0]);
}

#[test]
fn the_setting_of_the_file_ends_statements_too() {
    let (demo, home) = (incidents(|_| {}), tempfile::tempdir().unwrap());
    let (id, log) = (waiter(&demo), home.path().join("log"));
    let file = home.path().join("config.toml");
    std::fs::write(&file, "kill-statements = true\n").unwrap();
    let file = file.to_str().unwrap();
    let ran = with_servers(&demo, &log, &["kill", &id, "--yes", "--config", file]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.out.contains("was ended"), "{ran:?}");
}

#[test]
fn a_slow_server_does_not_delay_the_check_beyond_its_age() {
    let demo = incidents(|spec| spec.sql.delay = Duration::from_millis(400));
    let home = tempfile::tempdir().unwrap();
    let (id, log) = (waiter(&demo), home.path().join("log"));
    let ran = with_servers(&demo, &log, &["kill", &id, "--yes", "--statements"]);
    assert!(ran.out.starts_with("killed "), "{ran:?}");
    assert_eq!(
        demo.deletes()
            .iter()
            .filter(|target| target.contains("/sessions/"))
            .count(),
        1
    );
}

#[test]
fn the_draft_ends_no_session_whose_statements_were_to_be_ended() {
    let demo = Demo::start(ServedDialects::Draft);
    let home = tempfile::tempdir().unwrap();
    let (id, log) = (demo.ready_id(), home.path().join("log"));
    for mode in ["--dry-run", "--yes"] {
        let ran = with_servers(&demo, &log, &["kill", &id, "--statements", mode]);
        assert_eq!(ran.status, 1, "{ran:?}");
        let words = "--statements: the draft cannot end statements";
        assert!(ran.out.replace('\n', " ").contains(words), "{ran:?}");
        assert!(!ran.out.contains("is killed on its server"), "{ran:?}");
    }
    assert_eq!(demo.deletes(), [""; 0]);
}

#[test]
fn a_dry_run_says_that_statements_are_not_known() {
    let (demo, home) = (
        incidents(|spec| spec.sql.max_connections = 0),
        tempfile::tempdir().unwrap(),
    );
    let (id, log) = (demo.ready_id(), home.path().join("log"));
    let dry = ["kill", &id, "--dry-run", "--statements"];
    let ran = with_servers(&demo, &log, &dry);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.out.contains("  ends         unknown: "), "{ran:?}");
    let ran = with_servers(&demo, &log, &[&dry[..], &["-o", "json"]].concat());
    let json: Value = serde_json::from_str(&ran.out).unwrap();
    json_schema::assert_matches("kill", &json);
    assert_eq!((ran.status, &json[0]["statements"]), (1, &Value::Null));
    assert!(json[0].as_object().unwrap().contains_key("statements"));
}
