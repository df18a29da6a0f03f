//! What lists tell a batch: the fresh one before the question, and those of the usual polling.

use std::sync::Arc;
use std::time::Duration;

use super::{Batch, Phase};
use crate::kill::attempt::{ASK_AGAIN, Attempt, CheckReply, Reply};
use crate::kill::event::{Order, Request, Ticket};
use crate::kill::{Outcome, Refusal};
use crate::model::{EndpointId, Fault, Found, Identity, Now, Snapshot};

/// Why a batch is taken back whose proxy is another process now.
const RESTARTED: &str = "the proxy was restarted: its sessions are others now";

impl Batch {
    /// Asks for a fresh list of an endpoint.
    pub(super) fn relist(&mut self, endpoint: EndpointId, orders: &mut Vec<Order>) {
        self.ticket = self.ticket.next();
        self.waits_for.insert(self.ticket, endpoint);
        orders.push(Order::Ask {
            endpoint,
            ticket: self.ticket,
            request: Request::List,
        });
    }

    pub(super) fn relist_in_time(&mut self, now: Now, orders: &mut Vec<Order>) {
        let due = |at: &Duration| *at <= now.elapsed;
        let endpoints: Vec<_> = self
            .relist_at
            .iter()
            .filter(|(_, at)| due(at))
            .map(|(endpoint, _)| *endpoint)
            .collect();
        for endpoint in endpoints {
            self.relist_at.remove(&endpoint);
            self.relist(endpoint, orders);
        }
    }

    /// The fresh list, for all first checks of an endpoint. Whom it does not have is asked for alone:
    /// a list is no snapshot.
    pub(super) fn relisted(&mut self, ticket: Ticket, answer: &Result<Arc<Snapshot>, Fault>, now: Now) {
        let Some(endpoint) = self.waits_for.remove(&ticket) else {
            return;
        };
        let Self {
            attempts,
            traffic,
            rules,
            relist_at,
            ..
        } = self;
        let Some(traffic) = traffic.get_mut(&endpoint) else {
            return;
        };
        let asks_again = answer.as_ref().is_err_and(|fault| !fault.is_refused_password());
        if asks_again {
            relist_at.insert(endpoint, now.elapsed + ASK_AGAIN);
        }
        let here = |attempt: &Attempt| attempt.victim.identity.endpoint == endpoint;
        let open = (0..).zip(attempts).filter(|(_, a)| here(a) && a.is_undecided());
        for (place, attempt) in open {
            let reply = match answer {
                Ok(snapshot) => {
                    let Some(session) = snapshot.get(attempt.victim.identity.id) else {
                        traffic.queue_check(place);
                        continue;
                    };
                    Reply::Seen(Arc::new(snapshot.sighting(session)))
                }
                Err(fault) => Reply::Failed(fault.clone()),
            };
            attempt.seen(CheckReply { reply, rules }, now);
        }
    }

    /// A list of the usual polling: who is missing from two in a row is gone, and after a restart
    /// nobody is who they were.
    pub(super) fn listed(&mut self, snapshot: &Snapshot, now: Now) {
        if matches!(self.phase, Phase::Asking | Phase::Grace(_)) {
            self.restarted(snapshot);
        }
        for (place, attempt) in (0..).zip(&mut self.attempts) {
            let victims = &attempt.victim.identity;
            // A list of another proxy at the same address says nothing about the victim.
            let is_foreign =
                self.several.contains(&snapshot.endpoint) && snapshot.process() != victims.process.as_ref();
            if victims.endpoint == snapshot.endpoint && attempt.is_in_flight() && !is_foreign {
                let was = attempt.outcome().cloned();
                let found = snapshot.find(&attempt.victim.identity.key());
                attempt.listed(matches!(found, Found::Same(_)), now);
                self.fresh
                    .extend((attempt.outcome() != was.as_ref()).then_some(place));
            }
        }
    }

    pub(super) fn restarted(&mut self, snapshot: &Snapshot) {
        let is_of_before = |attempt: &Attempt| {
            let Identity {
                endpoint, process, ..
            } = &attempt.victim.identity;
            let differ = process.is_some()
                && snapshot
                    .process()
                    .is_some_and(|now| process.as_ref() != Some(now));
            *endpoint == snapshot.endpoint && (snapshot.change.is_after_restart || differ)
        };
        self.refuse(is_of_before, &Refusal::Restarted, RESTARTED);
    }

    /// Refuses the attempts for which nothing was sent yet. Cancels the whole batch in its grace period if
    /// it has no others.
    pub(super) fn refuse(&mut self, whom: impl Fn(&Attempt) -> bool, refusal: &Refusal, why: &'static str) {
        if self.attempts.iter().all(&whom) && self.take_back(why) {
            return;
        }
        if self.attempts.iter().any(&whom) {
            self.withdraw(&whom, &Outcome::Refused(refusal.clone()));
            // Those that were struck out too: they can be taken in again.
            for attempt in self.attempts.iter_mut().filter(|attempt| whom(attempt)) {
                attempt.withdraw(Outcome::Refused(refusal.clone()));
            }
            self.revision += 1;
        }
    }
}
