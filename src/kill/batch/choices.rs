//! Changes by the user in the dialog before the answer.

use super::{BatchPhase, KillBatch};
use crate::kill::event::Order;
use crate::model::Now;

impl KillBatch {
    /// Removes victims or adds them again. Queues their first checks if these are still missing.
    pub(crate) fn toggle_removed(&mut self, indexes: &[usize], now: Now) -> Vec<Order> {
        for index in indexes.iter().copied() {
            if let (BatchPhase::Unconfirmed, Some(task)) = (&self.phase, self.tasks.get_mut(index)) {
                task.toggle_removed();
                self.revision += 1;
                let is_unchecked = task.is_undecided() && !task.has_request();
                if is_unchecked && !self.is_checked_by_list(index) {
                    self.with_scheduler(index, |scheduler| scheduler.queue_check(index));
                }
            }
        }
        self.after(now, Vec::new())
    }

    /// Whether the statements of the victims are ended too.
    pub(crate) const fn kills_statements(&self) -> bool {
        self.rules.kills_statements
    }

    /// Whether the statements of a victim can be ended.
    pub(crate) fn has_server_access(&self) -> bool {
        self.counts().has_server_access
    }

    /// Ends the statements of the victims too, or not, while the dialog is open. Returns whether that has
    /// changed.
    pub(crate) fn toggle_statements(&mut self) -> bool {
        let may = matches!(self.phase, BatchPhase::Unconfirmed) && self.has_server_access();
        if may {
            self.rules.kills_statements = !self.rules.kills_statements;
            self.revision += 1;
        }
        may
    }
}
