//! What a kill hears and what it orders, as values.

use std::sync::Arc;

use super::Entry;
use crate::model::{EndpointId, Fault, Instance, SessionId, Sighting, Snapshot, Text};

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

/// What is to be asked of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// GET one session; answered by `Seen`.
    Check {
        /// Whom.
        id: SessionId,
        /// Read the process start before it, and put it into the sighting.
        with_process: bool,
    },
    /// Read the process start; answered by `Process`.
    Process,
    /// Take a fresh list, begun after this order; answered by `Relisted`.
    List,
    /// DELETE one session, once; answered by `Deleted`.
    Delete {
        /// Whom.
        id: SessionId,
    },
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
        request: Request,
    },
    /// Write to the audit log what is about to be done, so that it survives a crash; answered by
    /// `Logged`.
    WriteIntents {
        /// To tell the answer by.
        ticket: Ticket,
        /// One for each session.
        entries: Vec<Entry>,
    },
    /// Write to the audit log what came of it. Nothing waits for it.
    WriteOutcomes(Vec<Entry>),
}

/// What a kill hears.
#[derive(Clone, Debug)]
pub enum Event {
    /// The answer of a check; a 404 is [`Fault::NotFound`].
    Seen(Ticket, Result<Arc<Sighting>, Fault>),
    /// The answer to the question for the process; `None` where the dialect cannot tell.
    Process(Ticket, Result<Option<Instance>, Fault>),
    /// The fresh list.
    Relisted(Ticket, Result<Arc<Snapshot>, Fault>),
    /// The answer of a DELETE; a 404 is [`Fault::NotFound`].
    Deleted(Ticket, Result<(), Fault>),
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

impl Event {
    /// The question that it answers, if it answers one.
    pub const fn ticket(&self) -> Option<Ticket> {
        match self {
            Self::Seen(ticket, _)
            | Self::Process(ticket, _)
            | Self::Relisted(ticket, _)
            | Self::Deleted(ticket, _)
            | Self::Logged(ticket, _) => Some(*ticket),
            Self::Listed(_) | Self::SeveralProxies(_) | Self::Clock => None,
        }
    }
}
