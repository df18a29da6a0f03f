//! One victim, from the question to the outcome.
//!
//! It decides what an answer means and what has to be asked next; when there is room to ask it, the
//! [`Batch`](super::KillBatch) knows.

mod checks;
mod follow_up;

use std::sync::Arc;
use std::time::Duration;

use super::event::{CheckPurpose, Ticket};
use super::request_scheduler::RequestKind;
use super::state::{FirstCheck, KillState};
use super::{KillOutcome, RefusalReason, Rules, Victim};
use crate::model::{Absence, Now, RequestError, Session, SessionObservation};

#[cfg(test)]
pub(super) use follow_up::FOLLOW_UP_TIME;

pub use checks::MAX_CHECK_AGE;

/// Between two tries of a first check that brought no answer.
pub(super) const RECHECK_DELAY: Duration = Duration::from_secs(1);

/// One victim.
#[derive(Clone, Debug)]
pub struct KillTask {
    /// Who was asked for, frozen.
    pub victim: Victim,
    stage: KillState,
    ticket: Ticket,
    /// The last question has not been answered; this is what it was for.
    waits: Option<RequestKind>,
    struck: bool,
    /// Whether one of its checks has read two process starts.
    mixed_processes: bool,
}

/// What has to be done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NextStep {
    /// Nothing.
    Rest,
    /// Look at it at this time (since the program began).
    LookAt(Duration),
    /// It waits for its turn again: its check has to be repeated.
    Queue,
    /// DELETE it now: the check has just been answered.
    Delete {
        /// Before the first request of the check was written.
        checked_at: Now,
    },
}

/// The reply to a check.
#[derive(Clone, Debug)]
pub(super) enum SessionReply {
    Seen(Arc<SessionObservation>),
    /// The admin API's own 404.
    Missing(Absence),
    Failed(RequestError),
}

impl SessionReply {
    pub(super) const fn fault(&self) -> Option<&RequestError> {
        match self {
            Self::Failed(fault) => Some(fault),
            Self::Seen(_) | Self::Missing(_) => None,
        }
    }
}

impl From<Result<Arc<SessionObservation>, RequestError>> for SessionReply {
    fn from(reply: Result<Arc<SessionObservation>, RequestError>) -> Self {
        reply.map_or_else(Self::Failed, Self::Seen)
    }
}

/// The reply to a check, with what is needed to evaluate it.
#[derive(Clone, Debug)]
pub(super) struct CheckReply<'a> {
    pub(super) reply: SessionReply,
    /// The rules that apply to all victims.
    pub(super) rules: &'a Rules,
}

impl KillTask {
    pub(super) fn new(kill: u32, victim: Victim) -> Self {
        let refused = victim.refused.clone();
        let pending = KillState::Unconfirmed(FirstCheck::Pending);
        Self {
            stage: refused.map_or(pending, |refusal| KillState::Done(KillOutcome::Refused(refusal))),
            victim,
            ticket: Ticket::before_first(kill),
            waits: None,
            struck: false,
            mixed_processes: false,
        }
    }

    /// Where it is.
    pub const fn state(&self) -> &KillState {
        &self.stage
    }

    /// The number of the kill within the run.
    pub const fn number(&self) -> u32 {
        self.ticket.number()
    }

    /// Whether a person has taken it off the list.
    pub const fn is_removed(&self) -> bool {
        self.struck
    }

    /// How it ended, as far as is known: an unknown end may still be found out.
    pub const fn outcome(&self) -> Option<&KillOutcome> {
        match &self.stage {
            KillState::Done(outcome) | KillState::Unclear(_, outcome) => Some(outcome),
            _ => None,
        }
    }

    /// Whether nothing more will come of it.
    pub const fn is_finished(&self) -> bool {
        self.struck || matches!(self.stage, KillState::Done(_))
    }

    /// Whether the first check has passed and nothing is confirmed yet.
    pub const fn may_be_confirmed(&self) -> bool {
        !self.struck && matches!(self.stage, KillState::Unconfirmed(FirstCheck::Passed { .. }))
    }

    /// Whether it is not known yet if it may be confirmed.
    pub(super) const fn is_undecided(&self) -> bool {
        !self.struck
            && matches!(
                self.stage,
                KillState::Unconfirmed(FirstCheck::Pending | FirstCheck::NoAnswer(_))
            )
    }

    /// Whether a DELETE of it is under way, or its end is not known yet.
    pub const fn is_in_flight(&self) -> bool {
        matches!(
            self.stage,
            KillState::Deleting { .. } | KillState::FollowingUp(_) | KillState::Unclear(..)
        )
    }

