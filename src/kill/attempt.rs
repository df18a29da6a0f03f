//! One victim, from the question to the outcome.
//!
//! It decides what an answer means and what has to be asked next; when there is room to ask it, the
//! [`Batch`](super::Batch) knows.

mod checks;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use super::event::Ticket;
use super::stage::{FirstCheck, Stage};
use super::traffic::Lane;
use super::{Outcome, Rules, Victim};
use crate::model::{Fault, Now, Part, ProcessStart, Session, Sighting};

#[cfg(test)]
pub(super) use watch::WATCH;

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
    /// DELETE it, now: the check has just been answered.
    Delete,
}

/// What a check has brought, and by what it is judged.
#[derive(Clone, Debug)]
pub(super) struct Look<'a> {
    pub(super) answer: Result<Arc<Sighting>, Fault>,
    /// The process that answered, where the sighting does not say.
    pub(super) process: Option<&'a ProcessStart>,
    /// What holds for all victims.
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

    /// Whether its check needs to know the process: unless the one that was confirmed did not.
    pub(super) fn needs_process(&self) -> bool {
        let Stage::Queued { unchecked, .. } = &self.stage else {
            return false;
        };
        self.victim.identity.process.is_some() && !unchecked.contains(&Part::Process)
    }

    fn finish(&mut self, outcome: Outcome) -> Next {
        self.stage = Stage::Done(outcome);
        Next::Rest
    }

    /// A check was answered.
    pub(super) fn seen(&mut self, look: Look<'_>, now: Now) -> Next {
        match &mut self.stage {
            Stage::Asked(_) => self.first_seen(look, now),
            Stage::Checking { .. } => self.seen_before_delete(look, now),
            Stage::Watching(_) | Stage::Unsure(..) => self.seen_after_delete(look.answer, now),
            Stage::Queued { .. } | Stage::Deleting { .. } | Stage::Done(_) => Next::Rest,
        }
    }
}
