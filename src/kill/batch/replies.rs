//! Replies of an endpoint to a batch.

use super::{BatchPhase, KillBatch};
use crate::kill::event::{KillRequest, Order, Ticket};
use crate::kill::request_scheduler::{Alarm, RequestKind, RequestScheduler};
use crate::kill::task::{CheckReply, KillTask, NextStep, SessionReply};
use crate::kill::{KillOutcome, RefusalReason, Rules};
use crate::model::{EndpointId, Now, RequestError};

/// The task that a reply belongs to, and what else of its batch the reply changes.
struct PendingTask<'a> {
    index: usize,
    /// The purpose of the request.
    kind: RequestKind,
    endpoint: EndpointId,
    task: &'a mut KillTask,
    scheduler: &'a mut RequestScheduler,
    rules: &'a Rules,
    /// Tasks with a new outcome.
    fresh: &'a mut Vec<usize>,
}

impl KillBatch {
    /// Refuses the victims of an endpoint whose account may only read, while the dialog is open.
    pub(crate) fn forbid(&mut self, endpoint: EndpointId, now: Now) -> Vec<Order> {
        if matches!(self.phase, BatchPhase::Unconfirmed) {
            let here = |task: &KillTask| task.victim.identity.endpoint == endpoint;
            self.withdraw(here, &KillOutcome::Refused(RefusalReason::MayOnlyRead));
            self.revision += 1;
        }
        self.after(now, Vec::new())
    }

    pub(super) fn on_reply(
        &mut self,
        ticket: Ticket,
        reply: SessionReply,
        now: Now,
        orders: &mut Vec<Order>,
    ) {
        let counts = matches!(self.phase, BatchPhase::Running);
        let Some(pending) = self.take_pending(ticket) else {
            return;
        };
        let PendingTask {
            index,
            kind,
            endpoint,
            task,
            scheduler,
            rules,
            fresh,
        } = pending;
        let fault = reply.fault().cloned();
        let was = task.outcome().cloned();
        let next = task.on_reply(CheckReply { reply, rules }, now);
        if task.outcome() != was.as_ref() && counts && !task.is_removed() {
            fresh.push(index);
        }
        // The slot of a check is kept for its DELETE.
        if !matches!(next, NextStep::Delete { .. }) {
            scheduler.on_request_end(kind);
        }
        let sees_several = matches!(
            task.outcome(),
            Some(KillOutcome::Refused(RefusalReason::SeveralProxies))
        );
        match next {
            NextStep::Delete { checked_at } => {
                let id = task.victim.identity.id;
                orders.push(Order::Ask {
                    endpoint,
                    ticket: task.start_request(RequestKind::Check),
                    request: KillRequest::Delete { id, checked_at },
                });
            }
            NextStep::CheckAt(at) => scheduler.wake(at, index, Alarm::FollowUp),
            NextStep::Queue => scheduler.queue_check_again(index),
            NextStep::Rest => {}
        }
        if sees_several {
            self.several_proxies(endpoint);
        }
        self.on_sent(endpoint, fault);
    }

    pub(super) fn deleted(&mut self, ticket: Ticket, answer: Result<(), RequestError>, now: Now) {
        let Some(pending) = self.take_pending(ticket) else {
            return;
        };
        let PendingTask {
            index,
            kind,
            endpoint,
            task,
            scheduler,
            rules: _,
            fresh,
        } = pending;
        scheduler.on_request_end(kind);
        let is_unsent = matches!(answer, Err(RequestError::CheckExpired | RequestError::Unsent));
        let fault = answer.as_ref().err().filter(|_| !is_unsent).cloned();
        match task.deleted(answer, now) {
            NextStep::CheckAt(at) => scheduler.wake(at, index, Alarm::FollowUp),
            NextStep::Queue => scheduler.queue_check_again(index),
            NextStep::Rest | NextStep::Delete { .. } => {}
        }
        if let Some(at) = task.gives_up_at() {
            scheduler.wake(at, index, Alarm::GiveUp);
        }
        fresh.extend(task.outcome().map(|_| index));
        self.on_sent(endpoint, fault);
    }

    /// Returns the task that waits for this reply. It waits no longer then.
    fn take_pending(&mut self, ticket: Ticket) -> Option<PendingTask<'_>> {
        let index = ticket.number().checked_sub(self.number())?.checked_sub(1)?;
        let index = usize::try_from(index).ok()?;
        let task = self.tasks.get_mut(index)?;
        let kind = task.accept_reply(ticket)?;
        let endpoint = task.victim.identity.endpoint;
        Some(PendingTask {
            index,
            kind,
            endpoint,
            task,
            scheduler: self.scheduler.get_mut(&endpoint)?,
            rules: &self.rules,
            fresh: &mut self.fresh,
        })
    }

    /// Stops the remaining tasks of an endpoint that rejects a request or fails repeatedly.
    pub(super) fn on_sent(&mut self, endpoint: EndpointId, fault: Option<RequestError>) {
        let Some(scheduler) = self.scheduler.get_mut(&endpoint) else {
            return;
        };
        let failed = scheduler.on_sent(fault.as_ref());
        let Some(fault) = fault else { return };
        if !matches!(self.phase, BatchPhase::Running) {
            return;
        }
        let here = |task: &KillTask| task.victim.identity.endpoint == endpoint;
        if fault.is_not_allowed() {
            self.withdraw(here, &KillOutcome::NotAllowed(fault));
        } else if failed {
            self.withdraw(here, &KillOutcome::Refused(RefusalReason::Unreadable(fault)));
        }
    }
}
