//! State of the table: the view, the cursor, and the visible part.
//!
//! The cursor is an identity. Rows may move; the cursor stays on its session and, if the ends of the
//! list allow it, on its line of the screen.

use std::sync::Arc;

use super::build_view::{Sort, TableView, ViewQuery};
use super::columns::ColumnId;
use super::groups::pane::GroupPane;
use super::layout::clamp_scroll;
use super::prompt::FilterHistory;
use crate::filter::Filter;
use crate::model::RowKey;

/// State of the table.
#[derive(Clone, Debug, Default)]
pub struct TableState {
    /// The view on the screen.
    pub view: Arc<TableView>,
    /// The filter.
    pub filter: Filter,
    /// The filters applied before.
    pub history: FilterHistory,
    /// The chosen columns, from left to right, including those that do not fit.
    pub columns: Vec<ColumnId>,
    /// The sort column and direction.
    pub sort: Sort,
    /// State of the groups, when sessions are grouped.
    pub groups: GroupPane,
    /// Whether sessions that are idle without a reason are left out.
    pub hide_idle: bool,
    /// Whether the cursor follows its session. False until the first key press or until every endpoint
    /// has replied or failed; until then the cursor stays on the first row.
    pub(super) is_settled: bool,
    /// The first row on the screen.
    pub offset: usize,
    /// The session under the cursor; `None` until there is a row.
    pub cursor: Option<RowKey>,
    /// Position of the cursor's row in the view.
    position: usize,
    /// Whether the cursor moves to the first row of the next view, because a filter was applied.
    to_first: bool,
}

impl TableState {
    /// Creates an empty table.
    pub fn new(filter: Filter, columns: Vec<ColumnId>, sort: Sort) -> Self {
        Self {
            history: FilterHistory::new(&filter),
            filter,
            columns,
            sort,
            ..Self::default()
        }
    }

    /// Returns what the table asks of the next view.
    pub(super) fn query(&self) -> ViewQuery {
        ViewQuery {
            filter: self.filter.clone(),
            sort: self.sort,
            group: self.groups.spec(),
            hide_idle: self.hide_idle,
            cursor: self.cursor.clone(),
            ..ViewQuery::default()
        }
    }

    /// Returns the position of the cursor's row.
    pub const fn position(&self) -> usize {
        self.position
    }

    /// Accepts a finished view; `height` is the number of rows on the screen.
    pub fn set_view(&mut self, view: Arc<TableView>, height: usize) {
        if let Some(groups) = &view.groups {
            // Groups of an earlier grouping must not move the cursor to their first one.
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
            // If the top of the table is shown, it stays on the screen while the cursor fits below.
            let stays_at_top = self.offset == 0 && position < height;
            self.offset = if stays_at_top {
                0
            } else {
                position.saturating_sub(line)
            };
        } else {
            // The session is hidden or gone: the row at its position is the nearest.
            self.go_to(self.position, height);
        }
        self.scroll_into_view(height);
    }

    /// Whether a view was built for another cursor and does not contain this one's session or its
    /// departed row.
    pub fn is_outdated(&self, view: &TableView) -> bool {
        if let (Some(groups), Some(shown)) = (&view.groups, &self.view.groups) {
            return self.groups.is_outdated(groups, shown);
        }
        let Some(cursor) = &self.cursor else { return false };
        view.spec.cursor.as_ref() != Some(cursor)
            && view.position(cursor).is_none()
            && self.view.position(cursor).is_some()
    }

    /// Moves the cursor by rows. Returns whether it left a departed row, which must then be removed.
    pub fn move_by(&mut self, rows: isize, height: usize) -> bool {
        let position = match &self.view.groups {
            Some(_) => self.groups.position(),
            None => self.position,
        };
        self.go_to(position.saturating_add_signed(rows), height)
    }

    /// Moves the cursor to a row. Returns whether it left a departed row, which must then be removed.
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

    /// Sets a filter that the user has chosen, and moves the cursor to its first row.
    pub(super) fn apply_filter(&mut self, filter: Filter) {
        self.history.add(&filter);
        self.filter = filter;
        self.start_over();
    }

    /// Moves the cursor to the first row of the next view.
    pub const fn start_over(&mut self) {
        self.to_first = true;
    }

    /// Scrolls so that the cursor is visible, and without empty lines below the last row while there
    /// are rows above.
    pub fn scroll_into_view(&mut self, height: usize) {
        match &self.view.groups {
            Some(groups) => self.groups.scroll_into_view(groups, height),
            None => self.offset = clamp_scroll(self.offset, self.position, self.view.len(), height),
        }
    }
}
