//! The kill log of this run: outcomes and canceled kills, by confirmation.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use jiff::Timestamp;

use super::killing::Kills;
use crate::kill::{
    KillBatch, KillOutcome, KillTask, OutcomeKind, Return, StatementResults, StatementState, Tally,
};
use crate::model::{Identity, RowKey, Text, counted};

/// Maximum number of entries in the kill log of the screen. The audit log has all.
pub(super) const MAX_KILL_LOG_ENTRIES: usize = 10_000;
/// Number of newest entries that are kept although their sessions are gone.
const MIN_RECENT_ENTRIES: usize = 1_000;
/// Number of surplus entries that are dropped together, because each time all entries are visited.
pub(super) const DROPPED_TOGETHER: usize = 256;

/// An entry of the kill log.
#[derive(Clone, Debug)]
pub(crate) struct KillLogEntry {
    /// Number of its batch within the run.
    pub batch: u32,
    /// Number of the kill within the run.
    pub kill: u32,
    /// When the outcome was known; of a session that is gone, when that was known.
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
    /// Outcomes: sessions that are still there first, then those that are gone. Of a large batch some of those that
    /// are gone are missing.
    pub entries: Vec<&'a KillLogEntry>,
    /// Counts of all outcomes.
    pub tally: Option<&'a Tally>,
    /// Set if it was canceled.
    pub canceled: Option<&'a CanceledKill>,
    /// The reason that was typed.
    pub reason: Option<&'a Text>,
}

impl LoggedBatch<'_> {
    /// Returns the number of outcomes of this kind.
    pub(crate) fn count(&self, kind: OutcomeKind) -> usize {
        self.tally.map_or(0, |tally| tally.count(kind))
    }

    /// Returns the number of all outcomes.
    pub(crate) fn total(&self) -> usize {
        self.tally.map_or(self.entries.len(), Tally::finished)
    }
}

impl KillLogEntry {
    /// Whether the entry is dropped last: its session is not gone, or one of its statements may still run.
    fn is_open(&self) -> bool {
        !self.outcome.is_gone() || self.runs()
    }

    /// Whether a statement of the killed session still runs, or may still run.
    pub(super) fn runs(&self) -> bool {
        self.outcome.statements().is_some_and(StatementResults::may_run)
    }
}

/// Statements that still run after the kills of one confirmation, and clients that have reconnected.
#[derive(Clone, Debug, Default)]
pub(crate) struct KillsLeft<'a> {
    /// Number of statements that still run, by server.
    running: BTreeMap<&'a str, usize>,
    /// Number of sessions whose statements may still run.
    unknown: usize,
    /// Number of clients that have reconnected.
    back: usize,
}

impl<'a> KillsLeft<'a> {
    /// Counts them.
    pub(crate) fn of(entries: &[&'a KillLogEntry]) -> Self {
        let mut left = Self::default();
        for entry in entries {
            left.back += usize::from(entry.back.is_some());
            let Some(results) = entry.outcome.statements() else {
                continue;
            };
            let running = results.statements.iter();
            let mut running = running
                .filter(|statement| statement.state == StatementState::Running)
                .peekable();
            left.unknown += usize::from(running.peek().is_none() && results.may_run());
            for statement in running {
                *left.running.entry(statement.server.as_str()).or_default() += 1;
            }
        }
        left
    }

    /// Whether a statement still runs, or may still run.
    pub(crate) fn may_run(&self) -> bool {
        !self.running.is_empty() || self.unknown > 0
    }

    /// Returns each as text: `6 statements still run on db-01 (b)`, `12 clients have new sessions`.
    pub(crate) fn parts(&self) -> Vec<String> {
        let mut parts = Vec::new();
        let mut servers = self.running.iter();
        if let Some((server, first)) = servers.next() {
            let verb = if *first == 1 { "runs" } else { "run" };
            let mut text = format!("{} still {verb} on {server}", counted(*first, "statement"));
            for (server, count) in servers {
                let _ = write!(text, ", {count} on {server}");
            }
            parts.push(text + " (b)");
        }
        parts.extend((self.unknown > 0).then(|| {
            let sessions = counted(self.unknown, "session");
            format!("unknown whether statements of {sessions} still run")
        }));
        parts.extend(match self.back {
            0 => None,
            1 => Some("1 client has a new session".to_owned()),
            count => Some(format!("{count} clients have new sessions")),
        });
        parts
    }
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
        for (number, batch) in &mut batches {
            batch.tally = self.tallies.get(number);
            batch.reason = self.reasons.get(number);
        }
        let mut newest_first: Vec<_> = batches.into_values().rev().collect();
        for batch in &mut newest_first {
            batch.entries.sort_by_key(|entry| entry.outcome.is_gone());
        }
        newest_first
    }

