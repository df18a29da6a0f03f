//! A server's reports about its own threads: running statements, open transactions and locks.
//!
//! MaxScale forwards these reports (`/v1/sql`). [`WaitGraph`] finds the blockers of each waiter, [`ThreadOwners`]
//! the session of a thread.

mod activity;
mod fault;
mod graph;
mod metadata;
mod owners;
mod report;

pub use activity::{
    BoundedRows, Grants, LockCount, LockWait, LockWaits, MetadataLock, MetadataLocks, RowLock,
    ServerActivity, ServerProcess, ServerThread, Transaction, TransactionState,
};
pub use fault::ServerAccessFault;
pub use graph::{ThreadNode, Wait, WaitGraph, WaitKind};
pub use owners::{ThreadOwner, ThreadOwners};
pub use report::ServerReport;

#[cfg(test)]
mod tests;
