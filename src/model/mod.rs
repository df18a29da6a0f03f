//! Types for sessions, connections, snapshots and identities.
//!
//! Depends on no other module, and has no JSON, terminal or clock: values and their text only. Every
//! string from outside is a [`Text`], which only the sanitizer in `text` can create.

mod closing;
mod connection;
mod continuity;
pub(crate) mod defaults;
pub(crate) mod duration_micros;
mod endpoint_names;
mod identity;
mod idle;
mod instance;
mod list_diff;
mod list_stats;
pub(crate) mod maxctrl;
mod moment;
mod monitor;
mod permissions;
mod request_error;
mod row_reads;
mod server;
mod server_access;
mod service;
mod session;
mod snapshot;
mod span;
mod text;
mod tls_fault;
mod token_expiry;
mod wording;

pub(crate) use closing::{
    CLOSING_KILL, COPIES_KILL, closing_refusal, closing_servers, closing_step, closing_step_without_kill,
    closing_text,
};
pub use connection::{
    Buffer, ConnectionDetail, ConnectionStatistics, Counter, RetainedStatement, SessionDetail, StatementReply,
};
pub(crate) use continuity::{Continuity, ProcessHistory};
pub use endpoint_names::EndpointNames;
pub use identity::{Difference, EndpointId, Identity, IdentityMatch, Part, RowKey};
pub(crate) use idle::{IDLE_MEANINGS, IdleEntry, IdleMeaning};
pub use instance::{Dialect, Instance, ProcessStart, Version};
pub use instance::{ProxySettings, Worker};
pub use list_diff::ListDiff;
pub(crate) use list_diff::contradicts_process;
pub use list_stats::{IDLE_BOUNDS, ListStats, MAX_SERVICES};
pub(crate) use maxctrl::curl_line;
pub use moment::Now;
pub(crate) use moment::{civil_millis, civil_span, http_date, parse_moment};
pub use monitor::{MonitorEvent, MonitorReport, Replication};
pub use permissions::{Account, Permissions};
pub use request_error::{Remedy, RequestError};
pub use row_reads::{RowRead, RowReads};
pub(crate) use server::FollowerRole;
pub use server::{Health, ServerState, ServerStatus, Servers};
pub(crate) use server_access::DRAFT_WITHOUT_LOCKS;
pub use server_access::{
    BoundedRows, EndedThread, EndpointLocks, Grants, LockCount, LockHolder, LockKnowledge, LockNumbers,
    LockReading, LockWait, LockWaits, MetadataLock, MetadataLocks, RowLock, ServerAccessFault,
    ServerActivity, ServerLocks, ServerProcess, ServerReport, ServerReports, ServerThread, ServerThreads,
    SessionLocks, SessionWait, ThreadNode, ThreadOwner, ThreadOwners, ThreadReading, Transaction,
    TransactionState, Wait, WaitGraph, WaitKind, table_name,
};
pub use service::{Load, ServiceState, Services};
pub(crate) use session::NO_USER;
pub use session::{
    Connected, JsonApiFields, RunningStatement, ServerConnection, Session, SessionId, SessionPhase,
    WriteQueue,
};
pub use snapshot::{Absence, Lookup, SessionObservation, Snapshot};
pub use span::{Span, exact_text, measured_text, parse_duration, rate_text, setting_text, size_text};
pub(crate) use text::is_printable_ascii;
pub use text::{Pieces, RawText, Text, TextLimit, TextPiece, composed, display_width, visible};
pub use tls_fault::TlsFault;
pub use token_expiry::TokenExpiry;
pub(crate) use wording::{GLYPHS, ascii, counted, glyph_in, nearest, percent_encoded, quoted, shell_quoted};

#[cfg(test)]
mod tests;
