//! An id or key of the command line that selects no session.

use std::fmt;

use crate::client::Client;
use crate::commands::exit::CommandError;
use crate::model::{EndpointId, SessionId};

/// An id or key without a session to kill, and why.
#[derive(Debug)]
pub(super) struct NotSelected {
    /// The endpoint; `None` if the session is not known to be at one of several.
    pub(super) endpoint: Option<EndpointId>,
    /// The session id. `None` if only the key is known.
    pub(super) id: Option<SessionId>,
    /// The key as given. `None` if only the id is known.
    pub(super) key: Option<String>,
    /// The outcome in a word or two.
    pub(super) outcome: &'static str,
    /// Why, without the session.
    pub(super) detail: String,
    /// The whole line.
    line: String,
}

impl NotSelected {
    /// Creates the problem of an id that selects no session, or not certainly one.
    pub(super) fn id(id: SessionId, clients: &[Client], failure: &CommandError) -> Self {
        let outcome = match failure {
            CommandError::NoSuchSession(..) | CommandError::NowhereSession(_) => "not found",
            CommandError::Fault { .. } => "failed",
            _ => "refused",
        };
        let endpoint = match clients {
            [only] => Some(only.endpoint()),
            _ => None,
        };
        Self {
            endpoint,
            id: Some(id),
            key: None,
            outcome,
            detail: failure.to_string(),
            line: match failure {
                CommandError::Fault { .. } => format!("failed: {id}: {failure}"),
                _ => failure.to_string(),
            },
        }
    }

    /// Creates the problem of a filter that could decide no session.
    pub(super) fn filter(why: &str) -> Self {
        Self {
            endpoint: None,
            id: None,
            key: None,
            outcome: "refused",
            detail: why.to_owned(),
            line: why.to_owned(),
        }
    }

    /// Creates the problem of a key that no session has.
    pub(super) fn key(key: &str) -> Self {
        let failure = CommandError::NoSuchKey(key.to_owned()).to_string();
        Self {
            endpoint: None,
            id: None,
            key: Some(key.to_owned()),
            outcome: "not found",
            detail: failure.clone(),
            line: failure,
        }
    }

    /// Creates the problem of a session that exists, but that another option excludes.
    pub(super) fn refused((endpoint, id): (EndpointId, SessionId), client: &str, why: String) -> Self {
        let name = format!("{id} {client}");
        Self {
            endpoint: Some(endpoint),
            id: Some(id),
            key: None,
            outcome: "refused",
            line: format!("refused: {}: {why}", name.trim_end()),
            detail: why,
        }
    }
}

/// Formats the problem as one line that names the session.
impl fmt::Display for NotSelected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)
    }
}
