//! The embedded endpoint against replies of a real MaxScale 24.02.3.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::client::{Reply, running, send, still};

pub(crate) fn recording(name: &str) -> Reply {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/recordings/24.02.3")
        .join(name);
    let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    let end = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .expect("a head");
    let head = std::str::from_utf8(&bytes[..end]).expect("text");
    Reply {
        body: bytes[end + 4..].to_vec(),
        ..Reply::parse(head)
    }
}

/// Every place in a document with the types of what stands there; names of servers are one place.
fn shape(value: &Value, place: &str, found: &mut BTreeMap<String, Vec<&'static str>>) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "real",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let kinds = found.entry(place.to_owned()).or_default();
    if !kinds.contains(&kind) {
        kinds.push(kind);
        kinds.sort_unstable();
    }
    match value {
        Value::Array(items) => items
            .iter()
            .for_each(|item| shape(item, &format!("{place}[]"), found)),
        Value::Object(map) => {
            for (key, item) in map {
                let name = if place.ends_with(".backends") {
                    "SERVER"
                } else {
                    key
                };
                shape(item, &format!("{place}.{name}"), found);
            }
        }
        _ => {}
    }
}

fn shape_of(value: &Value) -> BTreeMap<String, Vec<&'static str>> {
    let mut found = BTreeMap::new();
    shape(value, "", &mut found);
    found
}

#[tokio::test]
async fn the_session_list_has_the_recorded_keys_and_types() {
    let mut spec = still(200);
    spec.world.half_open = false;
    let server = running(spec).await;
    let ours = send(server.addr, "GET", "/v1/sessions", &[]).await.json();
    assert_eq!(shape_of(&ours), shape_of(&recording("sessions.http").json()));
}

#[tokio::test]
async fn a_row_has_every_key_that_every_recorded_row_has() {
    let mut spec = still(200);
    spec.world.half_open = false;
    let server = running(spec).await;
    let ours = send(server.addr, "GET", "/v1/sessions", &[]).await.json();
    let recorded = recording("sessions.http").json();
    let always = |list: &Value| {
        let rows = list["data"].as_array().expect("rows");
        let mut shapes = rows
            .iter()
            .map(|row| shape_of(row).into_keys().collect::<Vec<_>>());
        let first = shapes.next().expect("a row");
        shapes.fold(first, |all, row| {
            all.into_iter().filter(|place| row.contains(place)).collect()
        })
    };
    // A session may be without backends or statements here, and is not in the recording.
    let optional = |place: &String| ["[]", ".SERVER"].iter().any(|part| place.contains(part));
    let (ours, recorded): (Vec<_>, Vec<_>) = (always(&ours), always(&recorded));
    for place in recorded
        .iter()
        .filter(|place| !optional(place) || place.contains("relationships"))
    {
        assert!(ours.contains(place), "{place} is missing in some rows");
    }
}

#[tokio::test]
async fn the_proxy_and_its_threads_have_the_recorded_keys_and_types() {
    let server = running(still(20)).await;
    for (target, name) in [
        ("/v1/maxscale", "maxscale.http"),
        ("/v1/maxscale/threads", "threads.http"),
    ] {
        let ours = send(server.addr, "GET", target, &[]).await.json();
        assert_eq!(shape_of(&ours), shape_of(&recording(name).json()), "{target}");
    }
}

#[tokio::test]
async fn servers_and_services_have_no_key_that_was_not_recorded() {
    let server = running(still(20)).await;
    for (target, name) in [("/v1/servers", "servers.http"), ("/v1/services", "services.http")] {
        let ours = shape_of(&send(server.addr, "GET", target, &[]).await.json());
        let recorded = shape_of(&recording(name).json());
        for (place, kinds) in ours {
            let known = recorded
                .get(&place)
                .unwrap_or_else(|| panic!("{target}: {place} is not real"));
            assert!(
                kinds.iter().all(|kind| known.contains(kind)),
                "{target}: {place} is {kinds:?}"
            );
        }
    }
}

