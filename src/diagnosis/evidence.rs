//! Evidence of findings, stored as numbers. Converted to text for display only, so that the diagnosis of
//! 100,000 sessions formats no text.

mod locks;
mod next_step;
mod sentences;

use std::fmt;

pub(crate) use self::next_step::StepFor;
use crate::model::{Session, SessionWait, Span, Text, size_text};

/// The numbers behind a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Others wait for its locks.
    Blocks {
        /// Number of threads that wait.
        count: u64,
        /// Whether more wait than the server has reported.
        has_more: bool,
        /// The longest wait.
        longest: Span,
        /// Age of its transaction.
        transaction: Option<Span>,
        /// Time since its last statement; `None` while one runs.
        idle: Option<Span>,
        /// Number of rows locked.
        rows_locked: Option<u64>,
    },
    /// It waits for a lock.
    LockWait {
        /// Server of the lock.
        server: Text,
        /// Time that it has waited.
        lasted: Span,
        /// The lock and its holder.
        wait: Box<SessionWait>,
    },
    /// A transaction is open, and its client sends no statement.
    OpenTransaction {
        /// Server of the transaction.
        server: Text,
        /// Age of the transaction.
        age: Span,
        /// Time since the last statement.
        idle: Option<Span>,
        /// Number of rows locked.
        rows_locked: Option<u64>,
        /// Number of rows changed.
        rows_modified: Option<u64>,
    },
    /// A statement is running.
    Query {
        /// Time that it has been running.
        lasted: Lasted,
        /// Time without I/O events, if it exceeds the threshold of `silent`.
        quiet: Option<Span>,
    },
    /// The client waits for an answer without I/O events, for this time.
    Silent(Lasted),
    /// A transaction is open, and the client has sent no statement for this time.
    Transaction(Span),
    /// A statement waits for a server connection, for this time.
    NoBackend(Lasted),
    /// The client sends no statement.
    Idle {
        /// Idle time.
        idle: Span,
        /// Number of other sessions in its pool, if most of them are in use.
        others: Option<u32>,
    },
    /// The session has been closing for this time.
    Closing(Lasted),
    /// The client has been connected for this time without logging in.
    Login(Span),
    /// The history of session commands is long.
    History {
        /// Number of session commands kept.
        commands: u32,
        /// Median of its service.
        typical: u32,
    },
    /// The session takes much memory.
    Memory {
        /// Memory of the session, in bytes.
        bytes: u64,
        /// Median of its service, in bytes.
        typical: u64,
    },
    /// A queue is full: it rose above its high-water mark more often than it fell below the low one.
    HighWater {
        /// Server of the connection.
        server: Option<Text>,
        /// Number of high-water events.
        high: u64,
        /// Number of low-water events.
        low: u64,
        /// Number of writes that had to wait.
        buffered: Option<u64>,
    },
    /// Data waits in a write queue.
    WriteQueue {
        /// Receiving server; `None` for the client.
        server: Option<Text>,
        /// Size of the queue, in bytes.
        bytes: u64,
    },
    /// The number of buffered writes grows from sample to sample.
    Buffering {
        /// Server of the connection.
        server: Option<Text>,
        /// Growth over the last three samples.
        grown: u64,
    },
    /// Evidence of an older sample of the connections. There is no later one.
    Earlier {
        /// The evidence then.
        evidence: Box<Self>,
        /// Time since then.
        ago: Span,
    },
}

/// How long a condition has held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lasted {
    /// The observed time.
    pub span: Span,
    /// Whether it may have held before it was observed. Then the time is a minimum.
    pub is_least: bool,
}

impl Lasted {
    /// Formats it for a sentence: `at least 6m`, `6m`.
    pub(crate) fn in_sentence(self) -> String {
        let at_least = if self.is_least { "at least " } else { "" };
        format!("{at_least}{}", self.span)
    }
}

/// Formats it for a cell: `over 6m`, `6m`.
impl fmt::Display for Lasted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let over = if self.is_least { "over " } else { "" };
        write!(f, "{over}{}", self.span)
    }
}

impl Evidence {
    /// Returns how long the trouble has lasted; `None` if that is not known. It only grows while the trouble lasts.
    pub(super) const fn lasted(&self) -> Option<Span> {
        match self {
            Self::Blocks { transaction, .. } => *transaction,
            Self::OpenTransaction { age, .. } => Some(*age),
            Self::LockWait { lasted, .. } | Self::Login(lasted) => Some(*lasted),
            Self::Idle { idle, .. } | Self::Transaction(idle) => Some(*idle),
            Self::Query { lasted, .. }
            | Self::Silent(lasted)
            | Self::NoBackend(lasted)
            | Self::Closing(lasted) => Some(lasted.span),
            Self::History { .. }
            | Self::Memory { .. }
            | Self::HighWater { .. }
            | Self::WriteQueue { .. }
            | Self::Buffering { .. }
            | Self::Earlier { .. } => None,
        }
    }

