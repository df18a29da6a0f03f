//! Where an attempt is, between the question and the outcome.

use std::sync::Arc;
use std::time::Duration;

use super::KillOutcome;
use crate::model::{Part, RequestError, SessionObservation};

/// What the check before the question has found.
#[derive(Clone, Debug)]
pub enum FirstCheck {
    /// Under way.
    Pending,
    /// It is the same one, and this is what it looks like now.
    Passed {
        /// As the endpoint shows it.
        observation: Arc<SessionObservation>,
        /// What could not be compared: the check is weaker by it.
        unchecked: Vec<Part>,
    },
    /// No answer; asked again.
    NoAnswer(RequestError),
}

/// What is known of a session after its DELETE.
#[derive(Clone, Debug)]
pub struct FollowUp {
    /// When the DELETE was sent.
    pub sent: Duration,
    /// Good lists in a row that did not have it.
    pub(super) missing: u8,
    /// What the reply to the DELETE was, where it was no plain yes.
    pub(super) reply: Option<RequestError>,
    /// Whether the last look or list has shown it.
    pub(super) alive: bool,
    /// Why the last look brought nothing.
    pub(super) unseen: Option<RequestError>,
}

impl FollowUp {
    pub(super) const fn new(sent: Duration, reply: Option<RequestError>) -> Self {
        Self {
            sent,
            missing: 0,
            reply,
            alive: false,
            unseen: None,
        }
    }

    /// Whether nothing has told yet if the DELETE was done.
    pub const fn reply_is_lost(&self) -> bool {
        self.reply.is_some()
    }
}

/// Where an attempt is.
#[derive(Clone, Debug)]
pub enum KillState {
    /// A person is being asked.
    Unconfirmed(FirstCheck),
    /// Confirmed; it waits for its turn.
    Queued {
        /// What the first check could not compare. The second may not be weaker.
        unchecked: Vec<Part>,
        /// How often the check right before the DELETE brought no answer.
        tries: u8,
    },
    /// The check right before the DELETE is under way.
    Checking {
        /// As above.
        unchecked: Vec<Part>,
        /// As above.
        tries: u8,
    },
    /// The DELETE is under way.
    Deleting {
        /// When it was sent.
        sent: Duration,
        /// As above: nothing may have been sent, and then the check is repeated.
        unchecked: Vec<Part>,
        /// As above.
        tries: u8,
    },
    /// Waiting to see it gone.
    FollowingUp(FollowUp),
    /// The time to watch is over and nothing told what came of it; it is still looked for.
    Unclear(FollowUp, KillOutcome),
    /// Over.
    Done(KillOutcome),
}