/// Status, headers and, if it is short and fixed, the body.
#[tokio::test]
async fn replies_look_as_recorded() {
    let mut spec = still(20);
    spec.auth = Some(("admin".to_owned(), "mariadb".into()));
    let server = running(spec).await;
    let half_open = half_open(server.ids(), server.addr).await;
    let none_match = Some(("If-None-Match", "\"zzz\""));
    let match_other = Some(("If-Match", "\"zzz\""));
    let since = Some(("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"));
    for (name, method, target, extra) in [
        ("sessions.http", "GET", "/v1/sessions", None),
        ("root.http", "GET", "/v1/", None),
        ("maxscale.http", "GET", "/v1/maxscale", None),
        ("threads.http", "GET", "/v1/maxscale/threads/", None),
        ("get-unknown.http", "GET", "/v1/sessions/99999999", None),
        (
            "sessions-id-connections.http",
            "GET",
            "/v1/sessions/15/connections",
            None,
        ),
        ("server-unknown.http", "GET", "/v1/servers/nosuch", None),
        (
            "filter-bad.http",
            "GET",
            "/v1/sessions?filter%5B/attributes/user%5D=nonsense",
            None,
        ),
        (
            "cond-inm-nomatch.http",
            "GET",
            "/v1/sessions/1?fields[sessions]=user",
            none_match,
        ),
        (
            "cond-ims-lastmod.http",
            "GET",
            "/v1/sessions?fields[sessions]=user",
            since,
        ),
        ("head-sessions.http", "HEAD", "/v1/sessions", None),
        ("options.http", "OPTIONS", "/v1/sessions", None),
        ("delete-idle-rw.http", "DELETE", "/v1/sessions/2", None),
        ("delete-unknown.http", "DELETE", "/v1/sessions/2", None),
        ("delete-ttl.http", "DELETE", "/v1/sessions/1?ttl=5", None),
        ("delete-nonnumeric.http", "DELETE", "/v1/sessions/abc", None),
        ("delete-ifmatch-412.http", "DELETE", "/v1/sessions/4", match_other),
        ("delete-halfopen.http", "DELETE", &half_open, None),
        ("auth-none.http", "GET", "/v1/sessions", Some(("X-Auth", "none"))),
        (
            "auth-wrong-pw.http",
            "GET",
            "/v1/sessions",
            Some(("Authorization", "Basic YWRtaW46eA==")),
        ),
    ] {
        let good = ("Authorization", "Basic YWRtaW46bWFyaWFkYg==");
        let headers: Vec<_> = match extra {
            Some(header) if name.starts_with("auth-") => vec![header],
            Some(header) => vec![good, header],
            None => vec![good],
        };
        let (ours, recorded) = (send(server.addr, method, target, &headers).await, recording(name));
        assert_eq!(ours.status, recorded.status, "{name}");
        assert_eq!(essence(&ours), essence(&recorded), "{name}");
        assert!(ours.closed, "{name} leaves the connection open");
        if recorded.body.len() < 200 {
            assert_eq!(ours.text(), recorded.text(), "{name}");
        }
    }
}

async fn half_open(ids: Vec<u64>, addr: std::net::SocketAddr) -> String {
    let good = ("Authorization", "Basic YWRtaW46bWFyaWFkYg==");
    let list = send(addr, "GET", "/sessions?fields=id", &[good]).await.json();
    let listed = |id: &u64| list.as_array().unwrap().iter().any(|row| row["id"] == *id);
    let id = ids
        .into_iter()
        .find(|id| !listed(id))
        .expect("a half-open session");
    format!("/v1/sessions/{id}")
}

/// Header names and values, sorted; of values that differ from run to run only the form.
pub(crate) fn essence(reply: &Reply) -> Vec<(String, String)> {
    let form = |name: &str, value: &str| match name {
        "date" | "last-modified" => value.split(' ').map(|word| word.len().to_string()).collect(),
        "etag" if value != "\"da39a3ee5e6b4b0d3255bfef95601890afd80709\"" => value.len().to_string(),
        "content-length" if reply.body.len() >= 200 => "long".to_owned(),
        _ => value.to_owned(),
    };
    // The length of no body: the HTTP library here leaves it out, as it may.
    let counts = |name: &str| reply.status != 304 || !name.eq_ignore_ascii_case("content-length");
    let headers = reply
        .headers
        .iter()
        .filter(|(name, _)| counts(name))
        .map(|(name, value)| (name.to_ascii_lowercase(), value));
    let mut headers: Vec<_> = headers
        .map(|(name, value)| (name.clone(), form(&name, value)))
        .collect();
    headers.sort_unstable();
    headers
}
