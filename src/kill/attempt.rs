//! One victim, from the question to the outcome.
//!
//! It decides what an answer means and what has to be asked next; when there is room to ask it, the
//! [`Batch`](super::Batch) knows.

mod checks;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use super::event::{CheckPurpose, Ticket};
use super::stage::{FirstCheck, Stage};
use super::traffic::Lane;
use super::{Outcome, Refusal, Rules, Victim};
use crate::model::{Absence, Fault, Now, Session, Sighting};

#[cfg(test)]
pub(super) use watch::WATCH;

pub use checks::MAX_CHECK_AGE;

/// Between two tries of a first check that brought no answer.
pub(super) const ASK_AGAIN: Duration = Duration::from_secs(1);

/// One victim.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Who was asked for, frozen.
    pub victim: Victim,
    stage: Stage,
    ticket: Ticket,
    /// The last question has not been answered; this is what it was for.
    waits: Option<Lane>,
    struck: bool,
    /// Whether one of its checks has read two process starts.
    mixed_processes: bool,
}

/// What has to be done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
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
pub(super) enum Reply {
    Seen(Arc<Sighting>),
    /// The admin API's own 404.
    Missing(Absence),
    Failed(Fault),
}

impl Reply {
    pub(super) const fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Failed(fault) => Some(fault),
            Self::Seen(_) | Self::Missing(_) => None,
        }
    }
}

impl From<Result<Arc<Sighting>, Fault>> for Reply {
    fn from(reply: Result<Arc<Sighting>, Fault>) -> Self {
        reply.map_or_else(Self::Failed, Self::Seen)
    }
}

/// The reply to a check, with what is needed to evaluate it.
#[derive(Clone, Debug)]
pub(super) struct CheckReply<'a> {
    pub(super) reply: Reply,
    /// The rules that apply to all victims.
    pub(super) rules: &'a Rules,
}

impl Attempt {
    pub(super) fn new(kill: u32, victim: Victim) -> Self {
        let refused = victim.refused.clone();
        let pending = Stage::Asked(FirstCheck::Pending);
        Self {
            stage: refused.map_or(pending, |refusal| Stage::Done(Outcome::Refused(refusal))),
            victim,
            ticket: Ticket::before_first(kill),
            waits: None,
            struck: false,
            mixed_processes: false,
        }
    }

    /// Where it is.
    pub const fn stage(&self) -> &Stage {
        &self.stage
    }

    /// The number of the kill within the run.
    pub const fn number(&self) -> u32 {
        self.ticket.number()
    }

    /// Whether a person has taken it off the list.
    pub const fn is_struck(&self) -> bool {
        self.struck
    }

    /// How it ended, as far as is known: an unknown end may still be found out.
    pub const fn outcome(&self) -> Option<&Outcome> {
        match &self.stage {
            Stage::Done(outcome) | Stage::Unsure(_, outcome) => Some(outcome),
            _ => None,
        }
    }

    /// Whether nothing more will come of it.
    pub const fn is_over(&self) -> bool {
        self.struck || matches!(self.stage, Stage::Done(_))
    }

    /// Whether the first check has passed and nothing is confirmed yet.
    pub const fn may_be_confirmed(&self) -> bool {
        !self.struck && matches!(self.stage, Stage::Asked(FirstCheck::Passed { .. }))
    }

    /// Whether it is not known yet if it may be confirmed.
    pub(super) const fn is_undecided(&self) -> bool {
        !self.struck
            && matches!(
                self.stage,
                Stage::Asked(FirstCheck::Pending | FirstCheck::NoAnswer(_))
            )
    }

    /// Whether a DELETE of it is under way, or its end is not known yet.
    pub const fn is_in_flight(&self) -> bool {
        matches!(
            self.stage,
            Stage::Deleting { .. } | Stage::Watching(_) | Stage::Unsure(..)
        )
    }

    /// The session as the first check showed it; until then, as the list had it.
    pub fn session(&self) -> &Session {
        match &self.stage {
            Stage::Asked(FirstCheck::Passed { sighting, .. }) => &sighting.detail.session,
            _ => &self.victim.session,
        }
    }

