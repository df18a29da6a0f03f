//! Lists: the fresh one before Yes, and those of the regular polling.

use std::sync::Arc;
use std::time::Duration;

use super::{BatchPhase, KillBatch};
use crate::kill::event::{EndedVictim, KillRequest, Order, Ticket};
use crate::kill::task::{CheckReply, KillTask, RECHECK_DELAY, SessionReply};
use crate::kill::{KillOutcome, MAX_CONFIRMED_BY_KEY, RefusalReason};
use crate::model::{
    EndpointId, Identity, Lookup, Now, ProcessStart, RequestError, Session, SessionPhase, Snapshot,
};

/// Maximum number of victims that are compared with a fresh list in one step, so that keys do not wait.
const CHECKS_PER_STEP: usize = if cfg!(test) { 24 } else { 4096 };

/// A fresh list that has arrived, or its fault.
#[derive(Clone, Debug)]
pub(super) struct ArrivedList {
    reply: Result<Arc<Snapshot>, RequestError>,
    /// Index of the next victim to check.
    next: usize,
}

/// Whether a session is in a phase in which some versions do not find it by its id.
fn is_starting_or_closing(session: &Session) -> bool {
    matches!(
        session.phase(),
        Some(SessionPhase::Starting | SessionPhase::Stopping)
    )
}

/// Why a batch is canceled if another process runs at its endpoint.
const RESTARTED: &str = "the proxy was restarted: its ids belong to other sessions now";

impl KillBatch {
    /// Requests a fresh list of an endpoint.
    pub(super) fn request_list(&mut self, endpoint: EndpointId, orders: &mut Vec<Order>) {
        let ticket = self.request(endpoint, KillRequest::List, orders);
        self.waits_for.insert(ticket, endpoint);
    }

    /// Orders a request that belongs to the batch and not to one of its tasks.
    pub(super) fn request(
        &mut self,
        endpoint: EndpointId,
        request: KillRequest,
        orders: &mut Vec<Order>,
    ) -> Ticket {
        self.ticket = self.ticket.next();
        orders.push(Order::Ask {
            endpoint,
            ticket: self.ticket,
            request,
        });
        self.ticket
    }

    pub(super) fn request_due_lists(&mut self, now: Now, orders: &mut Vec<Order>) {
        let due = |at: &Duration| *at <= now.elapsed;
        let endpoints: Vec<_> = self
            .relist_at
            .iter()
            .filter(|(_, at)| due(at))
            .map(|(endpoint, _)| *endpoint)
            .collect();
        for endpoint in endpoints {
            self.relist_at.remove(&endpoint);
            self.request_list(endpoint, orders);
        }
    }

    /// Keeps the fresh list, or its fault, for the first checks of its endpoint.
    pub(super) fn on_list_reply(&mut self, ticket: Ticket, reply: Result<Arc<Snapshot>, RequestError>) {
        if let Some(endpoint) = self.waits_for.remove(&ticket) {
            self.arrived.insert(endpoint, ArrivedList { reply, next: 0 });
        }
    }

    /// Uses the lists that have arrived for the first checks of some more victims. Sessions that are missing from
    /// a list are checked individually, because a list is not atomic. So are those that start or close: they are listed,
    /// but some versions cannot kill them.
    pub(super) fn check_by_lists(&mut self, now: Now) {
        let endpoints: Vec<_> = self.arrived.keys().copied().collect();
        for endpoint in endpoints {
            let Some(mut list) = self.arrived.remove(&endpoint) else {
                continue;
            };
            if list.next == 0
                && list
                    .reply
                    .as_ref()
                    .is_err_and(|fault| !fault.is_refused_password())
            {
                self.relist_at.insert(endpoint, now.elapsed + RECHECK_DELAY);
            }
            self.check_by_list(endpoint, &mut list, now);
            if list.next < self.tasks.len() {
                self.arrived.insert(endpoint, list);
            }
        }
    }

    /// Checks the next [`CHECKS_PER_STEP`] victims by a list.
    fn check_by_list(&mut self, endpoint: EndpointId, list: &mut ArrivedList, now: Now) {
        let end = list.next.saturating_add(CHECKS_PER_STEP).min(self.tasks.len());
        let indexes = list.next..end;
        list.next = end;
        let Some(scheduler) = self.scheduler.get_mut(&endpoint) else {
            return;
        };
        for index in indexes {
            let is_open = |task: &KillTask| task.victim.identity.endpoint == endpoint && task.is_undecided();
            let Some(task) = self.tasks.get(index).filter(|task| is_open(task)) else {
                continue;
            };
            let reply = match &list.reply {
                Ok(snapshot) => {
                    let session = snapshot.get(task.victim.identity.id);
                    let Some(session) = session.filter(|session| !is_starting_or_closing(session)) else {
                        scheduler.queue_check(index);
                        continue;
                    };
                    SessionReply::Seen(Arc::new(snapshot.observation(session)))
                }
                Err(fault) => SessionReply::Failed(fault.clone()),
            };
            if let Some(task) = self.tasks.get_mut(index) {
                let rules = &self.rules;
                task.on_reply(CheckReply { reply, rules }, now);
            }
        }
    }

