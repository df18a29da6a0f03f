//! What a finding rests on. Kept as numbers; the words are made where somebody reads them, so that
//! judging 100,000 sessions writes no texts.

use crate::model::{Session, Span, Text, size_text};

/// What a finding rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// A statement runs.
    Query {
        /// For so long.
        lasted: Span,
        /// It may have begun earlier.
        is_least: bool,
    },
    /// A statement runs and nothing moves.
    Silent(Span),
    /// A statement waits for a connection to a server.
    NoBackend(Span),
    /// Nothing is asked of it.
    Idle {
        /// For so long.
        idle: Span,
        /// How many others its pool has, if those are in use.
        others: Option<u32>,
    },
    /// It was told to stop.
    Closing(Span),
    /// Session commands are kept for it.
    History {
        /// So many.
        commands: u32,
        /// What is usual in its service.
        usual: u32,
    },
    /// It takes memory.
    Memory {
        /// So much, in bytes.
        bytes: u64,
        /// What is usual in its service.
        usual: u64,
    },
    /// A queue has risen more often than it fell.
    HighWater {
        /// Of the connection to this server.
        server: Option<Text>,
        /// Rises over the high-water mark.
        high: u64,
        /// Falls below the low-water mark.
        low: u64,
        /// Writes that had to wait.
        buffered: Option<u64>,
    },
    /// Something waits to be written.
    WriteQueue {
        /// To this server; `None`: to the client.
        server: Option<Text>,
        /// So much.
        bytes: u64,
    },
    /// More and more writes have to wait.
    Buffering {
        /// On the connection to this server.
        server: Option<Text>,
        /// So many more than two looks before.
        grown: u64,
    },
}

impl Evidence {
    /// In a few words, for a cell of the table.
    pub(super) fn short(&self, session: &Session) -> String {
        match self {
            Self::Idle { idle, .. } => holds(session).map_or_else(
                || format!("idle {idle}"),
                |servers| format!("idle, holds {servers}"),
            ),
            Self::Silent(lasted) => format!("silent {lasted}"),
            Self::HighWater { server, .. } => format!("back-pressure {}", name(server.as_ref())),
            Self::WriteQueue { server, .. } => {
                format!("back-pressure {}", server.as_ref().map_or("client", Text::as_str))
            }
            Self::Buffering { server, .. } => format!("buffering {}", name(server.as_ref())),
            Self::History { commands, .. } => format!("history {commands}"),
            Self::Memory { bytes, .. } => format!("memory {}", size_text(*bytes)),
            Self::Query { .. } | Self::NoBackend(_) | Self::Closing(_) => self.words(session),
        }
    }

    /// In full.
    pub(super) fn words(&self, session: &Session) -> String {
        match self {
            Self::Query {
                lasted,
                is_least: false,
            } => format!("query {lasted}"),
            Self::Query {
                lasted,
                is_least: true,
            } => format!("query over {lasted}"),
            Self::Silent(lasted) => {
                format!("silent {lasted}: a statement runs and no event was counted (inferred)")
            }
            Self::NoBackend(lasted) => format!("no backend {lasted}"),
            Self::Idle { idle, others } => {
                let holds = holds(session).map(|servers| format!(", holds {servers}"));
                let others = others.map(|others| format!("; the other {others} of its pool are in use"));
                format!(
                    "idle {idle}{}{}",
                    holds.unwrap_or_default(),
                    others.unwrap_or_default()
                )
            }
            Self::Closing(lasted) => format!("closing {lasted}"),
            Self::History { commands, usual } => {
                format!("history {commands} commands, {usual} are usual in its service")
            }
            Self::Memory { bytes, usual } => format!(
                "memory {}, {} is usual in its service",
                size_text(*bytes),
                size_text(*usual)
            ),
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
            } => format!("back-pressure {server}: {} wait to be sent", size_text(*bytes)),
            Self::WriteQueue { server: None, bytes } => {
                format!("back-pressure client: {} wait for it to read", size_text(*bytes))
            }
            Self::Buffering { server, grown } => {
                let server = name(server.as_ref());
                format!("buffering {server}: {grown} more writes waited since two looks ago")
            }
        }
    }
}

fn name(server: Option<&Text>) -> &str {
    server.map_or("?", Text::as_str)
}

/// The servers it holds, where the list tells.
fn holds(session: &Session) -> Option<String> {
    let names: Vec<_> = session
        .server_connections()?
        .iter()
        .map(|backend| backend.server.as_str())
        .collect();
    (!names.is_empty()).then(|| names.join(" "))
}
