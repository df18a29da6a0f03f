//! What comes in: everything that `update` can hear of.

use std::sync::Arc;
use std::time::Duration;

use super::arrange::Generation;
use super::key::Key;
use crate::kill;
pub use crate::kill::Ticket;
pub use crate::model::Now;
use crate::model::{Dialect, EndpointId, Fault, Servers, Services, SessionId, Sighting, Snapshot};
use crate::triage::ConnectionSample;

/// What a frame has shown, as the drawing found it out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// The question that could be answered with Yes.
    pub question: Option<Ticket>,
    /// How far the details can be scrolled, if they were drawn.
    pub detail_end: Option<usize>,
    /// How far the overlay can be scrolled, if one was drawn.
    pub overlay_end: Option<usize>,
}

/// A message.
#[derive(Clone, Debug)]
pub enum Msg {
    /// The time; sent before every batch of other messages, and when a wake is due.
    Clock(Now),
    /// A key.
    Key(Key),
    /// Pasted text: goes to a text input or nowhere, never to the keys.
    Paste(String),
    /// The terminal's size in columns and rows.
    Resized(u16, u16),
    /// A frame has been written to the terminal.
    Drawn(Shown),
    /// The dialect was found, or found anew.
    Spoke(EndpointId, Dialect),
    /// A good list.
    Listed(Arc<Snapshot>),
    /// The account that this endpoint is used with may read, and kill no session.
    MayOnlyRead(EndpointId),
    /// The process start of an endpoint has switched back to an earlier one: several proxies answer at
    /// its address.
    SeveralProxies(EndpointId),
    /// A list that did not come.
    ListFailed {
        /// Where.
        endpoint: EndpointId,
        /// Why.
        fault: Fault,
        /// When it is tried again.
        retry_in: Duration,
    },
    /// The details' session, looked at by itself.
    Seen {
        /// Where.
        endpoint: EndpointId,
        /// Who was asked for.
        id: SessionId,
        /// A 404 is [`Fault::NotFound`].
        answer: Result<Arc<Sighting>, Fault>,
    },
    /// Looks at the connections of some sessions (draft).
    Sampled(EndpointId, Vec<(SessionId, ConnectionSample)>),
    /// How the servers of an endpoint are doing, asked for while details are open.
    Servers {
        /// Where.
        endpoint: EndpointId,
        /// All of them, or why they are not known.
        answer: Result<Arc<Servers>, Fault>,
    },
    /// How full the services of an endpoint are, asked for while details or the overview are open.
    Services {
        /// Where.
        endpoint: EndpointId,
        /// All of them, or why they are not known.
        answer: Result<Arc<Services>, Fault>,
    },
    /// An answer for a kill.
    Kill(kill::Event),
    /// An outcome could not be written to the audit log.
    LogFailed(String),
    /// `arrange` is done.
    Arranged(Arc<Generation>),
    /// The program is about to be stopped.
    Suspends,
    /// The program was stopped and goes on.
    Resumed,
    /// The program ends, by a signal or without its terminal.
    Ends,
    /// The program cannot be stopped: nobody would be there to go on.
    CannotSuspend,
}
