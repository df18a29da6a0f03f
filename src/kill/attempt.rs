//! One victim, from the question to the outcome.

use std::sync::Arc;
use std::time::Duration;

use super::event::{Event, Order, Ticket};
use super::stage::{FirstCheck, Stage};
use super::{Outcome, Refusal};
use crate::model::{Dialect, Fault, Identity, Part, Phase, Session, Sighting, Verdict};

/// How long a session is watched after its DELETE.
pub(super) const WATCH: Duration = Duration::from_secs(10);
/// Between two looks at a session that should be gone.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// The first look comes sooner: 24.02 has removed it before it replies.
const FIRST_LOOK: Duration = Duration::from_millis(20);
/// An answer that has waited longer than this to be heard (the program was stopped meanwhile)
/// proves nothing any more.
const FRESH: Duration = Duration::from_secs(1);
/// Between two tries of a first check that brought no answer.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// One victim.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Who was asked for, frozen.
    pub identity: Identity,
    /// How it stood in the list when it was asked for.
    pub session: Session,
    /// In which dialect its endpoint speaks.
    pub dialect: Dialect,
    stage: Stage,
    ticket: Ticket,
}

impl Attempt {
    /// Begins: the first check is ordered at once. `kill` numbers the kills of one run from 1.
    pub fn new(kill: u32, identity: Identity, session: Session, dialect: Dialect) -> (Self, Order) {
        let ticket = Ticket::first(kill).next();
        let stage = Stage::Asked(FirstCheck::Pending);
        (
            Self {
                identity,
                session,
                dialect,
                stage,
                ticket,
            },
            Order::Check {
                ticket,
                after: Duration::ZERO,
            },
        )
    }

    /// Where it is.
    pub const fn stage(&self) -> &Stage {
        &self.stage
    }

    /// Ends it before anything was sent: whoever drives it has a reason of their own. Once a DELETE
    /// has left, only what is seen decides.
    pub fn withdraw(&mut self, outcome: Outcome) {
        if matches!(self.stage, Stage::Asked(_) | Stage::Checking { .. }) {
            self.stage = Stage::Done(outcome);
        }
    }

    /// The ticket of its last question.
    pub const fn ticket(&self) -> Ticket {
        self.ticket
    }

    /// Whether an answer with this ticket is meant for it.
    pub const fn owns(&self, ticket: Ticket) -> bool {
        self.ticket.kill() == ticket.kill()
    }

    /// How it ended, if it has.
    pub const fn outcome(&self) -> Option<&Outcome> {
        if let Stage::Done(outcome) = &self.stage {
            Some(outcome)
        } else {
            None
        }
    }

    /// Whether the first check has passed and nothing is confirmed yet.
    pub const fn may_be_confirmed(&self) -> bool {
        matches!(self.stage, Stage::Asked(FirstCheck::Passed { .. }))
    }

    /// Whether something of it is under way that a quit would leave open.
    pub const fn is_in_flight(&self) -> bool {
        matches!(self.stage, Stage::Deleting { .. } | Stage::Watching { .. })
    }

    /// Hears one event at a time (since the program began) and says what to do next.
    pub fn hear(&mut self, event: Event, now: Duration) -> Option<Order> {
        match (event, &self.stage) {
            (Event::Confirmed, Stage::Asked(FirstCheck::Passed { unchecked, .. })) => {
                self.stage = Stage::Checking {
                    unchecked: unchecked.clone(),
                };
                Some(self.check(Duration::ZERO))
            }
            (Event::Seen(ticket, answer, waited), _) if ticket == self.ticket => {
                self.seen(answer, waited, now)
            }
            (Event::Deleted(ticket, answer), Stage::Deleting { sent }) if ticket == self.ticket => {
                let sent = *sent;
                self.deleted(answer, sent)
            }
            (Event::Listed { present }, Stage::Watching { .. }) => {
                self.listed(present, now);
                None
            }
            (Event::Clock, Stage::Watching { .. }) => {
                self.give_up_in_time(now);
                None
            }
            _ => None,
        }
    }

