//! What a session, a connection, a snapshot and an identity are.
//!
//! Everybody may enter; this room uses no other. It knows no JSON, no terminal, no clock: values
//! and their text only. Every string that came from outside is a [`Text`], which only the cleaner
//! in `text` can make.

mod census;
mod change;
mod connection;
mod continuity;
mod fault;
mod identity;
mod idle;
mod instance;
pub mod maxctrl;
mod moment;
mod now;
mod proxy;
mod server;
mod service;
mod session;
mod snapshot;
mod span;
mod text;
mod tls_fault;
mod wording;

pub use census::{Census, IDLE_BOUNDS, SERVICES};
pub use change::Change;
pub use connection::{Buffer, Connection, Counter, Detail, Query, Response, Statistics};
pub use continuity::{Continuity, ProcessHistory};
pub use fault::{Fault, Remedy};
pub use identity::{Difference, EndpointId, Identity, Part, RowKey, Verdict};
pub use idle::{IDLE_MEANINGS, IdleEntry, IdleMeaning};
pub use instance::{Dialect, Instance, ProcessStart, Version};
pub use moment::{civil_millis, civil_span, http_date, parse_moment};
pub use now::Now;
pub use proxy::{Account, ProxySettings, Worker};
pub use server::{Health, ServerState, Servers};
pub use service::{Load, ServiceState, Services};
pub use session::{Backend, Connected, Extra, Phase, Running, Session, SessionId, WriteQueue};
pub use snapshot::{Absence, Found, Sighting, Snapshot};
pub use span::{Span, rate_text, size_text};
pub use text::{Limit, Piece, Pieces, RawText, Text, composed, display_width, visible};
pub use tls_fault::TlsFault;
pub use wording::{ascii, counted, quoted};

#[cfg(test)]
mod tests;
