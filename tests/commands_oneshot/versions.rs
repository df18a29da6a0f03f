//! Every command with every version that the embedded endpoint simulates.

use std::io::{BufRead as _, BufReader};

use maxtop::demo::{PROFILES, ServedDialects, VersionProfile};
use serde_json::Value;

use crate::program::{Demo, command, maxtop};

fn serving(profile: &'static VersionProfile) -> Demo {
    Demo::with(ServedDialects::JsonApi, |spec| {
        spec.profile = profile;
        spec.speed = 0.0;
    })
}

fn since(profile: &VersionProfile, first: &str) -> bool {
    let place = |name: &str| PROFILES.iter().position(|profile| profile.name == name).unwrap();
    place(profile.name) >= place(first)
}

/// Returns a session that is logged in, in use and has a server connection.
fn ready(list: &[Value]) -> &Value {
    let states = ["Session started", "Session ready for routing"];
    let mut ready = list
        .iter()
        .filter(|session| states.contains(&session["state"].as_str().unwrap()) && !session["user"].is_null());
    ready.next().unwrap()
}

#[test]
fn the_list_has_what_the_version_reports_and_null_for_the_rest() {
    for profile in &PROFILES {
        let demo = serving(profile);
        let list = demo.list();
        let mut ids: Vec<_> = list
            .iter()
            .map(|session| session["id"].as_u64().unwrap())
            .collect();
        ids.sort_unstable();
        assert_eq!(ids, demo.running.ids(), "{}", profile.name);
        for (name, first) in [
            ("user", "2.2"),
            ("address", "2.2"),
            ("service", "2.2"),
            ("state", "2.2"),
            ("connected", "2.2"),
            ("age_seconds", "2.2"),
            ("idle_seconds", "2.2"),
            ("servers", "2.3"),
            ("query", "2.3"),
            ("port", "6.4"),
            ("program", "6.4"),
            ("pid", "6.4"),
            ("memory_bytes", "22.08"),
            ("io_activity", "23.02"),
            ("worker", "23.02"),
        ] {
            let is_known = list.iter().any(|session| !session[name].is_null());
            assert_eq!(is_known, since(profile, first), "{name} in {}", profile.name);
        }
        let connected = ready(&list)["connected"].as_str().unwrap();
        assert!(connected.ends_with('Z'), "{}: {connected}", profile.name);
        for form in ["table", "wide", "csv", "tsv", "jsonl"] {
            let ran = demo.maxtop(&["list", "-o", form]);
            assert_eq!(ran.status, 0, "{form} in {}", profile.name);
            // A table has a note: some reasons need a database user.
            let is_text = matches!(form, "table" | "wide");
            let mut notes = ran.err.lines();
            assert!(
                notes.all(|note| is_text && note.starts_with("not examined: ")),
                "{form} in {}: {}",
                profile.name,
                ran.err
            );
            assert!(
                ran.out.lines().count() >= list.len(),
                "{form} in {}",
                profile.name
            );
        }
    }
}

#[test]
fn one_session_is_shown_as_it_was_listed() {
    for profile in &PROFILES {
        let demo = serving(profile);
        let list = demo.list();
        let row = ready(&list);
        let id = row["id"].to_string();
        let shown = demo.json(&["show", &id, "-o", "json"]);
        for (name, value) in row.as_object().unwrap() {
            // The age advances with the server's clock. A single GET has no pool to compare with.
            if !["severity", "why", "stuck", "age_seconds"].contains(&name.as_str()) {
                assert_eq!(&shown[name], value, "{name} in {}", profile.name);
            }
        }
        let text = demo.maxtop(&["show", &id]);
        assert_eq!((text.status, text.err.as_str()), (0, ""), "{}", profile.name);
        let meaning = match profile.name {
            "2.2" | "2.3" | "2.4" => "(since the client last sent; grows during a statement)",
            "2.5" => "(since it last sent or got data; grows during a statement)",
            _ => "(since its last statement ended; 0 while one runs)",
        };
        assert!(text.out.contains(meaning), "{}: {}", profile.name, text.out);
        let untold = text.out.contains("CONNECTIONS  not reported by this version");
        assert_eq!(untold, !since(profile, "2.3"), "{}: {}", profile.name, text.out);
        demo.maxtop(&["show", "987654"]).failed(1, "no session 987654");
    }
}

