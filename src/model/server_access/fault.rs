//! Why a server's activity is unknown.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::super::{RequestError, Text, quoted};

/// Why no statement could be run at a server. Each is a state that the screen shows.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServerAccessFault {
    /// The server rejects the database user or its password.
    #[error("wrong database user or password: {}", in_quotes(.0))]
    WrongPassword(Text),
    /// The database user lacks a privilege.
    #[error("missing privilege: {}", in_quotes(.0))]
    NoPrivilege(Text),
    /// The server has no free connection.
    #[error("too many connections: {}", in_quotes(.0))]
    TooManyConnections(Text),
    /// The MaxScale version has no `/v1/sql`.
    #[error("not supported before MaxScale 21.06")]
    NotSupported,
    /// The draft dialect has nothing about transactions and locks.
    #[error("the draft does not report locks")]
    NotInDraft,
    /// The server is not a MariaDB server.
    #[error("not supported: not a MariaDB server")]
    NotMariaDb,
    /// MaxScale cannot connect to the server.
    #[error("server down: {}", in_quotes(.0))]
    ServerDown(Text),
    /// The account of the admin API may not run statements.
    #[error("the account of the admin API may not use /v1/sql")]
    NotAllowed,
    /// An earlier statement still runs on the connection.
    #[error("busy: an earlier statement still runs")]
    Busy,
    /// MaxScale or the server has closed the connection.
    #[error("the connection was closed")]
    Lost,
    /// The server has ended the statement after `max_statement_time`.
    #[error("the statement took longer than 1 s")]
    Cut,
    /// The statement to end had ended already, and its thread has run another one or is gone.
    #[error("the statement had ended")]
    Ended,
    /// Another error of the server.
    #[error("error {errno}: {}", in_quotes(.message))]
    Statement {
        /// Error number of the server.
        errno: u32,
        /// Message of the server.
        message: Text,
    },
    /// The reply has an id or a cookie that must not be sent back.
    #[error("the reply to /v1/sql has an invalid {0}")]
    InvalidReply(Text),
    /// Another error of MaxScale.
    #[error("status {status}{}", .detail.as_ref().map(|d| format!(": {}", in_quotes(d))).unwrap_or_default())]
    Status {
        /// HTTP status.
        status: u16,
        /// Message of MaxScale.
        detail: Option<Text>,
    },
    /// The request failed.
    #[error("{0}")]
    Request(RequestError),
    /// maxtop is exiting.
    #[error("exiting")]
    Exiting,
}

/// Quotes a message of a server. One with single quotes gets double ones, so that its names stay readable.
fn in_quotes(text: &Text) -> Cow<'_, str> {
    let shown = text.as_str();
    if shown.contains('\'') && !shown.contains('"') {
        return Cow::Owned(format!("\"{shown}\""));
    }
    quoted(shown)
}

impl ServerAccessFault {
    /// Whether another try soon is useless or harmful: the server counts rejected passwords.
    pub const fn is_lasting(&self) -> bool {
        matches!(
            self,
            Self::WrongPassword(_)
                | Self::NoPrivilege(_)
                | Self::NotSupported
                | Self::NotInDraft
                | Self::NotMariaDb
                | Self::NotAllowed
                | Self::InvalidReply(_)
        )
    }

    /// Whether the connection must be opened again.
    pub const fn loses_connection(&self) -> bool {
        matches!(self, Self::Lost | Self::InvalidReply(_))
    }
}
