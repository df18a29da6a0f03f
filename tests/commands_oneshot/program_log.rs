//! The program log (`--log`) of the one-shot commands.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use maxtop::demo::{ServeSpec, ServedDialects};

use crate::program::{Demo, Ran, command, maxtop, ran};

const PASSWORD: &str = "marker-of-the-password";
const SQL_PASSWORD: &str = "marker-of-the-sql-password";
const TOKEN: &str = "marker.of.the.token";

/// An endpoint that requires a password, with database users of another one.
fn protected() -> Demo {
    Demo::with(ServedDialects::JsonApi, |spec: &mut ServeSpec| {
        spec.auth = Some(("admin".to_owned(), PASSWORD.into()));
        spec.world.incidents = true;
        spec.sql.password = SQL_PASSWORD.into();
    })
}

fn logged(demo: &Demo, log: &Path, args: &[&str], password: &str) -> Ran {
    let url = demo.running.url();
    let common = ["-e", &url, "--log", log.to_str().unwrap()];
    let mut command = command(&[args, &common].concat());
    command.env("MAXTOP_PASSWORD", password);
    ran(&mut command)
}

fn lines(log: &Path) -> Vec<String> {
    let text = fs::read_to_string(log).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// Asserts that a line has all of these words.
fn has(lines: &[String], words: &[&str]) {
    let found = lines
        .iter()
        .any(|line| words.iter().all(|word| line.contains(word)));
    assert!(found, "{words:?}: {lines:#?}");
}

#[test]
fn every_command_appends_events_without_secrets() {
    let demo = protected();
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("events.log");
    fs::write(&log, "earlier\n").unwrap();
    let id = {
        let list = logged(&demo, &log, &["list", "-o", "jsonl", "-f", "user=app*"], PASSWORD);
        let first: serde_json::Value = serde_json::from_str(list.out.lines().next().unwrap()).unwrap();
        first["id"].to_string()
    };
    assert_eq!(logged(&demo, &log, &["show", &id], PASSWORD).status, 0);
    assert_eq!(logged(&demo, &log, &["kill", &id, "--yes"], PASSWORD).status, 0);
    assert_eq!(logged(&demo, &log, &["doctor"], PASSWORD).status, 0);
    assert_eq!(logged(&demo, &log, &["list"], "wrong-marker").status, 4);
    assert_eq!(logged(&demo, &log, &["config"], PASSWORD).status, 0);
    let url = demo.running.url();
    for (variable, value) in [
        ("MAXTOP_TOKEN", TOKEN),
        ("MAXTOP_SQL_PASSWORD", SQL_PASSWORD),
        ("MAXTOP_SQL_PASSWORD", "wrong-marker"),
    ] {
        let mut command = command(&["list", "-e", &url, "--log", log.to_str().unwrap()]);
        command.env(variable, value);
        if variable == "MAXTOP_SQL_PASSWORD" {
            command
                .args(["--sql-user", "maxtop"])
                .env("MAXTOP_PASSWORD", PASSWORD);
        }
        ran(&mut command);
    }
    let lines = lines(&log);
    let text = lines.join("\n");
    for secret in [PASSWORD, SQL_PASSWORD, TOKEN, "marker"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    assert_eq!(lines[0], "earlier");
    for line in &lines[1..] {
        let mut words = line.split_whitespace();
        let time = words.next().unwrap();
        assert!(time.parse::<jiff::Timestamp>().is_ok(), "{line}");
        assert!(
            ["INFO", "WARN", "ERROR"].contains(&words.next().unwrap()),
            "{line}"
        );
    }
    for word in ["list", "show", "kill", "doctor", "config"] {
        has(&lines, &["INFO  program maxtop ", &format!(" {word}")]);
    }
    has(&lines, &["INFO  poll ", &url, " sessions, "]);
    has(&lines, &["INFO  kill ", "about to end", &id]);
    has(&lines, &["INFO  kill ", "killed ", &id]);
    has(&lines, &["INFO  doctor ", "connect: ok"]);
    has(&lines, &["WARN  poll ", "not allowed (401)"]);
    has(&lines, &["WARN  server-access ", "Access denied"]);
    has(&lines, &["INFO  program exit status 4"]);
    assert_eq!(fs::metadata(&log).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_log_that_cannot_be_opened_is_a_usage_error_before_any_request() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("missing/events.log");
    for path in [directory.path(), &missing] {
        let path = path.to_str().unwrap();
        for command in [
            &["list"][..],
            &["show", "1"],
            &["kill", "1", "--yes"],
            &["doctor"],
        ] {
            demo.maxtop(&[command, &["--log", path]].concat())
                .failed(2, "--log: cannot open ");
        }
        maxtop(&["--log", path, "config"]).failed(2, "--log: cannot open ");
    }
    assert!(demo.running.log().is_empty());
}
