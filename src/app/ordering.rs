//! In which order rows and groups stand: what `<`, `>` and `I` do.

use super::App;
use super::arrange::Sort;
use super::columns::ColumnId;
use super::effect::Effect;
use super::groups::columns::{GroupColumnId, GroupSort};
use crate::model::Dialect;

impl App {
    /// To the next shown column on the left or right; each begins the way its numbers are read.
    pub(super) fn sort_by(&mut self, step: isize, effects: &mut Vec<Effect>) {
        if self.shows_groups() {
            let shown: Vec<_> = self.known_group_columns().collect();
            let sort = &mut self.table.groups.sort;
            if let Some(column) = beside(&shown, sort.column, step) {
                let descending = column.column().descending;
                *sort = GroupSort { column, descending };
            }
        } else {
            let shown: Vec<_> = self.known_columns().collect();
            let sort = &mut self.table.sort;
            if let Some(column) = beside(&shown, sort.column, step) {
                let descending = column.column().descending;
                *sort = Sort { column, descending };
            }
        }
        self.reorder_now(effects);
    }

    /// Turns the order round.
    pub(super) fn invert(&mut self, effects: &mut Vec<Effect>) {
        let descending = if self.shows_groups() {
            &mut self.table.groups.sort.descending
        } else {
            &mut self.table.sort.descending
        };
        *descending = !*descending;
        self.reorder_now(effects);
    }

    /// The columns that at least one endpoint can fill.
    pub fn known_columns(&self) -> impl Iterator<Item = ColumnId> + '_ {
        ColumnId::all().filter(|id| self.is_told(id.column().only))
    }

    /// The columns of groups that at least one endpoint can fill.
    pub fn known_group_columns(&self) -> impl Iterator<Item = GroupColumnId> + '_ {
        GroupColumnId::all().filter(|id| self.is_told(id.column().only))
    }

    /// Whether an endpoint speaks the one dialect that tells something; `None`: both do.
    pub(super) fn is_told(&self, only: Option<Dialect>) -> bool {
        only.is_none() || self.endpoints.iter().any(|endpoint| endpoint.dialect == only)
    }

    /// An order that was asked for is not held back by the key that asked.
    fn reorder_now(&mut self, effects: &mut Vec<Effect>) {
        self.last_key = None;
        self.rearrange(effects);
    }
}

/// The neighbour of a column; at the ends, itself.
fn beside<T: Copy + PartialEq>(shown: &[T], here: T, step: isize) -> Option<T> {
    let place = shown.iter().position(|column| *column == here).unwrap_or(0);
    let last = shown.len().saturating_sub(1);
    shown.get(place.saturating_add_signed(step).min(last)).copied()
}
