//! `maxtop show`, as text and as JSON.

use maxtop::demo::ServedDialects;

use crate::program::{Demo, maxtop};

#[test]
fn json_is_the_lists_row_and_more() {
    for dialects in [ServedDialects::Draft, ServedDialects::JsonApi] {
        let demo = Demo::with(dialects, |spec| spec.speed = 0.0);
        let id = demo.ready_id();
        let number: u64 = id.parse().unwrap();
        let row = demo.list().into_iter().find(|row| row["id"] == number).unwrap();
        let shown = demo.json(&["show", &id, "-o", "json"]);
        for (name, value) in row.as_object().unwrap() {
            // A single GET knows the connections of a session, so that more reasons may apply.
            if ["severity", "why", "stuck"].contains(&name.as_str()) {
                continue;
            }
            assert_eq!(
                &shown[name], value,
                "{name}: the same session has the same values and key"
            );
        }
        let more = ["transaction", "connections", "client", "queries", "log"];
        assert_eq!(
            shown.as_object().unwrap().len(),
            row.as_object().unwrap().len() + more.len()
        );
        for connection in shown["connections"].as_array().unwrap() {
            let names = [
                "server",
                "state",
                "role",
                "thread_id",
                "cipher",
                "statistics",
                "readq_bytes",
                "writeq_bytes",
            ];
            assert!(
                names.iter().all(|name| connection.get(name).is_some()),
                "{connection}"
            );
            assert_eq!(connection.as_object().unwrap().len(), names.len());
        }
    }
}

#[test]
fn one_get_of_a_session_shows_why_it_is_stuck() {
    let demo = Demo::with(ServedDialects::JsonApi, |spec| spec.speed = 0.0);
    let reads_slowly = |session: &serde_json::Value| {
        let id = session["id"].to_string();
        let shown = demo.json(&["show", &id, "-o", "json"]);
        (shown["stuck"][0]["reason"] == "back-pressure").then_some((id, shown))
    };
    let list = demo.list();
    let mut reporting = list.iter().filter(|session| session["user"] == "report");
    let (id, shown) = reporting.find_map(reads_slowly).unwrap();
    assert_eq!(shown["stuck"][0]["severity"], "act");
    let evidence = shown["stuck"][0]["evidence"].as_str().unwrap();
    assert!(
        evidence.starts_with("back-pressure: the client reads too slowly, "),
        "{evidence}"
    );
    let text = demo.maxtop(&["show", &id]).out;
    let sentence = "\nWHY\n  ▲ the client reads more slowly than its server sends: ";
    assert!(
        text.contains(sentence) && text.contains("\n    next: check report@"),
        "{text}"
    );
}

#[test]
fn the_draft_says_which_reasons_are_not_examined() {
    let demo = Demo::start(ServedDialects::Draft);
    let ran = demo.maxtop(&["show", &demo.ready_id()]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{ran:?}");
    for words in [
        "\nWHY\n",
        "  not examined: buffering needs several lists, for 15s (maxtop list --count 17); blocks, ",
        " and transaction are not reported by the draft\n",
    ] {
        assert!(ran.out.contains(words), "{}", ran.out);
    }
}

#[test]
fn the_draft_has_statistics_and_no_queries() {
    let demo = Demo::start(ServedDialects::Draft);
    let shown = busiest(&demo);
    let connection = &shown["connections"][0];
    let statistics = connection["statistics"].as_object().unwrap();
    for name in [
        "reads",
        "writes",
        "buffered_writes",
        "high_water_events",
        "low_water_events",
    ] {
        assert!(statistics[name].is_u64(), "{name}");
    }
    assert!(connection["server"].is_string() && connection["state"].is_string());
    for unknown in ["thread_id", "cipher", "readq_bytes", "writeq_bytes"] {
        assert!(connection[unknown].is_null(), "{unknown}");
    }
    for unknown in ["client", "queries", "log"] {
        assert!(shown[unknown].is_null(), "{unknown}");
    }
}

#[test]
fn jsonapi_has_threads_queries_and_what_the_client_says() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let shown = busiest(&demo);
    let connection = &shown["connections"][0];
    assert!(connection["thread_id"].is_u64() && connection["statistics"].is_null());
    assert!(connection["readq_bytes"].is_u64() && connection["writeq_bytes"].is_u64());
    assert!(shown["client"].is_object() && shown["log"].is_array());
    let queries = shown["queries"].as_array().unwrap();
    for query in queries {
        for name in [
            "command",
            "sql",
            "received",
            "completed",
            "duration_ms",
            "responses",
        ] {
            assert!(query.get(name).is_some(), "{name}");
        }
    }
}

