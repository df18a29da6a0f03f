//! Marked sessions: identities, which survive every sort, filter and list, and are dropped when their
//! session ends.
//!
//! A key that marks one session changes the marks at once. Everything that grows with the number of marks runs
//! off the drawing thread, as an update. Its result is accepted if the marks were not replaced in the meantime.

mod set;
mod update;

use std::sync::Arc;

#[cfg(test)]
pub(crate) use self::set::Mark;
pub(crate) use self::set::MarkSet;
use self::update::MarkChange;
pub(crate) use self::update::{GroupMarks, MarksUpdate, MarksUpdated};
use super::groups::group::GroupKey;
use super::row::TableRow;
use super::status::Status;
use super::table::TableState;
use super::table_view::TableView;
use crate::filter::Filter;
use crate::model::{EndpointId, RowKey, Snapshot};

/// Marks that a key has removed, which can come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RemovedMarks {
    id: u64,
    /// How many they were.
    pub count: usize,
}

/// Result of accepting an update.
#[derive(Debug, Default)]
pub(super) struct MarksAccepted {
    /// Whether a change that a key has requested is done.
    pub is_by_key: bool,
    /// The marks that the key has removed.
    pub removed: Option<RemovedMarks>,
    /// The marks of each group.
    pub by_group: Arc<GroupMarks>,
}

/// All marks, in the order of endpoints and ids.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks {
    set: MarkSet,
    /// Marks that keys have removed, by their ids, oldest first. They lose those of sessions that end.
    removed: Vec<(u64, MarkSet)>,
    /// Start of a range.
    anchor: Option<RowKey>,
    /// Number of marks hidden by the filter, as counted last.
    pub hidden: usize,
    /// Changes of many marks that no update has yet.
    waiting: Vec<MarkChange>,
    /// The update in progress: its epoch and its changes.
    in_progress: Option<(u64, Arc<Vec<MarkChange>>)>,
    /// Whether the marks have to be counted.
    must_count: bool,
    /// Incremented when sets are replaced, added or removed, so that an older update is not accepted.
    epoch: u64,
    /// Number of the last change of a single mark, also used for ids.
    number: u64,
}

impl Marks {
    /// Returns the number of marks.
    pub(crate) fn len(&self) -> usize {
        self.set.len()
    }

    /// Whether there are no marks.
    pub(crate) fn is_empty(&self) -> bool {
        self.set.is_empty()
    }

    /// Whether a session is marked.
    pub(crate) fn has(&self, key: &RowKey) -> bool {
        self.set.has(key)
    }

    /// Returns the marks, for a calculation.
    pub(super) fn set(&self) -> MarkSet {
        self.set.clone()
    }

    /// Returns all marks.
    #[cfg(test)]
    pub(crate) fn list(&self) -> Vec<Mark> {
        self.set.joined().values().cloned().collect()
    }

    /// Returns the start of the range; `None` if no range is being chosen.
    pub(crate) const fn anchor(&self) -> Option<&RowKey> {
        self.anchor.as_ref()
    }

    /// Sets or clears the start of a range.
    pub(crate) fn set_anchor(&mut self, anchor: Option<RowKey>) {
        self.anchor = anchor;
    }

    const fn next_number(&mut self) -> u64 {
        self.number += 1;
        self.number
    }

    /// Removes the mark of a session, also from marks that can come back.
    pub(crate) fn remove(&mut self, key: &RowKey) {
        let number = self.next_number();
        for set in self.removed.iter_mut().map(|(_, set)| set).chain([&mut self.set]) {
            set.remove(key, number);
        }
        self.must_count = true;
    }

    /// Removes the marks of an endpoint.
    pub(crate) fn remove_endpoint(&mut self, endpoint: EndpointId) {
        self.change(MarkChange::Endpoint(endpoint));
    }

    /// Removes all marks. A range that is being chosen ends.
    pub(super) fn take(&mut self) -> Option<RemovedMarks> {
        self.stop_changes();
        self.anchor = None;
        self.hidden = 0;
        let removed = std::mem::take(&mut self.set);
        self.add_removed(removed)
    }

    fn add_removed(&mut self, set: MarkSet) -> Option<RemovedMarks> {
        let count = set.len();
        if count == 0 {
            return None;
        }
        let id = self.next_number();
        self.removed.push((id, set));
        self.epoch += 1;
        self.must_count = true;
        Some(RemovedMarks { id, count })
    }

    /// Keeps the marks as they are, for [`Self::return_to`].
    pub(super) fn keep(&mut self) -> RemovedMarks {
        let id = self.next_number();
        self.removed.push((id, self.set.clone()));
        self.epoch += 1;
        self.must_count = true;
        RemovedMarks {
            id,
            count: self.set.len(),
        }
    }

    /// Replaces the marks by those that were kept. Returns how many of them are left.
    pub(super) fn return_to(&mut self, kept: RemovedMarks) -> usize {
        self.stop_changes();
        self.anchor = None;
        self.set = self.forget(kept).unwrap_or_default();
        self.must_count = true;
        self.set.len()
    }

    /// Brings marks back that were removed. Returns how many of them are left.
    pub(super) fn bring_back(&mut self, marks: RemovedMarks) -> usize {
        let set = self.forget(marks).unwrap_or_default();
        let left = set.len();
        self.change(MarkChange::Back(set));
        left
    }

    /// Returns how many of the marks that were removed are left: those of sessions that have not ended.
    pub(super) fn left_of(&self, marks: RemovedMarks) -> usize {
        let mut removed = self.removed.iter();
        removed
            .find(|(id, _)| *id == marks.id)
            .map_or(0, |(_, set)| set.len())
    }

