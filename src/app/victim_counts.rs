//! Counts of the victims of a kill dialog that are not struck out, kept until one of them changes.

use std::collections::BTreeMap;

use super::kill_dialog::KillDialog;
use super::table_view::TableView;
use crate::model::{EndpointId, LockHolder, SessionId};

/// The locks of a victim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct VictimLocks {
    /// Whether the locks of its endpoint are known.
    is_known: bool,
    blocks: bool,
    waits: bool,
    /// The root blocker that it waits for, if that is a session.
    root: Option<SessionId>,
    /// Number of rows that its transaction has changed.
    changed_rows: u64,
}

impl VictimLocks {
    /// Returns the locks of a session in a view.
    pub(super) fn of(view: &TableView, endpoint: EndpointId, id: SessionId) -> Self {
        let Some(locks) = view.locks_of(endpoint).filter(|locks| !locks.is_empty()) else {
            return Self::default();
        };
        let own = locks.session(id);
        let transaction = own.and_then(|own| own.transaction.as_ref());
        Self {
            is_known: true,
            blocks: own.is_some_and(|own| own.blocks > 0),
            waits: own.is_some_and(|own| own.wait.is_some()),
            root: own.and_then(|own| match own.wait.as_ref()?.blocker {
                Some(LockHolder::Session { id, .. }) => Some(id),
                _ => None,
            }),
            changed_rows: transaction
                .and_then(|transaction| transaction.rows_modified)
                .unwrap_or(0),
        }
    }
}

/// Counts of the victims that are not struck out and can still be killed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct VictimCounts {
    /// Version of the batch that they are of.
    version: Option<u64>,
    /// Number of all.
    pub left: usize,
    /// Number that are known to be not stuck.
    pub healthy: usize,
    /// Whether the locks of one of them are known.
    pub knows_locks: bool,
    /// Number that block others.
    pub blockers: usize,
    /// Number that wait.
    pub waiters: usize,
    /// Number that do both.
    pub both: usize,
    /// Root blockers that are sessions but no victims, with the number of victims that wait for each.
    pub other_roots: BTreeMap<(EndpointId, SessionId), usize>,
    /// Number of rows that their transactions have changed.
    pub changed_rows: u64,
}

impl KillDialog {
    /// Counts the victims again if one of them has changed.
    pub(super) fn count(&mut self) {
        let version = Some(self.batch.version());
        if self.counts.version == version {
            return;
        }
        let mut counts = VictimCounts {
            version,
            ..VictimCounts::default()
        };
        for index in self.left() {
            let locks = self.locks.get(index).copied().unwrap_or_default();
            counts.left += 1;
            counts.healthy += usize::from(self.is_healthy(index));
            counts.knows_locks |= locks.is_known;
            counts.blockers += usize::from(locks.blocks);
            counts.waiters += usize::from(locks.waits);
            counts.both += usize::from(locks.blocks && locks.waits);
            let endpoint = self
                .batch
                .tasks()
                .get(index)
                .map(|task| task.victim.identity.endpoint);
            if let Some(root) = endpoint.zip(locks.root) {
                *counts.other_roots.entry(root).or_default() += 1;
            }
            counts.changed_rows = counts.changed_rows.saturating_add(locks.changed_rows);
        }
        if !counts.other_roots.is_empty() {
            for index in self.left() {
                if let Some(task) = self.batch.tasks().get(index) {
                    let identity = &task.victim.identity;
                    counts.other_roots.remove(&(identity.endpoint, identity.id));
                }
            }
        }
        self.counts = counts;
    }

    /// Counts the victims again because their diagnoses have changed.
    pub(super) fn recount(&mut self) {
        self.counts.version = None;
        self.count();
    }
}
