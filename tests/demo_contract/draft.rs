//! The draft dialect: the whole Session resource.

use std::net::SocketAddr;

use maxtop::demo::ServedDialects;
use serde_json::{Value, json};

use crate::client::{Reply, delete, get, running, send, still};

const KEYS: [&str; 7] = ["address", "connected", "id", "idle", "service", "state", "user"];

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect()
}

fn ids(list: &Value) -> Vec<u64> {
    list.as_array()
        .expect("a list")
        .iter()
        .map(|row| row["id"].as_u64().expect("a number"))
        .collect()
}

async fn list(addr: SocketAddr, query: &str) -> Value {
    let reply = get(addr, &format!("/sessions{query}")).await;
    assert_eq!(reply.status, 200, "{query}");
    reply.json()
}

fn assert_error(reply: &Reply, status: u16) {
    assert_eq!(reply.status, status);
    let body = reply.json();
    assert_eq!(keys(&body), ["description", "error"]);
    assert!(body["error"].is_string() && body["description"].is_string());
}

#[tokio::test]
async fn a_list_has_seven_keys_of_the_right_types_and_never_null() {
    let server = running(still(60)).await;
    let sessions = list(server.addr, "").await;
    let rows = sessions.as_array().expect("a bare array");
    assert_eq!(rows.len(), 60);
    for row in rows {
        assert_eq!(keys(row), KEYS);
        assert!(row["id"].is_u64() && row["idle"].is_u64(), "{row}");
        for key in ["state", "user", "address", "service", "connected"] {
            assert!(row[key].as_str().is_some_and(|text| !text.is_empty()), "{row}");
        }
        assert!(
            row["address"]
                .as_str()
                .unwrap()
                .parse::<std::net::IpAddr>()
                .is_ok()
        );
        assert!(row["service"].as_str().unwrap().starts_with("/services/"));
        let connected = row["connected"].as_str().unwrap();
        assert_eq!(connected.len(), 24, "{connected}");
        jiff::civil::DateTime::strptime("%a %b %e %H:%M:%S %Y", connected).expect("asctime");
    }
    let ids = ids(&sessions);
    assert!(ids.is_sorted() && ids.first() == Some(&1));
}

#[tokio::test]
async fn one_session_and_its_connections() {
    let server = running(still(60)).await;
    let sessions = list(server.addr, "").await;
    let row = &sessions[0];
    let one = get(server.addr, "/sessions/1").await;
    assert_eq!(&one.json(), row);

    let connections = get(server.addr, "/sessions/1/connections").await.json();
    let first = &connections[0];
    assert_eq!(keys(first), ["role", "server", "service", "state", "statistics"]);
    assert_eq!(
        keys(&first["statistics"]),
        [
            "buffered_writes",
            "high_water_events",
            "low_water_events",
            "reads",
            "writes"
        ]
    );
    assert!(
        first["statistics"]
            .as_object()
            .unwrap()
            .values()
            .all(Value::is_u64)
    );
    assert!(first["server"].as_str().unwrap().starts_with("/servers/db-"));
    assert_eq!(first["service"], row["service"]);
    let state = get(server.addr, "/sessions/1/connections?fields=state&range=0-0")
        .await
        .json();
    assert_eq!(state, json!([{ "state": "DCB in the polling loop" }]));
}

#[tokio::test]
async fn fields_choose_keys() {
    let server = running(still(12)).await;
    let whole = list(server.addr, "?fields=").await;
    for (fields, expected) in [
        ("id,user", &["id", "user"][..]),
        ("user,nosuch,id", &["id", "user"]),
        ("nosuch", &[]),
        ("id%2Cidle", &["id", "idle"]),
        (",", &KEYS),
    ] {
        let rows = list(server.addr, &format!("?fields={fields}")).await;
        for (row, whole) in rows.as_array().unwrap().iter().zip(whole.as_array().unwrap()) {
            assert_eq!(keys(row), expected, "{fields}");
            for key in expected {
                assert_eq!(row[key], whole[key]);
            }
        }
    }
    let one = get(server.addr, "/sessions/1?fields=id").await;
    assert_eq!(one.json(), json!({ "id": 1 }));
}

#[tokio::test]
async fn ranges_are_inclusive_and_clipped() {
    let server = running(still(12)).await;
    let all = ids(&list(server.addr, "").await);
    for (range, expected) in [
        ("0-0", &all[..1]),
        ("2-4", &all[2..5]),
        ("10-999", &all[10..]),
        ("0-18446744073709551615", &all[..]),
        ("12-20", &[]),
    ] {
        assert_eq!(
            ids(&list(server.addr, &format!("?range={range}")).await),
            expected,
            "{range}"
        );
    }
    for range in [
        "",
        "4-2",
        "a-b",
        "5",
        "-",
        "1-",
        "-1",
        "+1-2",
        "1-2-3",
        "1%202",
        "0-99999999999999999999",
    ] {
        let reply = get(server.addr, &format!("/sessions?range={range}")).await;
        assert_error(&reply, 400);
    }
}

#[tokio::test]
async fn delete_answers_204_and_the_session_is_gone() {
    let server = running(still(12)).await;
    let reply = delete(server.addr, "/sessions/3").await;
    assert_eq!((reply.status, reply.body.len()), (204, 0));
    assert_eq!(reply.header("content-length"), None);
    for target in ["/sessions/3", "/sessions/3/connections"] {
        assert_error(&get(server.addr, target).await, 404);
    }
    assert_error(&delete(server.addr, "/sessions/3").await, 404);
    assert!(!ids(&list(server.addr, "").await).contains(&3));
}

