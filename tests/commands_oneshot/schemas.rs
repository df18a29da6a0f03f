//! Every JSON output matches its schema in `assets/schema`.

use maxtop::demo::ServedDialects;
use serde_json::Value;

use crate::json_schema::{assert_matches, fault};
use crate::program::{Demo, Ran, command, ran};

const DIALECTS: [ServedDialects; 2] = [ServedDialects::Draft, ServedDialects::JsonApi];

fn demo(dialects: ServedDialects) -> Demo {
    Demo::with(dialects, |spec| {
        spec.world.incidents = true;
        spec.speed = 0.0;
    })
}

/// Runs a command with access to the servers, if the dialect has it.
fn run(demo: &Demo, args: &[&str]) -> Ran {
    let url = demo.running.url();
    let mut command = command(&[&["-e", &url], args].concat());
    command
        .args(["--sql-user", "maxtop"])
        .env("MAXTOP_SQL_PASSWORD", "maxtop");
    ran(&mut command)
}

fn json(demo: &Demo, args: &[&str]) -> Value {
    let ran = run(demo, args);
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}

#[test]
fn lists_match_their_schema() {
    for dialects in DIALECTS {
        let demo = demo(dialects);
        assert_matches("list", &json(&demo, &["list", "-o", "json"]));
        assert_matches("list", &json(&demo, &["list", "-o", "json", "--count", "1"]));
    }
}

#[test]
fn lines_match_the_schema_of_lists() {
    for dialects in DIALECTS {
        let demo = demo(dialects);
        for args in [
            &["list", "-o", "jsonl"][..],
            &["list", "-o", "jsonl", "--count", "2"],
        ] {
            let ran = run(&demo, args);
            assert!(ran.out.lines().count() > 1, "{ran:?}");
            for line in ran.out.lines() {
                assert_matches("list", &serde_json::from_str(line).unwrap());
            }
        }
    }
}

#[test]
fn settings_match_their_schema() {
    let demo = demo(ServedDialects::JsonApi);
    let settings = json(&demo, &["config", "-o", "json"]);
    assert!(settings.as_array().unwrap().len() > 10);
    assert_matches("config", &settings);
}

#[test]
fn details_of_every_session_match_their_schema() {
    for dialects in DIALECTS {
        let demo = demo(dialects);
        for session in demo.list() {
            let id = session["id"].to_string();
            assert_matches("show", &json(&demo, &["show", &id, "-o", "json"]));
        }
    }
}

#[test]
fn kills_and_dry_runs_match_their_schema() {
    for dialects in DIALECTS {
        let demo = demo(dialects);
        let id = demo.ready_id();
        for args in [&["--dry-run"][..], &["--yes", "--grace", "0s"]] {
            let all = [&["kill", &id, "999999", "-o", "json"], args].concat();
            assert_matches("kill", &json(&demo, &all));
        }
    }
}

#[test]
fn checks_match_their_schema() {
    for dialects in DIALECTS {
        assert_matches("doctor", &json(&demo(dialects), &["doctor", "-o", "json"]));
    }
}

#[test]
fn a_field_of_another_type_does_not_match() {
    let demo = demo(ServedDialects::JsonApi);
    let mut list = json(&demo, &["list", "-o", "json"]);
    list[0]["id"] = Value::from("17");
    assert!(fault("list", &list).is_some());
    list[0]["id"] = Value::from(17);
    list[0]["shoe_size"] = Value::from(43);
    assert!(fault("list", &list).is_some());
}
