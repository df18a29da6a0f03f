//! Input and output of the kill state machine, as values.

use std::sync::Arc;
use std::time::Duration;

use super::AuditEntry;
use crate::model::{
    Absence, EndpointId, LockReading, Now, RequestError, ServerAccessFault, ServerThreads, SessionId,
    SessionObservation, Snapshot, Text,
};

/// Identifies a request of a kill. A reply to any but the last request is dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

impl Ticket {
    /// Returns the ticket before the first request of a kill. Kills and batches of one run share one
    /// sequence of numbers.
    pub(super) const fn before_first(number: u32) -> Self {
        Self((number as u64) << 32)
    }

    pub(super) const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// Returns the number of the kill or batch that the ticket belongs to.
    pub(crate) const fn number(self) -> u32 {
        (self.0 >> 32) as u32
    }
}

/// The purpose of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckPurpose {
    /// The check before Yes is enabled. Also reads the process start.
    Confirm,
    /// The check right before the DELETE. Reads the process start twice, and keeps a connection to the
    /// same proxy open for the DELETE.
    Delete,
    /// The follow-up after the DELETE, until the session is gone.
    FollowUp,
}

/// A request to an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KillRequest {
    /// GET one session; answered by `Seen`, or by `Missing` after the admin API's own 404.
    Check {
        /// The session's id.
        id: SessionId,
        /// Purpose of the check.
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
        /// Time before the first request of the check was written. The DELETE is written within one
        /// second of it by both clocks, or not at all.
        checked_at: Now,
    },
    /// Read the threads of these servers; answered by `ThreadsRead`.
    ReadThreads {
        /// Names of the servers.
        servers: Vec<Text>,
    },
    /// Read the transactions and locks of these servers, from new tables; answered by `LocksRead`.
    ReadLocks {
        /// Names of the servers.
        servers: Vec<Text>,
    },
    /// End one statement at a server, once; answered by `StatementEnded`.
    EndStatement {
        /// Name of the server.
        server: Text,
        /// Number of the connection that has read the statement. The KILL is sent over it, or not at all.
        connection: u64,
        /// Id of the statement.
        query_id: u64,
        /// Its index among the statements of the session.
        index: usize,
    },
}

/// The number of proxies behind an address, detected by their process starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Survey {
    /// All connections reached the same process.
    OneProxy,
    /// Different processes answered in turn.
    SeveralProxies,
    /// The process start could not be read.
    Unknown,
}

/// An order of the kill state machine to its caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Send a request to an endpoint.
    Ask {
        /// The endpoint.
        endpoint: EndpointId,
        /// Identifies the reply.
        ticket: Ticket,
        /// The request.
        request: KillRequest,
    },
    /// Write intents to the audit log, so that they survive a crash. Answered by `Logged`.
    WriteIntents {
        /// Identifies the reply.
        ticket: Ticket,
        /// One entry for each session.
        entries: Vec<AuditEntry>,
    },
    /// Write outcomes to the audit log. The kill does not wait for the result.
    WriteOutcomes(Vec<AuditEntry>),
}

/// An input of the kill state machine.
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
    /// The reply to a DELETE. A 404 is [`RequestError::NotFound`].
    Deleted(Ticket, Result<(), RequestError>),
    /// The threads of the servers.
    ThreadsRead(Ticket, Vec<ServerThreads>),
    /// The transactions and locks of the servers.
    LocksRead(Ticket, LockReading),
    /// The reply to a KILL of the statement with this index.
    StatementEnded(Ticket, usize, Result<(), ServerAccessFault>),
    /// The result of writing the intents: they are on disk, or the reason why not.
    Logged(Ticket, Result<(), Text>),
    /// A snapshot of the regular polling. A list that was requested before a DELETE says nothing about its
    /// result.
    Listed(Arc<Snapshot>),
    /// Several proxies reply at the address of this endpoint.
    SeveralProxies(EndpointId),
    /// Time has passed.
    Clock,
}

impl KillEvent {
    /// Returns the ticket of the request that this event replies to. `None` if it is not a reply.
    pub(crate) const fn ticket(&self) -> Option<Ticket> {
        match self {
            Self::Seen(ticket, _)
            | Self::Missing(ticket, _)
            | Self::Surveyed(ticket, _)
            | Self::Relisted(ticket, _)
            | Self::Deleted(ticket, _)
            | Self::ThreadsRead(ticket, _)
            | Self::LocksRead(ticket, _)
            | Self::StatementEnded(ticket, ..)
            | Self::Logged(ticket, _) => Some(*ticket),
            Self::Listed(_) | Self::SeveralProxies(_) | Self::Clock => None,
        }
    }
}

/// A victim that is missing from two lists in a row while the dialog is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EndedVictim {
    /// Its index.
    pub index: usize,
    /// When the newer list was requested, since the program started.
    pub asked_at: Duration,
}
