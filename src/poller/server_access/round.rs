//! One round at a server: which statements are sent, in which order.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::client::{Client, LockTablesTurn};
use crate::clock;
use crate::model::{
    EndpointId, Grants, LockWaits, MetadataLocks, Now, ServerAccessFault, ServerActivity, ServerProcess,
    ServerReport, ServerThread, Text,
};
use crate::poller::server_schedule::{LockQuery, ServerSchedule};
use crate::wire::Decoder;
use crate::wire::sql::{self, ResultSet, Statement};

/// Time after which the process and the privileges of a connection are read again.
const IDENTITY_FOR: Duration = Duration::from_mins(1);
/// Error number of a statement that the server cannot parse. Only MariaDB has `SET STATEMENT`.
const SYNTAX_ERROR: u32 = 1064;

/// Reads the activity of one server.
pub(super) struct ServerReader {
    client: Client,
    server: Text,
    identity: Option<ServerIdentity>,
    /// Cost of the round in progress.
    cost: Duration,
}

/// Facts that rarely change.
struct ServerIdentity {
    process: ServerProcess,
    grants: Option<Grants>,
    /// Whether `METADATA_LOCK_INFO` is loaded.
    has_plugin: bool,
    read_at: Instant,
}

/// Age of the tables of transactions and locks that a round reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tables {
    /// The current ones of `InnoDB`. Another statement may have read them before.
    Current,
    /// New ones.
    New,
}

/// The result of a round.
pub(super) struct Round {
    /// Time before the first statement about transactions and locks was sent.
    pub(super) asked_at: Now,
    pub(super) activity: Result<ServerActivity, ServerAccessFault>,
    /// Time that the statements took at the server.
    pub(super) cost: Duration,
}

impl ServerReader {
    pub(super) const fn new(client: Client, server: Text) -> Self {
        Self {
            client,
            server,
            identity: None,
            cost: Duration::ZERO,
        }
    }

    pub(super) fn endpoint(&self) -> EndpointId {
        self.client.endpoint()
    }

    /// Waits for the turn at the server's tables. `None` without a database user.
    pub(super) async fn turn(&self) -> Option<LockTablesTurn> {
        self.client.lock_tables(&self.server).await
    }

    /// Runs one round in its turn at the server's tables.
    pub(super) async fn read(
        &mut self,
        schedule: &mut ServerSchedule,
        turn: &mut LockTablesTurn,
        tables: Tables,
    ) -> Round {
        self.cost = Duration::ZERO;
        let (asked_at, activity) = match self.identify_again().await {
            Ok(()) => {
                if tables == Tables::New {
                    turn.settle().await;
                }
                turn.begin();
                (clock::now(), self.activity(schedule).await)
            }
            Err(fault) => (clock::now(), Err(fault)),
        };
        if activity.as_ref().is_err_and(ServerAccessFault::loses_connection) {
            self.identity = None;
        }
        Round {
            asked_at,
            activity,
            cost: self.cost,
        }
    }

    /// Returns a round as a report. `period` is the time until the next one.
    pub(super) fn report(&self, round: Round, period: Duration) -> ServerReport {
        ServerReport {
            server: self.server.clone(),
            taken_at: Timestamp::now(),
            process: self.identity.as_ref().map(|identity| identity.process.clone()),
            grants: self.identity.as_ref().and_then(|identity| identity.grants),
            activity: round.activity,
            cost: round.cost,
            period,
        }
    }

    /// Reads the process and the privileges, unless they are known.
    async fn identify_again(&mut self) -> Result<(), ServerAccessFault> {
        let is_recent = |identity: &ServerIdentity| identity.read_at.elapsed() < IDENTITY_FOR;
        if !self.identity.as_ref().is_some_and(is_recent) {
            self.identity = Some(self.identify().await?);
        }
        Ok(())
    }