/// Returns a session with a server connection.
fn busiest(demo: &Demo) -> serde_json::Value {
    let details = demo
        .list()
        .into_iter()
        .filter(|row| !row["user"].is_null())
        .map(|row| demo.json(&["show", &row["id"].to_string(), "-o", "json"]));
    let mut holding = details.filter(|shown| !shown["connections"].as_array().unwrap().is_empty());
    holding.next().unwrap()
}

#[test]
fn text_says_who_it_is_and_what_it_holds() {
    for (dialects, heads) in [
        (ServedDialects::Draft, "reads"),
        (ServedDialects::JsonApi, "write queue"),
    ] {
        let demo = Demo::start(dialects);
        let shown = busiest(&demo);
        let ran = demo.maxtop(&["show", &shown["id"].to_string()]);
        assert_eq!((ran.status, ran.err.as_str()), (0, ""));
        let who = format!("{}  {}@", shown["id"], shown["user"].as_str().unwrap());
        assert!(ran.out.starts_with(&who), "{}", ran.out);
        for words in [
            heads,
            "CONNECTIONS",
            shown["service"].as_str().unwrap(),
            shown["key"].as_str().unwrap(),
            shown["connections"][0]["server"].as_str().unwrap(),
        ] {
            assert!(ran.out.contains(words), "{words} in {}", ran.out);
        }
    }
}

#[test]
fn an_id_that_is_no_number_is_a_usage_error() {
    for id in [
        "abc",
        "",
        "7x",
        "0x7",
        "7.0",
        "18446744073709551616",
        "/sessions/7",
    ] {
        maxtop(&["show", id]).failed(2, "bad session id");
    }
}

#[test]
fn a_session_that_is_not_there() {
    for dialects in [ServedDialects::Draft, ServedDialects::JsonApi] {
        let demo = Demo::start(dialects);
        demo.maxtop(&["show", "987654"]).failed(1, "no session 987654");
        demo.maxtop(&["show", "18446744073709551615"])
            .failed(1, "no session ");
    }
}

#[test]
fn a_session_that_is_closing_is_shown_as_closing() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let closing = demo
        .list()
        .into_iter()
        .find(|row| row["state"] == "Stopping session");
    let id = closing.expect("a session that is closing")["id"].to_string();
    let ran = demo.maxtop(&["show", &id]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(
        ran.out
            .contains("already closing: MaxScale was ordered to end it"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("Its servers: db-"), "{}", ran.out);
}

#[test]
fn list_and_show_find_the_same_severity_of_every_session() {
    for dialects in [ServedDialects::Draft, ServedDialects::JsonApi] {
        let demo = Demo::with(dialects, |spec| spec.speed = 0.0);
        let list = demo.list();
        let stuck = list.iter().filter(|session| session["severity"].is_string());
        let mut acts = 0;
        for session in stuck {
            let id = session["id"].to_string();
            let shown = demo.json(&["show", &id, "-o", "json"]);
            let reasons = |session: &serde_json::Value| {
                let stuck = session["stuck"].as_array().unwrap().iter();
                let names: Vec<_> = stuck
                    .map(|one| (one["reason"].clone(), one["severity"].clone()))
                    .collect();
                names
            };
            // The details can show more reasons than the list.
            for reason in reasons(session) {
                assert!(reasons(&shown).contains(&reason), "{id}: {session} {shown}");
            }
            let idle = (serde_json::json!("idle"), serde_json::json!("act"));
            acts += usize::from(reasons(session).contains(&idle));
        }
        assert!(
            acts > 0 || matches!(dialects, ServedDialects::JsonApi),
            "a session that depends on its pool"
        );
    }
}
