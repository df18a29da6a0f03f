//! The kill log of this run: outcomes and canceled kills, by confirmation.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;

use super::killing::Kills;
use crate::kill::{KillBatch, KillOutcome, KillTask, Return, StatementResults, StatementState};
use crate::model::{Identity, RowKey, counted};

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

impl KillLogEntry {
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

    /// Returns each as text: `6 statements still run on db-01 (b)`, `12 are back`.
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
            1 => Some("1 is back".to_owned()),
            count => Some(format!("{count} are back")),
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
