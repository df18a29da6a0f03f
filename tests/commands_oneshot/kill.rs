//! `maxtop kill` without a terminal.

use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use maxtop::demo::ServedDialects;

use crate::program::{Demo, answering, command, maxtop, replying};

#[test]
fn a_dry_run_says_everything_and_sends_no_delete() {
    for (dialects, path) in [
        (ServedDialects::Draft, "/sessions/"),
        (ServedDialects::JsonApi, "/v1/sessions/"),
    ] {
        let demo = Demo::start(dialects);
        let id = demo.ready_id();
        let ran = demo.maxtop(&["kill", &id, "--dry-run"]);
        assert_eq!((ran.status, ran.err.as_str()), (0, ""));
        let url = format!("{}{path}{id}", demo.running.url());
        assert!(
            ran.out.contains(&format!("curl -sS -X DELETE '{url}'")),
            "{}",
            ran.out
        );
        for words in ["service", "age ", "connected", "rolled back"] {
            assert!(ran.out.contains(words), "{words} in {}", ran.out);
        }
        assert_eq!(demo.deletes(), [""; 0]);
        assert!(demo.running.ids().iter().any(|there| there.to_string() == id));
    }
}

#[test]
fn exactly_one_delete_for_exactly_that_id() {
    for (dialects, path) in [
        (ServedDialects::Draft, "/sessions/"),
        (ServedDialects::JsonApi, "/v1/sessions/"),
    ] {
        let demo = Demo::start(dialects);
        let (id, before) = (demo.ready_id(), demo.running.ids());
        let ran = demo.maxtop(&["kill", &id, "--yes"]);
        assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{ran:?}");
        assert!(ran.out.starts_with(&format!("killed {id} ")), "{}", ran.out);
        assert_eq!(ran.out.lines().count(), 1);
        assert_eq!(demo.deletes(), [format!("{path}{id}")]);
        let left: Vec<_> = before
            .into_iter()
            .filter(|there| there.to_string() != id)
            .collect();
        assert_eq!(demo.running.ids(), left);
    }
}

#[test]
fn many_at_once_each_once_even_if_named_twice() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let list = demo.list();
    let ready = list
        .iter()
        .filter(|session| session["state"] == "Session started");
    let ids: Vec<_> = ready.map(|session| session["id"].to_string()).take(25).collect();
    let mut args = vec!["kill", "--yes"];
    args.extend(ids.iter().chain(&ids).map(String::as_str));
    let ran = demo.maxtop(&args);
    assert_eq!((ran.status, ran.out.lines().count()), (0, ids.len()), "{ran:?}");
    let mut deletes = demo.deletes();
    deletes.sort_unstable();
    let mut expected: Vec<_> = ids.iter().map(|id| format!("/v1/sessions/{id}")).collect();
    expected.sort_unstable();
    assert_eq!(deletes, expected);
}

#[test]
fn without_a_terminal_it_refuses_before_it_asks_anything() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let id = demo.running.ids()[2].to_string();
    demo.maxtop(&["kill", &id]).failed(2, "use --yes");
    assert!(demo.running.log().is_empty());
}

#[test]
fn one_bad_id_and_nothing_is_done() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let id = demo.running.ids()[2].to_string();
    for bad in [
        "x",
        "../maxscale",
        "7?force=yes",
        "99999999999999999999",
        "+7",
        " 7",
    ] {
        demo.maxtop(&["kill", &id, bad, "--yes"])
            .failed(2, "bad session id");
    }
    assert!(demo.running.log().is_empty());
    assert_eq!(maxtop(&["kill", "--yes"]).status, 2);
}

#[test]
fn an_id_that_was_never_there_fails_and_the_others_are_ended() {
    let demo = Demo::start(ServedDialects::Draft);
    let id = demo.ready_id();
    let ran = demo.maxtop(&["kill", "987654", &id, "--yes"]);
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("no session 987654"), "{}", ran.err);
    assert_eq!(ran.out.lines().count(), 1);
    assert_eq!(demo.deletes(), [format!("/sessions/{id}")]);
    demo.maxtop(&["kill", "987654", "--yes"]).failed(1, "no session ");
}

#[test]
fn read_only_refuses() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let id = demo.running.ids()[2].to_string();
    demo.maxtop(&["kill", &id, "--yes", "--read-only"])
        .failed(1, "read-only");
    assert!(demo.running.log().is_empty());
}

#[test]
fn an_empty_named_filter_is_refused_before_any_request() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("config.toml");
    std::fs::write(&file, "[filters]\nall = \"\"\n").unwrap();
    let file = file.to_str().unwrap();
    for args in [
        &["kill", "-f", "@all", "--yes"][..],
        &["list", "-f", "@all"],
        &["config"],
    ] {
        let ran = demo.maxtop(&[&["--config", file][..], args].concat());
        ran.failed(2, "config.toml, line 2: filters.all: is empty");
    }
    assert!(demo.running.log().is_empty());
}

