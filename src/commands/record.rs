//! A session as JSON, csv and tsv. The field names and types are a stable interface.
//! JSON has the raw values; csv and tsv have the displayed ones.

use std::borrow::Cow;

use serde::Serialize;

use crate::diagnosis::{Diagnosis, Finding};
use crate::model::{Identity, ServerConnection, Session, Text};

/// One session, borrowed. Unknown values are `null`.
#[derive(Debug, Serialize)]
pub(super) struct SessionRecord<'a> {
    endpoint: &'a str,
    /// The fingerprint of the identity.
    key: String,
    id: u64,
    user: Option<&'a Text>,
    address: Option<&'a Text>,
    port: Option<u16>,
    service: Option<&'a Text>,
    /// As sent.
    state: Option<&'a Text>,
    /// In RFC 3339 and UTC; `null` if the time zone is unknown.
    connected: Option<String>,
    /// As sent.
    connected_raw: Option<&'a Text>,
    age_seconds: Option<f64>,
    idle_seconds: Option<f64>,
    servers: Option<Vec<&'a Text>>,
    program: Option<&'a Text>,
    pid: Option<u64>,
    io_activity: Option<u64>,
    memory_bytes: Option<u64>,
    worker: Option<u64>,
    /// The running statement.
    query: Option<&'a Text>,
    /// Reasons found in one snapshot; `null` if no rule had enough data.
    stuck: Option<Vec<StuckRecord>>,
}

/// A reason that applies.
#[derive(Debug, Serialize)]
struct StuckRecord {
    reason: &'static str,
    severity: &'static str,
    evidence: String,
}

/// Columns of csv and tsv: the JSON fields with a single value.
pub(super) const HEAD: [&str; 18] = [
    "endpoint",
    "key",
    "id",
    "user",
    "address",
    "port",
    "service",
    "state",
    "connected",
    "age_seconds",
    "idle_seconds",
    "servers",
    "program",
    "pid",
    "io_activity",
    "memory_bytes",
    "worker",
    "query",
];

/// One value of a csv or tsv line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell<'a> {
    /// Text from the server or a client.
    Text(Cow<'a, str>),
    /// A number.
    Number(String),
    /// The value is unknown.
    Unknown,
}

impl<'a> SessionRecord<'a> {
    /// Creates the record. `endpoint` is the displayed URL.
    pub(super) fn new(
        endpoint: &'a str,
        identity: &Identity,
        session: &'a Session,
        diagnosis: &Diagnosis<'_>,
    ) -> Self {
        let extra = session.extra.as_deref();
        let connected = session.connected.as_ref();
        let names =
            |backends: &'a [ServerConnection]| backends.iter().map(|backend| &backend.server).collect();
        let running = extra.and_then(|extra| extra.running.as_ref());
        Self {
            endpoint,
            key: identity.fingerprint(endpoint),
            id: session.id.0,
            user: session.user.as_ref(),
            address: session.address.as_ref(),
            port: session.port,
            service: session.service.as_ref(),
            state: session.state.as_ref(),
            connected: connected.and_then(|connected| Some(connected.timestamp()?.to_string())),
            connected_raw: connected.map(|connected| &connected.sent),
            age_seconds: session.age.map(crate::model::Span::as_secs_f64),
            idle_seconds: session.idle.map(crate::model::Span::as_secs_f64),
            servers: session.server_connections().map(names),
            program: extra.and_then(|extra| extra.program.as_ref()),
            pid: extra.and_then(|extra| extra.pid),
            io_activity: extra.and_then(|extra| extra.io_activity),
            memory_bytes: extra.and_then(|extra| extra.memory),
            worker: extra.and_then(|extra| extra.worker),
            query: running.and_then(|running| running.sql.as_ref()),
            stuck: stuck(session, diagnosis),
        }
    }

    /// Returns the values of [`HEAD`], in its order.
    pub(super) fn cells(&self) -> [Cell<'_>; HEAD.len()] {
        [
            own(Some(self.endpoint)),
            own(Some(&self.key)),
            number(Some(self.id)),
            text(self.user),
            text(self.address),
            number(self.port),
            text(self.service),
            text(self.state),
            own(self.connected.as_deref()),
            number(self.age_seconds),
            number(self.idle_seconds),
            self.servers
                .as_ref()
                .map_or(Cell::Unknown, |servers| Cell::Text(joined(servers).into())),
            text(self.program),
            number(self.pid),
            number(self.io_activity),
            number(self.memory_bytes),
            number(self.worker),
            text(self.query),
        ]
    }
}

fn stuck(session: &Session, diagnosis: &Diagnosis<'_>) -> Option<Vec<StuckRecord>> {
    let record = |finding: &Finding| StuckRecord {
        reason: finding.reason.name,
        severity: finding.severity.name(),
        evidence: finding.words(session),
    };
    (!diagnosis.is_unknown()).then(|| diagnosis.found.iter().map(record).collect())
}

fn joined(texts: &[&Text]) -> String {
    let shown: Vec<_> = texts.iter().map(|text| text.as_str()).collect();
    shown.join(" ")
}

/// Returns a sanitized text of the server as a cell.
fn text(text: Option<&Text>) -> Cell<'_> {
    own(text.map(Text::as_str))
}

fn own(text: Option<&str>) -> Cell<'_> {
    text.map_or(Cell::Unknown, |text| Cell::Text(text.into()))
}

fn number(number: Option<impl ToString>) -> Cell<'static> {
    number.map_or(Cell::Unknown, |number| Cell::Number(number.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{EndpointId, SessionId};

    #[test]
    fn csv_has_the_names_of_json() {
        let session = Session::bare(SessionId(7));
        let identity = Identity::new(EndpointId(0), None, &session);
        let record = SessionRecord::new("http://h:1", &identity, &session, &Diagnosis::default());
        let json = serde_json::to_value(&record).unwrap();
        let json = json.as_object().unwrap();
        for name in HEAD {
            assert!(json.contains_key(name), "{name}");
        }
        let known: Vec<_> = json.iter().filter(|(_, value)| !value.is_null()).collect();
        assert_eq!(known.len(), 3, "endpoint, key and id only: {known:?}");
        let cells = record.cells();
        assert_eq!(cells.iter().filter(|cell| **cell == Cell::Unknown).count(), 15);
    }
}
