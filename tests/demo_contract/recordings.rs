//! The embedded endpoint compared with real replies: each recorded version with its profile.

use std::fs;
use std::path::{Path, PathBuf};

use maxtop::demo::{ServeSpec, SimServer, VersionProfile};
use serde_json::Value;

use crate::client::{Reply, running, send, still};
use crate::shape::{Shape, assert_alike, shape_of};

/// Recorded versions, with the profile that serves each.
pub(crate) const VERSIONS: [(&str, &str); 6] = [
    ("2.5.29", "2.5"),
    ("21.06.17", "6.4"),
    ("21.06.17", "21.06"),
    ("22.08.14", "22.08"),
    ("23.02.11", "23.02"),
    ("24.02.3", "24.02"),
];
pub(crate) const CURRENT: (&str, &str) = VERSIONS[VERSIONS.len() - 1];

/// A version without a half-open session, which no recorded list has.
pub(crate) async fn serving(
    profile: &str,
    sessions: usize,
    change: impl FnOnce(&mut ServeSpec),
) -> SimServer {
    let mut spec = still(sessions);
    spec.world.half_open = false;
    spec.profile = VersionProfile::named(profile).unwrap();
    change(&mut spec);
    running(spec).await
}

pub(crate) fn path(version: &str, name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/recordings");
    folder.join(version).join(name)
}

pub(crate) fn recording(version: &str, name: &str) -> Reply {
    let path = path(version, name);
    let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    reply(&bytes)
}

/// Returns a recorded reply of `/v1/sql`, which has the request above it.
pub(crate) fn sql_recording(name: &str) -> Reply {
    let text = fs::read_to_string(path("sql", name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let (_, recorded) = text.split_once("\n----\n").expect("a reply");
    reply(recorded.as_bytes())
}

fn reply(bytes: &[u8]) -> Reply {
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

/// Removes the client's attributes: they depend on its library, and not every recorded list has every
/// library.
fn library_names(recorded: &Shape) -> Shape {
    let says = ".connection_attributes";
    let all = shape_of(&recording(CURRENT.0, "sessions.http").json());
    let names = all.into_iter().filter(|(place, _)| place.contains(says));
    names
        .filter(|_| recorded.keys().any(|place| place.ends_with(says)))
        .collect()
}

#[tokio::test]
async fn the_session_list_has_the_recorded_keys_types_and_forms() {
    for (version, profile) in VERSIONS {
        let server = serving(profile, 200, |_| {}).await;
        let ours = send(server.addr, "GET", "/v1/sessions", &[]).await.json();
        let mut recorded = shape_of(&recording(version, "sessions.http").json());
        recorded.extend(library_names(&recorded));
        assert_alike(&shape_of(&ours), &recorded, profile);
        let ours = send(server.addr, "GET", "/v1/sessions?pretty=false", &[]).await;
        let recorded = recording(version, "sessions-compact.http");
        let start = |reply: &Reply| reply.text().chars().take(24).collect::<String>();
        assert_eq!(start(&ours), start(&recorded), "{profile}");
    }
}

#[tokio::test]
async fn a_half_open_session_looks_as_recorded() {
    for (version, profile) in VERSIONS {
        let server = serving(profile, 20, |spec| spec.world.half_open = true).await;
        let list = send(server.addr, "GET", "/v1/sessions", &[]).await.json();
        let rows = list["data"].as_array().unwrap();
        let row = rows
            .iter()
            .find(|row| row["attributes"]["state"] == "Session created")
            .unwrap();
        let target = format!("/v1/sessions/{}", row["id"].as_str().unwrap());
        let one = send(server.addr, "GET", &target, &[]).await;
        if profile == CURRENT.1 {
            assert_eq!(one.status, 404);
            continue;
        }
        let recorded = recording(version, "session-halfopen.http").json();
        let one = one.json();
        assert_alike(&shape_of(&one), &shape_of(&recorded), profile);
        assert_eq!(&one["data"], row, "{profile}");
        let total = "/data/attributes/memory/total";
        assert_eq!(one.pointer(total), recorded.pointer(total), "{profile}");
        let moves = |value: &Value| value["data"]["attributes"]["idle"].as_f64() > Some(0.0);
        assert_eq!(moves(&one), moves(&recorded), "{profile}");
    }
}

#[tokio::test]
async fn a_row_has_every_key_that_every_recorded_row_has() {
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
    for (version, profile) in VERSIONS {
        let server = serving(profile, 200, |_| {}).await;
        let ours = send(server.addr, "GET", "/v1/sessions", &[]).await.json();
        let recorded = recording(version, "sessions.http").json();
        let (ours, recorded): (Vec<_>, Vec<_>) = (always(&ours), always(&recorded));
        for place in recorded
            .iter()
            .filter(|place| !optional(place) || place.contains("relationships"))
        {
            assert!(ours.contains(place), "{profile}: {place} is missing in some rows");
        }
    }
}

#[tokio::test]
async fn the_proxy_and_its_threads_have_the_recorded_keys_types_and_forms() {
    for (version, profile) in VERSIONS {
        let server = serving(profile, 20, |_| {}).await;
        for (target, name) in [
            ("/v1/maxscale", "maxscale.http"),
            ("/v1/maxscale/threads", "threads.http"),
        ] {
            let ours = send(server.addr, "GET", target, &[]).await.json();
            let recorded = recording(version, name).json();
            assert_alike(&shape_of(&ours), &shape_of(&recorded), profile);
        }
    }
}

#[tokio::test]
async fn servers_and_services_have_no_key_that_was_not_recorded() {
    let server = running(still(20)).await;
    for (target, name) in [("/v1/servers", "servers.http"), ("/v1/services", "services.http")] {
        let ours = shape_of(&send(server.addr, "GET", target, &[]).await.json());
        let recorded = shape_of(&recording(CURRENT.0, name).json());
        for (place, kinds) in ours {
            let known = recorded
                .get(&place)
                .unwrap_or_else(|| panic!("{target}: {place} is not real"));
            // Links end in names.
            let is_link = place.contains("links.");
            assert!(
                is_link || kinds.iter().all(|kind| known.contains(kind)),
                "{target}: {place} is {kinds:?}"
            );
        }
    }
}
