//! Several endpoints in one command: rows of all in one list, equal ids never confused, and one without a
//! reply affects only its own rows.

use std::net::TcpListener;

use maxtop::demo::ServedDialects;
use serde_json::Value;

use crate::program::{Demo, Ran, maxtop};

/// Two proxies with the same ids.
fn twins() -> (Demo, Demo) {
    let start = |node: &str| {
        Demo::with(ServedDialects::JsonApi, |spec| {
            node.clone_into(&mut spec.world.node);
        })
    };
    (start("db-proxy-1"), start("db-proxy-2"))
}

fn on(demos: &[&Demo], args: &[&str]) -> Ran {
    let urls: Vec<String> = demos.iter().map(|demo| demo.running.url()).collect();
    let endpoints = urls.iter().flat_map(|url| ["-e", url.as_str()]);
    maxtop(&endpoints.chain(args.iter().copied()).collect::<Vec<_>>())
}

#[test]
fn two_endpoints_that_look_alike_are_rejected() {
    let (one, _) = twins();
    let ran = on(&[&one, &one], &["list"]);
    assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{ran:?}");
    assert!(ran.err.contains("two endpoints are named '127.0.0.1:"), "{ran:?}");
}

/// Returns an address without a listener.
fn unused_address() -> String {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    format!("http://{address}")
}

#[test]
fn a_list_has_the_rows_of_all_and_names_where_each_is() {
    let (one, other) = twins();
    let ran = on(&[&one, &other], &["list", "-o", "json"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    let rows: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
    for demo in [&one, &other] {
        let own = rows.iter().filter(|row| row["endpoint"] == demo.running.url());
        assert_eq!(own.count(), demo.list().len());
    }
    let mut keys: Vec<_> = rows.iter().map(|row| row["key"].as_str().unwrap()).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), rows.len(), "equal ids have other fingerprints");
    let table = on(&[&one, &other], &["list", "-o", "table"]);
    assert!(
        table.out.lines().next().unwrap().contains("ENDPOINT"),
        "{}",
        table.out
    );
    let authority = one.running.url().replace("http://", "");
    let filter = format!("endpoint='{authority}'");
    let filtered = on(&[&one, &other], &["list", "-o", "json", "-f", &filter]);
    let filtered: Vec<Value> = serde_json::from_str(&filtered.out).unwrap();
    assert_eq!(filtered.len(), one.list().len());
}

#[test]
fn one_that_does_not_answer_costs_a_line_and_status_1() {
    let (one, _) = twins();
    let dead = unused_address();
    let ran = on(&[&one], &["-e", &dead, "list", "-o", "json"]);
    let rows: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.status, rows.len()), (1, one.list().len()));
    assert!(
        ran.err
            .starts_with(&format!("maxtop: {dead}: connection refused")),
        "{}",
        ran.err
    );
    assert_eq!(ran.err.lines().count(), 1);
    let none = maxtop(&["-e", &dead, "-e", &unused_address(), "list"]);
    assert_eq!(
        (none.status, none.out.as_str(), none.err.lines().count()),
        (3, "", 2)
    );
}

#[test]
fn an_id_on_several_endpoints_is_refused_and_says_how_to_name_it() {
    let (one, other) = twins();
    let id = one.ready_id();
    let url = one.running.url();
    for args in [&["show", &id][..], &["kill", &id, "--yes"]] {
        let ran = on(&[&one, &other], args);
        assert_eq!(ran.status, 1, "{ran:?}");
        assert!(
            ran.err.contains(&format!("session {id} exists on {url} and on ")),
            "{ran:?}"
        );
        assert!(ran.err.contains("--endpoint"), "{ran:?}");
    }
    // The session may also be on the endpoint that did not reply.
    let ran = on(&[&one], &["-e", &unused_address(), "kill", &id, "--yes"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(
        ran.err
            .contains("may also exist on an endpoint that did not reply"),
        "{ran:?}"
    );
    assert_eq!((one.deletes().len(), other.deletes().len()), (0, 0));
}

#[test]
fn a_key_or_a_filter_ends_only_where_it_is_meant() {
    let (one, other) = twins();
    let list = one.list();
    let session = list.iter().find(|session| session["user"] == "web").unwrap();
    let (id, key) = (session["id"].to_string(), session["key"].as_str().unwrap());
    let ran = on(&[&other, &one], &["kill", "--key", key, "--yes"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(
        (one.deletes(), other.deletes().len()),
        (vec![format!("/v1/sessions/{id}")], 0)
    );
    let authority = other.running.url().replace("http://", "");
    let filter = format!("user=web and endpoint='{authority}'");
    let ran = on(&[&other, &one], &["kill", "-f", &filter, "--yes", "-o", "json"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    let outcomes: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
    assert!(
        outcomes
            .iter()
            .all(|outcome| outcome["endpoint"] == other.running.url())
    );
    assert_eq!((one.deletes().len(), other.deletes().len()), (1, outcomes.len()));
    let plan = on(&[&other, &one], &["kill", "-f", "user=etl", "--dry-run"]);
    for demo in [&one, &other] {
        assert!(
            plan.out
                .contains(&format!("-X DELETE '{}/v1/sessions/", demo.running.url())),
            "{}",
            plan.out
        );
    }
}

#[test]
fn show_finds_it_wherever_it_is() {
    let (one, other) = twins();
    let id = one.ready_id();
    assert!(other.running.kill(id.parse().unwrap()));
    let shown = on(&[&other, &one], &["show", &id, "-o", "json"]);
    assert_eq!((shown.status, shown.err.as_str()), (0, ""), "{shown:?}");
    let shown: Value = serde_json::from_str(&shown.out).unwrap();
    assert_eq!(shown["endpoint"], one.running.url());
    let nowhere = on(&[&other, &one], &["show", "99999999"]);
    assert_eq!(
        (nowhere.status, nowhere.err.lines().count()),
        (1, 2),
        "{nowhere:?}"
    );
}

#[test]
fn show_prints_a_session_and_says_that_another_endpoint_may_have_the_id_too() {
    let (one, _) = twins();
    let (id, dead) = (one.ready_id(), unused_address());
    let shown = on(&[&one], &["-e", &dead, "show", &id, "-o", "json"]);
    assert_eq!(shown.status, 1, "{shown:?}");
    let json: Value = serde_json::from_str(&shown.out).unwrap();
    assert_eq!(json["endpoint"], one.running.url());
    let line = format!(
        "maxtop: this is session {id} of {}: an endpoint that did not answer may have another one\n",
        one.running.url()
    );
    assert!(shown.err.ends_with(&line), "{shown:?}");
    let killed = on(&[&one], &["-e", &dead, "kill", &id, "--yes"]);
    assert_eq!((killed.status, one.deletes().len()), (1, 0), "{killed:?}");
}
