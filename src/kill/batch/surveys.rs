//! How many proxies answer at an endpoint: surveys before Yes, and what follows from several.

use std::collections::BTreeSet;

use super::{Batch, Phase};
use crate::kill::attempt::{ASK_AGAIN, Attempt};
use crate::kill::event::{Order, Request, Survey, Ticket};
use crate::kill::{FirstCheck, Outcome, Refusal, Stage};
use crate::model::{EndpointId, Fault, Now};

/// Why a batch is canceled at whose address several proxies answer.
const SEVERAL_PROXIES: &str = "several proxies answer at this address";

impl Batch {
    /// Requests a survey of each endpoint with victims whose process start is known.
    pub(super) fn survey_all(&mut self, orders: &mut Vec<Order>) {
        let needs_survey =
            |attempt: &&Attempt| attempt.victim.identity.process.is_some() && !attempt.is_over();
        let endpoints = self.attempts.iter().filter(needs_survey);
        let endpoints: BTreeSet<_> = endpoints
            .map(|attempt| attempt.victim.identity.endpoint)
            .collect();
        for endpoint in endpoints {
            self.survey(endpoint, orders);
        }
    }

    /// Requests a survey of an endpoint, where the process start is known.
    pub(super) fn survey(&mut self, endpoint: EndpointId, orders: &mut Vec<Order>) {
        self.ticket = self.ticket.next();
        self.surveys.insert(self.ticket, endpoint);
        orders.push(Order::Ask {
            endpoint,
            ticket: self.ticket,
            request: Request::Survey,
        });
    }

    pub(super) fn survey_in_time(&mut self, now: Now, orders: &mut Vec<Order>) {
        let due = self.survey_at.iter().filter(|(_, (at, _))| *at <= now.elapsed);
        let endpoints: Vec<_> = due.map(|(endpoint, _)| *endpoint).collect();
        for endpoint in endpoints {
            self.survey_at.remove(&endpoint);
            self.survey(endpoint, orders);
        }
    }

    pub(super) fn surveyed(&mut self, ticket: Ticket, reply: Result<Survey, Fault>, now: Now) {
        let Some(endpoint) = self.surveys.remove(&ticket) else {
            return;
        };
        match reply {
            Ok(Survey::OneProxy | Survey::Unknown) => {}
            Ok(Survey::SeveralProxies) => self.several_proxies(endpoint),
            Err(fault) if fault.is_refused_password() => {
                self.withdraw_at(endpoint, &Outcome::NotAllowed(fault));
            }
            Err(fault) => {
                self.survey_at.insert(endpoint, (now.elapsed + ASK_AGAIN, fault));
            }
        }
    }

    /// Several proxies answer at an endpoint: nothing more is sent to it.
    pub(super) fn several_proxies(&mut self, endpoint: EndpointId) {
        let here = |attempt: &Attempt| attempt.victim.identity.endpoint == endpoint;
        self.several.insert(endpoint);
        if matches!(self.phase, Phase::Asking) {
            // What a check found there is about any of the proxies.
            for attempt in self.attempts.iter_mut().filter(|attempt| here(attempt)) {
                attempt.refuse_check(Refusal::SeveralProxies);
            }
        }
        self.refuse(here, &Refusal::SeveralProxies, SEVERAL_PROXIES);
    }

    fn withdraw_at(&mut self, endpoint: EndpointId, outcome: &Outcome) {
        self.withdraw(|attempt| attempt.victim.identity.endpoint == endpoint, outcome);
        self.revision += 1;
    }

    pub(super) fn waits_for_survey(&self, attempt: &Attempt) -> bool {
        let endpoint = &attempt.victim.identity.endpoint;
        let is_open = self.surveys.values().any(|surveyed| surveyed == endpoint);
        attempt.may_be_confirmed() && (is_open || self.survey_at.contains_key(endpoint))
    }

    /// Nobody waits for those whose first check brought no answer: they will not be ended.
    pub fn settle_unanswered(&mut self) {
        self.relist_at.clear();
        for (endpoint, (_, fault)) in std::mem::take(&mut self.survey_at) {
            let refused = Outcome::Refused(Refusal::Unreadable(fault));
            self.withdraw(|attempt| attempt.victim.identity.endpoint == endpoint, &refused);
        }
        // A survey in progress may still find the reason.
        let is_surveyed = |attempt: &&mut Attempt| {
            let endpoint = &attempt.victim.identity.endpoint;
            !self.surveys.values().any(|surveyed| surveyed == endpoint)
        };
        let undecided = self.attempts.iter_mut().filter(|attempt| attempt.is_undecided());
        for attempt in undecided.filter(is_surveyed) {
            let outcome = match attempt.stage() {
                Stage::Asked(FirstCheck::NoAnswer(fault)) if fault.is_not_allowed() => {
                    Outcome::NotAllowed(fault.clone())
                }
                Stage::Asked(FirstCheck::NoAnswer(fault)) => {
                    Outcome::Refused(Refusal::Unreadable(fault.clone()))
                }
                _ => continue,
            };
            attempt.withdraw(outcome);
        }
    }
}
