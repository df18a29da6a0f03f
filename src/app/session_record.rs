//! A session as JSON, csv and tsv: for the commands, the clipboard and files of the screen. The field names and
//! types are a stable interface. JSON has the raw values; csv and tsv have the displayed ones.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::Serialize;

use super::row::TableRow;
use super::table_view::TableView;
use crate::diagnosis::{Diagnosis, Finding};
use crate::model::{
    Identity, LockNumbers, Pieces, ServerConnection, ServerLocks, Session, Span, Text, TextPiece,
};

/// One session, borrowed. Unknown values are `null`.
#[derive(Debug, Serialize)]
pub(crate) struct SessionRecord<'a> {
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
    /// Age of the open transaction, in seconds.
    trx: Option<f64>,
    /// Number of threads that wait for it.
    blocks: Option<u64>,
    /// Time that it has waited for a lock, in seconds.
    waits: Option<f64>,
    rows_locked: Option<u64>,
    /// Servers of the endpoint whose locks are unknown; `null` if none had to be read.
    unknown_locks: Option<Vec<UnknownLocks<'a>>>,
    /// Severity of the first reason.
    severity: Option<&'static str>,
    /// The first reason in words.
    why: Option<String>,
    /// Reasons found in one snapshot; `null` if no rule had enough data.
    stuck: Option<Vec<StuckRecord>>,
}

/// A server whose locks are unknown.
#[derive(Debug, Serialize)]
struct UnknownLocks<'a> {
    /// `None` if no server of the endpoint could be read.
    server: Option<&'a Text>,
    cause: Cow<'a, str>,
}

/// Transaction and locks of a session, and what is known about the servers of its endpoint.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LockFacts<'a> {
    pub(crate) numbers: LockNumbers,
    /// Empty if no server was read.
    pub(crate) servers: &'a [ServerLocks],
    /// Why no server could be read, although there is a database user.
    pub(crate) fault: Option<&'a str>,
}

/// A reason that applies.
#[derive(Debug, Serialize)]
struct StuckRecord {
    reason: &'static str,
    severity: &'static str,
    evidence: String,
}

/// A column of csv and tsv.
pub(crate) struct RecordColumn {
    /// Name, as in JSON.
    pub(crate) name: &'static str,
    /// Returns the value.
    pub(crate) cell: for<'a> fn(&'a SessionRecord<'_>) -> Cell<'a>,
}

const fn column(name: &'static str, cell: for<'a> fn(&'a SessionRecord<'_>) -> Cell<'a>) -> RecordColumn {
    RecordColumn { name, cell }
}

/// Columns of csv and tsv: the JSON fields with a single value. New ones are added at the end.
pub(crate) static COLUMNS: [RecordColumn; 24] = [
    column("endpoint", |record| own(Some(record.endpoint))),
    column("key", |record| own(Some(&record.key))),
    column("id", |record| number(Some(record.id))),
    column("user", |record| text(record.user)),
    column("address", |record| text(record.address)),
    column("port", |record| number(record.port)),
    column("service", |record| text(record.service)),
    column("state", |record| text(record.state)),
    column("connected", |record| own(record.connected.as_deref())),
    column("age_seconds", |record| number(record.age_seconds)),
    column("idle_seconds", |record| number(record.idle_seconds)),
    column("servers", |record| {
        let servers = record.servers.as_ref();
        servers.map_or(Cell::Unknown, |servers| Cell::Text(joined(servers).into()))
    }),
    column("program", |record| text(record.program)),
    column("pid", |record| number(record.pid)),
    column("io_activity", |record| number(record.io_activity)),
    column("memory_bytes", |record| number(record.memory_bytes)),
    column("worker", |record| number(record.worker)),
    column("query", |record| text(record.query)),
    column("trx", |record| number(record.trx)),
    column("blocks", |record| number(record.blocks)),
    column("waits", |record| number(record.waits)),
    column("rows_locked", |record| number(record.rows_locked)),
    column("severity", |record| own(record.severity)),
    column("why", |record| own(record.why.as_deref())),
];

impl RecordColumn {
    /// Returns the column with this name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        COLUMNS.iter().find(|column| column.name == name)
    }
}

/// One value of a csv or tsv line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell<'a> {
    /// Text from the server or a client.
    Text(Cow<'a, str>),
    /// A number.
    Number(String),
    /// The value is unknown.
    Unknown,
}

