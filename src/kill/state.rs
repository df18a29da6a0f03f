//! The state of a kill task, from the dialog to the outcome.

use std::sync::Arc;
use std::time::Duration;

use super::KillOutcome;
use crate::model::{Part, RequestError, SessionObservation};

/// The result of the check before Yes is enabled.
#[derive(Clone, Debug)]
pub enum FirstCheck {
    /// No reply yet.
    Pending,
    /// The session is the same.
    Passed {
        /// The session as the endpoint reported it.
        observation: Arc<SessionObservation>,
        /// Parts of the identity that could not be compared, which weakens the check.
        unchecked: Vec<Part>,
    },
    /// The request failed. The check is repeated.
    NoAnswer(RequestError),
}

/// Evidence about a session after its DELETE.
#[derive(Clone, Debug)]
pub struct FollowUp {
    /// Time at which the DELETE was sent, since the program started.
    pub sent: Duration,
    /// Number of consecutive snapshots without the session.
    pub(super) missing: u8,
    /// Error in reply to the DELETE. `None` if it succeeded.
    pub(super) reply: Option<RequestError>,
    /// Time before the newest request that has shown the session was sent, since the program started. `None` if
    /// no request after the DELETE has shown it.
    pub(super) seen_at: Option<Duration>,
    /// Why the last follow-up failed.
    pub(super) unseen: Option<RequestError>,
}

impl FollowUp {
    pub(super) const fn new(sent: Duration, reply: Option<RequestError>) -> Self {
        Self {
            sent,
            missing: 0,
            reply,
            seen_at: None,
            unseen: None,
        }
    }

    /// Handles a reply that has shown the session. `asked_at` is the time before its request was sent.
    pub(super) fn on_sighting(&mut self, asked_at: Duration) {
        self.seen_at = self.seen_at.max(Some(asked_at));
    }
}

/// The time of the statements of a session that is gone.
#[derive(Clone, Copy, Debug)]
pub struct StatementWatch {
    /// Time from the DELETE to the reply that showed the session gone.
    pub(super) after: Duration,
    /// Time of that reply, since the program started.
    pub(super) since: Duration,
}

/// The state of a kill task.
#[derive(Clone, Debug)]
pub enum KillState {
    /// Waiting for the user's confirmation.
    Unconfirmed(FirstCheck),
    /// Confirmed, and waiting for its turn.
    Queued {
        /// Parts that the first check could not compare. The second check must not be weaker.
        unchecked: Vec<Part>,
        /// Number of failed checks right before the DELETE.
        tries: u8,
    },
    /// The check right before the DELETE is in flight.
    Checking {
        /// Parts that the first check could not compare.
        unchecked: Vec<Part>,
        /// Number of checks right before the DELETE, with this one.
        tries: u8,
    },
    /// The DELETE is in flight.
    Deleting {
        /// Time at which it was sent, since the program started.
        sent: Duration,
        /// Parts that the first check could not compare. If the DELETE was not written, the check is
        /// repeated.
        unchecked: Vec<Part>,
        /// Number of checks right before the DELETE, with this one.
        tries: u8,
        /// The outcome if the DELETE was not written. Set by a stop: the check is not repeated then.
        withdrawn: Option<KillOutcome>,
    },
    /// Waiting for the session to disappear.
    FollowingUp(FollowUp),
    /// The follow-up time has passed without a result. Follow-ups continue less often.
    Unclear(FollowUp, KillOutcome),
    /// The session is gone. Its statements are read again, and ended if that was confirmed.
    EndingStatements(StatementWatch),
    /// The outcome is known, and a statement still runs. It is watched until it ends.
    WatchingStatements(StatementWatch, KillOutcome),
    /// Finished.
    Done(KillOutcome),
}
