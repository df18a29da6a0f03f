//! The threads and the locks of servers, as a kill reads them.

use super::super::{Now, Text};
use super::{BoundedRows, ServerAccessFault, ServerProcess, ServerReports, ServerThread};

/// The threads of one server, and the connection that read them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadReading {
    /// Number of the connection within the run of maxtop. A later reading with the same number has used the
    /// same connection.
    pub connection: u64,
    /// The server process.
    pub process: ServerProcess,
    /// Whether the account sees the threads of all users (`PROCESS`).
    pub sees_all: bool,
    /// The threads that run something.
    pub threads: BoundedRows<ServerThread>,
}

impl ThreadReading {
    /// Whether both readings have used the same connection to the same run of the server.
    pub fn is_same_connection(&self, other: &Self) -> bool {
        self.connection == other.connection
            && self.process.is_same_run(&other.process)
            && self.process.own_thread == other.process.own_thread
    }
}

/// The result of reading the threads of one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerThreads {
    /// Name of the server in MaxScale.
    pub server: Text,
    /// The threads, or why they are unknown.
    pub reading: Result<ThreadReading, ServerAccessFault>,
}

/// The transactions and locks of some servers, read right before a DELETE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockReading {
    /// Time before the first statement about them was sent.
    pub asked_at: Now,
    /// The report of each server, or why it is unknown.
    pub reports: ServerReports,
}

impl LockReading {
    /// Creates a reading without servers.
    pub const fn none(asked_at: Now) -> Self {
        Self {
            asked_at,
            reports: ServerReports::new(),
        }
    }

    /// Returns the first server whose locks are unknown, and why.
    pub fn fault(&self) -> Option<String> {
        let mut reports = self.reports.values();
        reports.find_map(|report| Some(format!("{}: {}", report.server, report.unknown_locks()?)))
    }
}
