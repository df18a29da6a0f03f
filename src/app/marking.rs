//! Keys that mark rows: one, a range, all that are shown.

use std::sync::Arc;

use super::App;
use super::awaiting::Awaited;
use super::marks::MarksUpdated;
use super::status::Status;

impl App {
    /// Marks or unmarks the row under the cursor, and moves to the next row.
    pub(super) fn toggle_mark(&mut self) {
        if self.table.is_regrouping() {
            return;
        }
        if self.table.shows_groups() {
            return self.toggle_group();
        }
        let Some(row) = self.table.view.row(self.table.cursor.position()) else {
            return;
        };
        self.status = self.marks.toggle_row(&row);
        if self.status.is_none() {
            self.step(1);
        }
    }

    /// Marks all sessions of the group under the cursor, or removes their marks if all are marked.
    fn toggle_group(&mut self) {
        let are_marked = self.table.is_group_marked();
        match self.table.chosen_group(&self.table.view.spec.filter) {
            Ok(Some((key, filter))) => {
                self.keep_marks();
                self.marks.change_group(&self.table.view, key, are_marked, filter);
                self.wait_for_marks();
                self.step(1);
            }
            Ok(None) => {}
            Err(status) => self.status = Some(status),
        }
    }

    /// Starts a range at the cursor, or marks the range up to the cursor.
    pub(super) fn mark_range(&mut self) {
        self.status = if self.table.shows_groups() {
            Some(Status::note(
                "a range needs the list of sessions; Space marks the whole group".to_owned(),
            ))
        } else {
            if self.marks.anchor().is_some() {
                self.keep_marks();
            }
            let status = self.marks.toggle_range(&self.table);
            self.wait_for_marks();
            status
        };
    }

    /// Marks all rows that match the filter.
    pub(super) fn mark_all(&mut self) {
        self.keep_marks();
        self.marks.mark_all(&self.table.view);
        self.wait_for_marks();
    }

    /// Removes all marks; `u` brings them back.
    pub(super) fn unmark_all(&mut self) {
        self.table.groups.marked = Arc::default();
        if let Some(removed) = self.marks.take() {
            self.offer_marks(removed);
        }
    }

    /// Later keys wait until the change of the marks is done.
    pub(super) fn wait_for_marks(&mut self) {
        if self.marks.is_changing() {
            self.wait_for(Awaited::Marks);
        }
    }

    /// Handles the result of an update of the marks.
    pub(super) fn on_marks_updated(&mut self, updated: MarksUpdated) {
        let Some(accepted) = self.marks.accept(updated) else {
            return;
        };
        self.table.groups.marked = accepted.by_group;
        if let Some(removed) = accepted.removed {
            self.offer_marks(removed);
        }
        if accepted.is_by_key {
            self.end_wait(Awaited::Marks);
        }
    }
}
