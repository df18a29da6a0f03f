//! The sort column of rows and groups, and the columns to sort by.

use std::time::Duration;

use super::App;
use super::build_view::Sort;
use super::column::Align;
use super::column::fit::fit;
use super::columns::{ColumnId, FittedColumn};
use super::endpoints::Endpoints;
use super::groups::columns::{GroupColumnId, GroupSort, heading};
use super::groups::pane::GroupPane;
use super::status::Status;
use super::table::TableState;

impl TableState {
    /// Returns the chosen columns that at least one endpoint can fill, from left to right.
    pub(super) fn known_columns<'a>(
        &'a self,
        endpoints: &'a Endpoints,
    ) -> impl Iterator<Item = ColumnId> + 'a {
        let chosen = self.columns.iter().copied();
        chosen.filter(|id| endpoints.is_reported(id.column().only))
    }

    /// Returns the known columns that fit a table of this width. Without any, returns the session id.
    pub(crate) fn fitted_columns(&self, endpoints: &Endpoints, width: u16) -> Vec<FittedColumn> {
        let known = self.known_columns(endpoints);
        let number = self.known_columns(endpoints).next().is_none();
        let columns = known.chain(number.then_some(ColumnId::NUMBER));
        fit(columns, &self.view.widths, |id| id.column().heading, width)
    }

    /// Sorts by the next column of `shown` on the left or right, in its default direction. If the sort
    /// column is not shown, the nearest end is the next.
    fn sort_by(&mut self, step: isize, shown: &[ColumnId]) {
        if let Some(column) = beside(shown, self.sort.column, step) {
            self.sort = Sort {
                column,
                descending: column.column().descending,
                then: None,
            };
        }
    }

    /// Reverses the order of the rows or groups on the screen.
    fn invert(&mut self) {
        let descending = if self.shows_groups() {
            &mut self.groups.sort.descending
        } else {
            &mut self.sort.descending
        };
        *descending = !*descending;
    }
}

impl GroupPane {
    /// Sorts the groups by the next column of `shown` on the left or right.
    fn sort_by(&mut self, step: isize, shown: &[GroupColumnId]) {
        if let Some(column) = beside(shown, self.sort.column, step) {
            let descending = column.column().descending;
            self.sort = GroupSort { column, descending };
        }
    }
}

impl App {
    /// Returns the columns on the screen, or those that would be there without the details.
    pub fn seen_columns(&self) -> Vec<FittedColumn> {
        self.table
            .fitted_columns(&self.endpoints, self.table_area().width)
    }

    /// Sorts by the next shown column on the left or right.
    pub(super) fn sort_by(&mut self, step: isize) {
        if self.table.shows_groups() {
            let shown: Vec<_> = self.endpoints.known_group_columns().collect();
            self.table.groups.sort_by(step, &shown);
        } else {
            let shown: Vec<_> = self.seen_columns().iter().map(|fitted| fitted.id).collect();
            // WHY sorts by severity too, and has a heading with the sign of the direction.
            let has_why = shown.contains(&ColumnId::WHY);
            let is_step = |id: &ColumnId| !(has_why && id.column().heading.is_empty());
            let shown: Vec<_> = shown.into_iter().filter(is_step).collect();
            self.table.sort_by(step, &shown);
        }
        self.reorder_now();
        self.say_sort();
    }

    /// Reverses the sort order.
    pub(super) fn invert(&mut self) {
        self.table.invert();
        self.reorder_now();
        self.say_sort();
    }

    /// Shows the sort column and the direction in the status line.
    fn say_sort(&mut self) {
        let text = if let Some(groups) = &self.table.view.groups {
            let GroupSort { column, descending } = self.table.groups.sort;
            let heading = heading(groups, column);
            format!(
                "sorted by {heading}, {}",
                first_rows(column.column().align, descending)
            )
        } else {
            self.table.sort.words()
        };
        self.status = Some(Status::note(text));
    }

    /// Sorts at once: a requested order is not delayed by the hold after a key. Shows the first row, unless
    /// a session is followed.
    pub(super) fn reorder_now(&mut self) {
        self.hold_until = None;
        self.table.start_over();
        self.rebuild_view();
    }
}

impl Sort {
    /// Returns the column and the direction: `sorted by IDLE, largest first`.
    pub(crate) fn words(&self) -> String {
        let column = self.column.column();
        if self.column.is_by_severity() {
            let first = if self.descending { "most" } else { "least" };
            return format!("sorted by severity, {first} severe first");
        }
        let name = match column.heading {
            "" => column.name,
            heading => heading,
        };
        format!("sorted by {name}, {}", first_rows(column.align, self.descending))
    }
}

/// Returns which rows come first.
const fn first_rows(align: Align, descending: bool) -> &'static str {
    match (align, descending) {
        (Align::Right, true) => "largest first",
        (Align::Right, false) => "smallest first",
        (Align::Left, true) => "Z to A",
        (Align::Left, false) => "A to Z",
    }
}

/// Returns the column next to `here`; after the last one the first. If `here` is not shown, returns the
/// nearest end.
fn beside<T: Copy + PartialEq>(shown: &[T], here: T, step: isize) -> Option<T> {
    let last = shown.len().checked_sub(1)?;
    let next = match shown.iter().position(|column| *column == here) {
        Some(here) if here == last && step > 0 => 0,
        Some(0) if step < 0 => last,
        Some(here) => here.saturating_add_signed(step).min(last),
        None if step > 0 => 0,
        None => last,
    };
    shown.get(next).copied()
}

impl App {
    /// Whether rows keep their places: a dialog is open, or a key was pressed recently.
    pub(crate) fn keeps_order(&self) -> bool {
        // The rows of a past moment do not move.
        let is_recent = self.past.is_none() && self.hold_until.is_some_and(|at| self.now.elapsed < at);
        self.modal.kill_dialog().is_some() || is_recent
    }

    /// Holds the order after a key, or prolongs the hold.
    pub(super) fn hold_order(&mut self, time: Duration) {
        self.hold_until = self.hold_until.max(Some(self.now.elapsed + time));
    }

    /// Returns when a hold ends that is in effect.
    pub(super) fn hold_wake_at(&self) -> Option<Duration> {
        self.hold_until.filter(|_| self.keeps_order())
    }
}
