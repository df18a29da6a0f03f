//! By which column the table is sorted, and which columns there are to sort by.

use super::App;
use super::arrange::Sort;
use super::columns::{ColumnId, Fitted, fitted};
use super::effect::Effect;

impl App {
    /// The chosen columns that at least one endpoint can fill, from left to right.
    pub fn known_columns(&self) -> impl Iterator<Item = ColumnId> + '_ {
        let chosen = self.table.columns.iter().copied();
        chosen.filter(|id| self.can_fill(*id))
    }

    /// Whether an endpoint speaks so that it can tell what stands in a column.
    pub fn can_fill(&self, id: ColumnId) -> bool {
        let only = id.column().only;
        only.is_none() || self.endpoints.iter().any(|endpoint| endpoint.dialect == only)
    }

    /// Those of them that a table of this width has room for; the number, if nobody can fill any.
    pub fn fitted_columns(&self, width: u16) -> Vec<Fitted> {
        let number = self.known_columns().next().is_none().then_some(ColumnId::NUMBER);
        let columns = self.known_columns().chain(number);
        fitted(columns, &self.table.generation.widths, width)
    }

    /// The columns on the screen, or that would be without the details in the table's place.
    pub fn seen_columns(&self) -> Vec<Fitted> {
        self.fitted_columns(self.table_area().width)
    }

    /// To the next shown column on the left or right; each begins the way its numbers are read. If
    /// the rows are sorted by a column that is not shown, the nearest end is the next.
    pub(super) fn sort_by(&mut self, step: isize, effects: &mut Vec<Effect>) {
        let shown = self.seen_columns();
        let last = shown.len().saturating_sub(1);
        let here = shown
            .iter()
            .position(|fitted| fitted.id == self.table.sort.column);
        let next = match here {
            Some(here) => here.saturating_add_signed(step).min(last),
            None if step > 0 => 0,
            None => last,
        };
        if let Some(Fitted { id, .. }) = shown.get(next) {
            self.table.sort = Sort {
                column: *id,
                descending: id.column().descending,
            };
            self.reorder_now(effects);
        }
    }

    /// The other way round.
    pub(super) fn invert(&mut self, effects: &mut Vec<Effect>) {
        self.table.sort.descending = !self.table.sort.descending;
        self.reorder_now(effects);
    }

    /// An order that was asked for is not held back by the key that asked.
    fn reorder_now(&mut self, effects: &mut Vec<Effect>) {
        self.last_key = None;
        self.rearrange(effects);
    }
}
