//! `/v1/maxscale`: which process answers, and what it keeps of its sessions.

use serde::Deserialize;

use crate::model::{Instance, Limit, ProcessStart, Span, Text};
use crate::wire::WireError;
use crate::wire::body::broken;
use crate::wire::field::{Field, Object, Raw};

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
    uptime: Field<f64>,
    #[serde(borrow, default)]
    process_datadir: Field<Raw<'a>>,
    #[serde(borrow, default)]
    parameters: Field<Object<RawParameters<'a>>>,
    #[serde(borrow, default)]
    system: Field<Object<RawSystem<'a>>>,
}

#[derive(Debug, Deserialize)]
struct RawParameters<'a> {
    /// Here up to some 2.4; in the attributes since 2.5.
    #[serde(borrow, default)]
    process_datadir: Field<Raw<'a>>,
    #[serde(default)]
    retain_last_statements: Field<u64>,
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

/// Reads the `data` of the reply.
pub(super) fn instance(data: &str) -> Result<Instance, WireError> {
    let raw: RawResource<'_> = serde_json::from_str(data).map_err(|error| broken(&error))?;
    let Some(Object(raw)) = raw.attributes.known() else {
        return Err(WireError::Shape {
            expected: "attributes of the proxy",
            got: "none",
        });
    };
    let clean = |field: Field<Raw<'_>>| field.known().map(|raw| Text::clean(&raw.0, Limit::Name));
    let parameters = raw.parameters.known().map(|parameters| parameters.0);
    let (old_datadir, retained_statements) = parameters.map_or((None, None), |parameters| {
        (
            clean(parameters.process_datadir),
            parameters.retain_last_statements.known(),
        )
    });
    let node = raw
        .system
        .known()
        .and_then(|system| system.0.os.known())
        .map(|os| os.0.nodename);
    let datadir = clean(raw.process_datadir).or(old_datadir);
    Ok(Instance {
        version: clean(raw.version),
        uptime: raw.uptime.known().and_then(Span::from_secs_f64),
        process: clean(raw.started_at).map(|started_at| ProcessStart {
            started_at,
            datadir,
            node: node.and_then(clean),
        }),
        retained_statements,
    })
}
