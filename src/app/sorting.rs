//! The sort column of rows and groups, and the columns to sort by.

use super::App;
use super::build_view::Sort;
use super::columns::{ColumnId, FittedColumn, fitted};
use super::groups::columns::{GroupColumnId, GroupSort};
use crate::model::Dialect;

impl App {
    /// Returns the chosen columns that at least one endpoint can fill, from left to right.
    pub fn known_columns(&self) -> impl Iterator<Item = ColumnId> + '_ {
        let chosen = self.table.columns.iter().copied();
        chosen.filter(|id| self.can_fill(*id))
    }

    /// Returns the group columns that at least one endpoint can fill.
    pub fn known_group_columns(&self) -> impl Iterator<Item = GroupColumnId> + '_ {
        GroupColumnId::all().filter(|id| self.is_reported(id.column().only))
    }

    /// Whether the dialect of at least one endpoint reports the data for a column.
    pub fn can_fill(&self, id: ColumnId) -> bool {
        self.is_reported(id.column().only)
    }

    /// Whether at least one endpoint uses the only dialect that reports a value; `None` means that both
    /// do.
    pub(super) fn is_reported(&self, only: Option<Dialect>) -> bool {
        only.is_none() || self.endpoints.iter().any(|endpoint| endpoint.dialect == only)
    }

    /// Returns the known columns that fit a table of this width. Without any, returns the session id.
    pub fn fitted_columns(&self, width: u16) -> Vec<FittedColumn> {
        let number = self.known_columns().next().is_none().then_some(ColumnId::NUMBER);
        let columns = self.known_columns().chain(number);
        fitted(columns, &self.table.view.widths, width)
    }

    /// Returns the columns on the screen, or those that would be there without the details.
    pub fn seen_columns(&self) -> Vec<FittedColumn> {
        self.fitted_columns(self.table_area().width)
    }

    /// Sorts by the next shown column on the left or right, in its default direction. If the sort
    /// column is not shown, the nearest end is the next.
    pub(super) fn sort_by(&mut self, step: isize) {
        if self.shows_groups() {
            let shown: Vec<_> = self.known_group_columns().collect();
            let sort = &mut self.table.groups.sort;
            if let Some(column) = beside(&shown, sort.column, step) {
                let descending = column.column().descending;
                *sort = GroupSort { column, descending };
            }
        } else {
            let shown: Vec<_> = self.seen_columns().iter().map(|fitted| fitted.id).collect();
            let sort = &mut self.table.sort;
            if let Some(column) = beside(&shown, sort.column, step) {
                let descending = column.column().descending;
                *sort = Sort {
                    column,
                    descending,
                    then: None,
                };
            }
        }
        self.reorder_now();
    }

    /// Reverses the sort order.
    pub(super) fn invert(&mut self) {
        let descending = if self.shows_groups() {
            &mut self.table.groups.sort.descending
        } else {
            &mut self.table.sort.descending
        };
        *descending = !*descending;
        self.reorder_now();
    }

    /// Sorts at once: a requested order is not delayed by the hold after a key.
    fn reorder_now(&mut self) {
        self.last_key = None;
        self.rebuild_view();
    }
}

/// Returns the column next to `here`, or `here` at the ends. If `here` is not shown, returns the
/// nearest end.
fn beside<T: Copy + PartialEq>(shown: &[T], here: T, step: isize) -> Option<T> {
    let last = shown.len().checked_sub(1)?;
    let next = match shown.iter().position(|column| *column == here) {
        Some(here) => here.saturating_add_signed(step).min(last),
        None if step > 0 => 0,
        None => last,
    };
    shown.get(next).copied()
}
