//! The column chooser: all columns in table order. The table shows each change at once. Enter applies
//! the choice, Esc cancels it.

use super::columns::ColumnId;
use super::keymap::Action;

/// State of the open column chooser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chooser {
    /// All columns, shown or not. A hidden column keeps its place, so that it returns there.
    pub order: Vec<ColumnId>,
    /// Index of the cursor in `order`.
    pub cursor: usize,
    /// The first column on the screen when the cursor's was clicked; `None`: the cursor is in the middle.
    pub top: Option<usize>,
    /// Columns to restore on Esc.
    before: Vec<ColumnId>,
}

impl Chooser {
    /// Opens the chooser. The shown columns come first, in their order.
    pub(super) fn new(shown: &[ColumnId]) -> Self {
        Self {
            order: ordered(shown),
            cursor: 0,
            top: None,
            before: shown.to_vec(),
        }
    }

    /// Returns the column under the cursor.
    pub(crate) fn current(&self) -> Option<ColumnId> {
        self.order.get(self.cursor).copied()
    }

    /// Whether the columns are in the order that the chooser has when it opens with these.
    pub(super) fn is_in_order(&self, shown: &[ColumnId]) -> bool {
        self.order == ordered(shown)
    }

    /// Moves the cursor to the column that was clicked, while `first` is the first one on the screen.
    pub(super) fn choose(&mut self, position: usize, first: Option<usize>) {
        self.cursor = position.min(self.order.len().saturating_sub(1));
        self.top = first;
    }

    fn step(&mut self, lines: isize) {
        self.top = None;
        let last = self.order.len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(lines).min(last);
    }

    /// Moves the column under the cursor, and the cursor with it.
    fn shift(&mut self, by: isize) {
        let from = self.cursor;
        self.step(by);
        if from < self.order.len() {
            self.order.swap(from, self.cursor);
        }
    }
}

fn ordered(shown: &[ColumnId]) -> Vec<ColumnId> {
    let hidden = ColumnId::all().filter(|id| !shown.contains(id));
    shown.iter().copied().chain(hidden).collect()
}

/// Returns the command line option for these columns.
pub(crate) fn option(columns: &[ColumnId]) -> String {
    let names: Vec<_> = columns.iter().map(|id| id.column().name).collect();
    format!("--columns {}", names.join(","))
}

/// Returns the configuration line for these columns.
pub(crate) fn setting(columns: &[ColumnId]) -> String {
    let names: Vec<_> = columns
        .iter()
        .map(|id| format!("\"{}\"", id.column().name))
        .collect();
    format!("columns = [{}]", names.join(", "))
}

/// Result of a key in the chooser, for the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ChooserResult {
    /// The chooser stays open.
    Stay,
    /// Show that the last column cannot be hidden.
    LastColumn,
    /// Copy the setting for the shown columns.
    Copy,
    /// Close the chooser.
    Close,
}

impl Chooser {
    /// Handles an action. Changes the shown columns at once. `page` is the number of lines of a page.
    pub(super) fn on_action(
        &mut self,
        action: Action,
        page: isize,
        shown: &mut Vec<ColumnId>,
        endpoints: usize,
    ) -> ChooserResult {
        match action {
            Action::Move(lines) => self.step(lines),
            Action::Page(pages) => self.step(pages * page),
            Action::First => self.step(isize::MIN),
            Action::Last => self.step(isize::MAX),
            Action::Toggle => return self.toggle(shown),
            Action::Shift(by) => {
                self.shift(by);
                self.sort(shown);
            }
            Action::Reset => {
                *shown = ColumnId::defaults(endpoints);
                self.order = ordered(shown);
            }
            Action::Copy => return ChooserResult::Copy,
            Action::Accept => return ChooserResult::Close,
            Action::No => {
                shown.clone_from(&self.before);
                return ChooserResult::Close;
            }
            _ => {}
        }
        ChooserResult::Stay
    }

    /// Shows or hides the column under the cursor.
    fn toggle(&self, shown: &mut Vec<ColumnId>) -> ChooserResult {
        let Some(column) = self.current() else {
            return ChooserResult::Stay;
        };
        if !shown.contains(&column) {
            shown.push(column);
            self.sort(shown);
        } else if shown.len() > 1 {
            shown.retain(|id| *id != column);
        } else {
            return ChooserResult::LastColumn;
        }
        ChooserResult::Stay
    }

    /// Sorts the shown columns in the order of the chooser.
    fn sort(&self, shown: &mut Vec<ColumnId>) {
        let in_order = self.order.iter().filter(|id| shown.contains(id));
        *shown = in_order.copied().collect();
    }
}

#[cfg(test)]
mod tests;