    /// Returns a short text for a table cell.
    pub(super) fn short(&self, session: &Session) -> String {
        match self {
            Self::Blocks { .. } | Self::LockWait { .. } | Self::OpenTransaction { .. } => locks::short(self),
            Self::Idle { idle, .. } => {
                format!("idle {idle}{}", keeps_open(session).unwrap_or_default())
            }
            Self::Silent(lasted) => format!("silent {lasted}"),
            Self::Transaction(idle) => format!("transaction {idle}"),
            Self::Query { lasted, .. } => format!("query {lasted}"),
            Self::HighWater { server, .. } => format!("back-pressure {}", name(server.as_ref())),
            Self::WriteQueue { server, .. } => {
                format!("back-pressure {}", server.as_ref().map_or("client", Text::as_str))
            }
            Self::Buffering { server, .. } => format!("buffering {}", name(server.as_ref())),
            Self::History { commands, .. } => format!("history {commands}"),
            Self::Memory { bytes, .. } => format!("memory {}", size_text(*bytes)),
            Self::Login(age) => format!("no login {age}"),
            Self::NoBackend(_) | Self::Closing(_) => self.words(session),
            Self::Earlier { evidence, ago } => format!("{} ({ago} ago)", evidence.short(session)),
        }
    }

    /// Returns the full text.
    pub(super) fn words(&self, session: &Session) -> String {
        match self {
            Self::Blocks { .. } | Self::LockWait { .. } | Self::OpenTransaction { .. } => locks::words(self),
            Self::Query { lasted, quiet } => {
                let quiet = quiet.map(|quiet| format!(", no data for {quiet}"));
                format!("query {lasted}{}", quiet.unwrap_or_default())
            }
            Self::Silent(lasted) => format!("no data for {lasted} while a statement runs (inferred)"),
            Self::Transaction(idle) => {
                format!("transaction open, idle for {idle} since its last statement (inferred)")
            }
            Self::NoBackend(lasted) => format!("no backend {lasted}"),
            Self::Idle { idle, others } => {
                let keeps = keeps_open(session);
                let others = others.map(|others| {
                    format!("; the other {others} of the same user, host and service are active")
                });
                format!(
                    "idle {idle}{}{}",
                    keeps.unwrap_or_default(),
                    others.unwrap_or_default()
                )
            }
            Self::Closing(lasted) => format!("closing {lasted}"),
            Self::Login(age) => format!("connected for {age} without logging in"),
            Self::History { commands, typical } => {
                format!("history {commands} commands, {typical} is typical of its service")
            }
            Self::Memory { bytes, typical } => format!(
                "memory {}, {} is typical of its service",
                size_text(*bytes),
                size_text(*typical)
            ),
            Self::HighWater { .. } | Self::WriteQueue { .. } | Self::Buffering { .. } => self.pressure(),
            Self::Earlier { evidence, ago } => format!("{}, read {ago} ago", evidence.words(session)),
        }
    }

    /// Returns the finding as a sentence.
    pub(super) fn sentence(&self, session: &Session) -> String {
        sentences::sentence(self, session)
    }

    /// Returns the next step for the user.
    pub(super) fn next_step(&self, session: &Session, place: StepFor<'_>) -> String {
        next_step::next_step(self, session, place)
    }

    /// Returns the full text of evidence about queues; empty for any other.
    fn pressure(&self) -> String {
        match self {
            Self::HighWater {
                server,
                high,
                low,
                buffered,
            } => {
                let buffered = buffered.map(|writes| format!(", {writes} buffered"));
                let server = name(server.as_ref());
                format!(
                    "back-pressure {server}: {high} high, {low} low{}",
                    buffered.unwrap_or_default()
                )
            }
            Self::WriteQueue {
                server: Some(server),
                bytes,
            } => format!("back-pressure {server}: {} waiting to be sent", size_text(*bytes)),
            Self::WriteQueue { server: None, bytes } => {
                format!(
                    "back-pressure: the client reads too slowly, {} waiting",
                    size_text(*bytes)
                )
            }
            Self::Buffering { server, grown } => {
                let server = name(server.as_ref());
                format!("buffering {server}: {grown} more buffered writes over the last 3 samples")
            }
            _ => String::new(),
        }
    }
}

fn name(server: Option<&Text>) -> &str {
    server.map_or("?", Text::as_str)
}

/// Returns `, keeps db-01 open`; `None` without connections to servers, or if they are not reported.
fn keeps_open(session: &Session) -> Option<String> {
    holds(session).map(|servers| format!(", keeps {servers} open"))
}

/// Returns the servers that the session is connected to; `None` if there are none or they are not reported.
fn holds(session: &Session) -> Option<String> {
    let names: Vec<_> = session
        .server_connections()?
        .iter()
        .map(|connection| connection.server.as_str())
        .collect();
    (!names.is_empty()).then(|| names.join(" "))
}
