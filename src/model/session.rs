//! A session, from either dialect. A value that a dialect does not report is `None`, never 0.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Span, Text, quoted};

/// Number of a session. Starts at 1 in every process, ascends, and is never reused within a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SessionId(pub u64);

impl std::fmt::Display for SessionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Phase of a session's life, independent of the version.
///
/// The state in the API is an open set of strings (docs/maxscale-api.md#session-states).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SessionPhase {
    /// Connected, not logged in or not routed yet.
    Starting,
    /// Logged in and ready for routing, the normal phase.
    Ready,
    /// Being closed or killed.
    Stopping,
    /// Any other state.
    Other,
}

/// State strings of all versions, in lower case, each with its phase.
const PHASES: [(&str, SessionPhase); 8] = [
    ("session started", SessionPhase::Ready),
    ("session ready for routing", SessionPhase::Ready),
    ("session created", SessionPhase::Starting),
    ("session allocated", SessionPhase::Starting),
    ("session ready", SessionPhase::Starting),
    ("stopping session", SessionPhase::Stopping),
    ("session to be freed", SessionPhase::Stopping),
    ("freed session", SessionPhase::Stopping),
];

impl SessionPhase {
    /// Returns the phase for a state string, ignoring case.
    pub(crate) fn of(state: &str) -> Self {
        let known = PHASES.iter().find(|(name, _)| name.eq_ignore_ascii_case(state));
        known.map_or(Self::Other, |(_, phase)| *phase)
    }

    /// Returns one word for the table.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Ready => "ready",
            Self::Stopping => "stopping",
            Self::Other => "other",
        }
    }
}

/// Time at which the client connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connected {
    /// Raw text. Part of the identity, even if it cannot be parsed.
    pub sent: Text,
    /// Unix time in seconds; `None` if the zone is unknown.
    pub at: Option<i64>,
}

impl Connected {
    /// Returns the time; `None` if the zone is unknown.
    pub(crate) fn timestamp(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.at?).ok()
    }
}

/// A session, as one row of a session list.
///
/// Takes 80 bytes. Its texts are shared with the other sessions and lists, and so are the fields behind a pointer
/// where they did not change since the previous list. A test of `wire` states the memory of whole lists.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Session id.
    pub id: SessionId,
    /// State, as sent.
    pub state: Option<Text>,
    /// User; `None` until the client has logged in.
    pub user: Option<Text>,
    /// Address of the client, or `localhost` for a Unix socket.
    pub address: Option<Text>,
    /// Whether the endpoint sent an IPv4 address in its IPv6 form, `::ffff:10.0.0.1`.
    pub address_is_mapped: bool,
    /// Port of the client (JSON:API, 6.3 and later, TCP only).
    pub port: Option<u16>,
    /// Name of the service.
    pub service: Option<Text>,
    /// Time at which the client connected.
    pub connected: Option<Arc<Connected>>,
    /// Age: as sent (24.02 and later), otherwise from `connected` and the server's clock.
    pub age: Option<Span>,
    /// Idle time. Its meaning depends on the version (docs/maxscale-api.md#idle).
    pub idle: Option<Span>,
    /// Fields that only JSON:API has; `None` in the draft.
    pub extra: Option<Arc<JsonApiFields>>,
}

impl Session {
    /// Creates a session with nothing but an id.
    pub(crate) const fn bare(id: SessionId) -> Self {
        Self {
            id,
            state: None,
            user: None,
            address: None,
            address_is_mapped: false,
            port: None,
            service: None,
            connected: None,
            age: None,
            idle: None,
            extra: None,
        }
    }

    /// Whether both are certainly one session: id, connect time, user, address and port are known and equal.
    pub(crate) fn is_certainly(&self, other: &Self) -> bool {
        let parts = |session: &Self| {
            Some((
                session.id,
                session.connected.as_ref()?.sent.clone(),
                session.user.clone()?,
                session.address.clone()?,
                session.port?,
            ))
        };
        parts(self).is_some_and(|own| parts(other) == Some(own))
    }

    /// Returns the phase; `None` without a state.
    pub fn phase(&self) -> Option<SessionPhase> {
        self.state.as_ref().map(|state| SessionPhase::of(state.as_str()))
    }

