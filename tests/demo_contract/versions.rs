//! Differences between the versions that are visible over HTTP, from recordings or from the source.

use maxtop::demo::{DemoError, PROFILES, ServedDialects, SimServer, VersionProfile};
use serde_json::{Value, json};

use crate::client::{get, send};
use crate::recordings::serving;

async fn data(server: &SimServer, target: &str) -> Value {
    let reply = get(server.addr, target).await;
    assert_eq!(reply.status, 200, "{target}");
    reply.json()["data"].clone()
}

fn count(data: &Value) -> usize {
    data.as_array().unwrap().len()
}

/// One session that has logged in.
fn one(list: &Value) -> &Value {
    let mut rows = list.as_array().unwrap().iter();
    rows.find(|row| row["attributes"]["user"] == "etl").unwrap()
}

fn has(row: &Value, name: &str) -> bool {
    row["attributes"].get(name).is_some()
}

#[test]
fn a_version_is_known_by_its_name() {
    let names: Vec<_> = PROFILES.iter().map(|profile| profile.name).collect();
    for name in &names {
        let profile = VersionProfile::named(name).unwrap();
        assert!(
            profile.version.starts_with(&format!("{name}.")),
            "{}",
            profile.version
        );
    }
    assert_eq!(VersionProfile::current().name, "24.02");
    let unknown = VersionProfile::named("1.4\u{1b}").unwrap_err();
    assert!(matches!(unknown, DemoError::Profile { .. }));
    let text = unknown.to_string();
    assert!(
        text.contains("1.4\\u{1b}") && names.iter().all(|name| text.contains(name)),
        "{text}"
    );
}

/// Attributes by the first version that has them.
#[tokio::test]
async fn attributes_come_with_their_version() {
    let since = [
        ("state", 0, usize::MAX),
        ("connected", 0, usize::MAX),
        ("idle", 0, usize::MAX),
        ("connections", 1, usize::MAX),
        ("queries", 1, usize::MAX),
        ("client", 2, usize::MAX),
        ("default_database", 3, 3),
        ("port", 4, usize::MAX),
        ("parameters", 4, usize::MAX),
        ("memory", 6, usize::MAX),
        ("io_activity", 7, usize::MAX),
        ("thread", 7, usize::MAX),
        ("seconds_alive", 9, usize::MAX),
    ];
    for (place, profile) in PROFILES.iter().enumerate() {
        let server = serving(profile.name, 40, |_| {}).await;
        let list = data(&server, "/v1/sessions").await;
        for (name, first, last) in since {
            let rows = list.as_array().unwrap();
            let there = rows.iter().any(|row| has(row, name));
            let expected = (first..=last).contains(&place);
            assert_eq!(there, expected, "{name} in {}", profile.name);
        }
    }
}

#[tokio::test]
async fn the_oldest_have_other_words_links_and_places() {
    for name in ["2.2", "2.3", "2.4"] {
        let server = serving(name, 20, |_| {}).await;
        let list = data(&server, "/v1/sessions").await;
        let row = one(&list);
        let ready = if name == "2.4" {
            "Session started"
        } else {
            "Session ready for routing"
        };
        assert_eq!(row["attributes"]["state"], ready, "{name}");
        assert!(
            row["attributes"]["remote"]
                .as_str()
                .unwrap()
                .starts_with("::ffff:"),
            "{name}"
        );
        let base = format!("{}/v1", server.url());
        assert_eq!(
            row["relationships"]["services"]["links"],
            json!({ "self": format!("{base}/services/") }),
            "{name}"
        );
        assert_eq!(
            row["links"]["self"],
            format!("{base}/sessions/{}", row["id"].as_str().unwrap())
        );
        let proxy = data(&server, "/v1/maxscale").await;
        assert_eq!(proxy["attributes"].get("process_datadir"), None, "{name}");
        assert!(
            proxy["attributes"]["parameters"]["process_datadir"].is_string(),
            "{name}"
        );
        if name != "2.2" {
            let backend = &row["attributes"]["connections"][0];
            assert!(backend["id"].as_str().unwrap().starts_with("0x7f"), "{name}");
            assert!(
                backend["protocol_diagnostics"]["connection_id"].is_u64(),
                "{name}"
            );
            assert_eq!(backend.get("connection_id"), None, "{name}");
        }
    }
}

#[tokio::test]
async fn the_prefix_can_be_left_out_since_2_4() {
    for profile in &PROFILES {
        let server = serving(profile.name, 5, |spec| spec.dialects = ServedDialects::JsonApi).await;
        let status = if ["2.2", "2.3"].contains(&profile.name) {
            404
        } else {
            200
        };
        let reply = get(server.addr, "/sessions").await;
        assert_eq!(reply.status, status, "{}", profile.name);
        if profile.name == "2.5" {
            let link = reply.json()["links"]["self"].to_string();
            assert!(link.contains("/v1/"), "its links have it all the same: {link}");
        }
        let unknown = send(server.addr, "BREW", "/v1/sessions", &[]).await.status;
        assert_eq!(unknown, if status == 404 { 404 } else { 405 }, "{}", profile.name);
    }
}