    /// Returns when a session was found to be gone by its kill.
    pub(super) fn end_of(&self, key: &RowKey) -> Option<Timestamp> {
        let entry = self.newest_entry(key)?;
        entry.outcome.is_gone().then_some(entry.at)
    }

    /// Returns when a session was killed in this run.
    pub(crate) fn killed_at(&self, key: &RowKey) -> Option<Timestamp> {
        let entry = self.newest_entry(key)?;
        matches!(entry.outcome, KillOutcome::Killed { .. }).then_some(entry.at)
    }

    fn newest_entry(&self, key: &RowKey) -> Option<&KillLogEntry> {
        let mut entries = self.log.iter().rev();
        entries.find(|entry| entry.identity.key() == *key)
    }

    pub(super) fn log(&mut self, batch: u32, task: &KillTask, outcome: &KillOutcome, at: Timestamp) {
        self.add_entry(KillLogEntry {
            batch,
            kill: task.number(),
            at,
            identity: task.victim.identity.clone(),
            outcome: outcome.clone(),
            back: None,
        });
    }

    /// Adds an entry, or replaces the outcome of the same kill.
    pub(super) fn add_entry(&mut self, new: KillLogEntry) {
        if let Some(logged) = self.log.iter_mut().rev().find(|logged| logged.kill == new.kill) {
            if logged.outcome.is_gone() != new.outcome.is_gone() {
                logged.at = new.at;
            }
            logged.outcome = new.outcome;
            return;
        }
        let batch = new.batch;
        self.log.push(new);
        let surplus = self.log.len().saturating_sub(MAX_KILL_LOG_ENTRIES);
        if surplus > 0 && surplus.is_multiple_of(DROPPED_TOGETHER) {
            self.drop_surplus(batch);
        }
    }

    /// Drops surplus entries: first sessions that are gone, oldest first, then other entries of older batches. The
    /// failures of the newest batch are kept.
    fn drop_surplus(&mut self, newest: u32) {
        let mut surplus = self.log.len().saturating_sub(MAX_KILL_LOG_ENTRIES);
        let mut older = self.log.len().saturating_sub(MIN_RECENT_ENTRIES);
        self.log.retain(|entry| {
            let is_old = older > 0;
            older = older.saturating_sub(1);
            let is_dropped = surplus > 0 && is_old && !entry.is_open();
            surplus -= usize::from(is_dropped);
            !is_dropped
        });
        self.log.retain(|entry| {
            let is_dropped = surplus > 0 && entry.batch != newest;
            surplus -= usize::from(is_dropped);
            !is_dropped
        });
        let kept: BTreeSet<_> = self.log.iter().map(|entry| entry.batch).collect();
        self.tallies.retain(|batch, _| kept.contains(batch));
        let canceled: BTreeSet<_> = self.canceled.iter().map(|kill| kill.batch).collect();
        let may_be_logged =
            |batch: &u32| *batch >= newest || kept.contains(batch) || canceled.contains(batch);
        self.reasons.retain(|batch, _| may_be_logged(batch));
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
