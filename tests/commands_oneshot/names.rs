//! Names of every script and of hidden characters: compared as the server sent them, shown escaped.

use maxtop::demo::ServedDialects;

use crate::program::{Demo, Ran, answering, maxtop};

const DIALECTS: [ServedDialects; 2] = [ServedDialects::Draft, ServedDialects::JsonApi];

/// Names, and how the screen and the text tables show them.
const NAMES: [(&str, &str); 8] = [
    (r"CORP\svc_app", r"CORP\\svc_app"),
    ("สมศรี", "สมศรี"),
    ("a\tb", r"a\tb"),
    ("e\u{301}tude", "e\u{301}tude"),
    ("हिन्दी", "हिन्दी"),
    ("a\u{202e}b", r"a\u{202e}b"),
    ("o'neil*", "o'neil*"),
    ("\u{e0041}x", r"\u{e0041}x"),
];

/// Endpoints whose first sessions have these names, with their ids.
fn renamed(dialects: ServedDialects) -> (Demo, Vec<(u64, &'static str, &'static str)>) {
    let demo = Demo::start(dialects);
    let list = demo.list();
    let ready = list
        .iter()
        .filter(|session| !session["user"].is_null() && is_ready(&session["state"]))
        .map(|session| session["id"].as_u64().unwrap());
    let named: Vec<_> = ready
        .zip(NAMES)
        .map(|(id, (raw, shown))| (id, raw, shown))
        .collect();
    assert_eq!(named.len(), NAMES.len());
    for (id, raw, _) in &named {
        assert!(demo.running.rename(*id, raw));
    }
    (demo, named)
}

fn is_ready(state: &serde_json::Value) -> bool {
    ["Session started", "Session ready for routing"]
        .iter()
        .any(|ready| state == ready)
}

/// The name in a filter: `*`, `?` and a backslash take a backslash.
fn quoted(raw: &str) -> String {
    let pattern = raw.replace('\\', r"\\").replace('*', r"\*").replace('?', r"\?");
    format!("\"{pattern}\"")
}

/// `maxtop kill ID --yes` with this `protect`, written as a TOML basic string.
fn kill_protected(url: &str, id: u64, protect: &str) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    let text: String = protect
        .chars()
        .map(|c| match c {
            '"' | '\\' => format!("\\{c}"),
            c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
            c => c.to_string(),
        })
        .collect();
    std::fs::write(&config, format!("protect = \"{text}\"\n")).unwrap();
    let config = config.to_str().unwrap();
    maxtop(&["kill", &id.to_string(), "--yes", "--config", config, "-e", url])
}

#[test]
fn a_protected_name_is_never_killed_however_it_is_written() {
    for dialects in DIALECTS {
        let (demo, named) = renamed(dialects);
        let by_0_1 = [
            (0, r"user=CORP\svc_app"),
            (0, r"user=CORP\\svc_app"),
            (0, r"user='CORP\\svc_*'"),
            (0, r"CORP\svc"),
            (1, r"user=สมศร\u{e35}"),
            (3, "user=étude"),
            (4, r"user=हिन\u{94d}दी"),
            (5, r"user=a\u{202e}b"),
        ];
        let by_value = named
            .iter()
            .enumerate()
            .map(|(place, (_, raw, _))| (place, format!("user={}", quoted(raw))));
        let by_0_1 = by_0_1.map(|(place, protect)| (place, protect.to_owned()));
        for (place, protect) in by_value.chain(by_0_1) {
            let (id, ..) = named[place];
            let ran = kill_protected(&demo.running.url(), id, &protect);
            assert_eq!(ran.status, 1, "{protect} {ran:?}");
            assert!(ran.out.contains("protected by '"), "{protect} {ran:?}");
        }
        assert_eq!(demo.deletes(), [""; 0]);
        let ran = kill_protected(&demo.running.url(), named[0].0, "user=CORP");
        assert_eq!(ran.status, 0, "another name is protected: {ran:?}");
        assert_eq!(demo.deletes().len(), 1);
    }
}

#[test]
fn a_filter_with_the_name_finds_exactly_its_session() {
    for dialects in DIALECTS {
        let (demo, named) = renamed(dialects);
        for (id, raw, _) in &named {
            let found = demo.json(&["list", "-o", "json", "-f", &format!("user={}", quoted(raw))]);
            let found = found.as_array().unwrap();
            assert_eq!(found.len(), 1, "{raw:?}");
            assert_eq!(
                (found[0]["id"].as_u64(), found[0]["user"].as_str()),
                (Some(*id), Some(*raw))
            );
        }
        for filter in [
            r"user=CORP\svc_app",
            "user=สมศ*",
            "สมศรี",
            r"user~'^CORP\\s'",
            "user=a?b",
        ] {
            let found = demo.json(&["list", "-o", "json", "-f", filter]);
            assert!(!found.as_array().unwrap().is_empty(), "{filter}");
        }
        for filter in [r"user=a\u{202e}b", r"user=สมศร\u{e35}", "user=étude"] {
            let found = demo.json(&["list", "-o", "json", "-f", filter]);
            assert_eq!(
                found.as_array().unwrap().len(),
                0,
                "{filter}: that is another name"
            );
        }
        let (id, raw, _) = named[0];
        let ran = demo.maxtop(&["kill", "-f", &format!("user={}", quoted(raw)), "--yes"]);
        assert_eq!(ran.status, 0, "{ran:?}");
        assert_eq!(demo.deletes().len(), 1);
        assert!(!demo.running.ids().contains(&id));
    }
}

