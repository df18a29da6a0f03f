//! `maxtop list` in every form.

use std::io::Read as _;

use maxtop::demo::ServedDialects;
use serde_json::Value;

use crate::program::{Demo, NOT_EXAMINED, command};

/// The names of the JSON output, in their order, each with its type and whether the draft knows it.
const NAMES: [(&str, &str, bool); 27] = [
    ("endpoint", "text", true),
    ("key", "text", true),
    ("id", "number", true),
    ("user", "text", true),
    ("address", "text", true),
    ("port", "number", false),
    ("service", "text", true),
    ("state", "text", true),
    ("connected", "text", true),
    ("connected_raw", "text", true),
    ("age_seconds", "number", true),
    ("idle_seconds", "number", true),
    ("servers", "list", false),
    ("program", "text", false),
    ("pid", "number", false),
    ("io_activity", "number", false),
    ("memory_bytes", "number", false),
    ("worker", "number", false),
    ("query", "text", false),
    ("trx", "number", false),
    ("blocks", "number", false),
    ("waits", "number", false),
    ("rows_locked", "number", false),
    ("unknown_locks", "list", false),
    ("severity", "text", true),
    ("why", "text", true),
    ("stuck", "list", true),
];

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::String(_) => "text",
        Value::Number(_) => "number",
        Value::Array(_) => "list",
        _ => "other",
    }
}

#[test]
fn json_has_exactly_the_names_and_types_of_the_design() {
    for (dialects, is_draft) in [(ServedDialects::Draft, true), (ServedDialects::JsonApi, false)] {
        let demo = Demo::start(dialects);
        let list = demo.list();
        assert!(list.len() >= 40);
        let names: Vec<_> = NAMES.iter().map(|(name, ..)| *name).collect();
        for session in &list {
            let object = session.as_object().unwrap();
            assert_eq!(object.len(), names.len());
            for (name, of, in_draft) in NAMES {
                let kind = kind(&session[name]);
                let known = kind == of && (in_draft || !is_draft);
                assert!(known || kind == "null", "{name} is {}", session[name]);
            }
            assert_eq!(session["endpoint"], demo.running.url());
            assert_eq!(session["key"].as_str().unwrap().len(), 16);
        }
        for (name, _, in_draft) in &NAMES {
            let is_known = list.iter().any(|session| !session[*name].is_null());
            // The embedded endpoint need not run a statement at this moment. Locks need a database user.
            let may_be_unknown =
                ["query", "trx", "blocks", "waits", "rows_locked", "unknown_locks"].contains(name);
            assert!(
                is_known == (*in_draft || !is_draft) || may_be_unknown,
                "{name} in {dialects:?}"
            );
        }
        let connected = list[0]["connected"].as_str().unwrap();
        assert!(
            connected.ends_with('Z') && connected.as_bytes()[10] == b'T',
            "{connected}"
        );
    }
}

#[test]
fn the_names_stand_in_their_order() {
    let ran = Demo::start(ServedDialects::JsonApi).maxtop(&["list", "-o", "jsonl"]);
    let line = ran.out.lines().next().unwrap();
    let places: Vec<_> = NAMES
        .iter()
        .map(|(name, ..)| line.find(&format!("\"{name}\":")).unwrap())
        .collect();
    assert!(places.is_sorted(), "{line}");
}

