//! Marking rows: one, a range, all that are shown.

use super::App;
use super::status::Status;
use crate::model::RowKey;

impl App {
    /// Marks or unmarks the row under the cursor, and moves to the next row.
    pub(super) fn toggle_mark(&mut self) {
        if self.is_regrouping() {
            return;
        }
        if self.shows_groups() {
            return self.toggle_group();
        }
        let Some(row) = self.table.view.row(self.table.position()) else {
            return;
        };
        if row.has_ended() {
            self.status = Some(Status::note(format!("{} has already ended", row.session.id)));
            return;
        }
        let key = row.key();
        self.marks.toggle(key);
        self.count_hidden_marks();
        self.step(1);
    }

    /// Starts a range at the cursor, or marks the range up to the cursor.
    pub(super) fn mark_range(&mut self) {
        if self.shows_groups() {
            self.status = Some(Status::note(
                "a range needs the list of sessions; Space marks the whole group".to_owned(),
            ));
            return;
        }
        let Some(cursor) = self.table.cursor.clone() else {
            return;
        };
        let anchor = self.marks.anchor().and_then(|key| self.table.view.position(key));
        let Some(anchor) = anchor else {
            self.status = Some(Status::note(format!(
                "range from {}: move, then v marks up to there; Esc cancels",
                cursor.id
            )));
            self.marks.set_anchor(Some(cursor));
            return;
        };
        let here = self.table.position();
        let (from, to) = (anchor.min(here), anchor.max(here));
        let keys = self.live_rows(from, to - from + 1);
        self.marks.mark(keys, None);
        self.marks.set_anchor(None);
        self.count_hidden_marks();
    }

    /// Marks all rows that match the filter, on the screen or not. Each mark stores the filter.
    pub(super) fn mark_all(&mut self) {
        let filter = &self.table.view.spec.filter;
        let filter = (!filter.is_empty()).then(|| filter.clone());
        let keys = self.live_rows(0, usize::MAX);
        self.marks.mark(keys, filter.as_ref());
        self.count_hidden_marks();
    }

    /// Returns the keys of a window of rows, without departed rows.
    fn live_rows(&self, from: usize, rows: usize) -> Vec<RowKey> {
        let rows = self.table.view.window(from, rows);
        rows.filter(|row| row.missing == 0).map(|row| row.key()).collect()
    }

    /// Removes all marks.
    pub(super) fn unmark_all(&mut self) {
        self.marks.clear();
        self.count_hidden_marks();
    }

    /// Counts the marked sessions that are not shown. Without a filter all are shown.
    pub(super) fn count_hidden_marks(&mut self) {
        let view = &self.table.view;
        let is_hidden = |key: &RowKey| view.position(key).is_none();
        let filtered = !view.spec.filter.is_empty() || view.spec.hide_idle;
        let hidden = self.marks.iter().filter(|mark| filtered && is_hidden(&mark.key));
        self.marks.hidden = hidden.count();
        self.count_marks_by_group();
    }
}