#[test]
fn json_has_the_raw_name_and_text_has_the_shown_one() {
    let (demo, named) = renamed(ServedDialects::JsonApi);
    let tsv = demo.maxtop(&["list", "-o", "tsv"]).out;
    let csv = demo.maxtop(&["list", "-o", "csv"]).out;
    let table = demo.maxtop(&["list", "-o", "table"]).out;
    for (id, raw, shown) in named {
        let id = id.to_string();
        let list = demo.json(&["list", "-o", "json", "-f", &format!("id={id}")]);
        assert_eq!(list[0]["user"], raw);
        assert_eq!(demo.json(&["show", &id, "-o", "json"])["user"], raw);
        assert_eq!(
            demo.json(&["kill", &id, "--dry-run", "-o", "json"])[0]["user"],
            raw
        );
        for text in [&tsv, &csv, &table] {
            assert!(text.contains(shown), "{shown} in {text}");
        }
    }
    let json = demo.maxtop(&["list", "-o", "json"]).out;
    for bytes in [
        r#""CORP\\svc_app""#,
        r#""a\u202eb""#,
        r#""\udb40\udc41x""#,
        "\"สมศรี\"",
    ] {
        assert!(json.contains(bytes), "{bytes}");
    }
}

/// A session of a client that MaxScale names by its mapped address, and one that has the short one.
fn mapped(line: &str) -> String {
    let session = |id: u64, remote: &str| {
        format!(
            r#"{{"id":"{id}","type":"sessions","attributes":{{"state":"Session started","user":"plain",
            "remote":"{remote}","connected":"Mon Nov 23 16:17:13 2026","idle":1.0}}}}"#
        )
    };
    let (one, other) = (session(4, "::ffff:10.1.2.3"), session(5, "10.9.9.9"));
    let target = line.split(' ').nth(1).unwrap_or_default();
    match target.split('?').next().unwrap_or_default() {
        "/v1/sessions" => format!(r#"{{"data":[{one},{other}]}}"#),
        "/v1/sessions/4" => format!(r#"{{"data":{one}}}"#),
        _ => r#"{"data":{"id":"maxscale","type":"maxscale","attributes":{"version":"22.08.4",
            "started_at":"Mon, 23 Nov 2026 15:55:27 GMT","parameters":{}}}}"#
            .to_owned(),
    }
}

#[test]
fn a_mapped_address_is_protected_and_found_as_the_api_says_it() {
    let deletes = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let seen = std::sync::Arc::clone(&deletes);
    let address = answering(move |line| {
        if line.starts_with("DELETE") {
            seen.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        }
        mapped(line)
    });
    let url = format!("http://{address}");
    for protect in [
        "address=::ffff:10.1.2.3",
        "address=10.1.2.3",
        "address=::ffff:10.1.*",
    ] {
        let ran = kill_protected(&url, 4, protect);
        assert_eq!(ran.status, 1, "{ran:?}");
        assert!(ran.out.contains("protected by '"), "{ran:?}");
        let found = maxtop(&["list", "-o", "jsonl", "-e", &url, "-f", protect]);
        assert_eq!(found.out.lines().count(), 1, "{found:?}");
    }
    assert_eq!(deletes.load(std::sync::atomic::Ordering::SeqCst), 0);
}

#[test]
fn a_name_that_is_too_long_to_be_kept_is_perhaps_protected() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let id: u64 = demo.ready_id().parse().unwrap();
    let long = "x".repeat(300);
    assert!(demo.running.rename(id, &long));
    let url = demo.running.url();
    for (protect, words) in [
        (format!("user={long}"), "protected by '"),
        ("user=x*".to_owned(), "protected by '"),
        ("user=y*".to_owned(), "may be protected"),
    ] {
        let ran = kill_protected(&url, id, &protect);
        assert_eq!(ran.status, 1, "{ran:?}");
        assert!(ran.out.contains(words), "{ran:?}");
    }
    assert_eq!(demo.deletes(), [""; 0]);
    let found = demo.json(&["list", "-o", "json", "-f", &format!("user={long}")]);
    assert_eq!(found.as_array().unwrap().len(), 1);
    assert_eq!(kill_protected(&url, id, "user=maxmon").status, 0);
}