#[test]
fn one_object_a_line_is_the_array() {
    let demo = Demo::with(ServedDialects::JsonApi, |spec| spec.speed = 0.0);
    let ran = demo.maxtop(&["list", "-o", "jsonl"]);
    let lines: Vec<Value> = ran
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let ids = |list: &[Value]| {
        list.iter()
            .map(|session| session["id"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&lines), ids(&demo.list()));
    assert_eq!(
        demo.maxtop(&["list", "-o", "json", "-f", "nobody at all"]).out,
        "[]\n"
    );
    assert_eq!(
        demo.maxtop(&["list", "-o", "jsonl", "-f", "nobody at all"]).out,
        ""
    );
}

#[test]
fn csv_and_tsv_have_a_head_and_the_same_values() {
    for dialects in [ServedDialects::Draft, ServedDialects::JsonApi] {
        let demo = Demo::with(dialects, |spec| spec.speed = 0.0);
        let head: Vec<_> = NAMES
            .iter()
            .map(|(name, ..)| *name)
            .filter(|name| !["connected_raw", "unknown_locks", "stuck"].contains(name))
            .collect();
        let csv = demo.maxtop(&["list", "-o", "csv"]).out;
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        assert_eq!(reader.headers().unwrap(), head);
        let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
        let tsv = demo.maxtop(&["list"]).out;
        let lines: Vec<Vec<_>> = tsv.lines().map(|line| line.split('\t').collect()).collect();
        assert_eq!(lines[0], head);
        let list = demo.list();
        assert_eq!((rows.len(), lines.len() - 1), (list.len(), list.len()));
        for ((row, line), session) in rows.iter().zip(&lines[1..]).zip(&list) {
            for (place, name) in head.iter().enumerate() {
                let text = match &session[*name] {
                    Value::Null => String::new(),
                    Value::String(text) => text.clone(),
                    Value::Array(names) => {
                        let names: Vec<_> = names.iter().map(|name| name.as_str().unwrap()).collect();
                        names.join(" ")
                    }
                    number => number.to_string().trim_end_matches(".0").to_owned(),
                };
                if *name != "io_activity" {
                    assert_eq!(
                        (&row[place], line[place]),
                        (text.as_str(), text.as_str()),
                        "{name}"
                    );
                }
            }
        }
        assert!(!csv.contains('\r') && !tsv.contains('\r'));
    }
}

#[test]
fn tables_line_up_and_wide_has_what_the_dialect_can_know() {
    let usual = ["ID", "USER", "ADDRESS", "SERVICE", "AGE", "IDLE", "WHY"];
    let more = [
        "SERVERS", "PROGRAM", "I/O", "MEMORY", "QUERY", "PORT", "PID", "WORKER", "THREADS",
    ];
    for (dialects, wide) in [
        (ServedDialects::Draft, [&usual[..], &["STATE"]].concat()),
        (
            ServedDialects::JsonApi,
            [&usual[..], &["STATE"], &more[..]].concat(),
        ),
    ] {
        let demo = Demo::start(dialects);
        for (form, heads) in [("table", &usual.to_vec()), ("wide", &wide)] {
            let ran = demo.maxtop(&["list", "-o", form]);
            let mut lines = ran.out.lines();
            let head = lines.next().unwrap();
            assert_eq!(&head.split_whitespace().collect::<Vec<_>>(), heads);
            let user = head.find("USER").unwrap();
            let id = |line: &str| {
                let before: String = line.chars().take(user).collect();
                before.trim_matches([' ', '▲', '●']).parse().unwrap()
            };
            let ids: Vec<u64> = lines.map(id).collect();
            assert_eq!(ids.len(), demo.list().len());
            assert!(ran.out.contains(" ▲ "), "{}", ran.out);
            assert!(ran.out.lines().all(|line| line == line.trim_end()), "{}", ran.out);
        }
    }
}

#[test]
fn one_list_shows_which_sessions_are_stuck() {
    for (dialects, reasons) in [
        (ServedDialects::Draft, &["idle"][..]),
        (ServedDialects::JsonApi, &["idle", "back-pressure", "query"]),
    ] {
        let demo = Demo::with(dialects, |spec| spec.speed = 0.0);
        let stuck = demo.json(&["list", "-o", "json", "-f", "stuck"]);
        let found: Vec<_> = stuck
            .as_array()
            .unwrap()
            .iter()
            .map(|session| session["stuck"][0].clone())
            .collect();
        let names: Vec<_> = found.iter().map(|one| one["reason"].as_str().unwrap()).collect();
        assert_eq!(names, reasons, "the worst first");
        assert_eq!(found[0]["severity"], "act");
        let evidence = found[0]["evidence"].as_str().unwrap();
        assert!(evidence.starts_with("idle 4h 12m"), "{evidence}");
        assert!(
            demo.list()
                .iter()
                .any(|session| session["stuck"] == serde_json::json!([]))
        );
        let table = demo.maxtop(&["list", "-o", "table", "-f", "reason=idle"]).out;
        assert_eq!(table.lines().count(), 2, "{table}");
        assert!(table.contains("idle"), "{table}");
        let lines = |filter| {
            let ran = demo.maxtop(&["list", "-o", "jsonl", "-f", filter]);
            ran.out.lines().count()
        };
        let all = demo.list().len();
        for none in ["not stuck", "reason=none", "reason=''"] {
            assert_eq!(lines(none) + names.len(), all, "{none}");
        }
    }
}

#[test]
fn the_filter_lets_through_what_has_its_text() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let list = demo.list();
    let user = list.iter().find_map(|session| session["user"].as_str()).unwrap();
    let shown = demo.json(&["list", "--filter", &user.to_uppercase(), "-o", "json"]);
    let shown = shown.as_array().unwrap();
    assert!(!shown.is_empty() && shown.len() < list.len());
    for session in shown {
        assert!(session.to_string().contains(user), "{session}");
    }
}

