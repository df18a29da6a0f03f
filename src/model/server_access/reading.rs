//! The threads of one server, as a kill reads them.

use super::super::Text;
use super::{BoundedRows, ServerAccessFault, ServerProcess, ServerThread};

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
