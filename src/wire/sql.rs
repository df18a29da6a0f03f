//! Statements that are sent through `/v1/sql`, and their results.
//!
//! Only the statements of a fixed table can be sent: [`SqlText`] has no other source. Results are decoded by
//! column name, up to a limit of rows. A number is accepted as a JSON number or as a text.

mod errors;
mod reply;
mod result;
mod rows;
mod statements;

pub use errors::{fault_of_connect, fault_of_errno};
pub use reply::{ConnectionId, ConnectionReply, QueryReply, connection, query};
pub use result::ResultSet;
pub use rows::{
    grants, lock_count, lock_waits, metadata_locks, metadata_plugin, nothing, server, threads, transactions,
};
pub use statements::{MAX_ROWS, SqlText, Statement, StatementEntry};

#[cfg(test)]
mod tests;
