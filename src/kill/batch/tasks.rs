//! The tasks of a batch, with counts of them that are kept until a task changes.
//!
//! A batch may have 100,000 tasks, and keys and frames need the counts. They are kept for each block of tasks, so that
//! a change costs one block.

use std::collections::BTreeMap;
use std::ops::{Deref, Range};
use std::sync::OnceLock;
use std::time::Duration;

use super::texts::{TaskTexts, TextCounts};
use crate::kill::Tally;
use crate::kill::summary::CheckCounts;
use crate::kill::task::KillTask;
use crate::model::{EndpointId, ProcessStart};

/// Number of tasks in a block. Tests have few tasks.
const BLOCK: usize = if cfg!(test) { 8 } else { 256 };

/// Number of some tasks, and the index of the first one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Selected {
    pub(super) count: usize,
    pub(super) first: Option<usize>,
}

impl Selected {
    fn add(&mut self, index: usize) {
        self.count += 1;
        self.first = self.first.or(Some(index));
    }

    fn join(&mut self, other: Self) {
        self.count += other.count;
        self.first = self.first.or(other.first);
    }
}

/// Counts of tasks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub(crate) struct TaskCounts {
    /// Number of tasks that Yes would kill, by endpoint.
    pub(super) confirmable: BTreeMap<EndpointId, usize>,
    /// Whether the first check of a task is still open.
    pub(super) is_undecided: bool,
    /// Whether a DELETE is in flight or its result is unknown.
    pub(super) is_in_flight: bool,
    /// Tasks that were not removed.
    pub(super) kept: Selected,
    /// Tasks among these that wait for their turn.
    pub(super) queued: Selected,
    /// Number of tasks in each state.
    pub tally: Tally,
    /// Number of victims by the result of their first check.
    pub checks: CheckCounts,
    /// Number of victims that were not removed and can still be killed.
    pub left: usize,
    /// When the oldest first check that has passed was sent.
    pub checked_at: Option<Duration>,
    /// The processes of the victims, by endpoint. Mostly one.
    pub(super) processes: Vec<(EndpointId, Option<ProcessStart>)>,
    /// Whether a task has no outcome, removed or not.
    pub has_open: bool,
    /// Whether the statements of a victim can be ended.
    pub has_server_access: bool,
}

impl TaskCounts {
    /// Counts the tasks of a block that begins at this index.
    fn of(tasks: &[KillTask], start: usize) -> Self {
        let mut counts = Self {
            tally: Tally::of(tasks),
            checks: CheckCounts::of(tasks),
            ..Self::default()
        };
        for (index, task) in (start..).zip(tasks) {
            counts.add(index, task);
        }
        counts
    }

    fn add(&mut self, index: usize, task: &KillTask) {
        self.is_undecided |= task.is_undecided();
        self.is_in_flight |= task.is_in_flight();
        self.has_open |= task.outcome().is_none();
        self.has_server_access |= task.victim.has_server_access;
        self.add_process(
            task.victim.identity.endpoint,
            task.victim.identity.process.as_ref(),
        );
        if task.may_be_confirmed() {
            let endpoint = task.victim.identity.endpoint;
            *self.confirmable.entry(endpoint).or_default() += 1;
        }
        if task.is_removed() {
            return;
        }
        self.kept.add(index);
        if task.is_queued() {
            self.queued.add(index);
        }
        self.left += usize::from(task.outcome().is_none());
        self.checked_at = earliest(self.checked_at, task.passed_at());
    }

    fn add_process(&mut self, endpoint: EndpointId, process: Option<&ProcessStart>) {
        let mut known = self.processes.iter();
        if !known.any(|(at, known)| *at == endpoint && known.as_ref() == process) {
            self.processes.push((endpoint, process.cloned()));
        }
    }

    fn join(&mut self, other: &Self) {
        for (endpoint, process) in &other.processes {
            self.add_process(*endpoint, process.as_ref());
        }
        for (endpoint, count) in &other.confirmable {
            *self.confirmable.entry(*endpoint).or_default() += count;
        }
        self.is_undecided |= other.is_undecided;
        self.is_in_flight |= other.is_in_flight;
        self.kept.join(other.kept);
        self.queued.join(other.queued);
        self.tally.join(&other.tally);
        self.checks.join(other.checks);
        self.left += other.left;
        self.checked_at = earliest(self.checked_at, other.checked_at);
        self.has_open |= other.has_open;
        self.has_server_access |= other.has_server_access;
    }
}

