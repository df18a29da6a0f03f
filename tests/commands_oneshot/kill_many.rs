//! `maxtop kill` of many: by filter, by key, bounded, logged, protected; every outcome is accounted for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use maxtop::demo::{FaultTarget, Faults, ServedDialects};
use serde_json::Value;

use crate::program::{Demo, Ran};

const BOTH: [ServedDialects; 2] = [ServedDialects::Draft, ServedDialects::JsonApi];

fn file(directory: &tempfile::TempDir, name: &str) -> (PathBuf, String) {
    let path = directory.path().join(name);
    let text = path.to_str().unwrap().to_owned();
    (path, text)
}

/// Each outcome of `-o json`, by id.
fn outcomes(ran: &Ran) -> BTreeMap<u64, String> {
    let all: Vec<Value> = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{ran:?}"));
    let one = |record: &Value| {
        let outcome = record["outcome"].as_str().unwrap_or("none").to_owned();
        (record["id"].as_u64().unwrap(), outcome)
    };
    all.iter().map(one).collect()
}

fn users(demo: &Demo, user: &str) -> BTreeSet<u64> {
    let list = demo.list();
    let of = list.iter().filter(|session| session["user"] == user);
    of.filter_map(|session| session["id"].as_u64()).collect()
}

#[test]
fn a_filter_kills_exactly_the_sessions_that_match() {
    for dialects in BOTH {
        let demo = Demo::start(dialects);
        let (meant, before) = (users(&demo, "web"), demo.running.ids());
        assert!(meant.len() > 2);
        let ran = demo.maxtop(&["kill", "-f", "user=web", "--yes"]);
        assert_eq!(ran.status, 0, "{ran:?}");
        assert_eq!(ran.out.lines().count(), meant.len());
        assert_eq!(demo.deletes().len(), meant.len());
        let left: Vec<_> = before.into_iter().filter(|id| !meant.contains(id)).collect();
        assert_eq!(demo.running.ids(), left);
    }
}

#[test]
fn more_than_max_kill_no_session() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let ran = demo.maxtop(&["kill", "-f", "user=web", "--yes", "--max", "1"]);
    ran.failed(1, "--max is 1");
    let many = Demo::with(ServedDialects::Draft, |spec| {
        spec.world = {
            let mut world = spec.world.clone();
            world.sessions = 150;
            world
        }
    });
    let ran = many.maxtop(&["kill", "-f", "known(user)", "--yes"]);
    ran.failed(1, "--max is 100");
    assert_eq!((demo.deletes().len(), many.deletes().len()), (0, 0));
}

#[test]
fn a_key_kills_its_session_or_none() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let list = demo.list();
    let one = list.iter().find(|session| session["user"] == "web").unwrap();
    let key = one["key"].as_str().unwrap();
    let id = one["id"].as_u64().unwrap();
    assert!(demo.running.rename(id, "mallory"));
    demo.maxtop(&["kill", "--key", key, "--yes"])
        .failed(1, "no session has the key");
    assert!(demo.running.rename(id, "web"));
    let ran = demo.maxtop(&["kill", "--key", key, "--yes"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(demo.deletes(), [format!("/v1/sessions/{id}")]);
    demo.maxtop(&["kill", "--key", "17", "--yes"])
        .failed(2, "bad key");
}

#[test]
fn a_dry_run_says_in_json_what_it_would_do() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let ran = demo.maxtop(&["kill", "-f", "user=web", "--dry-run", "-o", "json"]);
    let outcomes = outcomes(&ran);
    assert_eq!(
        outcomes.keys().copied().collect::<BTreeSet<_>>(),
        users(&demo, "web")
    );
    assert!(outcomes.values().all(|outcome| outcome == "none"));
    assert_eq!((ran.status, demo.deletes().len()), (0, 0));
}

#[test]
fn a_dry_run_has_the_requests_in_json() {
    for (dialects, path) in [
        (ServedDialects::Draft, "/sessions/"),
        (ServedDialects::JsonApi, "/v1/sessions/"),
    ] {
        let demo = Demo::start(dialects);
        let (id, url) = (demo.ready_id(), demo.running.url());
        let ran = demo.maxtop(&["kill", &id, "--dry-run", "-o", "json"]);
        let records: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
        let request = serde_json::json!({"method": "DELETE", "url": format!("{url}{path}{id}")});
        assert_eq!(records[0]["request"], request);
        let ran = demo.maxtop(&["kill", &id, "--yes", "-o", "json"]);
        let records: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(records[0].get("request"), None, "it was sent");
    }
}

