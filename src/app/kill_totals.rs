//! The totals of a finished kill of several sessions, in the status line.

use super::kill_log::KillsLeft;
use super::killing::Kills;
use super::status::Status;
use crate::kill::{KillBatch, KillOutcome};

/// Counts of a finished batch of several sessions.
#[derive(Clone, Debug)]
pub(super) struct BatchTotals {
    batch: u32,
    /// The counts by outcome: `55 killed, 3 already gone`.
    counts: String,
    /// Whether all sessions are gone.
    are_all_gone: bool,
}

impl BatchTotals {
    /// Counts the outcomes of a batch.
    pub(super) fn of(batch: &KillBatch) -> Self {
        let mut tasks = batch.tasks().iter().filter(|task| !task.is_removed());
        Self {
            batch: batch.number(),
            counts: batch.tally().words(),
            are_all_gone: tasks.all(|task| task.outcome().is_some_and(KillOutcome::is_gone)),
        }
    }

    /// Whether they are of this batch.
    pub(super) const fn is_of(&self, batch: u32) -> bool {
        self.batch == batch
    }
}

impl Kills {
    /// Returns the status line with the totals of the last finished batch, if it is this one, with what its kills
    /// have left.
    pub(super) fn totals_status(&self, batch: u32) -> Option<Status> {
        let totals = self.totals.as_ref().filter(|totals| totals.is_of(batch))?;
        let entries: Vec<_> = self.log.iter().filter(|entry| entry.batch == batch).collect();
        let left = KillsLeft::of(&entries);
        let mut parts = vec![totals.counts.clone()];
        parts.extend(left.parts());
        let mut text = parts.join("; ") + &self.waiters_words(batch);
        if !totals.are_all_gone {
            text.push_str(": l shows why");
        } else if !left.may_run() {
            text.push_str(": l shows each");
        }
        let mut status = if totals.are_all_gone && !left.may_run() {
            Status::done(text)
        } else {
            Status::warning(text)
        };
        status.batch = Some(batch);
        Some(status)
    }
}
