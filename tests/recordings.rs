//! What a real `MaxScale` of five versions sent, decoded: every value against its own JSON.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that panics fails, as it should"
)]

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use maxtop::model::{Detail, Dialect, Health, Limit, Session, Text};
use maxtop::triage::{Look, Samples, Severity, Thresholds, judge};
use maxtop::wire::{self, Decoder, Interner, jsonapi};
use serde_json::Value;

const VERSIONS: [&str; 5] = ["2.5.29", "21.06.17", "22.08.14", "23.02.11", "24.02.3"];

fn folder(version: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/recordings")
        .join(version)
}

/// The body of a recorded reply.
fn body(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).unwrap();
    let start = bytes
        .windows(4)
        .position(|part| part == b"\r\n\r\n")
        .map_or(0, |end| end + 4);
    bytes[start..].to_vec()
}

/// The good replies whose names begin so.
fn files(version: &str, prefix: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder(version))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let named = entries.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(prefix));
    let mut files: Vec<_> = named
        .filter(|path| !fs::read(path).unwrap().starts_with(b"HTTP/1.1 404"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{version}/{prefix}");
    files
}

fn with_decoder<T>(decode: impl FnOnce(&mut Decoder<'_>) -> T) -> T {
    let mut interner = Interner::default();
    let now = Timestamp::from_second(1_795_450_733).unwrap();
    decode(&mut Decoder::new(&mut interner, Some(&TimeZone::UTC), now))
}

fn shown(value: &Value) -> Option<String> {
    value
        .as_str()
        .map(|raw| Text::clean(raw, Limit::Name).to_string())
}

fn text(text: Option<&Text>) -> Option<String> {
    text.map(ToString::to_string)
}

#[track_caller]
fn assert_session(session: &Session, resource: &Value) {
    let attributes = &resource["attributes"];
    assert_eq!(session.id.to_string(), resource["id"].as_str().unwrap());
    assert_eq!(text(session.state.as_ref()), shown(&attributes["state"]));
    assert_eq!(text(session.user.as_ref()), shown(&attributes["user"]));
    let remote = attributes["remote"]
        .as_str()
        .map(|remote| remote.trim_start_matches("::ffff:"));
    assert_eq!(session.address.as_ref().map(Text::as_str), remote);
    assert_eq!(
        session.port.map(i64::from),
        attributes["port"].as_i64().filter(|port| *port >= 0)
    );
    assert_eq!(
        text(session.service.as_ref()),
        shown(&resource["relationships"]["services"]["data"][0]["id"])
    );
    let connected = session.connected.as_ref();
    assert_eq!(
        connected.map(|connected| connected.sent.to_string()),
        shown(&attributes["connected"])
    );
    assert!(
        connected.is_none_or(|connected| connected.at.is_some()),
        "every date form is read"
    );
    let close = |ours: Option<f64>, theirs: Option<f64>| match (ours, theirs) {
        (Some(ours), Some(theirs)) => (ours - theirs).abs() <= 0.051,
        (ours, theirs) => ours.is_none() && theirs.is_none(),
    };
    assert!(close(
        session.idle.map(maxtop::model::Span::as_secs_f64),
        attributes["idle"].as_f64()
    ));
    if let Some(alive) = attributes["seconds_alive"].as_f64() {
        assert!(close(
            session.age.map(maxtop::model::Span::as_secs_f64),
            Some(alive)
        ));
    }
    let Some(extra) = &session.extra else {
        return assert!(attributes.is_null());
    };
    assert_eq!(extra.io_activity, attributes["io_activity"].as_u64());
    assert_eq!(extra.memory, attributes["memory"]["total"].as_u64());
    assert_eq!(extra.worker, attributes["thread"].as_u64());
    let client = &attributes["client"]["connection_attributes"];
    assert_eq!(text(extra.program.as_ref()), shown(&client["program_name"]));
    assert_eq!(
        extra.pid.map(|pid| pid.to_string()).as_deref(),
        client["_pid"].as_str()
    );
    let connections = attributes["connections"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    assert_eq!(extra.backends.len(), connections.len());
    for (backend, connection) in extra.backends.iter().zip(connections) {
        assert_eq!(Some(backend.server.as_str()), connection["server"].as_str());
        assert_eq!(
            backend.thread_id.map(u64::from),
            connection["connection_id"].as_u64().filter(|id| *id > 0)
        );
    }
    let last = attributes["queries"]
        .as_array()
        .and_then(|queries| queries.last());
    let running = last.filter(|query| query["completed"].is_null());
    assert_eq!(extra.running.is_some(), running.is_some());
}

#[track_caller]
fn assert_detail(detail: &Detail, resource: &Value) {
    assert_session(&detail.session, resource);
    let attributes = &resource["attributes"];
    let array = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let queries = detail.queries.as_deref().unwrap_or_default();
    assert_eq!(queries.len(), array(&attributes["queries"]).len());
    for (query, theirs) in queries.iter().zip(array(&attributes["queries"])) {
        let sql = theirs["statement"]
            .as_str()
            .map(|raw| Text::clean(raw, Limit::Sql));
        assert_eq!(query.sql, sql);
        assert_eq!(text(query.command.as_ref()), shown(&theirs["command"]));
        assert_eq!(query.took_ms().is_some(), theirs["completed"].is_string());
        let durations: Vec<_> = query
            .responses
            .iter()
            .map(|response| response.duration_ms)
            .collect();
        let expected: Vec<_> = array(&theirs["responses"])
            .iter()
            .map(|response| response["duration"].as_u64())
            .collect();
        assert_eq!(durations, expected);
    }
    assert_eq!(detail.log.len(), array(&attributes["log"]).len());
    let client = attributes["client"]["connection_attributes"]
        .as_object()
        .map_or(0, serde_json::Map::len);
    assert_eq!(detail.client.len(), client);
    let memory = attributes["memory"].as_object().map_or(0, serde_json::Map::len);
    assert_eq!(detail.memory.len(), memory);
    let buffers = &attributes["memory"]["connection_buffers"];
    assert_eq!(
        detail.client_buffer.and_then(|buffer| buffer.writeq),
        buffers["client"]["writeq"].as_u64()
    );
    for connection in &detail.connections {
        let theirs = &buffers["backends"][connection.server.as_ref().unwrap().as_str()];
        assert_eq!(
            connection.buffer.and_then(|buffer| buffer.readq),
            theirs["readq"].as_u64()
        );
    }
}

#[test]
fn every_list_decodes_with_every_value() {
    for version in VERSIONS {
        for file in files(version, "sessions") {
            let body = body(&file);
            let rows = with_decoder(|decoder| wire::list(Dialect::JsonApi, &body, decoder)).unwrap();
            let json: Value = serde_json::from_slice(&body).unwrap();
            let resources = json["data"].as_array().unwrap();
            assert_eq!(rows.sessions.len(), resources.len(), "{}", file.display());
            assert_eq!((rows.blanked, rows.dropped), (0, 0), "{}", file.display());
            for resource in resources {
                let id = resource["id"].as_str().unwrap();
                let session = rows
                    .sessions
                    .iter()
                    .find(|session| session.id.to_string() == id)
                    .unwrap();
                assert_session(session, resource);
            }
        }
    }
}

#[test]
fn every_session_decodes_with_every_value() {
    for version in VERSIONS {
        for file in files(version, "session-") {
            let body = body(&file);
            let detail = with_decoder(|decoder| jsonapi::session(&body, decoder)).unwrap();
            let json: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(detail.blanked, 0, "{}", file.display());
            assert_detail(&detail, &json["data"]);
        }
    }
}

#[test]
fn every_proxy_tells_its_process() {
    for version in VERSIONS {
        let body = body(&folder(version).join("maxscale.http"));
        let instance = jsonapi::instance(&body).unwrap();
        let json: Value = serde_json::from_slice(&body).unwrap();
        let attributes = &json["data"]["attributes"];
        let process = instance.process.unwrap();
        assert_eq!(instance.version.unwrap().as_str(), version);
        assert_eq!(
            Some(process.started_at.as_str()),
            attributes["started_at"].as_str()
        );
        assert_eq!(
            process.datadir.as_ref().map(Text::as_str),
            attributes["process_datadir"].as_str()
        );
        assert_eq!(
            process.node.as_ref().map(Text::as_str),
            attributes["system"]["os"]["nodename"].as_str()
        );
        assert_eq!(
            instance.retained_statements,
            attributes["parameters"]["retain_last_statements"].as_u64()
        );
    }
}

/// Two looks at fleets that were about a minute old and had nothing wrong with them.
#[test]
fn nobody_in_a_healthy_fleet_is_to_be_acted_on() {
    for version in VERSIONS {
        let list = body(&files(version, "sessions-compact")[0]);
        let rows = with_decoder(|decoder| wire::list(Dialect::JsonApi, &list, decoder)).unwrap();
        let instance = jsonapi::instance(&body(&files(version, "maxscale")[0])).unwrap();
        let look = |second| Look {
            dialect: Dialect::JsonApi,
            instance: Some(&instance),
            taken_at: Timestamp::from_second(second).unwrap(),
            is_after_restart: false,
            sessions: &rows.sessions,
        };
        let (limits, samples) = (Thresholds::default(), Samples::new());
        let first = judge(None, look(1_795_450_733), &limits, &samples);
        let next = judge(
            Some((look(1_795_450_733), &first)),
            look(1_795_450_736),
            &limits,
            &samples,
        );
        for judged in [&first, &next] {
            assert_eq!(judged.count(Severity::Act), 0, "{version}");
            assert_eq!(judged.count(Severity::Look), 0, "{version}");
        }
        // Behind readconnroute 2.5 never books the end of a statement: nobody knows whether it runs.
        let is_idle = |session: &Session| session.idle.is_some_and(|idle| idle.as_secs() > 0);
        let idle = rows
            .sessions
            .iter()
            .enumerate()
            .filter(|(_, session)| is_idle(session));
        let mut open = idle.filter(|(index, _)| next.verdict(*index).unjudged.has("query"));
        assert_eq!(open.next().is_some(), version == "2.5.29", "{version}");
    }
}

#[test]
fn every_server_decodes_with_every_value() {
    let body = body(&folder("24.02.3").join("servers.http"));
    let json: Value = serde_json::from_slice(&body).unwrap();
    let resources = json["data"].as_array().unwrap();
    let ((servers, dropped), blanked) = with_decoder(|decoder| {
        let servers = jsonapi::servers(&body, decoder).unwrap();
        (servers, decoder.blanked)
    });
    assert_eq!((servers.len(), dropped, blanked), (resources.len(), 0, 0));
    assert!(!servers.is_empty());
    for (server, resource) in servers.iter().zip(resources) {
        let attributes = &resource["attributes"];
        let parameters = &attributes["parameters"];
        assert_eq!(Some(server.name.as_str()), resource["id"].as_str());
        assert_eq!(text(server.state.as_ref()), shown(&attributes["state"]));
        assert_eq!(text(server.address.as_ref()), shown(&parameters["address"]));
        assert_eq!(server.port.map(u64::from), parameters["port"].as_u64());
        let lag = attributes["replication_lag"].as_i64();
        assert_eq!(server.replication_lag, lag.filter(|lag| *lag >= 0));
        let connections = attributes["statistics"]["connections"].as_u64();
        assert_eq!(server.connections, connections);
        assert!(server.state.is_some() && server.port.is_some() && connections.is_some());
        assert_eq!(server.health(), Health::Running);
    }
}
