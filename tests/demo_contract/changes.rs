//! Changes of sessions from outside: reconnecting clients, rows missing from a list, names of any text.

use std::net::SocketAddr;
use std::time::Duration;

use maxtop::demo::{SimSessionAt, State, World, WorldSpec};
use serde_json::Value;

use crate::client::{delete, get, running, send, still, until};

/// Names that are easily confused or damaged in transit.
const NAMES: [&str; 12] = [
    "a\u{202e}",
    "a\\u{202e}",
    "a\\\\u{202e}",
    "\u{e9}",
    "e\u{301}",
    "nul\u{0}nul",
    "\u{1b}[2J\u{7f}\u{9b}",
    "line\r\nbreak\ttab",
    "\"quoted\" \\ / <b>&amp;",
    "\u{feff}\u{200b}\u{10ffff}\u{fffd}",
    "",
    " ",
];

fn returning(sessions: usize) -> WorldSpec {
    WorldSpec {
        churn: Some(0.0),
        returning: true,
        ..WorldSpec::new(sessions, 42, 1_790_000_000)
    }
}

/// Attributes that a client has on every connection.
fn client(session: &SimSessionAt<'_>) -> (String, String, &'static str) {
    let user = session.user().unwrap_or_default().to_owned();
    (user, session.address().to_string(), session.service().name)
}

/// A world whose sessions are all killed after a second.
fn all_killed(spec: &WorldSpec) -> World {
    let mut world = World::new(spec);
    world.advance(Duration::from_secs(1));
    let ids: Vec<u64> = world.sessions().map(|one| one.id()).collect();
    assert!(ids.iter().all(|id| world.kill(*id)));
    assert!(world.is_empty(), "gone at once");
    world
}

#[test]
fn every_killed_client_comes_back_once() {
    let spec = returning(60);
    let first = World::new(&spec);
    let logged_in = || first.sessions().filter(|one| one.state() != State::HalfOpen);
    let mut world = all_killed(&spec);

    world.advance(Duration::from_millis(1_340));
    assert!(world.is_empty());
    world.advance(Duration::from_millis(1_460));
    assert_eq!(world.len(), logged_in().count());
    let mut expected: Vec<_> = logged_in().map(|one| client(&one)).collect();
    let mut back: Vec<_> = world.sessions().map(|one| client(&one)).collect();
    expected.sort();
    back.sort();
    assert_eq!(back, expected);
    assert!(world.sessions().all(|one| one.id() > 61));

    world.advance(Duration::from_mins(10));
    assert_eq!(world.len(), back.len(), "and only once");
}

#[test]
fn it_is_the_same_client_on_another_port() {
    let spec = returning(12);
    let mut world = World::new(&spec);
    let mut id = 1;
    for round in 1..=200 {
        let before = world.session(id).unwrap();
        let (known, port) = (client(&before), before.port());
        assert!(world.kill(id));
        world.advance(Duration::from_secs(round));
        let last = world.total_sessions();
        assert!(last > id);
        id = last;
        let after = world.session(id).unwrap();
        assert_eq!(client(&after), known);
        assert_ne!(after.port(), port);
    }
}

#[test]
fn who_returns_does_not_depend_on_looking() {
    let picture = |world: &World| {
        let rows = world.sessions().map(|one| format!("{one:?}"));
        rows.collect::<Vec<_>>()
    };
    let (mut once, mut often) = (all_killed(&returning(60)), all_killed(&returning(60)));
    once.advance(Duration::from_secs(9));
    for step in 0..=900 {
        often.advance(Duration::from_millis(step * 10));
    }
    assert_eq!(picture(&once), picture(&often));
}

#[tokio::test]
async fn a_deleted_session_is_followed_by_another() {
    let mut spec = still(12);
    spec.speed = 1.0;
    spec.world.returning = true;
    let server = running(spec).await;
    let old = get(server.addr, "/sessions/1").await.json();
    assert_eq!(delete(server.addr, "/sessions/1").await.status, 204);
    assert_eq!(get(server.addr, "/sessions/1").await.status, 404);
    until("the client is back", || server.ids().last() == Some(&14)).await;
    let new = get(server.addr, "/sessions/14").await.json();
    for key in ["user", "address", "service"] {
        assert_eq!(new[key], old[key]);
    }
    assert_ne!(new["connected"], old["connected"]);
}