    /// The session as the first check showed it; until then, as the list had it.
    pub fn session(&self) -> &Session {
        match &self.stage {
            KillState::Unconfirmed(FirstCheck::Passed { observation, .. }) => &observation.detail.session,
            _ => &self.victim.session,
        }
    }

    pub(super) const fn remove(&mut self) {
        self.struck = !self.struck;
    }

    /// Ends it before anything was sent. Once a DELETE has left, only what is seen decides.
    pub(super) fn withdraw(&mut self, outcome: KillOutcome) -> bool {
        let may = matches!(
            self.stage,
            KillState::Unconfirmed(_) | KillState::Queued { .. } | KillState::Checking { .. }
        );
        if may {
            self.stage = KillState::Done(outcome);
        }
        may
    }

    /// Replaces what the first check has found, if nothing was confirmed yet.
    pub(super) fn refuse_check(&mut self, refusal: RefusalReason) {
        let is_check = matches!(
            self.stage,
            KillState::Unconfirmed(_)
                | KillState::Done(
                    KillOutcome::AlreadyGone
                        | KillOutcome::Refused(
                            RefusalReason::Changed(_)
                                | RefusalReason::Restarted
                                | RefusalReason::Unreadable(_)
                        )
                )
        );
        if is_check {
            self.stage = KillState::Done(KillOutcome::Refused(refusal));
        }
    }

    /// Whoever drives it ends now: what was sent stays unknown.
    pub(super) fn abandon(&mut self, fault: &RequestError) {
        if self.is_in_flight() {
            self.stage = KillState::Done(KillOutcome::Unknown(fault.clone()));
        }
    }

    /// A person said yes: it waits for its turn. Says whether it does.
    pub(super) fn confirm(&mut self) -> bool {
        if !self.may_be_confirmed() {
            return false;
        }
        if let KillState::Unconfirmed(FirstCheck::Passed {
            unchecked,
            observation,
        }) = &self.stage
        {
            self.victim.session = observation.detail.session.clone();
            self.stage = KillState::Queued {
                unchecked: unchecked.clone(),
                tries: 0,
            };
        }
        true
    }

    /// Its turn has come.
    pub(super) fn begin(&mut self) {
        if let KillState::Queued { unchecked, tries } = &mut self.stage {
            self.stage = KillState::Checking {
                unchecked: std::mem::take(unchecked),
                tries: *tries + 1,
            };
        }
    }

    /// The next question.
    pub(super) const fn start_request(&mut self, lane: RequestKind) -> Ticket {
        self.ticket = self.ticket.next();
        self.waits = Some(lane);
        self.ticket
    }

    /// What the question was for, if this is the answer that it waits for; it waits no longer then.
    pub(super) fn accept_reply(&mut self, ticket: Ticket) -> Option<RequestKind> {
        if self.ticket == ticket {
            self.waits.take()
        } else {
            None
        }
    }

    /// Whether a question about it is under way.
    pub(super) const fn has_request(&self) -> bool {
        self.waits.is_some()
    }

    /// Whether it waits for its turn.
    pub(super) const fn is_queued(&self) -> bool {
        matches!(self.stage, KillState::Queued { .. })
    }

    /// What its next check is for.
    pub(super) const fn check_purpose(&self) -> CheckPurpose {
        match self.stage {
            KillState::Unconfirmed(_) => CheckPurpose::Confirm,
            KillState::Queued { .. } | KillState::Checking { .. } | KillState::Deleting { .. } => {
                CheckPurpose::Delete
            }
            KillState::FollowingUp(_) | KillState::Unclear(..) | KillState::Done(_) => CheckPurpose::FollowUp,
        }
    }

    fn finish(&mut self, outcome: KillOutcome) -> NextStep {
        self.stage = KillState::Done(outcome);
        NextStep::Rest
    }

    /// A check was answered.
    pub(super) fn on_reply(&mut self, check: CheckReply<'_>, now: Now) -> NextStep {
        match &mut self.stage {
            KillState::Unconfirmed(_) => self.first_seen(check, now),
            KillState::Checking { .. } => self.seen_before_delete(check, now),
            KillState::FollowingUp(_) | KillState::Unclear(..) => self.seen_after_delete(check.reply, now),
            KillState::Queued { .. } | KillState::Deleting { .. } | KillState::Done(_) => NextStep::Rest,
        }
    }
}
