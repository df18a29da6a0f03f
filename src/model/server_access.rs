//! A server's reports about its own threads: running statements, open transactions and locks.
//!
//! MaxScale forwards these reports (`/v1/sql`). [`WaitGraph`] finds the blockers of each waiter, [`ThreadOwners`]
//! the session of a thread.

/// Text for endpoints with the draft's API, which has no `/v1/sql`.
pub(crate) const DRAFT_WITHOUT_LOCKS: &str =
    "The draft API cannot read locks: blockers are unknown here. MaxScale 21.06 and later can.";

mod activity;
mod ended;
mod fault;
mod graph;
mod lock_holder;
mod locks;
mod metadata;
mod owners;
mod reading;
mod report;

pub use activity::{
    BoundedRows, Grants, LockCount, LockWait, LockWaits, MetadataLock, MetadataLocks, RowLock,
    ServerActivity, ServerProcess, ServerThread, Transaction, TransactionState,
};
pub use ended::EndedThread;
pub use fault::ServerAccessFault;
pub use graph::{ThreadNode, Wait, WaitGraph, WaitKind};
pub use lock_holder::LockHolder;
pub use locks::{
    EndpointLocks, LockKnowledge, LockNumbers, ServerLocks, ServerReports, SessionLocks, SessionWait,
    table_name,
};
pub use owners::{ThreadOwner, ThreadOwners};
pub use reading::{LockReading, ServerThreads, ThreadReading};
pub use report::ServerReport;

#[cfg(test)]
mod tests;
