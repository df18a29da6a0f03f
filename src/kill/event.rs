//! What a kill hears and what it orders, as values.

use std::sync::Arc;

use super::AuditEntry;
use crate::model::{Absence, EndpointId, Now, RequestError, SessionId, SessionObservation, Snapshot, Text};

/// Which question an answer belongs to. An answer to any but the last question is dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

impl Ticket {
    /// The ticket before the first question of a kill; the kills of one run are numbered, and so are
    /// their batches, in one count.
    pub(super) const fn before_first(number: u32) -> Self {
        Self((number as u64) << 32)
    }

    pub(super) const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The number of the kill or batch that it belongs to.
    pub const fn number(self) -> u32 {
        (self.0 >> 32) as u32
    }
}

/// What a check is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckPurpose {
    /// Opens Yes. Reads the process start as well.
    Confirm,
    /// Comes right before the DELETE. Reads the process start twice, and keeps a connection to the
    /// same proxy open for the DELETE.
    Delete,
    /// Follows the DELETE, until the session is gone.
    FollowUp,
}

/// A request to an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KillRequest {
    /// GET one session; answered by `Seen`, or by `Missing` after the admin API's own 404.
    Check {
        /// The session's id.
        id: SessionId,
        /// What depends on it.
        purpose: CheckPurpose,
    },
    /// Read the process start on sixteen connections, unless this client has done so since the proxy
    /// started; answered by `Surveyed`.
    Survey,
    /// Take a fresh list, begun after this order; answered by `Relisted`.
    List,
    /// DELETE one session, once, over the connection of its check; answered by `Deleted`.
    Delete {
        /// The session's id.
        id: SessionId,
        /// Before the first request of its check was written. The DELETE is written within one second
        /// of it by both clocks, or not at all.
        checked_at: Now,
    },
}

/// How many proxies answer at an address, by their process starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Survey {
    /// All connections reached the same process.
    OneProxy,
    /// Different processes answered in turn.
    SeveralProxies,
    /// The process start could not be read.
    Unknown,
}

/// What the outside is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Ask something of an endpoint.
    Ask {
        /// Where.
        endpoint: EndpointId,
        /// To tell the answer by.
        ticket: Ticket,
        /// What.
        request: KillRequest,
    },
    /// Write to the audit log what is about to be done, so that it survives a crash; answered by
    /// `Logged`.
    WriteIntents {
        /// To tell the answer by.
        ticket: Ticket,
        /// One for each session.
        entries: Vec<AuditEntry>,
    },
    /// Write to the audit log what came of it. Nothing waits for it.
    WriteOutcomes(Vec<AuditEntry>),
}

/// What a kill hears.
#[derive(Clone, Debug)]
pub enum KillEvent {
    /// The reply to a check.
    Seen(Ticket, Result<Arc<SessionObservation>, RequestError>),
    /// The reply to a check: the endpoint has no session with this id.
    Missing(Ticket, Absence),
    /// The reply to a survey.
    Surveyed(Ticket, Result<Survey, RequestError>),
    /// The fresh list.
    Relisted(Ticket, Result<Arc<Snapshot>, RequestError>),
    /// The answer of a DELETE; a 404 is [`RequestError::NotFound`].
    Deleted(Ticket, Result<(), RequestError>),
    /// The intents are safe on the disk, or why they are not.
    Logged(Ticket, Result<(), Text>),
    /// A good list of the usual polling. One that was begun before a DELETE may still have its
    /// session, which only delays the outcome.
    Listed(Arc<Snapshot>),
    /// Several proxies answer at the address of this endpoint.
    SeveralProxies(EndpointId),
    /// Time has passed.
    Clock,
}

impl KillEvent {
    /// The question that it answers, if it answers one.
    pub const fn ticket(&self) -> Option<Ticket> {
        match self {
            Self::Seen(ticket, _)
            | Self::Missing(ticket, _)
            | Self::Surveyed(ticket, _)
            | Self::Relisted(ticket, _)
            | Self::Deleted(ticket, _)
            | Self::Logged(ticket, _) => Some(*ticket),
            Self::Listed(_) | Self::SeveralProxies(_) | Self::Clock => None,
        }
    }
}
