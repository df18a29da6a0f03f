//! What comes in: everything that [`update`](super::update) can hear of.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::arrange::Generation;
use super::key::Key;
pub use crate::kill::Ticket;
use crate::model::{Dialect, EndpointId, Fault, SessionId, Sighting, Snapshot};

/// The time, as the shell tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Monotonic, since the program began: all waiting is measured by it.
    pub elapsed: Duration,
    /// This machine's wall clock, for what people read.
    pub wall: Timestamp,
}

impl Default for Now {
    fn default() -> Self {
        Self {
            elapsed: Duration::ZERO,
            wall: Timestamp::UNIX_EPOCH,
        }
    }
}

/// Why a session was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The details show it.
    Watch,
    /// A kill needs to know who it is.
    Check(Ticket),
}

/// What a frame has shown, as the drawing found it out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// The question that could be answered with Yes.
    pub question: Option<Ticket>,
    /// How far the details can be scrolled, if they were drawn.
    pub detail_end: Option<usize>,
    /// How far the help can be scrolled, if it was drawn.
    pub help_end: Option<usize>,
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
    /// A list that did not come.
    ListFailed {
        /// Where.
        endpoint: EndpointId,
        /// Why.
        fault: Fault,
        /// When it is tried again.
        retry_in: Duration,
    },
    /// The answer of a GET by id.
    Seen {
        /// Where.
        endpoint: EndpointId,
        /// Who was asked for.
        id: SessionId,
        /// Why.
        purpose: Purpose,
        /// A 404 is [`Fault::NotFound`].
        answer: Result<Arc<Sighting>, Fault>,
    },
    /// The answer of a DELETE; a 404 is [`Fault::NotFound`].
    Deleted(Ticket, Result<(), Fault>),
    /// `arrange` is done.
    Arranged(Arc<Generation>),
    /// The program was stopped and goes on.
    Resumed,
    /// The program cannot be stopped: nobody would be there to go on.
    CannotSuspend,
}