#[test]
fn sorted_both_ways_with_the_unknown_last() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let ids = |sort: &str| {
        let list = demo.json(&["list", "-o", "json", "--sort", sort]);
        let ids = list.as_array().unwrap().iter();
        ids.map(|session| session["id"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    let mut up = ids("id");
    assert!(up.is_sorted());
    up.reverse();
    assert_eq!(ids("-id"), up);
    for sort in ["user", "-user"] {
        let list = demo.json(&["list", "-o", "json", "--sort", sort]);
        let users: Vec<_> = list
            .as_array()
            .unwrap()
            .iter()
            .map(|s| s["user"].clone())
            .collect();
        assert!(
            users.last().unwrap().is_null() && !users[0].is_null(),
            "{users:?}"
        );
    }
}

#[test]
fn an_unknown_column_is_a_usage_error_that_names_the_known_ones() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let ran = demo.maxtop(&["list", "--sort", "colour"]);
    ran.failed(2, "no column 'colour'");
    assert!(ran.err.contains("id, severity, user, address"), "{}", ran.err);
    assert!(demo.running.log().is_empty(), "nothing was asked");
}

#[test]
fn a_reader_that_has_had_enough_is_no_failure() {
    let demo = Demo::with(ServedDialects::Draft, |spec| spec.world.sessions = 2000);
    for form in ["json", "jsonl", "csv", "tsv", "table"] {
        let mut child = command(&["-e", &demo.running.url(), "list", "-o", form])
            .spawn()
            .unwrap();
        let mut byte = [0];
        child.stdout.take().unwrap().read_exact(&mut byte).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{form}");
        let err = String::from_utf8(output.stderr).unwrap();
        let mut notes = err.lines();
        assert!(
            notes.all(|note| note.starts_with("not examined: ")),
            "{form}: {err}"
        );
    }
}

#[test]
fn a_full_disk_is_a_failure() {
    let demo = Demo::start(ServedDialects::Draft);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let ran = crate::program::ran(command(&["-e", &demo.running.url(), "list"]).stdout(full));
    ran.failed(1, "cannot write the output");
}

#[test]
fn what_a_filter_could_not_decide_is_said_in_every_form() {
    let draft = Demo::start(ServedDialects::Draft);
    let jsonapi = Demo::start(ServedDialects::JsonApi);
    for form in ["table", "wide", "json", "jsonl", "csv", "tsv"] {
        let list = |demo: &Demo, filter| demo.maxtop(&["list", "-f", filter, "-o", form]);
        let ran = list(&draft, "memory>1");
        let line = "nothing to list: no session reports its memory\n";
        assert!(ran.err.starts_with(line), "{form}: {ran:?}");
        let is_text = ["table", "wide"].contains(&form);
        assert_eq!(ran.err.contains("\nnot examined: "), is_text, "{form}: {ran:?}");
        for filter in ["stuck", "reason=blocks"] {
            let ran = list(&jsonapi, filter);
            assert!(ran.err.contains(NOT_EXAMINED), "{form}: {ran:?}");
            // One list does not show whether a session has been closing for minutes.
            let names_lists = ran.err.contains("not examined: closing, ");
            assert_eq!(names_lists, filter == "stuck", "{form}: {ran:?}");
        }
        let ran = jsonapi.maxtop(&["list", "--fail-if", "reason=blocks", "-o", form]);
        assert!(ran.err.contains(NOT_EXAMINED), "{form}: {ran:?}");
        let ran = list(&jsonapi, "blocks>0");
        assert!(ran.err.contains("could not be decided"), "{form}: {ran:?}");
    }
    let ran = jsonapi.maxtop(&["list", "-f", "user=nemo", "-o", "json"]);
    assert_eq!(
        (ran.status, ran.err.as_str()),
        (0, ""),
        "every session is decided"
    );
}
