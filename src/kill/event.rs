//! What an attempt hears and what it orders, as values.

use std::sync::Arc;
use std::time::Duration;

use crate::model::{Fault, Sighting};

/// Which question an answer belongs to. An answer to any but the last question is dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ticket(pub u64);

impl Ticket {
    /// The ticket of the first question of a kill; the kills of one run are numbered.
    pub(super) const fn first(kill: u32) -> Self {
        Self((kill as u64) << 32)
    }

    pub(super) const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The number of the kill that it belongs to.
    pub const fn kill(self) -> u64 {
        self.0 >> 32
    }
}

/// What the outside is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// GET the process start and the session, after this long.
    Check {
        /// To tell the answer by.
        ticket: Ticket,
        /// How long to wait before.
        after: Duration,
    },
    /// DELETE the session, once.
    Delete {
        /// To tell the answer by.
        ticket: Ticket,
    },
}

/// What an attempt hears.
#[derive(Clone, Debug)]
pub enum Event {
    /// A person said yes.
    Confirmed,
    /// The answer of a check, and how long it has waited to be heard.
    Seen(Ticket, Result<Arc<Sighting>, Fault>, Duration),
    /// The answer of the DELETE.
    Deleted(Ticket, Result<(), Fault>),
    /// A good list has it or has it not. One that was begun before the DELETE may still have it,
    /// which only delays the outcome.
    Listed {
        /// Whether this very session is in it.
        present: bool,
    },
    /// Time has passed.
    Clock,
}
