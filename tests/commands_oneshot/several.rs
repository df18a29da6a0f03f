//! Several proxies behind one address, and one proxy behind two addresses.

use maxtop::demo::ServedDialects;
use serde_json::Value;

use crate::program::{Demo, Ran, maxtop};
use crate::two_proxies::{Proxy, Turn, TwoProxies};

const TURNS: [Turn; 2] = [
    Turn::Alternate,
    Turn::Random {
        seed: 11,
        weight_of_first: 0.5,
    },
];

#[test]
fn a_kill_through_several_proxies_is_refused_before_its_plan() {
    for turn in TURNS {
        let proxies = TwoProxies::start(turn);
        let id = proxies.shared_ids()[5].to_string();
        for more in [["--yes", "-o", "table"], ["--dry-run", "-o", "table"]] {
            let ran = maxtop(&[&["-e", &proxies.url(), "kill", &id], &more[..]].concat());
            assert_eq!(ran.status, 1, "{turn:?} {ran:?}");
            let words = "several proxies answer at this address: use each proxy's own address";
            assert!(ran.out.contains(words), "{turn:?} {ran:?}");
        }
        for proxy in [Proxy::First, Proxy::Second] {
            assert_eq!(proxies.deletes(proxy), [""; 0], "{turn:?}");
        }
    }
}

#[test]
fn each_proxy_behind_the_address_can_be_used_by_its_own() {
    let proxies = TwoProxies::start(Turn::Alternate);
    let url = proxies.endpoint(Proxy::Second).url();
    let ran = maxtop(&["-e", &url, "list", "-o", "json"]);
    let rows: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
    let ready = rows
        .iter()
        .find(|row| row["state"] == "Session started" && !row["user"].is_null());
    let id = ready.unwrap()["id"].to_string();
    let ran = maxtop(&["-e", &url, "kill", &id, "--yes"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(proxies.deletes(Proxy::Second), [format!("/v1/sessions/{id}")]);
    assert_eq!(proxies.deletes(Proxy::First), [""; 0]);
}

#[test]
fn doctor_fails_where_several_proxies_answer() {
    for turn in TURNS {
        let proxies = TwoProxies::start(turn);
        let ran = maxtop(&["-e", &proxies.url(), "doctor"]);
        assert_eq!(ran.status, 1, "{ran:?}");
        let line = ran.out.lines().find(|line| line.contains(" proxies ")).unwrap();
        assert!(line.starts_with("failure"), "{line}");
        for words in [
            "several proxies answer at this address",
            "db-proxy-1 since",
            "db-proxy-2 since",
        ] {
            assert!(line.contains(words), "{line}");
        }
    }
    let demo = Demo::start(ServedDialects::JsonApi);
    let ran = demo.maxtop(&["doctor"]);
    assert!(ran.out.contains("one, on 16 connections"), "{ran:?}");
}

/// One proxy by two URLs.
fn by_two_urls(demo: &Demo, args: &[&str]) -> Ran {
    let url = demo.running.url();
    let other = url.replace("127.0.0.1", "localhost");
    maxtop(&[&["-e", &url, "-e", &other], args].concat())
}

#[test]
fn one_proxy_by_two_urls_is_listed_once() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let ran = by_two_urls(&demo, &["list", "-o", "json"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(
        ran.err.contains("is the same proxy as http://127.0.0.1:"),
        "{ran:?}"
    );
    let rows: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(rows.len(), demo.list().len());
}

#[test]
fn one_proxy_by_two_urls_gets_one_delete_for_each_victim() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let user = demo
        .list()
        .iter()
        .find_map(|row| row["user"].as_str().map(str::to_owned))
        .unwrap();
    let filter = format!("user='{user}' and state='Session started'");
    let before = demo.json(&["list", "-f", &filter, "-o", "json"]);
    let before = before.as_array().unwrap().len();
    assert!(before > 0);
    let ran = by_two_urls(&demo, &["kill", "-f", &filter, "--yes"]);
    assert_eq!((ran.status, ran.out.lines().count()), (0, before), "{ran:?}");
    let mut deletes = demo.deletes();
    let sent = deletes.len();
    deletes.sort_unstable();
    deletes.dedup();
    assert_eq!((sent, deletes.len()), (before, before));
}

#[test]
fn an_id_and_the_key_of_either_url_name_one_session() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let id = demo.ready_id();
    let other = demo.running.url().replace("127.0.0.1", "localhost");
    let ran = maxtop(&["-e", &other, "list", "-o", "json"]);
    let rows: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
    let number: u64 = id.parse().unwrap();
    let row = rows.iter().find(|row| row["id"] == number).unwrap();
    let ran = by_two_urls(
        &demo,
        &["kill", &id, "--key", row["key"].as_str().unwrap(), "--yes"],
    );
    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(demo.deletes(), [format!("/v1/sessions/{id}")]);
}

#[test]
fn proxies_with_equal_ids_at_two_urls_stay_two() {
    let proxies = TwoProxies::start(Turn::Alternate);
    let urls = [Proxy::First, Proxy::Second].map(|proxy| proxies.endpoint(proxy).url());
    let ran = maxtop(&["-e", &urls[0], "-e", &urls[1], "list", "-o", "json"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    let rows: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
    for url in urls {
        assert!(rows.iter().any(|row| row["endpoint"] == url));
    }
}

/// The key of a session as the list has it.
fn key_of(demo: &Demo, id: &str) -> String {
    let list = demo.list();
    let number: u64 = id.parse().unwrap();
    let row = list.iter().find(|row| row["id"] == number).unwrap();
    row["key"].as_str().unwrap().to_owned()
}

#[test]
fn an_id_that_does_not_agree_with_the_key_is_refused() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let id = demo.ready_id();
    let list = demo.list();
    let other = list
        .iter()
        .map(|row| row["id"].to_string())
        .find(|other| *other != id)
        .unwrap();
    let (key, other_key) = (key_of(&demo, &id), key_of(&demo, &other));
    for key in [other_key.as_str(), "0123456789abcdef"] {
        let ran = demo.maxtop(&["kill", &id, "--key", key, "--yes"]);
        assert_eq!(ran.status, 1, "{ran:?}");
        let words = format!("refused: {id} ");
        assert!(ran.err.contains(&words) && ran.err.contains("--key"), "{ran:?}");
        assert_eq!(demo.deletes(), [""; 0]);
    }
    let ran = demo.maxtop(&["kill", &id, "--key", &key, "--yes"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(demo.deletes(), [format!("/v1/sessions/{id}")]);
}

#[test]
fn an_id_that_was_reused_is_not_ended_by_its_old_key() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let id = demo.ready_id();
    let key = key_of(&demo, &id);
    assert!(demo.running.impersonate(id.parse().unwrap(), "mallory"));
    let ran = demo.maxtop(&["kill", &id, "--key", &key, "--yes"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert_eq!(demo.deletes(), [""; 0]);
}

#[test]
fn one_session_by_two_urls_is_shown_once() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let id = demo.ready_id();
    let ran = by_two_urls(&demo, &["show", &id]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.out.starts_with(&format!("{id}  ")), "{ran:?}");
    assert!(ran.err.contains("is the same proxy as"), "{ran:?}");
    let draft = Demo::start(ServedDialects::Draft);
    let ran = by_two_urls(&draft, &["show", &draft.ready_id()]);
    assert_eq!(ran.status, 1, "the draft does not tell: {ran:?}");
}