    /// Returns `user@address:port`, with the parts that are known.
    ///
    /// Names that could be mistaken for other words are quoted.
    pub(crate) fn client(&self) -> String {
        client_text(self.user.as_ref(), self.address.as_ref(), self.port)
    }

    /// Returns `user@address`, as [`Session::client`] does.
    pub(crate) fn client_without_port(&self) -> String {
        client_text(self.user.as_ref(), self.address.as_ref(), None)
    }

    /// Returns `address:port`, with an IPv6 address in brackets if a port follows.
    pub(crate) fn origin(&self) -> Option<String> {
        Some(origin(self.address.as_ref()?.as_str(), self.port))
    }

    /// Returns [`Session::origin`] with the raw address; `None` if the address is not kept whole.
    pub(crate) fn raw_origin(&self) -> Option<String> {
        Some(origin(self.address.as_ref()?.raw().whole()?, self.port))
    }

    /// Returns the server connections; `None` if dialect or version do not report them.
    pub(crate) fn server_connections(&self) -> Option<&[ServerConnection]> {
        self.extra.as_ref()?.backends.as_deref()
    }

    /// Whether the thread of a server connection is known, so that there is a `KILL` for it.
    pub(crate) fn knows_thread(&self) -> bool {
        let mut connections = self.server_connections().unwrap_or_default().iter();
        connections.any(|connection| connection.thread_id.is_some())
    }
}

/// Name of the user of a session without one. A user with this name would be quoted.
pub(crate) const NO_USER: &str = "(no user)";

/// Returns `user@address:port`, with the parts that are known.
pub(super) fn client_text(user: Option<&Text>, address: Option<&Text>, port: Option<u16>) -> String {
    let shown = |text: Option<&Text>| text.map(|text| quoted(text.as_str()).into_owned());
    let user = shown(user).unwrap_or_else(|| NO_USER.to_owned());
    let origin = shown(address).map(|address| origin(&address, port));
    format!("{user}@{}", origin.as_deref().unwrap_or("?"))
}

/// Returns `address:port`, with an IPv6 address in brackets if a port follows.
pub(super) fn origin(address: &str, port: Option<u16>) -> String {
    match port {
        None => address.to_owned(),
        Some(port) if address.contains(':') => format!("[{address}]:{port}"),
        Some(port) => format!("{address}:{port}"),
    }
}

/// Fields of a session that only the JSON:API list has.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JsonApiFields {
    /// Connections to servers (2.3 and later). Empty if there are none; `None` if not reported.
    pub backends: Option<Vec<ServerConnection>>,
    /// `program_name`, as reported by the client.
    pub program: Option<Text>,
    /// Process id, as reported by the client.
    pub pid: Option<u64>,
    /// Number of I/O events in the last 30 s (`io_activity`, 23.02 and later).
    ///
    /// Every read of the API ages the counter, so under polling it reaches 0 after 8 to 10 s without traffic.
    pub io_activity: Option<u64>,
    /// `memory.total` in bytes (22.08 and later).
    pub memory: Option<u64>,
    /// Number of session commands kept, if the router keeps any (22.08.12 and later).
    pub history: Option<u32>,
    /// Routing worker that serves the session (23.02 and later).
    pub worker: Option<u64>,
    /// Statement that is running.
    pub running: Option<RunningStatement>,
    /// Whether a transaction is open, inferred from the statements that are kept; `None` if undetermined.
    pub in_transaction: Option<bool>,
    /// Write queue of the client if data waits there, otherwise the longest one of the servers (23.02 and later).
    pub write_queue: Option<WriteQueue>,
}

/// Data that waits to be written to one side of a session.
///
/// The API reports the capacity of the queue, which is 0 if nothing waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteQueue {
    /// Name of the server that does not read; `None` for the client.
    pub server: Option<Text>,
    /// Size of the queue, in bytes.
    pub bytes: u64,
}

/// A connection to a server, as in a session list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerConnection {
    /// Name of the server.
    pub server: Text,
    /// Low 32 bits of the thread id on that server. The API sends no more.
    pub thread_id: Option<u32>,
}

/// A statement that is running: it has no completion time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunningStatement {
    /// Text of the statement; `None` if it is not SQL or not valid UTF-8.
    pub sql: Option<Text>,
    /// Time of receipt, in the server's time zone, as sent.
    pub received: Text,
}
