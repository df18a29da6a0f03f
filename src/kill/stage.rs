//! Where an attempt is, between the question and the outcome.

use std::sync::Arc;
use std::time::Duration;

use super::Outcome;
use crate::model::{Fault, Part, Sighting};

/// What the check before the question has found.
#[derive(Clone, Debug)]
pub enum FirstCheck {
    /// Under way.
    Pending,
    /// It is the same one, and this is what it looks like now.
    Passed {
        /// As the endpoint shows it.
        sighting: Arc<Sighting>,
        /// What could not be compared: the check is weaker by it.
        unchecked: Vec<Part>,
    },
    /// No answer; asked again.
    NoAnswer(Fault),
}

/// Where an attempt is.
#[derive(Clone, Debug)]
pub enum Stage {
    /// A person is being asked.
    Asked(FirstCheck),
    /// Confirmed; the check right before the DELETE is under way.
    Checking {
        /// What the first check could not compare. The second may not be weaker.
        unchecked: Vec<Part>,
    },
    /// The DELETE is under way.
    Deleting {
        /// When it was sent.
        sent: Duration,
    },
    /// Waiting to see it gone.
    Watching {
        /// When the DELETE was sent.
        sent: Duration,
        /// Good lists in a row that did not have it.
        missing: u8,
        /// What the reply to the DELETE was, where it was no plain yes.
        reply: Option<Fault>,
        /// Whether the last look or list has shown it.
        alive: bool,
        /// Why the last look brought nothing.
        unseen: Option<Fault>,
    },
    /// Over.
    Done(Outcome),
}
