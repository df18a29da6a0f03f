//! The audit log of the screen: intents before each request, outcomes after it, and no entries otherwise.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use maxtop::demo::{FaultTarget, Faults, InjectedFault};
use serde_json::Value;

use crate::endpoint::Endpoint;
use crate::kill::{ask_checked, confirm, lives};
use crate::pty::Pty;

/// Returns the complete lines.
fn entries(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn an_intent_and_an_outcome_with_the_reason() {
    for dialect in ["draft", "jsonapi"] {
        let endpoint = Endpoint::frozen(12);
        let mut pty = endpoint.watched(dialect).open();
        let id = ask_checked(&mut pty);
        let user = endpoint.user(id);
        pty.keys("rit hangs\r");
        pty.sees("it hangs");
        confirm(&mut pty, "y");
        pty.sees(&format!("killed {id} "));
        pty.keys("q");
        pty.ends_with(0);
        let path = pty.audit_log();
        let entries = entries(&path);
        let what: Vec<_> = entries
            .iter()
            .map(|entry| entry["what"].as_str().unwrap())
            .collect();
        assert_eq!(what, ["intent", "outcome"]);
        for entry in &entries {
            assert_eq!(
                (&entry["id"], &entry["user"]),
                (&id.into(), &user.as_str().into())
            );
            assert_eq!(entry["reason"], "it hangs");
            assert!(entry["by"]["pid"].is_number());
        }
        assert_eq!(entries[1]["outcome"], "killed");
        assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o600);
    }
}

#[test]
fn without_a_writable_log_no_session_is_killed() {
    let endpoint = Endpoint::frozen(12);
    let start = endpoint.watched("jsonapi");
    let mut pty = start.args(["--audit", "/dev/null/audit.jsonl"]).open();
    let id = ask_checked(&mut pty);
    confirm(&mut pty, "y");
    // All of it on two lines of 80, and no output after it.
    pty.sees("cannot write the audit log");
    for words in ["(try --audit", "/dev/null/audit.jsonl (of ", "Not a directory"] {
        pty.sees(words);
    }
    lives(&endpoint, &pty, id);
    assert!(
        !pty.text().contains("an outcome was not logged"),
        "{}",
        pty.text()
    );
}

#[test]
fn a_file_size_limit_is_as_a_full_disk() {
    let endpoint = Endpoint::frozen(12);
    let mut pty = endpoint.watched("jsonapi").without_files().open();
    let id = ask_checked(&mut pty);
    confirm(&mut pty, "y");
    pty.sees("cannot write the audit log");
    pty.keys("l");
    pty.sees("too large");
    pty.keys("l");
    pty.no_longer_sees("too large");
    lives(&endpoint, &pty, id);
    pty.keys("q");
    pty.ends_with(0);
}

/// The reply to each DELETE is held back.
fn slow_deletes(hold: Duration) -> Faults {
    Faults {
        on: FaultTarget::Deletes,
        kinds: vec![InjectedFault::SilenceAfter],
        hold,
        ..Faults::new(1.0, 1)
    }
}

/// Confirms the kill of a session and waits until its DELETE has arrived. The reply is held back. Returns the id.
fn with_delete_in_flight(hold: Duration) -> (Endpoint, Pty, u64) {
    let endpoint = Endpoint::with(12, |spec| {
        spec.speed = 0.0;
        spec.faults = Some(slow_deletes(hold));
    });
    let mut pty = endpoint.watched("draft").open();
    let id = ask_checked(&mut pty);
    confirm(&mut pty, "y");
    let until = Instant::now() + Duration::from_mins(1);
    while endpoint.deletes().is_empty() {
        assert!(Instant::now() < until, "no DELETE\n{}", pty.text());
        std::thread::sleep(Duration::from_millis(5));
    }
    (endpoint, pty, id)
}

#[test]
fn a_crash_before_the_outcome_leaves_the_intent() {
    let (_endpoint, mut pty, id) = with_delete_in_flight(Duration::from_secs(5));
    let entries = entries(&pty.audit_log());
    pty.kill();
    let left = self::entries(&pty.audit_log());
    assert_eq!(entries, left);
    assert_eq!(left.len(), 1);
    assert_eq!((&left[0]["what"], &left[0]["id"]), (&"intent".into(), &id.into()));
}

#[test]
fn leaving_with_a_delete_under_way_logs_that_its_end_is_unknown() {
    let (_endpoint, mut pty, id) = with_delete_in_flight(Duration::from_secs(30));
    pty.keys("q");
    let said = pty.ends_with(1);
    assert!(said.contains(&format!("unknown whether {id} ")), "{said}");
    let outcomes: Vec<_> = entries(&pty.audit_log())
        .into_iter()
        .map(|entry| entry["outcome"].clone())
        .collect();
    assert_eq!(outcomes, [Value::Null, "unknown".into()]);
}

#[test]
fn an_outcome_that_cannot_be_logged_at_the_end_is_printed() {
    let (_endpoint, mut pty, id) = with_delete_in_flight(Duration::from_secs(30));
    // The intent is written. Nothing can be written to a directory.
    let path = pty.audit_log();
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    pty.keys("q");
    let said = pty.ends_with(1);
    assert!(said.contains(&format!("unknown whether {id} ")), "{said}");
    assert!(
        said.contains("the audit log is not complete: cannot write the audit log"),
        "{said}"
    );
}