impl<'a> SessionRecord<'a> {
    /// Creates the record of a row. `urls` are the displayed URLs of the endpoints, by number; `lock_fault` says why no
    /// server of its endpoint could be read.
    pub(crate) fn of(
        view: &'a TableView,
        row: &TableRow<'a>,
        urls: &'a [String],
        lock_fault: Option<&'a str>,
    ) -> Self {
        let url = urls.get(usize::from(row.snapshot.endpoint.0));
        let locks = view.locks_of(row.snapshot.endpoint);
        Self::new(
            url.map_or("", String::as_str),
            &row.identity(),
            row.session,
            &row.diagnosis,
            LockFacts {
                numbers: row.locks.numbers(),
                servers: locks.map(|locks| locks.servers.as_slice()).unwrap_or_default(),
                fault: lock_fault,
            },
        )
    }

    /// Returns the record on one line. The characters that the screen escapes are written as `\\uXXXX`. `None` if it
    /// cannot be written.
    pub(crate) fn json_line(&self) -> Option<String> {
        let json = serde_json::to_string(self).ok()?;
        let mut line = String::with_capacity(json.len());
        for piece in Pieces::of(&json) {
            match piece {
                TextPiece::Plain(plain) => line.push_str(plain),
                TextPiece::Escaped(c) => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        write!(line, "\\u{unit:04x}").ok()?;
                    }
                }
            }
        }
        Some(line)
    }

    /// Creates the record. `endpoint` is the displayed URL.
    pub(crate) fn new(
        endpoint: &'a str,
        identity: &Identity,
        session: &'a Session,
        diagnosis: &Diagnosis<'_>,
        LockFacts {
            numbers: locks,
            servers,
            fault,
        }: LockFacts<'a>,
    ) -> Self {
        let extra = session.extra.as_deref();
        let connected = session.connected.as_ref();
        let names =
            |backends: &'a [ServerConnection]| backends.iter().map(|backend| &backend.server).collect();
        let first = diagnosis.found.first();
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
            age_seconds: session.age.map(Span::as_secs_f64),
            idle_seconds: session.idle.map(Span::as_secs_f64),
            servers: session.server_connections().map(names),
            program: extra.and_then(|extra| extra.program.as_ref()),
            pid: extra.and_then(|extra| extra.pid),
            io_activity: extra.and_then(|extra| extra.io_activity),
            memory_bytes: extra.and_then(|extra| extra.memory),
            worker: extra.and_then(|extra| extra.worker),
            query: running.and_then(|running| running.sql.as_ref()),
            trx: locks.transaction_age.map(Span::as_secs_f64),
            blocks: locks.blocks,
            waits: locks.wait.map(Span::as_secs_f64),
            rows_locked: locks.rows_locked,
            unknown_locks: unknown_locks(servers, fault),
            severity: first.map(|finding| finding.severity.name()),
            why: first.map(|finding| finding.words(session)),
            stuck: stuck(session, diagnosis),
        }
    }
}

/// Returns the servers whose locks are unknown; `None` without a database user.
fn unknown_locks<'a>(servers: &'a [ServerLocks], fault: Option<&'a str>) -> Option<Vec<UnknownLocks<'a>>> {
    let of = |locks: &'a ServerLocks| {
        Some(UnknownLocks {
            cause: locks.report.unknown_locks()?.into(),
            server: Some(&locks.report.server),
        })
    };
    let none_read = fault.map(|cause| UnknownLocks {
        server: None,
        cause: cause.into(),
    });
    let is_read = !servers.is_empty() || none_read.is_some();
    is_read.then(|| servers.iter().filter_map(of).chain(none_read).collect())
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
        let diagnosis = Diagnosis::default();
        let locks = LockFacts {
            numbers: LockNumbers::NONE,
            servers: &[],
            fault: None,
        };
        let record = SessionRecord::new("http://h:1", &identity, &session, &diagnosis, locks);
        let json = serde_json::to_value(&record).unwrap();
        let json = json.as_object().unwrap();
        for column in &COLUMNS {
            assert!(json.contains_key(column.name), "{}", column.name);
        }
        let known: Vec<_> = json.iter().filter(|(_, value)| !value.is_null()).collect();
        assert_eq!(known.len(), 3, "endpoint, key and id only: {known:?}");
        let cells = COLUMNS.iter().map(|column| (column.cell)(&record));
        assert_eq!(cells.filter(|cell| *cell == Cell::Unknown).count(), 21);
    }
}
