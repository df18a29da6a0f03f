//! Replies of five real `MaxScale` versions, decoded: every value compared with its own JSON.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that panics fails, as it should"
)]

mod mirror;

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use maxtop::diagnosis::{DiagnosisInput, DiagnosisSettings, Samples, Severity, diagnose};
use maxtop::model::{Dialect, Health, Permissions, Replication, Session, SessionDetail, Text, TextLimit};
use maxtop::wire::{self, Decoder, Interner, jsonapi};
use serde_json::Value;

const VERSIONS: [&str; 5] = ["2.5.29", "21.06.17", "22.08.14", "23.02.11", "24.02.3"];

fn folder(version: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/recordings")
        .join(version)
}

/// Returns the body of a recorded reply.
fn body(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).unwrap();
    let start = bytes
        .windows(4)
        .position(|part| part == b"\r\n\r\n")
        .map_or(0, |end| end + 4);
    bytes[start..].to_vec()
}

/// Returns the successful replies whose names have this prefix.
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
        .map(|raw| Text::clean(raw, TextLimit::Name).to_string())
}

fn text(text: Option<&Text>) -> Option<String> {
    text.map(ToString::to_string)
}

/// Recorded sessions: name, body, and the value of `data`.
struct Recorded {
    name: String,
    body: Vec<u8>,
    data: Value,
}

/// Returns every recorded reply of a version that contains sessions, for any request.
fn recorded(version: &str) -> Vec<Recorded> {
    let entries = fs::read_dir(folder(version)).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = paths.into_iter().filter_map(|path| {
        let body = body(&path);
        let mut json: Value = serde_json::from_slice(&body).ok()?;
        let data = json.get_mut("data")?.take();
        let first = data.as_array().map_or(Some(&data), |rows| rows.first())?;
        (first["type"] == "sessions").then(|| Recorded {
            name: format!("{version}/{}", path.file_name().unwrap().to_string_lossy()),
            body,
            data,
        })
    });
    read.collect()
}

#[test]
fn every_list_decodes_with_every_value() {
    let mut rows_seen = 0;
    for version in VERSIONS {
        for Recorded { name, body, data } in recorded(version) {
            let Some(resources) = data.as_array() else {
                continue;
            };
            let rows = with_decoder(|decoder| wire::list(Dialect::JsonApi, &body, decoder)).unwrap();
            assert_eq!(rows.sessions.len(), resources.len(), "{name}");
            assert_eq!((rows.blanked, rows.dropped), (0, 0), "{name}");
            for resource in resources {
                let id = resource["id"].as_str().unwrap();
                let mut sessions = rows.sessions.iter();
                let session = sessions.find(|session| session.id.to_string() == id).unwrap();
                let differences = mirror::row_differences(session, resource);
                assert!(differences.is_empty(), "{name} {id}: {differences:#?}");
                assert_dated(session, &name);
                rows_seen += 1;
            }
        }
    }
    assert!(rows_seen > 500, "{rows_seen}");
}

#[test]
fn every_session_decodes_with_every_value() {
    let mut seen = 0;
    for version in VERSIONS {
        for Recorded { name, body, data } in recorded(version) {
            if data.is_array() {
                continue;
            }
            let detail = with_decoder(|decoder| jsonapi::session(&body, decoder)).unwrap();
            assert_eq!(detail.blanked, 0, "{name}");
            let differences = mirror::detail_differences(&detail, &data);
            assert!(differences.is_empty(), "{name}: {differences:#?}");
            let differences = mirror::row_differences(&detail.session, &data);
            assert!(differences.is_empty(), "{name}: {differences:#?}");
            assert_dated(&detail.session, &name);
            let finished = |query: &&maxtop::model::RetainedStatement| query.completed.is_some();
            let mut queries = detail.queries.iter().flatten().filter(finished);
            assert!(queries.all(|query| query.duration_ms().is_some()), "{name}");
            seen += 1;
        }
    }
    assert!(seen >= 36, "{seen}");
}