#[test]
fn every_id_and_key_of_the_command_line_has_an_outcome() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let id = demo.ready_id();
    let ran = demo.maxtop(&["kill", "987654", &id, "987655", "--yes", "-o", "json"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    let outcomes = outcomes(&ran);
    let expected = [
        (id.parse().unwrap(), "killed"),
        (987_654, "not found"),
        (987_655, "not found"),
    ];
    let expected = expected.map(|(id, outcome)| (id, outcome.to_owned()));
    assert_eq!(outcomes, BTreeMap::from(expected));

    let key = "0123456789abcdef";
    let ran = demo.maxtop(&["kill", "--key", key, "--dry-run", "-o", "json"]);
    let records: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        (&records[0]["key"], &records[0]["outcome"], &records[0]["id"]),
        (&key.into(), &"not found".into(), &Value::Null)
    );
    assert_eq!(records[0].get("request"), Some(&Value::Null));

    let id = demo.ready_id();
    let ran = demo.maxtop(&["kill", &id, "-f", "user=x", "--dry-run", "-o", "json"]);
    let records: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(records[0]["outcome"], "refused");
    assert_eq!(records[0]["detail"], "it does not match the filter 'user=x'");
}

#[test]
fn a_refusal_by_protect_names_the_filter_and_its_origin() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let directory = tempfile::tempdir().unwrap();
    let (path, config) = file(&directory, "my.toml");
    std::fs::write(&path, "# mine\nprotect = 'user=web'\n").unwrap();
    let id = users(&demo, "web").first().unwrap().to_string();
    let ran = demo.maxtop(&["--config", &config, "kill", &id, "--yes"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(
        ran.out.contains("protected by 'user=web' (my.toml line 2)"),
        "{ran:?}"
    );
    std::fs::write(path, "[profiles.prod]\nprotect = 'user=web'\n").unwrap();
    let profile = ["--config", &config, "--profile", "prod"];
    let ran = demo.maxtop(&[&profile[..], &["kill", &id, "--dry-run"]].concat());
    assert!(
        ran.out
            .contains("protected by 'user=web' (profile prod, my.toml line 2)"),
        "{ran:?}"
    );
}

#[test]
fn the_audit_log_has_the_reason_and_without_it_no_session_is_killed() {
    let directory = tempfile::tempdir().unwrap();
    let (path, audit) = file(&directory, "audit.jsonl");
    let demo = Demo::start(ServedDialects::Draft);
    let id = demo.ready_id();
    let args = ["kill", &id, "--yes", "--reason", "ticket\u{1b} 4711", "--audit"];
    let ran = demo.maxtop(&[&args[..], &[&audit]].concat());
    assert_eq!(ran.status, 0, "{ran:?}");
    let text = std::fs::read_to_string(path).unwrap();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!((lines.len(), &lines[1]["outcome"]), (2, &"killed".into()));
    assert!(lines.iter().all(|line| line["reason"] == "ticket\u{1b} 4711"));

    let id = demo.ready_id();
    let nowhere = directory.path().to_str().unwrap();
    let ran = demo.maxtop(&["kill", &id, "--yes", "--audit", nowhere]);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.out.contains("cannot write the audit log") && ran.out.contains("--audit FILE"));
    assert_eq!(demo.deletes().len(), 1, "the first one only");
}

#[test]
fn who_is_protected_is_never_a_victim_and_a_bad_file_is_a_usage_error() {
    let directory = tempfile::tempdir().unwrap();
    let (path, config) = file(&directory, "config.toml");
    let demo = Demo::start(ServedDialects::JsonApi);
    std::fs::write(&path, "protect = 'user=web or user=repl*'\n").unwrap();
    let ran = demo.maxtop(&[
        "--config", &config, "kill", "-f", "user=web", "--yes", "-o", "json",
    ]);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(outcomes(&ran).values().all(|outcome| outcome == "refused"));
    assert_eq!(demo.deletes().len(), 0);
    for (text, words) in [
        (
            "protekt = 'user=web'\n",
            "line 1: unknown setting 'protekt': did you mean protect?",
        ),
        ("\nprotect = 3\n", "line 2"),
        ("grace = '3s'\n\nprotekt = 'user=web'\n", "line 3"),
        ("protect = 'usr=web'\n", "did you mean user"),
        ("grace = 'soon'\n", "grace"),
    ] {
        std::fs::write(&path, text).unwrap();
        demo.maxtop(&["--config", &config, "list"]).failed(2, words);
    }
    demo.maxtop(&["--config", "/nowhere/at/all", "list"])
        .failed(2, "/nowhere/at/all");
}

#[test]
fn a_command_without_victims_explains_its_arguments() {
    let demo = Demo::start(ServedDialects::JsonApi);
    assert_eq!(demo.maxtop(&["kill", "--yes"]).status, 2);
    demo.maxtop(&["kill", "--yes", "-f", " "])
        .failed(2, "--filter is empty");
    let ran = demo.maxtop(&["kill", "--yes", "-f", "user=nobody_at_all"]);
    assert_eq!((ran.status, ran.out.as_str()), (0, ""), "{ran:?}");
    assert!(ran.err.contains("no session matches"), "{ran:?}");
}