    fn check(&mut self, after: Duration) -> Order {
        self.ticket = self.ticket.next();
        Order::Check {
            ticket: self.ticket,
            after,
        }
    }

    fn finish(&mut self, outcome: Outcome) -> Option<Order> {
        self.stage = Stage::Done(outcome);
        None
    }

    fn seen(
        &mut self,
        answer: Result<Arc<Sighting>, Fault>,
        waited: Duration,
        now: Duration,
    ) -> Option<Order> {
        match &self.stage {
            Stage::Asked(_) => self.first_seen(answer),
            Stage::Checking { .. } if waited > FRESH => Some(self.check(Duration::ZERO)),
            Stage::Checking { unchecked } => {
                let unchecked = unchecked.clone();
                self.seen_before_delete(answer, &unchecked, now)
            }
            Stage::Watching { .. } => self.seen_after_delete(answer, now),
            Stage::Deleting { .. } | Stage::Done(_) => None,
        }
    }

    /// The check while a person is asked: it opens Yes, or ends the matter.
    fn first_seen(&mut self, answer: Result<Arc<Sighting>, Fault>) -> Option<Order> {
        match self.judge(answer) {
            Ok((sighting, unchecked)) => {
                self.stage = Stage::Asked(FirstCheck::Passed { sighting, unchecked });
                None
            }
            // Asking again with a refused password may lock the account.
            Err(Outcome::Refused(Refusal::Unreadable(fault))) if fault.is_refused_password() => {
                self.finish(Outcome::NotAllowed(fault))
            }
            Err(Outcome::Refused(Refusal::Unreadable(fault))) => {
                self.stage = Stage::Asked(FirstCheck::NoAnswer(fault));
                Some(self.check(ASK_AGAIN))
            }
            Err(outcome) => self.finish(outcome),
        }
    }

    /// The check right before the DELETE: the only place where one is ordered.
    fn seen_before_delete(
        &mut self,
        answer: Result<Arc<Sighting>, Fault>,
        before: &[Part],
        now: Duration,
    ) -> Option<Order> {
        let weaker = |unchecked: &[Part]| unchecked.iter().copied().find(|part| !before.contains(part));
        match self.judge(answer).map(|(_, unchecked)| weaker(&unchecked)) {
            Ok(None) => {
                self.stage = Stage::Deleting { sent: now };
                self.ticket = self.ticket.next();
                Some(Order::Delete { ticket: self.ticket })
            }
            Ok(Some(part)) => self.finish(Outcome::Refused(Refusal::Unknown(part))),
            Err(outcome) => self.finish(outcome),
        }
    }

    /// Whether the session seen is the one that was asked for; if not, how the attempt ends.
    fn judge(&self, answer: Result<Arc<Sighting>, Fault>) -> Result<(Arc<Sighting>, Vec<Part>), Outcome> {
        let sighting = answer.map_err(|fault| match fault {
            Fault::NotFound => self.not_found(),
            fault => Outcome::Refused(Refusal::Unreadable(fault)),
        })?;
        match self.identity.compare(&sighting.identity()) {
            Verdict::Same { unchecked } => Ok((sighting, unchecked)),
            Verdict::Different(differences) => Err(Outcome::Refused(Refusal::Changed(differences))),
            Verdict::Unknown(part) => Err(Outcome::Refused(Refusal::Unknown(part))),
        }
    }

    /// What a 404 to a check means: 24.02 finds only sessions that have started and do not stop.
    fn not_found(&self) -> Outcome {
        match (self.dialect, self.session.phase()) {
            (Dialect::JsonApi, Some(Phase::Starting)) => Outcome::Refused(Refusal::NotKillableYet),
            (Dialect::JsonApi, Some(Phase::Stopping)) => Outcome::Refused(Refusal::Closing),
            _ => Outcome::AlreadyGone,
        }
    }