    /// Forgets marks that were removed.
    pub(super) fn forget(&mut self, marks: RemovedMarks) -> Option<MarkSet> {
        let index = self.removed.iter().position(|(id, _)| *id == marks.id)?;
        self.epoch += 1;
        Some(self.removed.remove(index).1)
    }

    /// Marks or unmarks the session of a row. Returns why it cannot be marked.
    pub(super) fn toggle_row(&mut self, row: &TableRow<'_>) -> Option<Status> {
        if row.has_ended() {
            return Some(Status::note(format!("{} has already ended", row.session.id)));
        }
        let number = self.next_number();
        self.set.toggle(&row.key(), number);
        self.must_count = true;
        None
    }

    /// Marks the sessions of a group, or removes their marks.
    pub(super) fn change_group(
        &mut self,
        view: &Arc<TableView>,
        key: GroupKey,
        are_removed: bool,
        taken_by: Filter,
    ) {
        self.change(MarkChange::Group {
            view: Arc::clone(view),
            key,
            taken_by,
            are_removed,
        });
    }

    /// Starts a range at the cursor, or marks the range up to the cursor. Returns what to show for a
    /// range that begins.
    pub(super) fn toggle_range(&mut self, table: &TableState) -> Option<Status> {
        let cursor = table.cursor.key.clone()?;
        let here = table.cursor.position();
        let Some(anchor) = self.anchor.as_ref().and_then(|key| table.view.position(key)) else {
            let text = format!(
                "range from {}: move, then v marks up to there; Esc cancels",
                cursor.id
            );
            self.anchor = Some(cursor);
            return Some(Status::note(text));
        };
        let (from, to) = (anchor.min(here), anchor.max(here));
        self.change(MarkChange::Rows {
            view: Arc::clone(&table.view),
            from,
            count: to - from + 1,
            taken_by: None,
        });
        self.anchor = None;
        None
    }

    /// Marks all rows of a view, on the screen or not. Each mark stores the filter.
    pub(super) fn mark_all(&mut self, view: &Arc<TableView>) {
        let filter = &view.spec.filter;
        self.change(MarkChange::Rows {
            view: Arc::clone(view),
            from: 0,
            count: usize::MAX,
            taken_by: (!filter.is_empty()).then(|| filter.clone()),
        });
    }

    /// Drops marks of sessions that ended, in an update. `before` is the previous snapshot.
    pub(crate) fn on_list(&mut self, snapshot: &Arc<Snapshot>, before: Option<&Arc<Snapshot>>) {
        self.change(MarkChange::List {
            snapshot: Arc::clone(snapshot),
            before: before.cloned(),
        });
    }

    /// Requests that the marks are counted for the view.
    pub(super) const fn request_counts(&mut self) {
        self.must_count = true;
    }

    fn change(&mut self, change: MarkChange) {
        let is_needed = change.is_by_key() || !self.set.is_empty() || !self.removed.is_empty();
        // An update in progress may add marks.
        if is_needed || self.in_progress.is_some() || !self.waiting.is_empty() {
            self.waiting.push(change);
        }
    }

    /// Whether a change that a key has requested is not done.
    pub(super) fn is_changing(&self) -> bool {
        let in_progress = self.in_progress.iter().flat_map(|(_, changes)| changes.iter());
        in_progress.chain(&self.waiting).any(MarkChange::is_by_key)
    }

    /// Drops the changes that keys have requested and that are not done.
    pub(super) fn stop_changes(&mut self) {
        self.epoch += 1;
        self.waiting.retain(|change| !change.is_by_key());
        if let Some((_, changes)) = self.in_progress.take() {
            // The result is not accepted; the changes by lists are repeated.
            let lists = changes.iter().filter(|change| !change.is_by_key()).cloned();
            self.waiting.splice(0..0, lists);
        }
    }

    /// Returns the next update, if there is something to do and none is in progress.
    pub(super) fn next_update(&mut self, view: &Arc<TableView>) -> Option<MarksUpdate> {
        if self.in_progress.is_some() || (self.waiting.is_empty() && !self.must_count) {
            return None;
        }
        self.must_count = false;
        if self.waiting.is_empty() && self.set.is_empty() && self.set.edit_count() == 0 {
            self.hidden = 0;
            return None;
        }
        let changes = Arc::new(std::mem::take(&mut self.waiting));
        self.in_progress = Some((self.epoch, Arc::clone(&changes)));
        let removed = self.removed.iter().map(|(_, set)| set.clone());
        Some(MarksUpdate {
            epoch: self.epoch,
            through: self.number,
            sets: std::iter::once(self.set.clone()).chain(removed).collect(),
            changes,
            view: Arc::clone(view),
        })
    }

    /// Accepts the result of an update, unless the sets were replaced since it started. Its changes are then
    /// repeated.
    pub(super) fn accept(&mut self, updated: MarksUpdated) -> Option<MarksAccepted> {
        let is_current = |(epoch, _): &mut (u64, _)| *epoch == updated.epoch;
        let (_, changes) = self.in_progress.take_if(is_current)?;
        if updated.epoch != self.epoch {
            let mut changes = Vec::clone(&changes);
            changes.append(&mut self.waiting);
            self.waiting = changes;
            self.must_count = true;
            return None;
        }
        let sets = std::iter::once(&mut self.set).chain(self.removed.iter_mut().map(|(_, set)| set));
        for (set, map) in sets.zip(updated.maps) {
            set.replace(map, updated.through);
        }
        self.hidden = updated.hidden;
        Some(MarksAccepted {
            is_by_key: changes.iter().any(MarkChange::is_by_key),
            removed: self.add_removed(MarkSet::from(updated.removed)),
            by_group: updated.by_group,
        })
    }
}