#[test]
fn one_session_is_ended_where_the_version_can_and_no_delete_is_sent_where_it_cannot() {
    for profile in &PROFILES {
        let demo = serving(profile);
        let list = demo.list();
        let id = ready(&list)["id"].to_string();
        let ran = demo.maxtop(&["kill", &id, "--yes"]);
        let lives = demo.running.ids().iter().any(|there| there.to_string() == id);
        if since(profile, "22.08") {
            assert_eq!(
                (ran.status, ran.err.as_str()),
                (0, ""),
                "{}: {ran:?}",
                profile.name
            );
            assert!(
                ran.out.starts_with(&format!("killed {id} ")),
                "{}: {ran:?}",
                profile.name
            );
            assert_eq!(demo.deletes(), [format!("/v1/sessions/{id}")], "{}", profile.name);
            assert!(!lives, "{}", profile.name);
        } else {
            assert_eq!(ran.status, 1, "{}: {ran:?}", profile.name);
            let says = "cannot kill sessions over its API (22.08 and later can)";
            assert!(
                ran.out.starts_with("refused: ") && ran.out.contains(says),
                "{ran:?}"
            );
            assert_eq!(demo.deletes(), [""; 0], "{}", profile.name);
            assert!(lives, "{}", profile.name);
        }
        let half_open = list.iter().find(|session| session["user"].is_null()).unwrap();
        let before = demo.deletes();
        let ran = demo.maxtop(&["kill", &half_open["id"].to_string(), "--yes"]);
        assert_eq!(
            (ran.status, demo.deletes()),
            (1, before),
            "{}: {ran:?}",
            profile.name
        );
    }
}

/// By a filter, more than can be checked one by one.
#[test]
fn many_are_ended_where_the_version_can() {
    for profile in &PROFILES {
        let demo = serving(profile);
        let before = demo.running.ids().len();
        let ran = demo.maxtop(&["kill", "-f", "state=ready and known(user)", "--yes", "-o", "json"]);
        let outcomes: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
        assert!(outcomes.len() > 16, "{}", profile.name);
        let can = since(profile, "22.08");
        assert_eq!(ran.status, i32::from(!can), "{}: {ran:?}", profile.name);
        let sent = if can { outcomes.len() } else { 0 };
        assert_eq!(demo.deletes().len(), sent, "{}", profile.name);
        assert_eq!(demo.running.ids().len(), before - sent, "{}", profile.name);
    }
}

#[test]
fn a_version_is_served_by_name() {
    for profile in &PROFILES {
        let args = [
            "demo",
            "--headless",
            "--sessions",
            "12",
            "--profile-version",
            profile.name,
        ];
        let mut child = command(&args).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let url = line.trim().strip_prefix("listening on ").unwrap().to_owned();
        let ran = maxtop(&["-e", &url, "list", "-o", "json"]);
        let list: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        // One is half-open, and 14 are in addition to the requested number.
        assert_eq!((ran.status, list.len()), (0, 27), "{}", profile.name);
        let has_port = list.iter().any(|session| !session["port"].is_null());
        assert_eq!(has_port, since(profile, "6.4"), "{}", profile.name);
    }
}

#[test]
fn an_unknown_version_and_the_draft_are_usage_errors() {
    let unknown = ["demo", "--headless", "--profile-version", "9.9"];
    maxtop(&unknown).failed(2, "unknown MaxScale version '9.9': use one of 2.2 2.3");
    let draft = [
        "demo",
        "--headless",
        "--profile-version",
        "2.5",
        "--dialect",
        "draft",
    ];
    maxtop(&draft).failed(2, "the draft has no versions");
}

#[test]
fn the_help_names_every_version() {
    let help = maxtop(&["demo", "--help"]).out;
    let words: Vec<_> = help
        .split_whitespace()
        .map(|word| word.trim_end_matches('.'))
        .collect();
    for profile in &PROFILES {
        assert!(words.contains(&profile.name), "{}", profile.name);
    }
}
