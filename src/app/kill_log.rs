//! The kill log of this run: outcomes and canceled kills, by confirmation.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::killing::Kills;
use crate::kill::{KillBatch, KillOutcome, KillTask, Return};
use crate::model::Identity;

/// Maximum number of entries in the kill log of the screen. The audit log has all.
const MAX_KILL_LOG_ENTRIES: usize = 10_000;

/// An entry of the kill log.
#[derive(Clone, Debug)]
pub(crate) struct KillLogEntry {
    /// Number of its batch within the run.
    pub batch: u32,
    /// Number of the kill within the run.
    pub kill: u32,
    /// When the outcome was known.
    pub at: Timestamp,
    /// Identity of the session.
    pub identity: Identity,
    /// Outcome of the kill. An unknown outcome is replaced once it is known.
    pub outcome: KillOutcome,
    /// The new session of its client, if it reconnected at once.
    pub back: Option<Return>,
}

/// A kill that was canceled in its grace period.
#[derive(Clone, Debug)]
pub(crate) struct CanceledKill {
    /// Number of its batch within the run.
    pub batch: u32,
    /// When it was canceled.
    pub at: Timestamp,
    /// Its victim or the number of its victims.
    pub victims: String,
    /// Why it was canceled.
    pub why: &'static str,
}

/// The entries of one confirmation.
#[derive(Clone, Debug, Default)]
pub(crate) struct LoggedBatch<'a> {
    /// Outcomes: sessions that are still there first, then those that are gone.
    pub entries: Vec<&'a KillLogEntry>,
    /// Set if it was canceled.
    pub canceled: Option<&'a CanceledKill>,
}

impl Kills {
    /// Returns the log by confirmation, newest first.
    pub(crate) fn logged_batches(&self) -> Vec<LoggedBatch<'_>> {
        let mut batches: BTreeMap<u32, LoggedBatch<'_>> = BTreeMap::new();
        for entry in &self.log {
            batches.entry(entry.batch).or_default().entries.push(entry);
        }
        for canceled in &self.canceled {
            batches.entry(canceled.batch).or_default().canceled = Some(canceled);
        }
        let mut newest_first: Vec<_> = batches.into_values().rev().collect();
        for batch in &mut newest_first {
            batch.entries.sort_by_key(|entry| entry.outcome.is_gone());
        }
        newest_first
    }

    pub(super) fn log(&mut self, batch: u32, task: &KillTask, outcome: &KillOutcome, at: Timestamp) {
        let kill = task.number();
        if let Some(logged) = self.log.iter_mut().rev().find(|logged| logged.kill == kill) {
            logged.outcome = outcome.clone();
            return;
        }
        self.log.push(KillLogEntry {
            batch,
            kill,
            at,
            identity: task.victim.identity.clone(),
            outcome: outcome.clone(),
            back: None,
        });
        let surplus = self.log.len().saturating_sub(MAX_KILL_LOG_ENTRIES);
        self.log.drain(..surplus);
    }

    pub(super) fn log_canceled(&mut self, batch: &KillBatch, why: &'static str, at: Timestamp) {
        self.canceled.push(CanceledKill {
            batch: batch.number(),
            at,
            victims: batch.describe_victims(),
            why,
        });
        let surplus = self.canceled.len().saturating_sub(MAX_KILL_LOG_ENTRIES);
        self.canceled.drain(..surplus);
    }
}