    async fn activity(&mut self, schedule: &mut ServerSchedule) -> Result<ServerActivity, ServerAccessFault> {
        let lock_count = self.run(Statement::LockCount, sql::lock_count).await?;
        let transactions = self.run(Statement::Transactions, sql::transactions).await?;
        let threads = self.run(Statement::Threads, sql::threads).await?;
        let lock_waits = self.lock_waits(lock_count.waiting, schedule).await?;
        let has_waiters = threads.rows.iter().any(ServerThread::waits_for_metadata_lock);
        let metadata_locks = if has_waiters {
            self.metadata_locks().await?
        } else {
            MetadataLocks::None
        };
        Ok(ServerActivity {
            threads,
            transactions,
            lock_count,
            lock_waits,
            metadata_locks,
        })
    }

    async fn identify(&mut self) -> Result<ServerIdentity, ServerAccessFault> {
        let process = match self.run(Statement::Server, sql::server).await {
            Ok(Some(process)) if process.is_mariadb() != Some(false) => process,
            Ok(_)
            | Err(ServerAccessFault::Statement {
                errno: SYNTAX_ERROR, ..
            }) => {
                self.client.close_server_connection(&self.server).await;
                return Err(ServerAccessFault::NotMariaDb);
            }
            Err(fault) => return Err(fault),
        };
        // Both are optional.
        let grants = optional(self.run(Statement::Grants, sql::grants).await)?;
        let has_plugin = optional(self.run(Statement::MetadataPlugin, sql::metadata_plugin).await)?;
        Ok(ServerIdentity {
            process,
            grants,
            has_plugin: has_plugin.unwrap_or_default(),
            read_at: Instant::now(),
        })
    }

    async fn lock_waits(
        &mut self,
        waiting: u64,
        schedule: &mut ServerSchedule,
    ) -> Result<LockWaits, ServerAccessFault> {
        let statement = match schedule.lock_query(waiting, Instant::now()) {
            LockQuery::None => return Ok(LockWaits::None),
            LockQuery::Paused => return Ok(LockWaits::Unknown),
            LockQuery::Pairs => Statement::LockWaits,
            LockQuery::Roots => Statement::LockRoots,
        };
        let rows = self.run(statement, sql::lock_waits).await;
        if rows == Err(ServerAccessFault::Cut) {
            schedule.on_lock_query_cut(Instant::now());
        }
        Ok(optional(rows)?.map_or(LockWaits::Unknown, LockWaits::Known))
    }

    async fn metadata_locks(&mut self) -> Result<MetadataLocks, ServerAccessFault> {
        if !self.identity.as_ref().is_some_and(|identity| identity.has_plugin) {
            return Ok(MetadataLocks::NoPlugin);
        }
        let rows = self.run(Statement::MetadataLocks, sql::metadata_locks).await;
        Ok(optional(rows)?.map_or(MetadataLocks::Unknown, MetadataLocks::Known))
    }

    async fn run<T: Send + 'static>(
        &mut self,
        statement: Statement,
        read: fn(&ResultSet<'_>, &mut Decoder<'_>) -> T,
    ) -> Result<T, ServerAccessFault> {
        let started = Instant::now();
        let result = self.client.run_statement(&self.server, statement, read).await;
        // A failed statement has no reported cost.
        let cost = result
            .as_ref()
            .map_or_else(|_| started.elapsed(), |result| result.cost);
        self.cost = self.cost.saturating_add(cost);
        result.map(|result| result.rows)
    }
}

/// Returns the rows of an optional statement. `None` if the server could not run it; other errors would
/// affect every further statement.
fn optional<T>(rows: Result<T, ServerAccessFault>) -> Result<Option<T>, ServerAccessFault> {
    match rows {
        Ok(rows) => Ok(Some(rows)),
        Err(
            ServerAccessFault::Cut | ServerAccessFault::NoPrivilege(_) | ServerAccessFault::Statement { .. },
        ) => Ok(None),
        Err(fault) => Err(fault),
    }
}
