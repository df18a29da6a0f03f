//! Counts of the victims of a kill dialog that are not struck out, kept until one of them changes.

use std::collections::BTreeMap;
use std::ops::Range;

use super::kill_dialog::KillDialog;
use super::table_view::TableView;
use crate::kill::KillTask;
use crate::kill::open_work::OpenWork;
use crate::model::{EndpointId, LockHolder, Lookup, RowKey, SessionId};

/// The locks of a victim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct VictimLocks {
    /// Whether the locks of its endpoint are known.
    is_known: bool,
    blocks: bool,
    /// Number of threads that continue when it ends: those that wait for it, if it waits for none and runs no statement.
    frees: u64,
    waits: bool,
    /// The root blocker that it waits for, if that is a session.
    root: Option<SessionId>,
    /// Number of rows that its transaction has changed.
    changed_rows: u64,
    /// Its transaction and its statement, as the servers report them.
    work: OpenWork,
}

impl VictimLocks {
    /// Returns the locks of a session in a view.
    pub(super) fn of(view: &TableView, key: &RowKey) -> Self {
        let (endpoint, id) = (key.endpoint, key.id);
        let mut lists = view.snapshots.iter();
        let session = lists.find_map(|list| match list.find(key) {
            Lookup::Same(session) => Some(session),
            Lookup::Other(_) | Lookup::Missing => None,
        });
        let Some(locks) = view.locks_of(endpoint).filter(|locks| !locks.is_empty()) else {
            return Self::default();
        };
        let own = locks.session(id);
        let transaction = own.and_then(|own| own.transaction.as_ref());
        let work = session
            .map(|session| OpenWork::by_servers(session, locks.of(session), |server| locks.server(server)));
        Self {
            is_known: true,
            blocks: own.is_some_and(|own| own.blocks > 0),
            frees: own
                .filter(|own| own.is_root_blocker && !own.runs())
                .map_or(0, |own| own.blocks),
            waits: own.is_some_and(|own| own.wait.is_some()),
            root: own.and_then(|own| match own.wait.as_ref()?.blocker {
                Some(LockHolder::Session { id, .. }) => Some(id),
                _ => None,
            }),
            changed_rows: transaction
                .and_then(|transaction| transaction.rows_modified)
                .unwrap_or(0),
            work: work.unwrap_or_default(),
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
    /// Number of threads that wait for a victim and continue when it ends, without those of victims.
    pub freed: u64,
    /// Root blockers that are sessions but no victims, with the number of victims that wait for each.
    pub other_roots: BTreeMap<(EndpointId, SessionId), usize>,
    /// Number of rows that their transactions have changed.
    pub changed_rows: u64,
    /// Whether one of them has an open transaction, and whether one runs a statement. `None` without victims.
    pub work: Option<OpenWork>,
}

/// Counts of the victims of each block of tasks, and the version of the block that they are of.
pub(super) type BlockCounts = Vec<(u64, VictimCounts)>;

impl VictimCounts {
    fn add(&mut self, task: &KillTask, locks: VictimLocks, is_healthy: bool) {
        let victim = &task.victim;
        let api = (victim.dialect, victim.instance.as_ref());
        let work = OpenWork::by_api(task.session(), api).with_servers(locks.work);
        self.add_work(Some(work));
        self.left += 1;
        self.healthy += usize::from(is_healthy);
        self.knows_locks |= locks.is_known;
        self.blockers += usize::from(locks.blocks);
        self.waiters += usize::from(locks.waits);
        self.both += usize::from(locks.blocks && locks.waits);
        self.freed = self.freed.saturating_add(locks.frees);
        if let Some(root) = locks.root {
            *self
                .other_roots
                .entry((victim.identity.endpoint, root))
                .or_default() += 1;
        }
        self.changed_rows = self.changed_rows.saturating_add(locks.changed_rows);
    }

    fn add_work(&mut self, other: Option<OpenWork>) {
        self.work = self.work.into_iter().chain(other).reduce(OpenWork::or);
    }

    fn join(&mut self, other: &Self) {
        self.add_work(other.work);
        self.left += other.left;
        self.healthy += other.healthy;
        self.knows_locks |= other.knows_locks;
        self.blockers += other.blockers;
        self.waiters += other.waiters;
        self.both += other.both;
        self.freed = self.freed.saturating_add(other.freed);
        for (root, count) in &other.other_roots {
            *self.other_roots.entry(*root).or_default() += count;
        }
        self.changed_rows = self.changed_rows.saturating_add(other.changed_rows);
    }
}

impl KillDialog {
    /// Counts the victims again in blocks with a change.
    pub(super) fn count(&mut self) {
        let version = Some(self.batch.version());
        if self.counts.version == version {
            return;
        }
        let mut counted = std::mem::take(&mut self.counts_of_blocks).into_iter();
        let mut blocks = BlockCounts::new();
        for (indexes, version) in self.batch.block_versions() {
            let known = counted.next().filter(|(known, _)| *known == version);
            blocks.push(known.unwrap_or_else(|| (version, self.count_block(indexes))));
        }
        let mut counts = VictimCounts {
            version,
            ..VictimCounts::default()
        };
        for (_, block) in &blocks {
            counts.join(block);
        }
        self.counts_of_blocks = blocks;
        if !counts.other_roots.is_empty() {
            let all: usize = counts.other_roots.values().sum();
            self.remove_victims(&mut counts.other_roots);
            let left: usize = counts.other_roots.values().sum();
            let victims = u64::try_from(all.saturating_sub(left)).unwrap_or(u64::MAX);
            counts.freed = counts.freed.saturating_sub(victims);
        }
        self.counts = counts;
    }

    fn count_block(&self, indexes: Range<usize>) -> VictimCounts {
        let mut counts = VictimCounts::default();
        for index in indexes {
            if let Some(task) = self.batch.tasks().get(index).filter(|task| is_left(task)) {
                let locks = self.locks.get(index).copied().unwrap_or_default();
                counts.add(task, locks, self.is_healthy(index));
            }
        }
        counts
    }

    /// Removes the root blockers that are victims themselves.
    fn remove_victims(&self, roots: &mut BTreeMap<(EndpointId, SessionId), usize>) {
        for task in self.batch.tasks().iter().filter(|task| is_left(task)) {
            let identity = &task.victim.identity;
            roots.remove(&(identity.endpoint, identity.id));
        }
    }

    /// Counts the victims again because their diagnoses have changed.
    pub(super) fn recount(&mut self) {
        self.counts.version = None;
        self.counts_of_blocks.clear();
        self.count();
    }
}

/// Whether a victim is not struck out and can still be killed.
pub(super) fn is_left(task: &KillTask) -> bool {
    !task.is_removed() && task.outcome().is_none()
}
