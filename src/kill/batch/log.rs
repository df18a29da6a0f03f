//! The audit log's part: intents before anything is sent, outcomes as they become known.

use super::{BatchPhase, KillBatch, LOG_TIMEOUT};
use crate::kill::event::{Order, Ticket};
use crate::kill::task::KillTask;
use crate::kill::{AuditEntry, KillOutcome, RefusalReason};
use crate::model::{Now, Text, TextLimit};

impl KillBatch {
    /// Whether the intents are being written. Nothing is sent before that.
    pub(crate) const fn is_logging(&self) -> bool {
        matches!(self.phase, BatchPhase::Logging { .. })
    }

    /// Orders the write of the intents. Nothing is sent before its reply.
    pub(super) fn write_intents(&mut self, now: Now, orders: &mut Vec<Order>) {
        self.phase = BatchPhase::Logging { since: now };
        self.ticket = self.ticket.next();
        let queued = self.tasks.iter().filter(|task| task.is_queued());
        let entries: Vec<_> = queued.map(|task| self.entry(task, None, now)).collect();
        orders.push(Order::WriteIntents {
            ticket: self.ticket,
            entries,
        });
    }

    /// Handles the result of logging the intents.
    pub(super) fn logged(&mut self, ticket: Ticket, answer: Result<(), Text>, now: Now) {
        let BatchPhase::Logging { since } = self.phase else {
            return;
        };
        if ticket != self.ticket {
            return;
        }
        if let Err(why) = answer {
            return self.not_logged(&why);
        }
        // The machine may have slept: the monotonic clock does not show it.
        if !now.is_within(LOG_TIMEOUT, &since) {
            return self.logged_late();
        }
        self.run();
        for index in 0..self.tasks.len() {
            if self.tasks.get(index).is_some_and(KillTask::is_queued) {
                self.with_scheduler(index, |scheduler| scheduler.queue_check(index));
            }
        }
    }

    /// Refuses the kills because the intents were not logged in time.
    pub(super) fn logged_late(&mut self) {
        let why = "the audit log took over 2 s (try --audit FILE): nothing was killed";
        self.not_logged(&Text::clean(why, TextLimit::Line));
    }

    pub(super) fn not_logged(&mut self, why: &Text) {
        self.run();
        let why = RefusalReason::Unlogged(why.clone());
        self.withdraw(|_| true, &KillOutcome::Refused(why));
    }

    /// Starts the run. Outcomes are logged from this point, first those of the first checks.
    pub(super) fn run(&mut self) {
        self.phase = BatchPhase::Running;
        let ended = |(_, task): &(usize, &KillTask)| !task.is_removed() && task.outcome().is_some();
        let ended = (0..).zip(self.tasks.iter()).filter(ended);
        self.fresh.extend(ended.map(|(index, _)| index));
    }

    pub(super) fn log_outcomes(&mut self, now: Now, orders: &mut Vec<Order>) {
        let fresh = std::mem::take(&mut self.fresh);
        let entries: Vec<_> = fresh
            .iter()
            .filter_map(|index| self.tasks.get(*index))
            .map(|task| self.entry(task, task.outcome().cloned(), now))
            .collect();
        if !entries.is_empty() {
            orders.push(Order::WriteOutcomes(entries));
        }
        self.news.extend(fresh);
    }

    pub(super) fn entry(&self, task: &KillTask, outcome: Option<KillOutcome>, now: Now) -> AuditEntry {
        AuditEntry::new(
            now.wall,
            task.number(),
            &task.victim,
            self.reason.as_ref(),
            outcome,
        )
    }
}