#[tokio::test]
async fn what_does_not_exist_is_404_and_what_is_not_supported_405() {
    let server = running(still(12)).await;
    for target in [
        "/",
        "/nosuch",
        "/sessions/abc",
        "/sessions/0",
        "/sessions/99999999",
        "/sessions/1/queries",
    ] {
        assert_error(&get(server.addr, target).await, 404);
    }
    for (method, target, allow) in [
        ("POST", "/sessions", "GET, HEAD"),
        ("DELETE", "/sessions", "GET, HEAD"),
        ("PATCH", "/sessions/1", "GET, HEAD, DELETE"),
        ("DELETE", "/sessions/1/connections", "GET, HEAD"),
        ("BREW", "/sessions", "GET, HEAD"),
    ] {
        let reply = send(server.addr, method, target, &[]).await;
        assert_error(&reply, 405);
        assert_eq!(reply.header("allow"), Some(allow), "{method} {target}");
    }
}

#[tokio::test]
async fn every_reply_carries_the_four_headers() {
    let server = running(still(12)).await;
    for (method, target) in [
        ("GET", "/sessions"),
        ("HEAD", "/sessions"),
        ("GET", "/sessions/1"),
        ("GET", "/sessions/1/connections"),
        ("GET", "/sessions/77777"),
        ("POST", "/sessions"),
        ("GET", "/sessions?range=x"),
        ("DELETE", "/sessions/4"),
    ] {
        let reply = send(server.addr, method, target, &[]).await;
        for name in ["allow", "etag", "last-modified", "date"] {
            let header = reply
                .header(name)
                .unwrap_or_else(|| panic!("{method} {target} lacks {name}"));
            assert!(
                !name.contains('d') || name == "etag" || header.ends_with(" GMT"),
                "{header}"
            );
        }
        let dates = reply
            .headers
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("date"));
        assert_eq!(dates.count(), 1);
    }
}

#[tokio::test]
async fn head_is_a_get_without_a_body() {
    let server = running(still(12)).await;
    for target in ["/sessions", "/sessions/1", "/sessions/99999999", "/nosuch"] {
        let (get, head) = (
            get(server.addr, target).await,
            send(server.addr, "HEAD", target, &[]).await,
        );
        assert_eq!(head.status, get.status, "{target}");
        for name in ["content-length", "content-type", "etag", "last-modified", "allow"] {
            assert_eq!(head.header(name), get.header(name), "{target} {name}");
        }
    }
}

#[tokio::test]
async fn a_read_with_a_current_validator_is_304() {
    let server = running(still(12)).await;
    for target in [
        "/sessions",
        "/sessions/1",
        "/sessions?fields=id",
        "/sessions/1/connections",
    ] {
        let first = get(server.addr, target).await;
        let (tag, modified) = (
            first.header("etag").unwrap(),
            first.header("last-modified").unwrap(),
        );
        for (name, value, status) in [
            ("If-None-Match", tag, 304),
            ("If-None-Match", "\"other\", *", 304),
            ("If-None-Match", "\"other\"", 200),
            ("If-Modified-Since", modified, 304),
            ("If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT", 200),
            ("If-Modified-Since", "yesterday", 200),
            ("If-Match", tag, 200),
            ("If-Match", "\"other\"", 412),
            ("If-Unmodified-Since", modified, 200),
            ("If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT", 412),
        ] {
            let reply = send(server.addr, "GET", target, &[(name, value)]).await;
            assert_eq!(reply.status, status, "{target} {name}: {value}");
            if status == 304 {
                assert_eq!(reply.header("etag"), Some(tag));
            }
        }
    }
}

#[tokio::test]
async fn preconditions_hold_before_a_session_is_closed() {
    let server = running(still(12)).await;
    let old = get(server.addr, "/sessions/5").await;
    let stale = [
        ("If-Match", "\"other\""),
        ("If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ("If-None-Match", "*"),
    ];
    for header in stale {
        assert_error(&send(server.addr, "DELETE", "/sessions/5", &[header]).await, 412);
        assert_eq!(
            get(server.addr, "/sessions/5").await.status,
            200,
            "{header:?} kills nobody"
        );
    }
    let tag = old.header("etag").unwrap();
    assert!(server.impersonate(5, "mallory"));
    let reused = get(server.addr, "/sessions/5").await;
    assert_ne!(reused.header("etag"), Some(tag));
    assert_error(
        &send(server.addr, "DELETE", "/sessions/5", &[("If-Match", tag)]).await,
        412,
    );
    let tag = reused.header("etag").unwrap();
    assert_eq!(
        send(server.addr, "DELETE", "/sessions/5", &[("If-Match", tag)])
            .await
            .status,
        204
    );
}

#[tokio::test]
async fn credentials_come_before_everything() {
    let mut spec = still(12);
    spec.auth = Some(("admin".to_owned(), "mariadb".into()));
    let server = running(spec).await;
    for headers in [
        &[][..],
        &[("Authorization", "Basic bm9ib2R5Og==")],
        &[("Authorization", "Bearer x")],
    ] {
        for (method, target) in [
            ("GET", "/sessions"),
            ("DELETE", "/sessions/1"),
            ("GET", "/nosuch"),
        ] {
            let reply = send(server.addr, method, target, headers).await;
            assert_error(&reply, 401);
            assert_eq!(reply.header("www-authenticate"), Some("Basic"));
        }
    }
    let good = [("Authorization", "Basic YWRtaW46bWFyaWFkYg==")];
    assert_eq!(send(server.addr, "GET", "/sessions", &good).await.status, 200);
}

#[tokio::test]
async fn alone_it_knows_no_v1() {
    let mut spec = still(12);
    spec.dialects = ServedDialects::Draft;
    let server = running(spec).await;
    assert_error(&get(server.addr, "/v1/sessions").await, 404);
    assert_eq!(get(server.addr, "/sessions").await.status, 200);
}
