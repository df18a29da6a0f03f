//! One session in full: its connections with their statistics, buffers, statements and log.

use super::{Session, Text, civil_span};

/// The five counters of a connection in the draft dialect: one entry for each, from which the
/// detail pane's columns, the JSON names and the sparklines come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Counter {
    /// Reads from the server.
    Reads,
    /// Writes to the server.
    Writes,
    /// Writes that had to wait in a queue.
    BufferedWrites,
    /// How often a queue rose over its high-water mark.
    HighWater,
    /// How often it fell below the low-water mark again.
    LowWater,
}

impl Counter {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 5] = [
        Self::Reads,
        Self::Writes,
        Self::BufferedWrites,
        Self::HighWater,
        Self::LowWater,
    ];

    /// The name in the API and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Writes => "writes",
            Self::BufferedWrites => "buffered_writes",
            Self::HighWater => "high_water_events",
            Self::LowWater => "low_water_events",
        }
    }

    /// The heading of a column that has no room for the whole one.
    pub const fn short(self) -> &'static str {
        match self {
            Self::Reads => "rd",
            Self::Writes => "wr",
            Self::BufferedWrites => "buf",
            Self::HighWater => "hi",
            Self::LowWater => "lo",
        }
    }

    /// The heading of its column.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Writes => "writes",
            Self::BufferedWrites => "buffered",
            Self::HighWater => "high",
            Self::LowWater => "low",
        }
    }
}

/// The counters of one connection since it was made; unknown ones are `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectionStatistics([Option<u64>; 5]);

impl ConnectionStatistics {
    /// Built by asking for each counter.
    pub fn from_fn(value: impl FnMut(Counter) -> Option<u64>) -> Self {
        Self(Counter::ALL.map(value))
    }

    /// One counter's value.
    pub fn get(&self, counter: Counter) -> Option<u64> {
        self.0.get(counter as usize).copied().flatten()
    }

    /// Every counter with its value, in the order in which they are shown.
    pub fn iter(&self) -> impl Iterator<Item = (Counter, Option<u64>)> + '_ {
        Counter::ALL.into_iter().zip(self.0)
    }
}

/// The queues of one side of a session, in bytes (JSON:API, 23.02 and later).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Buffer {
    /// Read, not yet routed. A capacity, so usually 64 KiB on one side.
    pub readq: Option<u64>,
    /// Waiting to be written: not empty means that the other side does not read.
    pub writeq: Option<u64>,
}

/// A connection from the proxy to a server, on behalf of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectionDetail {
    /// The server, by name.
    pub server: Option<Text>,
    /// Draft: the state of its descriptor.
    pub state: Option<Text>,
    /// Draft: what it is for.
    pub role: Option<Text>,
    /// JSON:API: the thread id on the server (its low 32 bits).
    pub thread_id: Option<u32>,
    /// JSON:API: the TLS cipher; empty when the connection is plain.
    pub cipher: Option<Text>,
    /// Draft: its counters.
    pub statistics: Option<ConnectionStatistics>,
    /// JSON:API: its queues.
    pub buffer: Option<Buffer>,
}

/// How one server answered a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementReply {
    /// The server, by name.
    pub server: Option<Text>,
    /// From the statement's receipt to this server's reply, in milliseconds.
    pub duration_ms: Option<u64>,
}

/// One retained statement (JSON:API, where the server retains any).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RetainedStatement {
    /// The protocol command; absent for those without text.
    pub command: Option<Text>,
    /// The text; absent when it was not valid UTF-8 or no SQL.
    pub sql: Option<Text>,
    /// When it came, in the server's zone, as sent.
    pub received: Option<Text>,
    /// When it was done, likewise; absent while it runs.
    pub completed: Option<Text>,
    /// Who answered, and when.
    pub responses: Vec<StatementReply>,
}

impl RetainedStatement {
    /// How long a finished statement took, in milliseconds.
    pub fn duration_ms(&self) -> Option<u64> {
        let span = civil_span(
            self.received.as_ref()?.as_str(),
            self.completed.as_ref()?.as_str(),
        )?;
        u64::try_from(span).ok()
    }

    /// What to show of it: its text, else its command, else that it has neither.
    pub fn title(&self) -> &str {
        self.sql
            .as_ref()
            .or(self.command.as_ref())
            .map_or("(no text: binary protocol or no SQL)", Text::as_str)
    }
}

/// One session in full.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionDetail {
    /// The session itself.
    pub session: Session,
    /// Its connections to servers.
    pub connections: Vec<ConnectionDetail>,
    /// JSON:API: what the client says of itself, by name.
    pub client: Vec<(Text, Text)>,
    /// JSON:API: the TLS cipher towards the client; empty when plain.
    pub cipher: Option<Text>,
    /// JSON:API: the queues towards the client.
    pub client_buffer: Option<Buffer>,
    /// JSON:API: memory by part, in bytes.
    pub memory: Vec<(Text, u64)>,
    /// JSON:API: the retained statements, oldest first. `None` where the dialect has none.
    pub queries: Option<Vec<RetainedStatement>>,
    /// JSON:API: the session's log lines, as sent.
    pub log: Vec<Text>,
    /// Fields that had a wrong type and were left blank.
    pub blanked: u32,
}

impl SessionDetail {
    /// A session of which only the list's row is known.
    pub const fn of(session: Session) -> Self {
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

    /// Whether it is known to hold no server. A version that does not tell which sends no connections either.
    pub fn is_empty(&self) -> bool {
        let is_told = self.session.extra.is_none() || self.session.server_connections().is_some();
        self.connections.is_empty() && is_told
    }

    /// The value of one client attribute.
    pub fn attribute(&self, name: &str) -> Option<&Text> {
        self.client
            .iter()
            .find(|(key, _)| key.as_str() == name)
            .map(|(_, value)| value)
    }
}