#[tokio::test]
async fn parameters_that_a_version_does_not_know_are_ignored() {
    for (name, fields, page, filter, expression) in [
        ("2.2", false, false, false, false),
        ("2.4", false, false, false, false),
        ("2.5", true, false, true, false),
        ("21.06", true, true, true, false),
        ("23.08", true, true, true, false),
        ("24.02", true, true, true, true),
    ] {
        let server = serving(name, 30, |_| {}).await;
        let all = count(&data(&server, "/v1/sessions").await);
        let few = data(&server, "/v1/sessions?fields%5Bsessions%5D=user").await;
        assert_eq!(!has(one(&few), "connected"), fields, "{name}");
        let counted = |target: &'static str| {
            let server = &server;
            async move { count(&data(server, target).await) < all }
        };
        assert_eq!(counted("/v1/sessions?page[size]=3").await, page, "{name}");
        assert_eq!(
            counted("/v1/sessions?filter=/attributes/user=%22etl%22").await,
            filter,
            "{name}"
        );
        let eq = "/v1/sessions?filter[attributes.user]=eq(%22etl%22)";
        assert_eq!(counted(eq).await, expression, "{name}");
        let nonsense = get(server.addr, "/v1/sessions?filter=/attributes/user=nonsense").await;
        assert_eq!(nonsense.status, if expression { 400 } else { 200 }, "{name}");
    }
}

#[tokio::test]
async fn in_2_5_a_filter_sees_only_the_fields_that_were_asked_for() {
    let target = "/v1/sessions?filter=/attributes/user=%22etl%22&fields[sessions]=state";
    let old = serving("2.5", 30, |_| {}).await;
    assert_eq!(count(&data(&old, target).await), 0);
    let new = serving("6.4", 30, |_| {}).await;
    assert!(count(&data(&new, target).await) > 0);
}

#[tokio::test]
async fn what_indents_json() {
    for (name, query, start) in [
        ("2.5", "", "{\n    \"data\": [\n"),
        ("2.5", "?pretty=yes", "{\"data\": [{\"attributes\": {"),
        ("22.08", "?pretty=bogus", "{\"data\":[{\"attributes\":{"),
        ("23.02", "?pretty=bogus", "{\n    \"data\": [\n"),
        ("23.02", "?pretty=off", "{\"data\":[{\"attributes\":{"),
    ] {
        let server = serving(name, 5, |_| {}).await;
        let reply = get(server.addr, &format!("/v1/sessions{query}")).await;
        assert!(reply.text().starts_with(start), "{name} {query}");
    }
}

/// The value of `idle` while a statement hangs.
#[tokio::test]
async fn idle_grows_during_a_statement_in_old_versions() {
    for (name, grows) in [("2.2", true), ("2.5", true), ("6.4", false), ("24.02", false)] {
        let server = serving(name, 20, |_| {}).await;
        let hangs = server.with_world(|world| {
            let running = world.sessions().filter(maxtop::demo::SimSessionAt::is_running);
            let longest = running
                .min_by_key(maxtop::demo::SimSessionAt::last_request)
                .unwrap();
            assert!(world.uptime().saturating_sub(longest.last_request()).as_secs() > 40);
            longest.id()
        });
        let row = data(&server, &format!("/v1/sessions/{hangs}")).await;
        let idle = row["attributes"]["idle"].as_f64().unwrap();
        assert_eq!(idle > 40.0, grows, "{name}: {idle}");
    }
}

#[tokio::test]
async fn readconnroute_never_ends_a_statement_in_old_versions() {
    for (name, forgets) in [("2.3", true), ("2.5", true), ("6.4", false)] {
        let server = serving(name, 60, |_| {}).await;
        let list = data(&server, "/v1/sessions").await;
        let of = |service: &str| {
            let rows = list.as_array().unwrap().iter();
            let own = rows.filter(|row| row["relationships"]["services"]["data"][0]["id"] == service);
            let queries = own.flat_map(|row| row["attributes"]["queries"].as_array().unwrap());
            queries.filter(|query| query["completed"].is_string()).count()
        };
        assert_eq!(of("Read-Only") == 0, forgets, "{name}");
        assert!(of("RW-Split") > 0, "{name}");
    }
}

#[tokio::test]
async fn what_a_404_says() {
    for (name, unknown, garbage) in [
        ("2.2", "", ""),
        ("23.02", "", ""),
        ("23.08", "987654 is not a session", "abc is not a session"),
        ("24.02", "", "abc is not a session"),
    ] {
        let server = serving(name, 5, |_| {}).await;
        for (id, says) in [("987654", unknown), ("abc", garbage)] {
            let reply = get(server.addr, &format!("/v1/sessions/{id}")).await;
            assert_eq!(reply.status, 404, "{name} {id}");
            assert_eq!(reply.body.is_empty(), says.is_empty(), "{name} {id}");
            assert!(reply.text().contains(says), "{name} {id}");
        }
    }
}

/// In 2.2 to 2.4 the tag counts changes made over the API. A list that changes all the time has no tag.
#[tokio::test]
async fn the_oldest_say_not_modified_for_ever() {
    let server = serving("2.4", 5, |_| {}).await;
    let first = get(server.addr, "/v1/sessions").await;
    let tag = first.header("etag").unwrap().to_owned();
    let next = ("If-None-Match", tag.as_str());
    assert_eq!(
        send(server.addr, "GET", "/v1/sessions", &[next]).await.status,
        304
    );
    let other = [("If-None-Match", "\"77\"")];
    assert_eq!(send(server.addr, "GET", "/v1/sessions", &other).await.status, 200);
}
