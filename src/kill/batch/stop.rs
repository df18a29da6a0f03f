//! Stops a batch: nothing more is sent for victims whose DELETE was not written.

use super::{BatchPhase, KillBatch};
use crate::kill::event::Order;
use crate::kill::task::KillTask;
use crate::kill::{KillOutcome, RefusalReason, Victim};
use crate::model::{Now, RequestError};

impl KillBatch {
    /// Returns the victims whose statements may still get a KILL, unless the batch is stopped.
    pub(crate) fn open_statements(&self) -> impl Iterator<Item = &Victim> {
        let is_open = |task: &&KillTask| self.rules.kills_statements && task.may_end_statements();
        self.tasks.iter().filter(is_open).map(|task| &task.victim)
    }

    /// Whether a stop has an effect.
    pub(crate) fn may_be_stopped(&self) -> bool {
        self.is_busy() || self.open_statements().next().is_some()
    }

    /// Stops the batch: tasks that wait for their turn are refused.
    pub(crate) fn stop(&mut self, now: Now) -> Vec<Order> {
        if matches!(self.phase, BatchPhase::Logging { .. }) {
            // The log's reply is no longer needed.
            self.run();
        }
        self.rules.kills_statements = false;
        self.withdraw(|_| true, &KillOutcome::Refused(RefusalReason::Stopped));
        self.after(now, Vec::new())
    }

    /// Stops the batch because the program exits. The results of requests in flight stay unknown.
    pub(crate) fn abandon(&mut self, fault: &RequestError, now: Now) -> Vec<Order> {
        match self.phase {
            BatchPhase::Running => {}
            // The log's reply is no longer waited for.
            BatchPhase::Logging { .. } => self.run(),
            BatchPhase::Unconfirmed | BatchPhase::Grace(_) | BatchPhase::Canceled(_) => return Vec::new(),
        }
        self.withdraw(|_| true, &KillOutcome::Refused(RefusalReason::Stopped));
        for index in 0..self.tasks.len() {
            let Some(task) = self.tasks.get_mut(index) else {
                continue;
            };
            if task.is_in_flight() || task.follows_statements() {
                let had_outcome = task.outcome().is_some();
                task.abandon(fault);
                self.fresh.extend((!had_outcome).then_some(index));
            }
        }
        self.after(now, Vec::new())
    }

    /// Finishes the matching tasks for which nothing was sent. Removed victims too, because they can be added
    /// again.
    pub(super) fn withdraw(&mut self, selects: impl Fn(&KillTask) -> bool, outcome: &KillOutcome) {
        // Before that, `run` collects the outcomes.
        let counts = matches!(self.phase, BatchPhase::Running);
        for (index, task) in (0..).zip(self.tasks.iter_mut()) {
            if selects(task) && task.withdraw(outcome.clone()) && counts && !task.is_removed() {
                self.fresh.push(index);
            }
        }
    }
}
