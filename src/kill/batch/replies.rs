//! Replies of an endpoint to a batch.

use super::{BatchPhase, KillBatch};
use crate::kill::event::{KillRequest, Order, Ticket};
use crate::kill::request_scheduler::{Alarm, RequestKind, RequestScheduler};
use crate::kill::task::{CheckReply, KillTask, NextStep, SessionReply};
use crate::kill::{AuditEntry, KillOutcome, RefusalReason, Rules};
use crate::model::{EndpointId, LockReading, Now, RequestError, ServerAccessFault, ServerThreads, Text};

/// The task that a reply belongs to, and what else of its batch the reply changes.
struct PendingTask<'a> {
    index: usize,
    /// The purpose of the request.
    kind: RequestKind,
    endpoint: EndpointId,
    task: &'a mut KillTask,
    scheduler: &'a mut RequestScheduler,
    rules: &'a Rules,
    /// Reason that the user gave.
    reason: Option<&'a Text>,
    /// Tasks with a new outcome.
    fresh: &'a mut Vec<usize>,
}

impl PendingTask<'_> {
    /// Gives a reply to the task, and takes its next step. A new outcome is noted if `counts`.
    fn handle(
        &mut self,
        counts: bool,
        now: Now,
        orders: &mut Vec<Order>,
        reply: impl FnOnce(&mut KillTask, &Rules) -> NextStep,
    ) {
        let was = self.task.outcome().cloned();
        let next = reply(self.task, self.rules);
        let is_new = counts && self.task.outcome() != was.as_ref();
        self.fresh.extend(is_new.then_some(self.index));
        if let Some(at) = self.task.gives_up_at() {
            self.scheduler.wake(at, self.index, Alarm::GiveUp);
        }
        self.take_step(next, now, orders);
    }

    /// Takes the next step of the task. A request that follows at once keeps the slot.
    fn take_step(&mut self, next: NextStep, now: Now, orders: &mut Vec<Order>) {
        let request = match next {
            NextStep::Delete { checked_at } => Some(KillRequest::Delete {
                id: self.task.victim.identity.id,
                checked_at,
            }),
            NextStep::Check => Some(self.task.check()),
            NextStep::ReadLocks => Some(self.task.read_locks()),
            NextStep::ReadThreads => Some(self.task.read_threads()),
            NextStep::EndStatement(index) => self.task.end_statement(index),
            NextStep::LogStatements => return self.log_statements(now, orders),
            NextStep::CheckAt(_) | NextStep::Queue | NextStep::Rest => None,
        };
        if let Some(request) = request {
            orders.push(Order::Ask {
                endpoint: self.endpoint,
                ticket: self.task.start_request(self.kind),
                request,
            });
            return;
        }
        self.scheduler.on_request_end(self.kind);
        match next {
            NextStep::CheckAt(at) => self.scheduler.wake(at, self.index, Alarm::FollowUp),
            NextStep::Queue => self.scheduler.queue_check_again(self.index),
            _ => {}
        }
    }

    /// Orders the write of one intent for each statement. No KILL is sent before its reply.
    fn log_statements(&mut self, now: Now, orders: &mut Vec<Order>) {
        let task = &self.task;
        let entry = || AuditEntry::new(now.wall, task.number(), &task.victim, self.reason, None);
        let statements = task.statements_to_log().into_iter();
        let entries = statements
            .map(|statement| entry().of_statement(statement))
            .collect();
        orders.push(Order::WriteIntents {
            ticket: self.task.start_request(self.kind),
            entries,
        });
    }
}

impl KillBatch {
    pub(super) fn threads_read(
        &mut self,
        ticket: Ticket,
        readings: Vec<ServerThreads>,
        now: Now,
        orders: &mut Vec<Order>,
    ) {
        self.advance(ticket, now, orders, |task, rules| {
            task.threads_read(readings, rules, now)
        });
    }

    pub(super) fn locks_read(
        &mut self,
        ticket: Ticket,
        reading: LockReading,
        now: Now,
        orders: &mut Vec<Order>,
    ) {
        self.advance(ticket, now, orders, |task, _| task.locks_read(reading));
    }

    pub(super) fn statements_logged(
        &mut self,
        ticket: Ticket,
        answer: &Result<(), Text>,
        now: Now,
        orders: &mut Vec<Order>,
    ) {
        self.advance(ticket, now, orders, |task, rules| {
            task.statements_logged(answer, rules, now)
        });
    }

    pub(super) fn statement_ended(
        &mut self,
        ticket: Ticket,
        index: usize,
        reply: Result<(), ServerAccessFault>,
        now: Now,
        orders: &mut Vec<Order>,
    ) {
        self.advance(ticket, now, orders, |task, rules| {
            task.statement_ended(index, reply, rules, now)
        });
    }

    /// Gives a reply about statements to the task that waits for it, and takes its next step.
    fn advance(
        &mut self,
        ticket: Ticket,
        now: Now,
        orders: &mut Vec<Order>,
        handle: impl FnOnce(&mut KillTask, &Rules) -> NextStep,
    ) {
        if let Some(mut pending) = self.take_pending(ticket) {
            pending.handle(true, now, orders, handle);
        }
    }

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
        let is_running = matches!(self.phase, BatchPhase::Running);
        let Some(mut pending) = self.take_pending(ticket) else {
            return;
        };
        let endpoint = pending.endpoint;
        let fault = reply.fault().cloned();
        let counts = is_running && !pending.task.is_removed();
        pending.handle(counts, now, orders, |task, rules| {
            task.on_reply(CheckReply { reply, rules }, now)
        });
        let sees_several = matches!(
            pending.task.outcome(),
            Some(KillOutcome::Refused(RefusalReason::SeveralProxies))
        );
        if sees_several {
            self.several_proxies(endpoint);
        }
        self.stop_after_failure(endpoint, fault);
    }

    pub(super) fn deleted(
        &mut self,
        ticket: Ticket,
        answer: Result<(), RequestError>,
        now: Now,
        orders: &mut Vec<Order>,
    ) {
        let Some(mut pending) = self.take_pending(ticket) else {
            return;
        };
        let endpoint = pending.endpoint;
        let is_unsent = matches!(answer, Err(RequestError::CheckExpired | RequestError::Unsent));
        let fault = answer.as_ref().err().filter(|_| !is_unsent).cloned();
        pending.handle(true, now, orders, |task, _| task.deleted(answer, now));
        self.stop_after_failure(endpoint, fault);
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
            reason: self.reason.as_ref(),
            fresh: &mut self.fresh,
        })
    }

    /// Stops the remaining tasks of an endpoint that rejects a request or fails repeatedly.
    pub(super) fn stop_after_failure(&mut self, endpoint: EndpointId, fault: Option<RequestError>) {
        let Some(scheduler) = self.scheduler.get_mut(&endpoint) else {
            return;
        };
        let failed = scheduler.on_result(fault.as_ref());
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