fn earliest(one: Option<Duration>, other: Option<Duration>) -> Option<Duration> {
    one.into_iter().chain(other).min()
}

/// The tasks of a batch.
#[derive(Clone, Debug, Default)]
pub(super) struct Tasks {
    list: Vec<KillTask>,
    /// Counts of each block. Empty if a task of the block has changed.
    blocks: Vec<OnceLock<TaskCounts>>,
    /// Counts of all tasks. Empty if a task has changed.
    all: OnceLock<TaskCounts>,
    /// Counts of each block for the texts, and the texts about all tasks.
    text_blocks: Vec<OnceLock<TextCounts>>,
    texts: OnceLock<TaskTexts>,
    /// Version of the last change of each block.
    block_versions: Vec<u64>,
    /// Incremented with every possible change of a task.
    version: u64,
}

impl Tasks {
    pub(super) fn new(list: Vec<KillTask>) -> Self {
        let blocks = list.len().div_ceil(BLOCK);
        Self {
            list,
            blocks: std::iter::repeat_with(OnceLock::new).take(blocks).collect(),
            text_blocks: std::iter::repeat_with(OnceLock::new).take(blocks).collect(),
            block_versions: vec![0; blocks],
            ..Self::default()
        }
    }

    /// Returns a task for a change.
    pub(super) fn get_mut(&mut self, index: usize) -> Option<&mut KillTask> {
        self.on_change();
        self.on_block_change(index / BLOCK);
        self.list.get_mut(index)
    }

    /// Returns all tasks for a change.
    pub(super) fn iter_mut(&mut self) -> std::slice::IterMut<'_, KillTask> {
        self.on_change();
        for block in 0..self.blocks.len() {
            self.on_block_change(block);
        }
        self.list.iter_mut()
    }

    fn on_block_change(&mut self, block: usize) {
        if let Some(counts) = self.blocks.get_mut(block) {
            counts.take();
        }
        if let Some(counts) = self.text_blocks.get_mut(block) {
            counts.take();
        }
        if let Some(version) = self.block_versions.get_mut(block) {
            *version = self.version;
        }
    }

    fn on_change(&mut self) {
        self.version += 1;
        self.all.take();
        self.texts.take();
    }

    /// Returns a number that differs after a change of a task.
    pub(super) const fn version(&self) -> u64 {
        self.version
    }

    /// Returns the indexes of each block, and a number that differs after a change of one of its tasks.
    pub(super) fn block_versions(&self) -> impl Iterator<Item = (Range<usize>, u64)> {
        let starts = (0..self.list.len()).step_by(BLOCK);
        let ranges = starts.map(|start| start..self.list.len().min(start + BLOCK));
        ranges.zip(self.block_versions.iter().copied())
    }

    /// Returns the counts of each block, with its tasks and the index of the first one.
    fn counted_blocks(&self) -> impl Iterator<Item = (usize, &TaskCounts, &[KillTask])> {
        let blocks = self.blocks.iter().zip(self.list.chunks(BLOCK));
        let blocks = (0..).step_by(BLOCK).zip(blocks);
        blocks
            .map(|(start, (block, tasks))| (start, block.get_or_init(|| TaskCounts::of(tasks, start)), tasks))
    }

    /// Returns the indexes of the tasks with a DELETE in flight or an unknown result.
    pub(super) fn in_flight(&self) -> Vec<usize> {
        let blocks = self.counted_blocks().filter(|(_, counts, _)| counts.is_in_flight);
        let tasks = blocks.flat_map(|(start, _, tasks)| (start..).zip(tasks));
        let in_flight = tasks.filter(|(_, task)| task.is_in_flight());
        in_flight.map(|(index, _)| index).collect()
    }

    /// Returns the counts of all tasks.
    pub(super) fn counts(&self) -> &TaskCounts {
        self.all.get_or_init(|| {
            let mut all = TaskCounts::default();
            for (_, counts, _) in self.counted_blocks() {
                all.join(counts);
            }
            all
        })
    }

    /// Returns the texts about all tasks.
    pub(super) fn texts(&self) -> &TaskTexts {
        self.texts.get_or_init(|| {
            let mut all = TextCounts::default();
            for (block, tasks) in self.text_blocks.iter().zip(self.list.chunks(BLOCK)) {
                all.join(block.get_or_init(|| TextCounts::of(tasks)));
            }
            all.texts()
        })
    }
}

impl Deref for Tasks {
    type Target = [KillTask];

    fn deref(&self) -> &[KillTask] {
        &self.list
    }
}
