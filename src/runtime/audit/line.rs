//! A line of the audit log. Its names are a stable interface, described in `docs/killing.md`.

use serde::Serialize;

use super::actor::AuditActor;
use crate::kill::{AuditEntry, KillOutcome};
use crate::model::Text;

/// One line of the log. Unknown values are `null`.
#[derive(Serialize)]
pub(super) struct Line<'a> {
    /// RFC 3339, UTC.
    at: String,
    /// `intent`: written before anything is sent; `outcome`: the result.
    what: &'static str,
    /// Identifies the run of the program.
    run: &'a str,
    /// Number of the kill within the run. An intent and its outcome have the same number.
    kill: u32,
    endpoint: &'a str,
    /// The fingerprint of the identity, as `list -o json` shows it.
    key: String,
    id: u64,
    user: Option<&'a Text>,
    address: Option<&'a Text>,
    port: Option<u16>,
    service: Option<&'a Text>,
    connected: Option<&'a Text>,
    process: Option<Process<'a>>,
    reason: Option<&'a Text>,
    filter: Option<&'a str>,
    /// The outcome in a word or two.
    outcome: Option<&'static str>,
    /// Details of the outcome.
    detail: Option<String>,
    by: &'a AuditActor,
}

#[derive(Serialize)]
struct Process<'a> {
    started_at: &'a Text,
    datadir: Option<&'a Text>,
    node: Option<&'a Text>,
}

impl<'a> Line<'a> {
    pub(super) fn new(entry: &'a AuditEntry, who: &'a AuditActor, endpoints: &'a [String]) -> Self {
        let identity = &entry.identity;
        let endpoint = endpoints
            .get(usize::from(identity.endpoint.0))
            .map_or("", String::as_str);
        let outcome = entry.outcome.as_ref();
        Self {
            at: entry.at.to_string(),
            what: if outcome.is_some() { "outcome" } else { "intent" },
            run: &who.run,
            kill: entry.kill,
            endpoint,
            key: identity.fingerprint(endpoint),
            id: identity.id.0,
            user: identity.user.as_ref(),
            address: identity.address.as_ref(),
            port: identity.port,
            service: identity.service.as_ref(),
            connected: identity.connected.as_ref(),
            process: identity.process.as_ref().map(|process| Process {
                started_at: &process.started_at,
                datadir: process.datadir.as_ref(),
                node: process.node.as_ref(),
            }),
            reason: entry.reason.as_ref(),
            filter: entry.filter.as_deref(),
            outcome: outcome.map(KillOutcome::word),
            detail: outcome
                .map(KillOutcome::detail)
                .filter(|detail| !detail.is_empty()),
            by: who,
        }
    }
}
