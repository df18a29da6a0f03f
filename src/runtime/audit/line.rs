//! A line of the audit log. Its names are a stable interface, described in `docs/killing.md`.

use serde::Serialize;

use super::actor::AuditActor;
use crate::kill::{AuditEntry, KillOutcome, StatementEnd};
use crate::model::{Identity, Text};

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
    #[serde(flatten)]
    session: IdentityFields<'a>,
    connected: Option<&'a Text>,
    process: Option<Process<'a>>,
    reason: Option<&'a Text>,
    filter: Option<&'a str>,
    /// The statement that will be ended, in an intent about a statement.
    #[serde(skip_serializing_if = "Option::is_none")]
    statement: Option<Statement<'a>>,
    #[serde(flatten)]
    outcome: OutcomeFields,
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
        let outcome = entry.outcome.as_ref();
        Self {
            at: entry.at.to_string(),
            what: if outcome.is_some() { "outcome" } else { "intent" },
            run: &who.run,
            kill: entry.kill,
            session: IdentityFields::new(identity, endpoints),
            connected: identity.connected.as_ref(),
            process: identity.process.as_ref().map(|process| Process {
                started_at: &process.started_at,
                datadir: process.datadir.as_ref(),
                node: process.node.as_ref(),
            }),
            reason: entry.reason.as_ref(),
            filter: entry.filter.as_deref(),
            statement: entry.statement.as_ref().map(Statement::new),
            outcome: OutcomeFields::new(outcome),
            by: who,
        }
    }
}

/// A statement that will be ended.
#[derive(Serialize)]
struct Statement<'a> {
    server: &'a Text,
    thread: u64,
    query_id: u64,
    sql: String,
}

impl<'a> Statement<'a> {
    fn new(statement: &'a StatementEnd) -> Self {
        Self {
            server: &statement.server,
            thread: statement.thread,
            query_id: statement.query_id,
            sql: statement.beginning(),
        }
    }
}

/// The session of a kill, as audit log and `maxtop kill -o json` name it. Unknown values are `null`.
#[derive(Serialize)]
pub(crate) struct IdentityFields<'a> {
    endpoint: &'a str,
    /// The fingerprint of the identity, as `list -o json` shows it.
    key: String,
    id: u64,
    user: Option<&'a Text>,
    address: Option<&'a Text>,
    port: Option<u16>,
    service: Option<&'a Text>,
}

impl<'a> IdentityFields<'a> {
    /// `endpoints` are the URLs of the endpoints, by number.
    pub(crate) fn new(identity: &'a Identity, endpoints: &'a [String]) -> Self {
        let endpoint = endpoints
            .get(usize::from(identity.endpoint.0))
            .map_or("", String::as_str);
        Self {
            endpoint,
            key: identity.fingerprint(endpoint),
            id: identity.id.0,
            user: identity.user.as_ref(),
            address: identity.address.as_ref(),
            port: identity.port,
            service: identity.service.as_ref(),
        }
    }
}

/// The outcome of a kill, as audit log and `maxtop kill -o json` name it.
#[derive(Serialize)]
pub(crate) struct OutcomeFields {
    /// The outcome in a word or two; `null` if there is none.
    outcome: Option<&'static str>,
    /// Details of the outcome.
    detail: Option<String>,
}

impl OutcomeFields {
    /// Returns the fields of a kill that was canceled before anything was sent.
    pub(crate) fn canceled(why: &str) -> Self {
        Self {
            outcome: Some("canceled"),
            detail: Some(format!("{why}: nothing was sent")),
        }
    }

    pub(crate) fn new(outcome: Option<&KillOutcome>) -> Self {
        Self {
            outcome: outcome.map(KillOutcome::word),
            detail: outcome
                .map(KillOutcome::detail)
                .filter(|detail| !detail.is_empty()),
        }
    }
}