/// Asserts that every date form is parsed.
#[track_caller]
fn assert_dated(session: &Session, name: &str) {
    let connected = session.connected.as_ref();
    assert!(connected.is_none_or(|connected| connected.at.is_some()), "{name}");
}

/// Checks the comparison itself.
#[test]
fn the_walk_finds_what_is_wrong_lost_or_invented() {
    let all = recorded("24.02.3");
    let Recorded { body, data, .. } = all.iter().find(|one| one.name.contains("session-BUSY")).unwrap();
    let detail = with_decoder(|decoder| jsonapi::session(body, decoder)).unwrap();
    let differs = |detail: &SessionDetail, data: &Value| mirror::detail_differences(detail, data);
    assert_eq!(differs(&detail, data), [""; 0]);
    for pointer in [
        "/id",
        "/attributes/user",
        "/attributes/thread",
        "/attributes/idle",
        "/attributes/connections/1/connection_id",
        "/attributes/client/connection_attributes/_pid",
        "/attributes/memory/connection_buffers/client/readq",
        "/attributes/queries/3/responses/0/duration",
        "/relationships/services/data/0/id",
    ] {
        let mut other = data.clone();
        *other.pointer_mut(pointer).unwrap() = "another".into();
        assert!(!differs(&detail, &other).is_empty(), "{pointer}");
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let mut less = data.clone();
        less.pointer_mut(parent)
            .unwrap()
            .as_object_mut()
            .unwrap()
            .remove(name);
        assert!(!differs(&detail, &less).is_empty(), "{pointer} is invented");
    }
    let mut more = data.clone();
    more["attributes"]["never_heard_of"] = 1.into();
    assert_eq!(differs(&detail, &more).len(), 1);
}

