//! The result of one round at one server.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::{ServerState, Text, TextLimit, duration_micros};
use super::{Grants, LockWaits, MetadataLocks, ServerAccessFault, ServerActivity, ServerProcess};

/// One round of statements at a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerReport {
    /// Name of the server in the proxy's configuration.
    pub server: Text,
    /// Time at which the round was complete, by this machine's clock.
    pub taken_at: Timestamp,
    /// The server process; `None` if it was never read.
    pub process: Option<ServerProcess>,
    /// Privileges of the database user, if known.
    pub grants: Option<Grants>,
    /// Threads, transactions and locks, or why they are unknown.
    pub activity: Result<ServerActivity, ServerAccessFault>,
    /// Time that the statements of the round took at the server.
    #[serde(with = "duration_micros")]
    pub cost: Duration,
    /// Time from the start of this round to the start of the next.
    #[serde(with = "duration_micros")]
    pub period: Duration,
}

/// Cause of unknown locks: their statement has failed or was ended.
const NOT_READ: &str = "the statement about locks failed or took longer than 1 s";

impl ServerReport {
    /// Returns the report of a server that was not read.
    pub(crate) const fn unread(server: Text, taken_at: Timestamp) -> Self {
        Self {
            server,
            taken_at,
            process: None,
            grants: None,
            activity: Err(ServerAccessFault::Lost),
            cost: Duration::ZERO,
            period: Duration::ZERO,
        }
    }

    /// Returns the report of a server that is not read, because it accepts no connections. `None` if it does.
    pub(crate) fn of_down(state: &ServerState, taken_at: Timestamp) -> Option<Self> {
        let known = state.state.clone();
        let reported = known.unwrap_or_else(|| Text::clean("no state", TextLimit::Name));
        (!state.accepts_connections()).then(|| Self {
            activity: Err(ServerAccessFault::ServerDown(reported)),
            ..Self::unread(state.name.clone(), taken_at)
        })
    }

    /// Returns why its locks are unknown, or not known of all sessions. `None` if they are known.
    pub fn unknown_locks(&self) -> Option<String> {
        let activity = match &self.activity {
            Ok(activity) => activity,
            Err(fault) => return Some(fault.to_string()),
        };
        if self.grants.is_some_and(|grants| !grants.may_see_all) {
            return Some("missing privilege: PROCESS".to_owned());
        }
        let is_unread =
            activity.lock_waits == LockWaits::Unknown || activity.metadata_locks == MetadataLocks::Unknown;
        is_unread.then(|| NOT_READ.to_owned())
    }
}

/// State of a server that accepts connections, as MaxScale names it.
const RUNNING: &str = "Running";

impl ServerState {
    /// Whether the server accepts connections, regardless of other states such as `Maintenance`.
    pub fn accepts_connections(&self) -> bool {
        let state = self.state.as_ref().map_or("", |state| state.raw().kept());
        let mut words = state.split(',').map(str::trim);
        words.any(|word| word.eq_ignore_ascii_case(RUNNING))
    }
}