    /// Whether a list has arrived that was not compared with all victims yet: `KillEvent::Clock` continues.
    pub(crate) fn compares_lists(&self) -> bool {
        !self.arrived.is_empty()
    }

    /// Whether a list that is expected or has arrived will be used for the first check of a victim.
    pub(super) fn is_checked_by_list(&self, index: usize) -> bool {
        let Some(task) = self.tasks.get(index) else {
            return false;
        };
        let endpoint = task.victim.identity.endpoint;
        let list = self.arrived.get(&endpoint);
        self.waits_for.values().any(|at| *at == endpoint) || list.is_some_and(|list| index >= list.next)
    }

    /// Handles a list of the regular polling. A session missing from two in a row is gone. After a
    /// restart all ids belong to other sessions.
    pub(super) fn on_list(&mut self, snapshot: &Snapshot, now: Now) {
        if matches!(self.phase, BatchPhase::Unconfirmed | BatchPhase::Grace(_)) {
            self.on_restart(snapshot);
        }
        let is_ambiguous = self.several.contains(&snapshot.endpoint);
        for index in self.tasks.in_flight() {
            let is_meant = |task: &&mut KillTask| {
                let victim = &task.victim.identity;
                victim.endpoint == snapshot.endpoint
                    && may_be_of_same_proxy(snapshot, victim.process.as_ref(), is_ambiguous)
            };
            let Some(task) = self.tasks.get_mut(index).filter(is_meant) else {
                continue;
            };
            let was = task.outcome().cloned();
            let found = snapshot.find(&task.victim.identity.key());
            let is_present = matches!(found, Lookup::Same(_));
            task.on_list(is_present, snapshot.asked_at.elapsed, now);
            self.fresh
                .extend((task.outcome() != was.as_ref()).then_some(index));
        }
    }

    /// Handles victims that are missing from two lists in a row while the dialog is open. They have ended: Yes
    /// does not count them. The question stays the same, because the other victims were shown too. It becomes a new one
    /// if a key confirms the rest instead of a number.
    pub(crate) fn on_ended(&mut self, ended: &[EndedVictim]) {
        if !matches!(self.phase, BatchPhase::Unconfirmed) {
            return;
        }
        let by_number = self.confirmable() > MAX_CONFIRMED_BY_KEY;
        for index in self.ended_by_lists(ended) {
            if let Some(task) = self.tasks.get_mut(index) {
                task.withdraw(KillOutcome::AlreadyGone);
            }
        }
        let is_by_key_now = by_number && self.confirmable() <= MAX_CONFIRMED_BY_KEY;
        self.revision += u32::from(is_by_key_now);
    }

    /// Returns the indexes of the victims that have ended according to lists that are newer than their checks.
    pub(crate) fn ended_by_lists(&self, ended: &[EndedVictim]) -> Vec<usize> {
        let has_ended = |EndedVictim { index, asked_at }: &&EndedVictim| {
            self.tasks.get(*index).is_some_and(|task| {
                !self.several.contains(&task.victim.identity.endpoint) && task.is_ended_by_list(*asked_at)
            })
        };
        ended
            .iter()
            .filter(has_ended)
            .map(|victim| victim.index)
            .collect()
    }

    pub(super) fn on_restart(&mut self, snapshot: &Snapshot) {
        let is_before = |endpoint: EndpointId, process: Option<&ProcessStart>| {
            let differ = process.is_some() && snapshot.process().is_some_and(|now| process != Some(now));
            endpoint == snapshot.endpoint && (snapshot.change.is_after_restart || differ)
        };
        let mut processes = self.counts().processes.iter();
        if !processes.any(|(endpoint, process)| is_before(*endpoint, process.as_ref())) {
            return;
        }
        let is_of_before = |task: &KillTask| {
            let Identity {
                endpoint, process, ..
            } = &task.victim.identity;
            is_before(*endpoint, process.as_ref())
        };
        self.refuse(is_of_before, &RefusalReason::Restarted, RESTARTED);
    }

    /// Refuses the tasks for which nothing was sent yet. Cancels the whole batch in its grace period if
    /// it has no others.
    pub(super) fn refuse(
        &mut self,
        selects: impl Fn(&KillTask) -> bool,
        refusal: &RefusalReason,
        why: &'static str,
    ) {
        if self.tasks.iter().all(&selects) && self.cancel(why) {
            return;
        }
        if self.tasks.iter().any(&selects) {
            self.withdraw(&selects, &KillOutcome::Refused(refusal.clone()));
            self.revision += 1;
        }
    }
}

/// Whether a list may be of the proxy of a victim: of its own process, or of a later one at the same node. A list of
/// another proxy at the same address says nothing about the victim. `is_ambiguous` is whether several proxies reply
/// there: then a restart cannot be recognized.
fn may_be_of_same_proxy(snapshot: &Snapshot, victims: Option<&ProcessStart>, is_ambiguous: bool) -> bool {
    match (snapshot.process(), victims) {
        (Some(now), Some(before)) if now != before => !is_ambiguous && now.may_follow(before),
        (now, before) if is_ambiguous => now == before,
        (None, Some(_)) => false,
        (Some(_) | None, _) => true,
    }
}
