//! What the answers of an endpoint mean for a batch.

use super::{Batch, Phase};
use crate::kill::attempt::{Attempt, CheckReply, Next, Reply};
use crate::kill::event::{Order, Request, Ticket};
use crate::kill::traffic::{Alarm, Lane};
use crate::kill::{Outcome, Refusal};
use crate::model::{EndpointId, Fault, Now};

impl Batch {
    /// The account of an endpoint may only read: while the dialog is open, its victims are refused.
    pub fn forbid(&mut self, endpoint: EndpointId, now: Now) -> Vec<Order> {
        if matches!(self.phase, Phase::Asking) {
            let here = |attempt: &Attempt| attempt.victim.identity.endpoint == endpoint;
            self.withdraw(here, &Outcome::Refused(Refusal::MayOnlyRead));
            self.revision += 1;
        }
        self.after(now, Vec::new())
    }

    pub(super) fn seen(&mut self, ticket: Ticket, reply: Reply, now: Now, orders: &mut Vec<Order>) {
        let Some((place, lane)) = self.taker(ticket) else {
            return;
        };
        let counts = matches!(self.phase, Phase::Running);
        let Self {
            attempts,
            traffic,
            rules,
            fresh,
            ..
        } = self;
        let Some(attempt) = attempts.get_mut(place) else {
            return;
        };
        let endpoint = attempt.victim.identity.endpoint;
        let Some(traffic) = traffic.get_mut(&endpoint) else {
            return;
        };
        let fault = reply.fault().cloned();
        let was = attempt.outcome().cloned();
        let next = attempt.seen(CheckReply { reply, rules }, now);
        if attempt.outcome() != was.as_ref() && counts && !attempt.is_struck() {
            fresh.push(place);
        }
        // The room of a check goes over to its DELETE.
        if !matches!(next, Next::Delete { .. }) {
            traffic.ended(lane);
        }
        let sees_several = matches!(attempt.outcome(), Some(Outcome::Refused(Refusal::SeveralProxies)));
        match next {
            Next::Delete { checked_at } => {
                let id = attempt.victim.identity.id;
                orders.push(Order::Ask {
                    endpoint,
                    ticket: attempt.ask(Lane::Check),
                    request: Request::Delete { id, checked_at },
                });
            }
            Next::LookAt(at) => traffic.wake(at, place, Alarm::Look),
            Next::Queue => traffic.queue_check_again(place),
            Next::Rest => {}
        }
        if sees_several {
            self.several_proxies(endpoint);
        }
        self.went(endpoint, fault);
    }

    pub(super) fn deleted(&mut self, ticket: Ticket, answer: Result<(), Fault>, now: Now) {
        let Some((place, lane)) = self.taker(ticket) else {
            return;
        };
        let Self {
            attempts,
            traffic,
            fresh,
            ..
        } = self;
        let Some(attempt) = attempts.get_mut(place) else {
            return;
        };
        let endpoint = attempt.victim.identity.endpoint;
        let Some(traffic) = traffic.get_mut(&endpoint) else {
            return;
        };
        traffic.ended(lane);
        let is_unsent = matches!(answer, Err(Fault::CheckExpired | Fault::Unsent));
        let fault = answer.as_ref().err().filter(|_| !is_unsent).cloned();
        match attempt.deleted(answer, now) {
            Next::LookAt(at) => traffic.wake(at, place, Alarm::Look),
            Next::Queue => traffic.queue_check_again(place),
            Next::Rest | Next::Delete { .. } => {}
        }
        if let Some(at) = attempt.gives_up_at() {
            traffic.wake(at, place, Alarm::GiveUp);
        }
        fresh.extend(attempt.outcome().map(|_| place));
        self.went(endpoint, fault);
    }

    /// The attempt that waits for this answer, and what the question was for.
    pub(super) fn taker(&mut self, ticket: Ticket) -> Option<(usize, Lane)> {
        let place = ticket.number().checked_sub(self.number())?.checked_sub(1)?;
        let place = usize::try_from(place).ok()?;
        let lane = self.attempts.get_mut(place)?.takes(ticket)?;
        Some((place, lane))
    }

    /// An endpoint that says no, or fails again and again, stops its own rest.
    pub(super) fn went(&mut self, endpoint: EndpointId, fault: Option<Fault>) {
        let Some(traffic) = self.traffic.get_mut(&endpoint) else {
            return;
        };
        let failed = traffic.went(fault.as_ref());
        let Some(fault) = fault else { return };
        if !matches!(self.phase, Phase::Running) {
            return;
        }
        let here = |attempt: &Attempt| attempt.victim.identity.endpoint == endpoint;
        if fault.is_not_allowed() {
            self.withdraw(here, &Outcome::NotAllowed(fault));
        } else if failed {
            self.withdraw(here, &Outcome::Refused(Refusal::Unreadable(fault)));
        }
    }
}
