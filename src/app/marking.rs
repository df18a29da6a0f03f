//! Keys that mark rows: one, a range, all that are shown.

use super::App;
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
            self.count_marks();
            self.step(1);
        }
    }

    /// Marks all sessions of the group under the cursor, or removes their marks if all are marked.
    fn toggle_group(&mut self) {
        let are_marked = self.table.is_group_marked();
        match self.table.chosen_group(&self.table.view.spec.filter) {
            Ok(Some((key, filter))) => {
                let keys = self.table.view.rows_of_group(&key).map(|row| row.key());
                let removed = self.marks.toggle_all(keys.collect(), are_marked, &filter);
                self.count_marks();
                self.step(1);
                self.offer_marks(removed);
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
            self.marks.toggle_range(&self.table)
        };
        self.count_marks();
    }

    /// Marks all rows that match the filter.
    pub(super) fn mark_all(&mut self) {
        self.marks.mark_all(&self.table.view);
        self.count_marks();
    }

    /// Removes all marks; `u` brings them back.
    pub(super) fn unmark_all(&mut self) {
        let removed = self.marks.take();
        self.count_marks();
        self.offer_marks(removed);
    }

    /// Counts the marks that are hidden, and those of each group.
    pub(super) fn count_marks(&mut self) {
        self.marks.count_hidden(&self.table.view);
        self.table.groups.count_marks(&self.marks, &self.table.view);
    }
}