    pub(super) const fn strike(&mut self) {
        self.struck = !self.struck;
    }

    /// Ends it before anything was sent. Once a DELETE has left, only what is seen decides.
    pub(super) fn withdraw(&mut self, outcome: Outcome) -> bool {
        let may = matches!(
            self.stage,
            Stage::Asked(_) | Stage::Queued { .. } | Stage::Checking { .. }
        );
        if may {
            self.stage = Stage::Done(outcome);
        }
        may
    }

    /// Replaces what the first check has found, if nothing was confirmed yet.
    pub(super) fn refuse_check(&mut self, refusal: Refusal) {
        let is_check = matches!(
            self.stage,
            Stage::Asked(_)
                | Stage::Done(
                    Outcome::AlreadyGone
                        | Outcome::Refused(Refusal::Changed(_) | Refusal::Restarted | Refusal::Unreadable(_))
                )
        );
        if is_check {
            self.stage = Stage::Done(Outcome::Refused(refusal));
        }
    }

    /// Whoever drives it ends now: what was sent stays unknown.
    pub(super) fn abandon(&mut self, fault: &Fault) {
        if self.is_in_flight() {
            self.stage = Stage::Done(Outcome::Unknown(fault.clone()));
        }
    }

    /// A person said yes: it waits for its turn. Says whether it does.
    pub(super) fn confirm(&mut self) -> bool {
        if !self.may_be_confirmed() {
            return false;
        }
        if let Stage::Asked(FirstCheck::Passed { unchecked, sighting }) = &self.stage {
            self.victim.session = sighting.detail.session.clone();
            self.stage = Stage::Queued {
                unchecked: unchecked.clone(),
                tries: 0,
            };
        }
        true
    }

    /// Its turn has come.
    pub(super) fn begin(&mut self) {
        if let Stage::Queued { unchecked, tries } = &mut self.stage {
            self.stage = Stage::Checking {
                unchecked: std::mem::take(unchecked),
                tries: *tries + 1,
            };
        }
    }

    /// The next question.
    pub(super) const fn ask(&mut self, lane: Lane) -> Ticket {
        self.ticket = self.ticket.next();
        self.waits = Some(lane);
        self.ticket
    }

    /// What the question was for, if this is the answer that it waits for; it waits no longer then.
    pub(super) fn takes(&mut self, ticket: Ticket) -> Option<Lane> {
        if self.ticket == ticket {
            self.waits.take()
        } else {
            None
        }
    }

    /// Whether a question about it is under way.
    pub(super) const fn is_asked(&self) -> bool {
        self.waits.is_some()
    }

    /// Whether it waits for its turn.
    pub(super) const fn is_queued(&self) -> bool {
        matches!(self.stage, Stage::Queued { .. })
    }

    /// What its next check is for.
    pub(super) const fn check_purpose(&self) -> CheckPurpose {
        match self.stage {
            Stage::Asked(_) => CheckPurpose::Confirm,
            Stage::Queued { .. } | Stage::Checking { .. } | Stage::Deleting { .. } => CheckPurpose::Delete,
            Stage::Watching(_) | Stage::Unsure(..) | Stage::Done(_) => CheckPurpose::FollowUp,
        }
    }

    fn finish(&mut self, outcome: Outcome) -> Next {
        self.stage = Stage::Done(outcome);
        Next::Rest
    }

    /// A check was answered.
    pub(super) fn seen(&mut self, check: CheckReply<'_>, now: Now) -> Next {
        match &mut self.stage {
            Stage::Asked(_) => self.first_seen(check, now),
            Stage::Checking { .. } => self.seen_before_delete(check, now),
            Stage::Watching(_) | Stage::Unsure(..) => self.seen_after_delete(check.reply, now),
            Stage::Queued { .. } | Stage::Deleting { .. } | Stage::Done(_) => Next::Rest,
        }
    }
}
