//! The details of one session: connections with statistics and buffers, statements, log.

use super::{Session, Text, civil_span};
use serde::{Deserialize, Serialize};

/// A counter of a connection in the draft dialect.
///
/// Detail columns, JSON names and sparklines are made from these entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Counter {
    /// Number of reads from the server.
    Reads,
    /// Number of writes to the server.
    Writes,
    /// Number of writes that had to wait in a queue.
    BufferedWrites,
    /// Number of times that a queue rose above its high-water mark.
    HighWater,
    /// Number of times that a queue fell below its low-water mark again.
    LowWater,
}

impl Counter {
    /// All counters, in display order.
    pub(crate) const ALL: [Self; 5] = [
        Self::Reads,
        Self::Writes,
        Self::BufferedWrites,
        Self::HighWater,
        Self::LowWater,
    ];

    /// Returns the name in the API and in JSON.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Writes => "writes",
            Self::BufferedWrites => "buffered_writes",
            Self::HighWater => "high_water_events",
            Self::LowWater => "low_water_events",
        }
    }

    /// Returns the heading for a narrow column.
    pub(crate) const fn short(self) -> &'static str {
        match self {
            Self::Reads => "rd",
            Self::Writes => "wr",
            Self::BufferedWrites => "buf",
            Self::HighWater => "hi",
            Self::LowWater => "lo",
        }
    }

    /// Returns the heading of its column.
    pub(crate) const fn heading(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Writes => "writes",
            Self::BufferedWrites => "buffered",
            Self::HighWater => "high",
            Self::LowWater => "low",
        }
    }
}

/// The counters of one connection since it was opened. `None` for unknown ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionStatistics([Option<u64>; 5]);

impl ConnectionStatistics {
    /// Creates the statistics from a function that returns each counter's value.
    pub(crate) fn from_fn(value: impl FnMut(Counter) -> Option<u64>) -> Self {
        Self(Counter::ALL.map(value))
    }

    /// Returns the value of one counter; `None` if unknown.
    pub(crate) fn get(&self, counter: Counter) -> Option<u64> {
        self.0.get(counter as usize).copied().flatten()
    }

    /// Returns every counter with its value, in display order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Counter, Option<u64>)> + '_ {
        Counter::ALL.into_iter().zip(self.0)
    }
}

/// The queues of one side of a session, in bytes (JSON:API, 23.02 and later).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Buffer {
    /// Size of the read queue: data received but not yet routed. MaxScale reports its capacity, so it is usually
    /// 64 KiB on one side.
    pub readq: Option<u64>,
    /// Size of the write queue. Above 0, the other side does not read.
    pub writeq: Option<u64>,
}

/// A connection from the proxy to a server, on behalf of one session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionDetail {
    /// Name of the server.
    pub server: Option<Text>,
    /// State of its descriptor (draft).
    pub state: Option<Text>,
    /// Role of the connection (draft).
    pub role: Option<Text>,
    /// Low 32 bits of the thread id on the server (JSON:API).
    pub thread_id: Option<u32>,
    /// TLS cipher; empty if the connection is not encrypted (JSON:API).
    pub cipher: Option<Text>,
    /// Counters of the connection (draft).
    pub statistics: Option<ConnectionStatistics>,
    /// Queues of the connection (JSON:API).
    pub buffer: Option<Buffer>,
}

/// The reply of one server to a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementReply {
    /// Name of the server.
    pub server: Option<Text>,
    /// Time from the receipt of the statement to this server's reply, in milliseconds.
    pub duration_ms: Option<u64>,
}

/// A statement that MaxScale retained (JSON:API, if `retain_last_statements` is set).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetainedStatement {
    /// Protocol command. `None` for a command without text.
    pub command: Option<Text>,
    /// Text of the statement. `None` if it is not SQL or not valid UTF-8.
    pub sql: Option<Text>,
    /// Time of receipt, in the server's time zone, as sent.
    pub received: Option<Text>,
    /// Time of completion, in the server's time zone, as sent. `None` while the statement runs.
    pub completed: Option<Text>,
    /// Replies of the servers.
    pub responses: Vec<StatementReply>,
}

impl RetainedStatement {
    /// Returns the duration of a completed statement, in milliseconds.
    pub fn duration_ms(&self) -> Option<u64> {
        let span = civil_span(
            self.received.as_ref()?.as_str(),
            self.completed.as_ref()?.as_str(),
        )?;
        u64::try_from(span).ok()
    }

    /// Returns the time of day of the receipt, in the server's time zone: `2026-11-23T14:14:41.123` gives `14:14:41`.
    /// Empty if it is unknown.
    pub(crate) fn received_time(&self) -> &str {
        let sent = self.received.as_ref().map_or("", Text::as_str);
        let time = sent.split(['T', ' ']).nth(1).unwrap_or_default();
        time.split('.').next().unwrap_or_default()
    }

    /// Returns the text to show: the statement, otherwise the command, otherwise a note.
    pub(crate) fn title(&self) -> &str {
        self.sql
            .as_ref()
            .or(self.command.as_ref())
            .map_or("(no text: binary protocol or not SQL)", Text::as_str)
    }
}

/// A session with all its details.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionDetail {
    /// The session, as in a list.
    pub session: Session,
    /// Connections to servers.
    pub connections: Vec<ConnectionDetail>,
    /// Attributes that the client reports, by name (JSON:API).
    pub client: Vec<(Text, Text)>,
    /// TLS cipher of the client's connection; empty if not encrypted (JSON:API).
    pub cipher: Option<Text>,
    /// Queues of the client's connection (JSON:API).
    pub client_buffer: Option<Buffer>,
    /// Memory by component, in bytes (JSON:API).
    pub memory: Vec<(Text, u64)>,
    /// Retained statements, oldest first (JSON:API). `None` if not reported.
    pub queries: Option<Vec<RetainedStatement>>,
    /// Log lines of the session, as sent (JSON:API).
    pub log: Vec<Text>,
    /// Number of fields of a wrong type, left blank.
    pub blanked: u32,
}

impl SessionDetail {
    /// Creates the details of a session that is known from a list only.
    pub(crate) const fn of(session: Session) -> Self {
        Self {
            session,
            connections: Vec::new(),
            client: Vec::new(),
            cipher: None,
            client_buffer: None,
            memory: Vec::new(),
            queries: None,
            log: Vec::new(),
            blanked: 0,
        }
    }

    /// Whether the session is known to have no server connection.
    ///
    /// Returns `false` if this version does not report connections.
    pub(crate) fn is_empty(&self) -> bool {
        let is_reported = self.session.extra.is_none() || self.session.server_connections().is_some();
        self.connections.is_empty() && is_reported
    }

    /// Returns the value of one client attribute.
    pub(crate) fn attribute(&self, name: &str) -> Option<&Text> {
        self.client
            .iter()
            .find(|(key, _)| key.as_str() == name)
            .map(|(_, value)| value)
    }
}
