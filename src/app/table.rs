//! The table's state: what is shown, where the cursor is, what the screen shows of it.
//!
//! The cursor is an identity. Rows may move; the cursor stays on its session and, as far as the
//! ends of the list allow, on its line of the screen.

use std::sync::Arc;

use super::build_view::{Sort, TableView};
use super::columns::ColumnId;
use super::groups::pane::GroupPane;
use super::layout::clamp_scroll;
use super::prompt::FilterHistory;
use crate::filter::Filter;
use crate::model::RowKey;

/// The table.
#[derive(Clone, Debug, Default)]
pub struct TableState {
    /// What is shown.
    pub view: Arc<TableView>,
    /// Which rows are wanted.
    pub filter: Filter,
    /// Those that were applied before.
    pub history: FilterHistory,
    /// Which columns, from left to right: those that were chosen, whether there is room for them or
    /// not.
    pub columns: Vec<ColumnId>,
    /// In which order.
    pub sort: Sort,
    /// The groups, when sessions are grouped.
    pub groups: GroupPane,
    /// Who is idle without a reason is left out.
    pub hide_idle: bool,
    /// Somebody has pressed a key, or every endpoint has been heard: before that rows still arrive above
    /// the cursor that nobody has put there, and it stands first.
    pub(super) is_settled: bool,
    /// The first row on the screen.
    pub offset: usize,
    /// The session under the cursor; nothing as long as there is no row.
    pub cursor: Option<RowKey>,
    /// Where the cursor's row stands in the generation.
    position: usize,
    /// The cursor goes to the first row of the next generation: a filter was applied.
    to_first: bool,
}

impl TableState {
    /// An empty one.
    pub fn new(filter: Filter, columns: Vec<ColumnId>, sort: Sort) -> Self {
        Self {
            history: FilterHistory::new(&filter),
            filter,
            columns,
            sort,
            ..Self::default()
        }
    }

    /// Where the cursor's row stands.
    pub const fn position(&self) -> usize {
        self.position
    }

    /// Takes a finished generation; `height` is the number of rows on the screen.
    pub fn set_view(&mut self, view: Arc<TableView>, height: usize) {
        if let Some(groups) = &view.groups {
            // Groups that nobody wants any more are not those whose first one is waited for.
            let to_first = self.groups.by.is_some() && std::mem::take(&mut self.to_first);
            self.groups.set_groups(groups, to_first, height);
            self.view = view;
            return;
        }
        let line = self.position.saturating_sub(self.offset);
        self.view = view;
        let found = self.cursor.as_ref().and_then(|key| self.view.position(key));
        if std::mem::take(&mut self.to_first) || self.cursor.is_none() || !self.is_settled {
            self.go_to(0, height);
        } else if let Some(position) = found {
            self.position = position;
            // Who looks at the worst goes on seeing them, as long as the cursor fits below.
            let stays_at_top = self.offset == 0 && position < height;
            self.offset = if stays_at_top {
                0
            } else {
                position.saturating_sub(line)
            };
        } else {
            // Its session is hidden or gone: the row that took its place is the nearest.
            self.go_to(self.position, height);
        }
        self.scroll_into_view(height);
    }

    /// Whether a generation was made for another cursor and has no place for this one's session:
    /// its ghost was not asked for.
    pub fn is_outdated(&self, view: &TableView) -> bool {
        if let (Some(groups), Some(shown)) = (&view.groups, &self.view.groups) {
            return self.groups.is_outdated(groups, shown);
        }
        let Some(cursor) = &self.cursor else { return false };
        view.spec.cursor.as_ref() != Some(cursor)
            && view.position(cursor).is_none()
            && self.view.position(cursor).is_some()
    }

    /// Moves the cursor by rows. Says whether it left a ghost, which then must go.
    pub fn move_by(&mut self, rows: isize, height: usize) -> bool {
        let position = match &self.view.groups {
            Some(_) => self.groups.position(),
            None => self.position,
        };
        self.go_to(position.saturating_add_signed(rows), height)
    }

    /// Moves the cursor to a row. Says whether it left a ghost, which then must go.
    pub fn go_to(&mut self, position: usize, height: usize) -> bool {
        if let Some(groups) = &self.view.groups {
            return self.groups.go_to(position, groups, height);
        }
        let before = self.cursor.take();
        self.position = position.min(self.view.len().saturating_sub(1));
        self.cursor = self.view.row(self.position).map(|row| row.key());
        self.scroll_into_view(height);
        self.view.has_ghost() && before != self.cursor
    }

    /// The cursor will stand on the first row of what is shown next.
    pub const fn start_over(&mut self) {
        self.to_first = true;
    }

    /// Keeps the cursor in sight, and no empty lines below the last row as long as rows are above.
    pub fn scroll_into_view(&mut self, height: usize) {
        match &self.view.groups {
            Some(groups) => self.groups.scroll_into_view(groups, height),
            None => self.offset = clamp_scroll(self.offset, self.position, self.view.len(), height),
        }
    }
}
