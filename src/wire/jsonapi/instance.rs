//! Decodes `/v1/maxscale` (process and settings) and `/v1/maxscale/threads` (routing workers).

use serde::Deserialize;

use crate::model::{Instance, ProcessStart, ProxySettings, Span, Text, TextLimit, Worker};
use crate::wire::body::syntax_error;
use crate::wire::field::{Lenient, Object, Raw, Words};
use crate::wire::rows::RowFormat;
use crate::wire::{Decoder, WireError};

#[derive(Deserialize)]
struct RawProxyResource<'a> {
    #[serde(borrow, default)]
    attributes: Lenient<Object<RawProxyAttributes<'a>>>,
}

#[derive(Debug, Deserialize)]
struct RawProxyAttributes<'a> {
    #[serde(borrow, default)]
    version: Lenient<Raw<'a>>,
    #[serde(borrow, default)]
    started_at: Lenient<Raw<'a>>,
    #[serde(default)]
    uptime: Lenient<Span>,
    #[serde(borrow, default)]
    process_datadir: Lenient<Raw<'a>>,
    #[serde(borrow, default)]
    parameters: Lenient<Object<RawProxyParameters<'a>>>,
    #[serde(borrow, default)]
    system: Lenient<Object<RawSystem<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
struct RawProxyParameters<'a> {
    /// Here up to 2.4 (not in every patch release); in the attributes from 2.5.
    #[serde(borrow, default)]
    process_datadir: Lenient<Raw<'a>>,
    #[serde(default)]
    retain_last_statements: Lenient<u64>,
    #[serde(default)]
    session_trace: Lenient<u64>,
    #[serde(default)]
    admin_auth: Lenient<bool>,
    #[serde(borrow, default)]
    admin_host: Lenient<Raw<'a>>,
    #[serde(default)]
    admin_audit: Lenient<bool>,
    #[serde(default)]
    admin_audit_exclude_methods: Lenient<Words>,
}

#[derive(Debug, Deserialize)]
struct RawSystem<'a> {
    #[serde(borrow, default)]
    os: Lenient<Object<RawOs<'a>>>,
}

#[derive(Debug, Deserialize)]
struct RawOs<'a> {
    #[serde(borrow, default)]
    nodename: Lenient<Raw<'a>>,
}

/// Maximum number of methods kept. HTTP has nine.
const MAX_METHODS: usize = 16;

/// Decodes the `data` of the reply. Settings that were not requested are `None`.
pub(super) fn proxy(data: &str) -> Result<(Instance, ProxySettings), WireError> {
    let raw: RawProxyResource<'_> = serde_json::from_str(data).map_err(|error| syntax_error(&error))?;
    let Some(Object(raw)) = raw.attributes.known() else {
        return Err(WireError::Shape {
            expected: "attributes of the proxy",
            got: "none",
        });
    };
    let parameters = raw.parameters.known();
    let parameters = parameters.map(|parameters| parameters.0).unwrap_or_default();
    let datadir = clean(raw.process_datadir).or(clean(parameters.process_datadir));
    let node = raw
        .system
        .known()
        .and_then(|system| system.0.os.known())
        .map(|os| os.0.nodename);
    let retained_statements = parameters.retain_last_statements.known();
    let instance = Instance {
        version: clean(raw.version),
        uptime: raw.uptime.known(),
        process: clean(raw.started_at).map(|started_at| ProcessStart {
            started_at,
            datadir,
            node: node.and_then(clean),
        }),
        retained_statements,
    };
    let excluded = parameters.admin_audit_exclude_methods.known();
    let settings = ProxySettings {
        admin_auth: parameters.admin_auth.known(),
        admin_host: clean(parameters.admin_host),
        admin_audit: parameters.admin_audit.known(),
        audit_excludes: excluded.map(|Words(words)| {
            let words = words.iter().take(MAX_METHODS);
            words.map(|word| Text::clean(word, TextLimit::Name)).collect()
        }),
        retained_statements,
        session_trace: parameters.session_trace.known(),
    };
    Ok((instance, settings))
}

fn clean(field: Lenient<Raw<'_>>) -> Option<Text> {
    field.known().map(|raw| Text::clean(&raw.0, TextLimit::Name))
}

#[derive(Deserialize)]
pub(super) struct RawWorker {
    #[serde(default)]
    attributes: Lenient<Object<RawWorkerAttributes>>,
}

#[derive(Debug, Default, Deserialize)]
struct RawWorkerAttributes {
    #[serde(default)]
    stats: Lenient<Object<RawStats>>,
}

#[derive(Debug, Default, Deserialize)]
struct RawStats {
    #[serde(default)]
    current_descriptors: Lenient<u64>,
    #[serde(default)]
    sessions: Lenient<u64>,
}

pub(super) struct WorkerRow;

impl RowFormat for WorkerRow {
    type Raw<'de> = RawWorker;
    type Item = Worker;

    fn convert(raw: RawWorker, decoder: &mut Decoder<'_>) -> Option<Worker> {
        let blanked = &mut decoder.blanked;
        let attributes = raw.attributes.take(blanked)?;
        let stats = attributes.0.stats.take(blanked)?;
        Some(Worker {
            descriptors: stats.0.current_descriptors.take(blanked),
            sessions: stats.0.sessions.take(blanked),
        })
    }
}