async fn listed(addr: SocketAddr, target: &str, id: u64) -> bool {
    let list = get(addr, target).await.json();
    let rows = list.get("data").unwrap_or(&list).as_array().expect("rows");
    assert!(rows.len() >= 11, "the others are there");
    rows.iter().any(|row| is_of(row, id))
}

/// The draft's ids are numbers, those of JSON:API texts.
fn is_of(row: &Value, id: u64) -> bool {
    let text = row["id"].as_str().and_then(|text| text.parse().ok());
    text.or(row["id"].as_u64()) == Some(id)
}

#[tokio::test]
async fn a_hidden_session_is_left_out_of_lists_and_lives() {
    let server = running(still(12)).await;
    assert!(server.hide(1, 3));
    for target in ["/sessions", "/v1/sessions", "/sessions?fields=id"] {
        for one in ["/sessions/1", "/v1/sessions/1", "/sessions/1/connections"] {
            assert_eq!(get(server.addr, one).await.status, 200, "{one}");
        }
        let head = send(server.addr, "HEAD", target, &[]).await;
        assert_eq!(head.status, 200, "which is no list");
        assert!(!listed(server.addr, target, 1).await, "{target}");
        assert!(server.ids().contains(&1));
    }
    assert!(listed(server.addr, "/sessions", 1).await);
    assert!(listed(server.addr, "/v1/sessions", 1).await);

    assert!(server.hide(2, u32::MAX) && server.hide(3, 1));
    assert!(!listed(server.addr, "/v1/sessions", 3).await);
    assert!(listed(server.addr, "/v1/sessions", 3).await);
    assert!(!listed(server.addr, "/v1/sessions", 2).await);
    assert!(server.hide(2, 0), "shows it again");
    assert!(listed(server.addr, "/v1/sessions", 2).await);

    assert!(server.hide(1, 5));
    assert_eq!(delete(server.addr, "/sessions/1").await.status, 204);
    assert_eq!(get(server.addr, "/sessions/1").await.status, 404);
    assert!(!server.hide(1, 5), "nobody to hide");
}

/// The attributes of one session, in either dialect, from a list and by its id.
async fn rows(addr: SocketAddr, id: u64) -> [Value; 4] {
    let with_id = |rows: &Value| {
        let mut rows = rows.as_array().expect("rows").iter();
        rows.find(|row| is_of(row, id)).expect("is listed").clone()
    };
    let draft = get(addr, "/sessions").await.json();
    let jsonapi = get(addr, "/v1/sessions").await.json();
    let one = get(addr, &format!("/v1/sessions/{id}")).await.json();
    [
        with_id(&draft),
        get(addr, &format!("/sessions/{id}")).await.json(),
        with_id(&jsonapi["data"])["attributes"].clone(),
        one["data"]["attributes"].clone(),
    ]
}

#[tokio::test]
async fn any_name_passes_through_both_dialects() {
    let server = running(still(12)).await;
    for name in NAMES {
        assert!(server.rename(1, name));
        assert!(server.impersonate(2, name));
        for id in [1, 2] {
            for row in rows(server.addr, id).await {
                assert_eq!(row["user"], name);
            }
        }
    }
    assert!(!server.rename(999, "nobody"));
}

#[tokio::test]
async fn a_renamed_session_keeps_everything_else() {
    let server = running(still(12)).await;
    let before = rows(server.addr, 1).await;
    assert!(server.rename(1, "a\u{202e}"));
    let after = rows(server.addr, 1).await;
    for (before, mut after) in before.into_iter().zip(after) {
        after["user"] = before["user"].clone();
        assert_eq!(after, before);
    }
    let renamed = get(server.addr, "/sessions/1").await.json();
    assert!(server.impersonate(1, "a\u{202e}"));
    let reused = get(server.addr, "/sessions/1").await.json();
    assert_eq!(reused["user"], renamed["user"]);
    assert_ne!(reused["connected"], renamed["connected"]);
}
