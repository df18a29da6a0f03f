//! Data of a monitor about a server, in addition to its state: the last change of state, and its replication.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Text;

/// Reported by the monitor of a server. Empty if no monitor watches the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitorReport {
    /// The last change of its state.
    pub last_event: Option<MonitorEvent>,
    /// State of its replication; `None` if it replicates from no server, or if the version does not report
    /// it.
    pub replication: Option<Replication>,
}

/// A change of a server's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitorEvent {
    /// Name of the change: `slave_down`, `lost_slave`, `new_master`.
    pub name: Text,
    /// When it happened, by the proxy's clock (`triggered_at`).
    pub at: Timestamp,
}

/// State of the replication of a server, best first. With several connections, the worst of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Replication {
    /// Both threads run.
    Running,
    /// The IO thread connects to the primary. Usual while the primary is down.
    Connecting,
    /// The IO thread or the SQL thread does not run.
    Stopped,
}

impl Replication {
    /// Returns the state of one connection, from the texts of its IO thread and its SQL thread: `Yes`, `No`,
    /// `Connecting`. `None` if neither is known.
    pub(crate) fn of_threads(io: Option<&str>, sql: Option<&str>) -> Option<Self> {
        let of_thread = |text: &str| {
            if text.eq_ignore_ascii_case("Yes") {
                Self::Running
            } else if text.eq_ignore_ascii_case("No") {
                Self::Stopped
            } else {
                Self::Connecting
            }
        };
        io.into_iter().chain(sql).map(of_thread).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_of_both_threads_counts() {
        for (io, sql, expected) in [
            (Some("Yes"), Some("Yes"), Some(Replication::Running)),
            (Some("Yes"), Some("No"), Some(Replication::Stopped)),
            (Some("No"), Some("Yes"), Some(Replication::Stopped)),
            (Some("Connecting"), Some("Yes"), Some(Replication::Connecting)),
            (None, Some("no"), Some(Replication::Stopped)),
            (None, None, None),
        ] {
            assert_eq!(Replication::of_threads(io, sql), expected, "{io:?} {sql:?}");
        }
    }
}
