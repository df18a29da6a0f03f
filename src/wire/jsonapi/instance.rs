//! `/v1/maxscale`: which process answers, what it keeps of its sessions, and how it is set up.

use serde::Deserialize;

use crate::model::{Instance, Limit, ProcessStart, ProxySettings, Span, Text};
use crate::wire::WireError;
use crate::wire::body::broken;
use crate::wire::field::{Field, Object, Raw, Words};

#[derive(Deserialize)]
struct RawResource<'a> {
    #[serde(borrow, default)]
    attributes: Field<Object<RawAttributes<'a>>>,
}

#[derive(Debug, Deserialize)]
struct RawAttributes<'a> {
    #[serde(borrow, default)]
    version: Field<Raw<'a>>,
    #[serde(borrow, default)]
    started_at: Field<Raw<'a>>,
    #[serde(default)]
    uptime: Field<Span>,
    #[serde(borrow, default)]
    process_datadir: Field<Raw<'a>>,
    #[serde(borrow, default)]
    parameters: Field<Object<RawParameters<'a>>>,
    #[serde(borrow, default)]
    system: Field<Object<RawSystem<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
struct RawParameters<'a> {
    /// Here up to some 2.4; in the attributes since 2.5.
    #[serde(borrow, default)]
    process_datadir: Field<Raw<'a>>,
    #[serde(default)]
    retain_last_statements: Field<u64>,
    #[serde(default)]
    session_trace: Field<u64>,
    #[serde(default)]
    admin_auth: Field<bool>,
    #[serde(borrow, default)]
    admin_host: Field<Raw<'a>>,
    #[serde(default)]
    admin_audit: Field<bool>,
    #[serde(default)]
    admin_audit_exclude_methods: Field<Words>,
}

#[derive(Debug, Deserialize)]
struct RawSystem<'a> {
    #[serde(borrow, default)]
    os: Field<Object<RawOs<'a>>>,
}

#[derive(Debug, Deserialize)]
struct RawOs<'a> {
    #[serde(borrow, default)]
    nodename: Field<Raw<'a>>,
}

/// There are nine methods of HTTP.
const METHODS: usize = 16;

/// Reads the `data` of the reply. Settings that were not asked for are unknown.
pub(super) fn proxy(data: &str) -> Result<(Instance, ProxySettings), WireError> {
    let raw: RawResource<'_> = serde_json::from_str(data).map_err(|error| broken(&error))?;
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
            let words = words.iter().take(METHODS);
            words.map(|word| Text::clean(word, Limit::Name)).collect()
        }),
        retained_statements,
        session_trace: parameters.session_trace.known(),
    };
    Ok((instance, settings))
}

fn clean(field: Field<Raw<'_>>) -> Option<Text> {
    field.known().map(|raw| Text::clean(&raw.0, Limit::Name))
}