#[test]
fn every_proxy_reports_its_process() {
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

/// Two lists of fleets that were about a minute old, without problems.
#[test]
fn a_healthy_fleet_has_no_session_to_act_on() {
    for version in VERSIONS {
        let list = body(&files(version, "sessions-compact")[0]);
        let rows = with_decoder(|decoder| wire::list(Dialect::JsonApi, &list, decoder)).unwrap();
        let instance = jsonapi::instance(&body(&files(version, "maxscale")[0])).unwrap();
        let look = |second| DiagnosisInput {
            rows: None,
            dialect: Dialect::JsonApi,
            endpoint: None,
            instance: Some(&instance),
            taken_at: Timestamp::from_second(second).unwrap(),
            is_after_restart: false,
            locks: None,
            sessions: &rows.sessions,
        };
        let (limits, samples) = (DiagnosisSettings::default(), Samples::new());
        let first = diagnose(None, look(1_795_450_733), &limits, &samples);
        let next = diagnose(
            Some((look(1_795_450_733), &first)),
            look(1_795_450_736),
            &limits,
            &samples,
        );
        for diagnoses in [&first, &next] {
            assert_eq!(diagnoses.count(Severity::Act), 0, "{version}");
            assert_eq!(diagnoses.count(Severity::Look), 0, "{version}");
        }
        // Behind readconnroute, 2.5 never records the end of a statement, so it is unknown whether one is
        // running.
        let is_idle = |session: &Session| session.idle.is_some_and(|idle| idle.as_secs() > 0);
        let idle = rows
            .sessions
            .iter()
            .enumerate()
            .filter(|(_, session)| is_idle(session));
        let mut open = idle.filter(|(index, _)| next.diagnosis(*index).unjudged.has("query"));
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
        let event = server.monitor.last_event.as_ref().unwrap();
        assert_eq!(text(Some(&event.name)), shown(&attributes["last_event"]));
        assert_eq!(event.at.to_string(), "2026-11-23T15:55:27Z");
        let replicates = !attributes["slave_connections"].as_array().unwrap().is_empty();
        let replication = replicates.then_some(Replication::Running);
        assert_eq!(server.monitor.replication, replication);
        assert!(server.state.is_some() && server.port.is_some() && connections.is_some());
        assert_eq!(server.health(), Health::Running);
    }
}

#[test]
fn every_service_decodes_with_every_value() {
    let body = body(&folder("24.02.3").join("services.http"));
    let json: Value = serde_json::from_slice(&body).unwrap();
    let resources = json["data"].as_array().unwrap();
    let ((services, dropped), blanked) = with_decoder(|decoder| {
        let services = jsonapi::services(&body, decoder).unwrap();
        (services, decoder.blanked)
    });
    assert_eq!((services.len(), dropped, blanked), (resources.len(), 0, 0));
    assert!(!services.is_empty());
    for (service, resource) in services.iter().zip(resources) {
        let attributes = &resource["attributes"];
        let parameters = &attributes["parameters"];
        assert_eq!(Some(service.name.as_str()), resource["id"].as_str());
        assert_eq!(text(service.state.as_ref()), shown(&attributes["state"]));
        assert_eq!(text(service.router.as_ref()), shown(&attributes["router"]));
        assert_eq!(service.connections, attributes["connections"].as_u64());
        let servers = resource["relationships"]["servers"]["data"].as_array();
        let servers = servers
            .into_iter()
            .flatten()
            .map(|server| server["id"].as_str().unwrap());
        let names = service.servers.iter().map(maxtop::model::Text::as_str);
        assert!(names.eq(servers), "{:?}", service.servers);
        assert_eq!(
            service.total_connections,
            attributes["total_connections"].as_u64()
        );
        let most = attributes["statistics"]["max_connections"].as_u64();
        assert_eq!(service.most_connections, most);
        assert_eq!(service.max_connections, parameters["max_connections"].as_u64());
        assert_eq!(
            service.retained_statements,
            parameters["retain_last_statements"].as_i64()
        );
        assert!(service.is_started() && service.connections.is_some() && most.is_some());
        assert_eq!((service.max_connections, service.load()), (Some(0), None));
    }
}

/// The values that `doctor` reads of a proxy. The audit log was added in 23.02.
#[test]
fn the_settings_of_every_version_decode() {
    for version in VERSIONS {
        let body = body(&files(version, "maxscale")[0]);
        let json: Value = serde_json::from_slice(&body).unwrap();
        let parameters = &json["data"]["attributes"]["parameters"];
        let (instance, settings) = jsonapi::proxy(&body).unwrap();
        assert_eq!(settings.admin_auth, parameters["admin_auth"].as_bool());
        assert_eq!(settings.admin_auth, Some(true));
        assert_eq!(text(settings.admin_host.as_ref()).as_deref(), Some("127.0.0.1"));
        assert_eq!(settings.retained_statements, Some(10));
        assert_eq!(settings.session_trace, parameters["session_trace"].as_u64());
        assert!(settings.session_trace.is_some(), "{version}");
        let has_audit = ["23.02.11", "24.02.3"].contains(&version);
        assert_eq!(settings.admin_audit, has_audit.then_some(false), "{version}");
        assert_eq!(settings.audit_excludes, has_audit.then(Vec::new), "{version}");
        let datadir = json["data"]["attributes"]["process_datadir"].as_str().unwrap();
        let pid = datadir.rsplit_once("data").unwrap().1.parse().unwrap();
        assert_eq!(instance.pid(), Some(pid), "{version}");
    }
}

#[test]
fn the_workers_and_the_users_decode() {
    let threads = body(&folder("24.02.3").join("threads.http"));
    let workers = with_decoder(|decoder| jsonapi::workers(&threads, decoder).unwrap());
    let known: Vec<_> = workers
        .iter()
        .map(|worker| (worker.descriptors, worker.sessions))
        .collect();
    assert_eq!(known, [(Some(43), Some(14)), (Some(55), Some(18))]);
    let users: Value = serde_json::from_slice(&body(&folder("24.02.3").join("users-inet.http"))).unwrap();
    for (place, expected) in [(0, "view, edit, sql"), (1, "view, sql")] {
        let one = serde_json::json!({ "data": users["data"][place] });
        let account = jsonapi::account(one.to_string().as_bytes()).unwrap();
        let permissions = account
            .and_then(|account| account.permissions)
            .map(Permissions::names);
        assert_eq!(permissions.as_deref(), Some(expected));
    }
}
