//! A session as both dialects give it; what one of them cannot know is `None`, never 0.

use jiff::Timestamp;

use super::{Span, Text, quoted};

/// The number of a session: starts at 1 in every process, ascends, is never reused within one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub u64);

impl std::fmt::Display for SessionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Where a session is in its life. The API's state is an open set of strings
/// (docs/maxscale-api.md#session-states); these are the ones that mean something, whatever the version
/// calls them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SessionPhase {
    /// Connected, not logged in or not routed yet.
    Starting,
    /// The normal one.
    Ready,
    /// Being closed or killed.
    Stopping,
    /// Anything else.
    Other,
}

/// The state strings of every version, lower case, each with its phase.
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
    /// The phase that a state string means, whatever its case.
    pub fn of(state: &str) -> Self {
        let known = PHASES.iter().find(|(name, _)| name.eq_ignore_ascii_case(state));
        known.map_or(Self::Other, |(_, phase)| *phase)
    }

    /// One word for the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Ready => "ready",
            Self::Stopping => "stopping",
            Self::Other => "other",
        }
    }
}

/// When the client connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connected {
    /// As sent: this is the part of the identity, whatever it means.
    pub sent: Text,
    /// As unix seconds, where the zone is known.
    pub at: Option<i64>,
}

impl Connected {
    /// As a moment, where the zone is known.
    pub fn timestamp(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.at?).ok()
    }
}

/// One session of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Its number in its process.
    pub id: SessionId,
    /// The state, as sent.
    pub state: Option<Text>,
    /// Absent while the client has not logged in.
    pub user: Option<Text>,
    /// The client's address, or `localhost` for a Unix socket.
    pub address: Option<Text>,
    /// Whether the endpoint sent an IPv4 address in its IPv6 form, `::ffff:10.0.0.1`.
    pub address_is_mapped: bool,
    /// The client's port (6.3 and later, TCP only; not in the draft).
    pub port: Option<u16>,
    /// The service, by name.
    pub service: Option<Text>,
    /// When it began.
    pub connected: Option<Connected>,
    /// How long it has existed: the server's own count (24.02), else by `connected` and the
    /// server's clock.
    pub age: Option<Span>,
    /// How long it has been idle; what that means depends on the version (docs/maxscale-api.md#idle).
    pub idle: Option<Span>,
    /// What only JSON:API can tell.
    pub extra: Option<Box<JsonApiFields>>,
}

impl Session {
    /// A session of which nothing but the number is known.
    pub const fn bare(id: SessionId) -> Self {
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
    pub fn is_certainly(&self, other: &Self) -> bool {
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

    /// Where it is in its life; unknown without a state.
    pub fn phase(&self) -> Option<SessionPhase> {
        self.state.as_ref().map(|state| SessionPhase::of(state.as_str()))
    }

    /// `user@address:port`, with what is known of it. Names that could be taken for other words are
    /// quoted.
    pub fn client(&self) -> String {
        let shown = |text: &Option<Text>| text.as_ref().map(|text| quoted(text.as_str()).into_owned());
        let user = shown(&self.user).unwrap_or_else(|| "(no user)".to_owned());
        let origin = shown(&self.address).map(|address| origin(&address, self.port));
        format!("{user}@{}", origin.as_deref().unwrap_or("?"))
    }

    /// `address:port`; an IPv6 address in brackets when a port follows.
    pub fn origin(&self) -> Option<String> {
        Some(origin(self.address.as_ref()?.as_str(), self.port))
    }

    /// Returns [`Session::origin`] with the raw address; `None` if the address is not kept whole.
    pub fn raw_origin(&self) -> Option<String> {
        Some(origin(self.address.as_ref()?.raw().whole()?, self.port))
    }

    /// The servers whose connections it holds; `None` where dialect or version do not say.
    pub fn server_connections(&self) -> Option<&[ServerConnection]> {
        self.extra.as_ref()?.backends.as_deref()
    }
}

/// `address:port`; an IPv6 address in brackets when a port follows.
pub(super) fn origin(address: &str, port: Option<u16>) -> String {
    match port {
        None => address.to_owned(),
        Some(port) if address.contains(':') => format!("[{address}]:{port}"),
        Some(port) => format!("{address}:{port}"),
    }
}

/// What the JSON:API list tells beyond the draft.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JsonApiFields {
    /// Connections to servers (2.3 and later); an empty list says that there are none.
    pub backends: Option<Vec<ServerConnection>>,
    /// `program_name` of the client, as the client says.
    pub program: Option<Text>,
    /// The client's process id, as the client says.
    pub pid: Option<u64>,
    /// I/O events lately (23.02 and later); every reader wears it out.
    pub io_activity: Option<u64>,
    /// `memory.total` in bytes (22.08 and later).
    pub memory: Option<u64>,
    /// How many session commands are kept, where the router keeps any (22.08.12 and later).
    pub history: Option<u32>,
    /// The routing worker (23.02 and later).
    pub worker: Option<u64>,
    /// The statement that runs now.
    pub running: Option<RunningStatement>,
    /// The longest of its write queues (23.02 and later).
    pub write_queue: Option<WriteQueue>,
}

/// What waits to be written to one side of a session. The API gives its capacity, which is 0 where
/// nothing waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteQueue {
    /// The server that does not read; the client, if none.
    pub server: Option<Text>,
    /// In bytes.
    pub bytes: u64,
}

/// A connection to a server, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerConnection {
    /// The server's name.
    pub server: Text,
    /// The thread id on that server: the low 32 bits, which is all that the API sends.
    pub thread_id: Option<u32>,
}

/// A statement without an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunningStatement {
    /// Its text; absent when it was not valid UTF-8 or no SQL.
    pub sql: Option<Text>,
    /// When it was received, in the server's zone, as sent.
    pub received: Text,
}
