//! State of the table: the view, its query, and the cursor.

use std::ops::Range;
use std::sync::Arc;

use super::build_view::{Sort, TableView, ViewQuery};
use super::columns::ColumnId;
use super::cursor::Cursor;
use super::groups::pane::GroupPane;
use super::prompt::FilterHistory;
use crate::diagnosis::Severity;
use crate::filter::Filter;
use crate::model::RowKey;

/// State of the table.
#[derive(Clone, Debug, Default)]
pub(crate) struct TableState {
    /// The view on the screen.
    pub view: Arc<TableView>,
    /// The view of the newest lists since the table was paused.
    pub(super) newest: Option<Arc<TableView>>,
    /// Number of views so far.
    pub(super) views: u64,
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
    /// The session under the cursor.
    pub cursor: Cursor<RowKey>,
}

impl TableState {
    /// Creates an empty table.
    pub(crate) fn new(filter: Filter, columns: Vec<ColumnId>, sort: Sort) -> Self {
        Self {
            history: FilterHistory::new(&filter),
            filter,
            columns,
            sort,
            ..Self::default()
        }
    }

    /// Returns the query of the next view with the parts that the table stores.
    pub(super) fn query(&self) -> ViewQuery {
        ViewQuery {
            filter: self.filter.clone(),
            sort: self.sort,
            group: self.groups.spec(),
            hide_idle: self.hide_idle,
            cursor: self.cursor.chosen_key().cloned(),
            ..ViewQuery::default()
        }
    }

    /// Whether the rows of the view are those that the filter and the grouping choose.
    pub(super) fn has_chosen_rows(&self) -> bool {
        let built = &self.view.spec;
        built.filter == self.filter
            && built.hide_idle == self.hide_idle
            && built.group.as_ref().map(|group| group.by) == self.groups.by
    }

    /// Accepts a finished view; `height` is the number of rows on the screen.
    pub(crate) fn set_view(&mut self, view: Arc<TableView>, height: usize) {
        self.view = view;
        self.views += 1;
        if let Some(groups) = &self.view.groups {
            return self.groups.cursor.follow(groups, height);
        }
        self.cursor.follow(&*self.view, height);
    }

    /// Whether a view was built for another cursor and does not contain this one's session or its
    /// departed row.
    pub(crate) fn is_outdated(&self, view: &TableView) -> bool {
        match (&view.groups, &self.view.groups) {
            (Some(groups), Some(shown)) => self.groups.is_outdated(groups, shown),
            _ => self
                .cursor
                .is_outdated(view.spec.cursor.as_ref(), view, &*self.view),
        }
    }

    /// Moves the cursor by rows. Returns whether it left a departed row, which must then be removed.
    pub(crate) fn move_by(&mut self, rows: isize, height: usize) -> bool {
        self.go_to(self.shown_position().saturating_add_signed(rows), height)
    }

    /// Moves the cursor to a row. Returns whether it left a departed row, which must then be removed.
    pub(crate) fn go_to(&mut self, position: usize, height: usize) -> bool {
        match &self.view.groups {
            Some(groups) => self.groups.cursor.go_to(position, groups, height),
            None => self.cursor.go_to(position, &*self.view, height),
        }
    }

    /// Returns the position of the cursor among the rows or groups on the screen.
    pub(super) fn shown_position(&self) -> usize {
        match &self.view.groups {
            Some(_) => self.groups.cursor.position(),
            None => self.cursor.position(),
        }
    }

    /// Returns the number of rows or groups in a range of positions that are stuck with this severity.
    pub(crate) fn count_stuck(&self, severity: Severity, positions: Range<usize>) -> usize {
        match &self.view.groups {
            Some(groups) => groups.count_stuck(severity, positions),
            None => self.view.count_rows(severity, positions),
        }
    }

    /// Returns the positions of the rows or groups that a window of this height shows, and their number.
    pub(crate) fn window(&self, height: usize) -> (Range<usize>, usize) {
        let (offset, count) = match &self.view.groups {
            Some(groups) => (self.groups.cursor.offset, groups.len()),
            None => (self.cursor.offset, self.view.len()),
        };
        let top = offset.min(count);
        (top..(top + height).min(count), count)
    }

    /// Sets a filter that the user has chosen, and moves the cursor to its first row.
    pub(super) fn apply_filter(&mut self, filter: Filter) {
        self.history.add(&filter);
        self.filter = filter;
        self.start_over();
    }

    /// Shows the sessions that a filter matches, without groups.
    pub(super) fn show_sessions(&mut self, filter: Filter) {
        self.groups.by = None;
        self.groups.opened.clear();
        self.apply_filter(filter);
    }

    /// Moves the cursor to the first row of the next view, unless its row is followed.
    pub(crate) fn start_over(&mut self) {
        self.cursor.go_to_top();
        if self.groups.by.is_some() {
            self.groups.cursor.go_to_top();
        }
    }

    /// Keeps the cursor on its row in all later rows, and shows it, because a key refers to it.
    pub(super) fn choose(&mut self, height: usize) {
        self.cursor.choose();
        self.groups.cursor.choose();
        self.scroll_into_view(height);
    }

    /// Whether the cursor's row is on the screen, or there is none.
    pub(super) fn is_cursor_visible(&self, height: usize) -> bool {
        match &self.view.groups {
            Some(groups) => groups.is_empty() || self.groups.cursor.is_visible(height),
            None => self.view.is_empty() || self.cursor.is_visible(height),
        }
    }

    /// Whether the cursor's session or group is followed everywhere.
    pub(crate) fn is_followed(&self) -> bool {
        match &self.view.groups {
            Some(_) => self.groups.cursor.is_followed(),
            None => self.cursor.is_followed(),
        }
    }

    /// Follows the cursor's session or group everywhere, or no longer.
    pub(super) fn set_followed(&mut self, is_followed: bool) {
        match &self.view.groups {
            Some(_) => self.groups.cursor.set_followed(is_followed),
            None => self.cursor.set_followed(is_followed),
        }
    }

    /// Scrolls so that the cursor is visible, and without empty lines below the last row while there
    /// are rows above.
    pub(crate) fn scroll_into_view(&mut self, height: usize) {
        match &self.view.groups {
            Some(groups) => self.groups.cursor.scroll_into_view(groups, height),
            None => self.cursor.scroll_into_view(&*self.view, height),
        }
    }
}
