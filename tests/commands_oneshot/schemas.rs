//! Every JSON output matches its schema in `assets/schema`.

use std::io::{BufRead as _, BufReader};

use maxtop::demo::ServedDialects;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
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
fn refused_and_canceled_kills_are_documents_that_name_the_outcome() {
    let demo = demo(ServedDialects::JsonApi);
    let id = demo.ready_id();
    let check = |ran: &Ran, status: i32, outcome: &str| {
        assert_eq!(ran.status, status, "{ran:?}");
        let document: Value =
            serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
        assert_matches("kill", &document);
        assert_eq!(document[0]["outcome"], outcome, "{ran:?}");
    };
    for args in [
        &["kill", &id, "--yes", "--read-only"][..],
        &["kill", &id, "--dry-run", "--read-only"],
        &["kill", "-f", "id>0", "--yes", "--read-only"],
        &["kill", "-f", "id>0", "--yes", "--max", "1"],
    ] {
        check(&run(&demo, &[args, &["-o", "json"]].concat()), 1, "refused");
    }
    let undecided = ["kill", "-f", "blocks>0", "--yes", "-o", "json"];
    check(&demo.maxtop(&undecided), 1, "refused");
    let dry = ["kill", &id, "--dry-run", "--read-only", "-o", "json"];
    let refused: Value = serde_json::from_str(&run(&demo, &dry).out).unwrap();
    assert_eq!(refused[0].get("request"), Some(&Value::Null), "{refused}");
    let nowhere = ["kill", &id, "--yes", "-o", "json", "-e", "http://127.0.0.1:1"];
    check(&ran(&mut command(&nowhere)), 3, "failed");
    let dry = [
        "kill",
        &id,
        "--dry-run",
        "--ascii",
        "-o",
        "json",
        "-e",
        "http://proxy-ä.invalid:1",
    ];
    let unreached = ran(&mut command(&dry));
    check(&unreached, 3, "failed");
    assert!(
        unreached.out.is_ascii() && unreached.out.contains("\"request\": null"),
        "{unreached:?}"
    );
    let url = demo.running.url();
    let args = ["kill", &id, "--yes", "--grace", "10m", "-o", "json", "-e", &url];
    let mut child = command(&args).spawn().unwrap();
    let mut line = String::new();
    let mut err = BufReader::new(child.stderr.take().unwrap());
    err.read_line(&mut line).unwrap();
    assert!(line.contains("SIGINT"), "{line}");
    kill(Pid::from_raw(child.id().cast_signed()), Signal::SIGINT).unwrap();
    let output = child.wait_with_output().unwrap();
    let canceled = Ran {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: line,
    };
    check(&canceled, 130, "canceled");
    assert!(demo.deletes().iter().all(|target| target.starts_with("/v1/sql/")));
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
