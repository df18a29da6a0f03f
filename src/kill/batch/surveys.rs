//! Detects whether several proxies reply at an endpoint: surveys before Yes, and their effect.

use std::collections::BTreeSet;

use super::{BatchPhase, KillBatch};
use crate::kill::event::{KillRequest, Order, Survey, Ticket};
use crate::kill::task::{KillTask, RECHECK_DELAY};
use crate::kill::{FirstCheck, KillOutcome, KillState, RefusalReason};
use crate::model::{EndpointId, Now, RequestError};

/// Why a batch is canceled if several proxies reply at the address.
const SEVERAL_PROXIES: &str = "several proxies answer at this address";

impl KillBatch {
    /// Requests a survey of each endpoint with victims whose process start is known.
    pub(super) fn survey_all(&mut self, orders: &mut Vec<Order>) {
        let needs_survey = |task: &&KillTask| task.victim.identity.process.is_some() && !task.is_finished();
        let endpoints = self.tasks.iter().filter(needs_survey);
        let endpoints: BTreeSet<_> = endpoints.map(|task| task.victim.identity.endpoint).collect();
        for endpoint in endpoints {
            self.survey(endpoint, orders);
        }
    }

    /// Requests a survey of an endpoint, where the process start is known.
    pub(super) fn survey(&mut self, endpoint: EndpointId, orders: &mut Vec<Order>) {
        let ticket = self.request(endpoint, KillRequest::Survey, orders);
        self.surveys.insert(ticket, endpoint);
    }

    pub(super) fn survey_in_time(&mut self, now: Now, orders: &mut Vec<Order>) {
        let due = self.survey_at.iter().filter(|(_, (at, _))| *at <= now.elapsed);
        let endpoints: Vec<_> = due.map(|(endpoint, _)| *endpoint).collect();
        for endpoint in endpoints {
            self.survey_at.remove(&endpoint);
            self.survey(endpoint, orders);
        }
    }

    pub(super) fn surveyed(&mut self, ticket: Ticket, reply: Result<Survey, RequestError>, now: Now) {
        let Some(endpoint) = self.surveys.remove(&ticket) else {
            return;
        };
        match reply {
            Ok(Survey::OneProxy | Survey::Unknown) => {}
            Ok(Survey::SeveralProxies) => self.several_proxies(endpoint),
            Err(fault) if fault.is_refused_password() => {
                self.withdraw_at(endpoint, &KillOutcome::NotAllowed(fault));
            }
            Err(fault) => {
                self.survey_at
                    .insert(endpoint, (now.elapsed + RECHECK_DELAY, fault));
            }
        }
    }

    /// Refuses all tasks at an endpoint where several proxies reply. Nothing more is sent to it.
    pub(super) fn several_proxies(&mut self, endpoint: EndpointId) {
        let here = |task: &KillTask| task.victim.identity.endpoint == endpoint;
        self.several.insert(endpoint);
        if matches!(self.phase, BatchPhase::Unconfirmed) {
            // The result of a check there may be about any of the proxies.
            for task in self.tasks.iter_mut().filter(|task| here(task)) {
                task.refuse_check(RefusalReason::SeveralProxies);
            }
        }
        self.refuse(here, &RefusalReason::SeveralProxies, SEVERAL_PROXIES);
    }

    fn withdraw_at(&mut self, endpoint: EndpointId, outcome: &KillOutcome) {
        self.withdraw(|task| task.victim.identity.endpoint == endpoint, outcome);
        self.revision += 1;
    }

    /// Whether a session that Yes would kill is at an endpoint whose survey is not complete.
    pub(super) fn waits_for_survey(&self) -> bool {
        let confirmable = &self.counts().confirmable;
        let mut surveyed = self.surveys.values().chain(self.survey_at.keys());
        surveyed.any(|endpoint| confirmable.contains_key(endpoint))
    }

    /// Refuses victims whose first check failed. For `maxtop kill`, which does not repeat first checks.
    pub(crate) fn refuse_unanswered(&mut self) {
        self.relist_at.clear();
        for (endpoint, (_, fault)) in std::mem::take(&mut self.survey_at) {
            let refused = KillOutcome::Refused(RefusalReason::Unreadable(fault));
            self.withdraw(|task| task.victim.identity.endpoint == endpoint, &refused);
        }
        // A survey in progress may still find the reason.
        let is_surveyed = |task: &&mut KillTask| {
            let endpoint = &task.victim.identity.endpoint;
            !self.surveys.values().any(|surveyed| surveyed == endpoint)
        };
        let undecided = self.tasks.iter_mut().filter(|task| task.is_undecided());
        for task in undecided.filter(is_surveyed) {
            let outcome = match task.state() {
                KillState::Unconfirmed(FirstCheck::NoAnswer(fault)) if fault.is_not_allowed() => {
                    KillOutcome::NotAllowed(fault.clone())
                }
                KillState::Unconfirmed(FirstCheck::NoAnswer(fault)) => {
                    KillOutcome::Refused(RefusalReason::Unreadable(fault.clone()))
                }
                _ => continue,
            };
            task.withdraw(outcome);
        }
    }
}