    /// Ended at once is only what is certain: refused by the server, or never sent. For all else,
    /// a 404 included (before 22.08 it says that there is no DELETE), the session is watched.
    fn deleted(&mut self, answer: Result<(), Fault>, sent: Duration) -> Option<Order> {
        let reply = match answer {
            Ok(()) => None,
            Err(fault) if fault.is_not_allowed() => return self.finish(Outcome::NotAllowed(fault)),
            Err(fault) if was_never_done(&fault) => return self.finish(Outcome::Failed(fault)),
            Err(fault) => Some(fault),
        };
        self.stage = Stage::Watching {
            sent,
            missing: 0,
            reply,
            alive: false,
            unseen: None,
        };
        Some(self.check(FIRST_LOOK))
    }

    /// A look after the DELETE: a 404, or anybody else under its number, means that it is gone.
    fn seen_after_delete(&mut self, answer: Result<Arc<Sighting>, Fault>, now: Duration) -> Option<Order> {
        let Stage::Watching { alive, unseen, .. } = &mut self.stage else {
            return None;
        };
        *alive = answer.is_ok();
        match answer {
            Err(Fault::NotFound) => return self.gone(now),
            // The lists go on telling; another refused password each time may lock the account.
            Err(fault) if fault.is_refused_password() => {
                *unseen = Some(fault);
                return None;
            }
            Err(fault) => *unseen = Some(fault),
            Ok(sighting) => {
                *unseen = None;
                if matches!(self.identity.compare(&sighting.identity()), Verdict::Different(_)) {
                    return self.gone(now);
                }
            }
        }
        self.give_up_in_time(now);
        if self.outcome().is_some() {
            None
        } else {
            Some(self.check(LOOK_AGAIN))
        }
    }

    /// It is gone. After a 404 to the DELETE it was not this DELETE that ended it.
    fn gone(&mut self, now: Duration) -> Option<Order> {
        let Stage::Watching { sent, reply, .. } = &self.stage else {
            return None;
        };
        let after = now.saturating_sub(*sent);
        let by_itself = matches!(reply, Some(Fault::NotFound));
        self.finish(if by_itself {
            Outcome::AlreadyGone
        } else {
            Outcome::Killed { after }
        })
    }

    /// Missing from one list proves nothing (a list is no snapshot), from two in a row it does.
    fn listed(&mut self, present: bool, now: Duration) {
        let Stage::Watching { missing, alive, .. } = &mut self.stage else {
            return;
        };
        *alive |= present;
        *missing = if present { 0 } else { missing.saturating_add(1) };
        if *missing >= 2 {
            self.gone(now);
        }
    }

    fn give_up_in_time(&mut self, now: Duration) {
        let Stage::Watching {
            sent,
            reply,
            alive,
            unseen,
            ..
        } = &self.stage
        else {
            return;
        };
        let after = now.saturating_sub(*sent);
        if after >= WATCH {
            let unknown = || {
                unseen
                    .clone()
                    .or_else(|| reply.clone())
                    .unwrap_or(Fault::TimedOut(WATCH))
            };
            let outcome = if *alive {
                Outcome::StillThere { after }
            } else {
                Outcome::Unknown(unknown())
            };
            self.finish(outcome);
        }
    }

    /// When it next needs to know the time.
    pub fn wake_at(&self) -> Option<Duration> {
        if let Stage::Watching { sent, .. } = self.stage {
            Some(sent + WATCH)
        } else {
            None
        }
    }
}

/// Faults after which it is certain that nothing was ended: no request left, or the server has read
/// it and said no.
const fn was_never_done(fault: &Fault) -> bool {
    match fault {
        Fault::Refused | Fault::Resolve(_) | Fault::Connect(_) | Fault::ReadOnly | Fault::Redirected(_) => {
            true
        }
        Fault::Status { status, .. } => matches!(status, 400..=499),
        _ => false,
    }
}