#[test]
fn a_filter_that_does_not_match_protects() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let id = demo.ready_id();
    demo.maxtop(&["kill", &id, "--yes", "-f", "nobody at all"])
        .failed(1, "does not match the filter");
    assert_eq!(demo.deletes(), [""; 0]);
}

#[test]
fn a_session_before_login_cannot_be_identified() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let list = demo.list();
    let half_open = list.iter().find(|session| session["user"].is_null()).unwrap();
    let ran = demo.maxtop(&["kill", &half_open["id"].to_string(), "--yes"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(
        ran.out.starts_with("refused: ") && ran.out.contains("its identity cannot be verified"),
        "{ran:?}"
    );
    assert_eq!(demo.deletes(), [""; 0]);
}

/// An endpoint of this version with one session that outlives every DELETE.
fn stubborn(version: &'static str) -> std::net::SocketAddr {
    answering(move |request| one_session(version, request))
}

/// Reply of an endpoint of this version that has session 7 only.
fn one_session(version: &str, request: &str) -> String {
    let row = r#"{"id":"7","type":"sessions","attributes":{"state":"Session started","user":"app",
        "remote":"10.0.0.1","port":5,"connected":"Mon, 23 Nov 2026 16:16:27 GMT"}}"#;
    if request.contains("/v1/maxscale") {
        format!(
            r#"{{"data":{{"attributes":{{"version":"{version}","started_at":"x","process_datadir":"/d"}}}}}}"#
        )
    } else if request.contains("/sessions/7") {
        format!(r#"{{"data":{row}}}"#)
    } else {
        format!(r#"{{"data":[{row}]}}"#)
    }
}

/// Replies of gateways for an unknown path.
const FOREIGN_404: [&str; 4] = [
    "404 page not found\n",
    "<html><title>404 Not Found</title></html>",
    r#"{"message":"no Route matched with those values"}"#,
    r#"{"kind":"Status","status":"Failure","reason":"NotFound","code":404}"#,
];

#[test]
fn a_404_of_a_gateway_before_the_delete_refuses_and_sends_nothing() {
    for foreign in FOREIGN_404 {
        let deletes = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&deletes);
        let url = replying(move |request| {
            if request.starts_with("DELETE") {
                counted.fetch_add(1, Ordering::SeqCst);
            }
            if request.contains("/sessions/") {
                (404, foreign.to_owned())
            } else {
                (200, one_session("24.02.3", request))
            }
        });
        let ran = maxtop(&["-e", &url.to_string(), "kill", "7", "--yes"]);
        assert_eq!((ran.status, deletes.load(Ordering::SeqCst)), (1, 0), "{ran:?}");
        assert!(ran.out.starts_with("refused: 7 app@10.0.0.1:5"), "{ran:?}");
        assert!(ran.out.contains("not MaxScale's own 404"), "{ran:?}");
        let said = ran.out + &ran.err;
        assert!(!said.contains("gone") && !said.contains("killed"), "{said}");
        let unlisted = maxtop(&["-e", &url.to_string(), "kill", "8", "--yes"]);
        unlisted.failed(1, "not MaxScale's own 404");
    }
}

#[test]
fn a_404_of_a_gateway_after_the_delete_is_a_lost_reply() {
    let [foreign, ..] = FOREIGN_404;
    let is_down = AtomicBool::new(false);
    let url = replying(move |request| {
        is_down.fetch_or(request.starts_with("DELETE"), Ordering::SeqCst);
        if is_down.load(Ordering::SeqCst) {
            (404, foreign.to_owned())
        } else {
            (200, one_session("24.02.3", request))
        }
    });
    let ran = maxtop(&["-e", &url.to_string(), "kill", "7", "--yes"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    let said = ran.out + &ran.err;
    assert!(
        said.contains("unknown whether 7 app@10.0.0.1:5 was killed"),
        "{said}"
    );
    assert!(!said.contains("gone") && !said.contains("killed 7"), "{said}");
}

#[test]
fn a_version_that_cannot_kill_sessions_gets_no_delete() {
    let url = stubborn("6.4.1").to_string();
    let ran = maxtop(&["-e", &url, "kill", "7", "--yes"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.out.contains("MaxScale 6.4 cannot kill sessions"), "{ran:?}");
}

#[test]
fn a_signal_during_the_watch_says_what_is_unknown() {
    for (name, status) in [("INT", 130), ("TERM", 143)] {
        let url = stubborn("24.02.3").to_string();
        let mut child = command(&["-e", &url, "kill", "7", "--yes"]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(700));
        send(name, &mut child);
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "{err}");
        assert!(
            err.contains("unknown whether 7 app@10.0.0.1:5 was killed"),
            "{err}"
        );
    }
}

fn send(signal: &str, child: &mut Child) {
    let mut kill = std::process::Command::new("kill");
    kill.args(["-s", signal, &child.id().to_string()]);
    assert!(kill.stderr(Stdio::null()).status().unwrap().success());
}