#[test]
fn a_thousand_are_all_accounted_for() {
    for dialects in BOTH {
        let demo = Demo::with(dialects, |spec| {
            spec.world.sessions = 1_000;
            spec.speed = 0.0;
        });
        let args = ["kill", "-f", "known(user) and not state=stopping", "--yes"];
        let ran = demo.maxtop(&[&args[..], &["--max", "1000", "-o", "json"]].concat());
        let outcomes = outcomes(&ran);
        assert!(outcomes.len() > 990, "{}", outcomes.len());
        assert!(
            outcomes.values().all(|outcome| outcome == "killed"),
            "{outcomes:?}"
        );
        let deletes: BTreeSet<_> = demo.deletes().into_iter().collect();
        assert_eq!(
            (deletes.len(), demo.deletes().len()),
            (outcomes.len(), outcomes.len())
        );
    }
}

#[test]
fn with_a_tenth_of_all_requests_failing_the_outcomes_add_up() {
    let demo = Demo::with(ServedDialects::JsonApi, |spec| {
        spec.world.sessions = 300;
        spec.speed = 0.0;
        spec.faults = Some(Faults {
            on: FaultTarget::OneSession,
            hold: Duration::from_millis(600),
            ..Faults::new(0.1, 7)
        });
    });
    let args = ["kill", "-f", "known(user) and not state=stopping", "--yes"];
    let more = ["--max", "1000", "-o", "json", "--timeout", "300ms"];
    let ran = demo.maxtop(&[&args[..], &more].concat());
    let outcomes = outcomes(&ran);
    let (mut deletes, left) = (BTreeMap::new(), demo.running.ids());
    for target in demo.deletes() {
        *deletes.entry(target).or_insert(0) += 1;
    }
    assert!(deletes.values().all(|count| *count == 1), "never twice");
    for (id, outcome) in &outcomes {
        let is_left = left.contains(id);
        match outcome.as_str() {
            "killed" | "already gone" => assert!(!is_left, "{id} {outcome}"),
            "refused" | "still there" => assert!(is_left, "{id} {outcome}"),
            // The reply to the DELETE was an error or lost.
            "unknown" => {}
            other => panic!("{id} {other}"),
        }
    }
    assert!(outcomes.len() > 290 && outcomes.values().any(|outcome| outcome == "unknown"));
}

#[test]
fn a_key_of_a_session_whose_id_was_not_given_is_refused() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let list = demo.list();
    let ready: Vec<_> = list
        .iter()
        .filter(|row| row["state"] == "Session started")
        .take(2)
        .collect();
    let [one, other] = ready[..] else {
        panic!("two sessions: {list:?}")
    };
    let (id, keys) = (
        one["id"].to_string(),
        [one, other].map(|row| row["key"].as_str().unwrap()),
    );
    let ran = demo.maxtop(&["kill", &id, "--key", keys[0], "--key", keys[1], "--yes"]);
    assert_eq!((ran.status, demo.deletes().len()), (1, 1), "{ran:?}");
    let words = format!("it has the key {}, but its id was not given", keys[1]);
    assert!(ran.err.contains(&words), "{ran:?}");
    assert!(ran.err.contains(&format!("refused: {}", other["id"])), "{ran:?}");
}

#[test]
fn a_filter_that_decides_no_session_is_no_success() {
    let demo = Demo::start(ServedDialects::Draft);
    // The draft reports no program.
    for filter in ["program=x", "not stuck and user=etl"] {
        let ran = demo.maxtop(&["kill", "-f", filter, "--yes"]);
        assert_eq!(ran.status, 1, "{filter}: {ran:?}");
        assert!(ran.err.contains("could not be decided: "), "{filter}: {ran:?}");
        assert_eq!(demo.deletes(), [""; 0]);
    }
    let ran = demo.maxtop(&["kill", "-f", "user=no-such-user", "--yes"]);
    assert_eq!(ran.status, 0, "{ran:?}");
}

#[test]
fn a_dry_run_of_many_has_a_request_only_for_sessions_that_would_be_killed() {
    let demo = Demo::with(ServedDialects::JsonApi, |spec| spec.world.sessions = 150);
    let home = tempfile::tempdir().unwrap();
    let (path, name) = file(&home, "config.toml");
    for (protect, line) in [
        ("id>0", None),
        (
            "user=web",
            Some("for each ID that is not marked 'not killed': curl"),
        ),
    ] {
        std::fs::write(&path, format!("protect = \"{protect}\"\n")).unwrap();
        let ran = demo.maxtop(&["kill", "-f", "known(user)", "--dry-run", "--config", &name]);
        match line {
            Some(line) => assert!(ran.out.contains(line), "{ran:?}"),
            None => assert!(!ran.out.contains("for each ID"), "{ran:?}"),
        }
        let more = "more than 100 sessions: --yes needs --max as well\n";
        assert!(ran.err.contains(more), "{ran:?}");
    }
}
