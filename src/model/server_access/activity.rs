//! Rows of one round of statements at one server.

use super::super::{Span, Text};
use serde::{Deserialize, Serialize};

/// Rows of a result, up to a limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoundedRows<T> {
    /// The rows, in the order of the result.
    pub rows: Vec<T>,
    /// Whether the server has more rows.
    pub has_more: bool,
    /// Number of rows without a valid thread id, left out.
    pub dropped: u32,
}

impl<T> Default for BoundedRows<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            has_more: false,
            dropped: 0,
        }
    }
}

/// A run of a server process. A later statement is for the same process only if all fields match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerProcess {
    /// Host name that the server reports.
    pub hostname: Option<Text>,
    /// Port that the server reports.
    pub port: Option<u64>,
    /// Replication id.
    pub server_id: Option<u64>,
    /// Version.
    pub version: Option<Text>,
    /// Start of the process: Unix time in seconds. Two readings may differ by one second.
    pub started: Option<u64>,
    /// Thread id of the connection that maxtop uses.
    pub own_thread: Option<u64>,
    /// Client address of that connection, as the server sees it.
    pub own_host: Option<Text>,
    /// Account of that connection, as `user@host`.
    pub account: Option<Text>,
}

/// Maximum difference of two readings of one process start, in seconds.
const START_TOLERANCE: u64 = 2;

impl ServerProcess {
    /// Whether both are certainly the same run of the same server. Unknown fields are not equal.
    pub fn is_same_run(&self, other: &Self) -> bool {
        let known = |process: &Self| {
            Some((
                process.hostname.clone()?,
                process.port?,
                process.server_id?,
                process.version.clone()?,
            ))
        };
        let (Some(own), Some(started)) = (known(self), self.started) else {
            return false;
        };
        known(other) == Some(own)
            && other
                .started
                .is_some_and(|other| other.abs_diff(started) <= START_TOLERANCE)
    }

    /// Whether the server is a MariaDB server. `None` without a version.
    pub fn is_mariadb(&self) -> Option<bool> {
        let version = self.version.as_ref()?;
        Some(version.raw().kept().to_ascii_lowercase().contains("mariadb"))
    }

    /// Returns major, minor and patch version, without the prefix `5.5.5-` that old servers send.
    pub fn version_numbers(&self) -> Option<(u32, u32, u32)> {
        let text = self.version.as_ref()?.raw().kept();
        let text = text.strip_prefix("5.5.5-").unwrap_or(text);
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.');
        let mut numbers = text.get(..end.unwrap_or(text.len()))?.split('.').map(str::parse);
        let mut next = || numbers.next()?.ok();
        Some((next()?, next()?, next().unwrap_or(0)))
    }
}

/// Privileges of the database user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grants {
    /// Whether it may see all threads, transactions and locks (`PROCESS`).
    pub may_see_all: bool,
    /// Whether it may end statements of other users (`CONNECTION ADMIN`, up to 10.5.1 `SUPER`).
    pub may_kill: bool,
}

/// A thread of a server, as in `PROCESSLIST`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerThread {
    /// Thread id.
    pub id: u64,
    /// Database user.
    pub user: Option<Text>,
    /// Client address of the thread, with its port.
    pub host: Option<Text>,
    /// Default database.
    pub database: Option<Text>,
    /// Command: `Query`, `Sleep`, `Binlog Dump`.
    pub command: Option<Text>,
    /// Time in the current command.
    pub time: Option<Span>,
    /// State, as sent.
    pub state: Option<Text>,
    /// Id of the statement. A server never uses it twice in one run. An idle thread keeps the id of its last
    /// statement.
    pub query_id: Option<u64>,
    /// The running statement, possibly only its beginning.
    pub statement: Option<Text>,
}

/// State of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TransactionState {
    /// Not waiting for a lock.
    Running,
    /// Waiting for a row lock.
    LockWait,
    /// Rolling back.
    RollingBack,
    /// Committing.
    Committing,
    /// Unknown.
    Other,
}

/// An open transaction, as in `INNODB_TRX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    /// Thread id; 0 for a prepared XA transaction, which has no thread.
    pub thread: u64,
    /// State.
    pub state: TransactionState,
    /// Time since its start.
    pub age: Option<Span>,
    /// Time that it has waited for its lock.
    pub wait: Option<Span>,
    /// Approximate number of rows locked.
    pub rows_locked: Option<u64>,
    /// Number of rows inserted, changed or deleted.
    pub rows_modified: Option<u64>,
}

impl Transaction {
    /// Whether the transaction is prepared and has no thread (XA).
    pub const fn is_prepared_xa(&self) -> bool {
        self.thread == 0
    }
}

/// Number of transactions that wait for a row lock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockCount {
    /// Number of waiting transactions.
    pub waiting: u64,
    /// The longest wait.
    pub longest: Option<Span>,
}

/// A lock on a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowLock {
    /// Table, as sent: `` `shop`.`orders` ``.
    pub table: Text,
    /// Index.
    pub index: Option<Text>,
    /// Mode: `X`, `S`.
    pub mode: Option<Text>,
}

/// A thread that waits for a row lock, and one that it waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockWait {
    /// Thread that waits.
    pub waiter: u64,
    /// Thread that holds the lock, or is before it in the queue; 0 for a prepared XA transaction.
    pub blocker: u64,
    /// The requested lock; `None` if only root blockers were requested.
    pub lock: Option<RowLock>,
}

/// A granted metadata lock of a table, or a user lock (`GET_LOCK`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetadataLock {
    /// Thread that holds it.
    pub thread: u64,
    /// Mode: `MDL_SHARED_READ`.
    pub mode: Option<Text>,
    /// Type: `Table metadata lock`, `User lock`.
    pub kind: Option<Text>,
    /// Database of the table, or the name of a user lock.
    pub schema: Option<Text>,
    /// Table.
    pub table: Option<Text>,
}

/// Row lock waits of one round.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LockWaits {
    /// No transaction waits.
    #[default]
    None,
    /// Each waiter with its blockers.
    Known(BoundedRows<LockWait>),
    /// The query took too long or failed.
    Unknown,
}

/// Metadata locks of one round.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MetadataLocks {
    /// No thread waits for one.
    #[default]
    None,
    /// The granted locks.
    Known(BoundedRows<MetadataLock>),
    /// The server has not loaded `METADATA_LOCK_INFO`.
    NoPlugin,
    /// The query took too long or failed.
    Unknown,
}

/// Everything that one round reads from a server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerActivity {
    /// Running threads, and sleeping ones with an open transaction.
    pub threads: BoundedRows<ServerThread>,
    /// Open transactions.
    pub transactions: BoundedRows<Transaction>,
    /// Number of transactions that wait for a row lock.
    pub lock_count: LockCount,
    /// Row lock waits.
    pub lock_waits: LockWaits,
    /// Metadata locks.
    pub metadata_locks: MetadataLocks,
}
