//! The column chooser: all columns in table order. The table shows each change at once. Enter applies
//! the choice, Esc cancels it.

use super::App;
use super::columns::ColumnId;
use super::keymap::Action;
use super::status::Status;

/// State of the open column chooser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chooser {
    /// All columns, shown or not. A hidden column keeps its place, so that it returns there.
    pub order: Vec<ColumnId>,
    /// Index of the cursor in `order`.
    pub cursor: usize,
    /// Columns to restore on Esc.
    before: Vec<ColumnId>,
}

impl Chooser {
    /// Opens the chooser. The shown columns come first, in their order.
    fn new(shown: &[ColumnId]) -> Self {
        Self {
            order: ordered(shown),
            cursor: 0,
            before: shown.to_vec(),
        }
    }

    /// Returns the column under the cursor.
    pub fn current(&self) -> Option<ColumnId> {
        self.order.get(self.cursor).copied()
    }

    fn step(&mut self, lines: isize) {
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
pub fn option(columns: &[ColumnId]) -> String {
    let names: Vec<_> = columns.iter().map(|id| id.column().name).collect();
    format!("--columns {}", names.join(","))
}

/// Returns the configuration line for these columns.
pub fn setting(columns: &[ColumnId]) -> String {
    let names: Vec<_> = columns
        .iter()
        .map(|id| format!("\"{}\"", id.column().name))
        .collect();
    format!("columns = [{}]", names.join(", "))
}

impl App {
    pub(super) fn open_chooser(&mut self) {
        self.chooser = Some(Chooser::new(&self.table.columns));
    }

    pub(super) fn chooser_key(&mut self, action: Action) {
        let page = isize::try_from(self.page_of_keys()).unwrap_or(isize::MAX);
        let Some(chooser) = &mut self.chooser else { return };
        match action {
            Action::Move(lines) => chooser.step(lines),
            Action::Page(pages) => chooser.step(pages * page),
            Action::First => chooser.cursor = 0,
            Action::Last => chooser.step(isize::MAX),
            Action::Toggle => self.toggle_column(),
            Action::Shift(by) => {
                chooser.shift(by);
                self.show_in_order();
            }
            Action::Reset => {
                self.table.columns = ColumnId::defaults(self.endpoints.len());
                chooser.order = ordered(&self.table.columns);
            }
            Action::Copy => {
                let line = setting(&self.table.columns);
                self.copy(line, "");
            }
            Action::Accept => self.chooser = None,
            // Esc stops the remaining kills first, as the last line shows.
            Action::No if self.stop_kills() => {}
            Action::No => {
                if let Some(chooser) = self.chooser.take() {
                    self.table.columns = chooser.before;
                }
            }
            _ => {}
        }
    }

    /// Shows or hides the column under the cursor.
    fn toggle_column(&mut self) {
        let Some(column) = self.chooser.as_ref().and_then(Chooser::current) else {
            return;
        };
        let shown = &mut self.table.columns;
        if !shown.contains(&column) {
            shown.push(column);
            self.show_in_order();
        } else if shown.len() > 1 {
            shown.retain(|id| *id != column);
        } else {
            self.status = Some(Status::note("at least one column must stay".to_owned()));
        }
    }

    /// Updates the table to the order of the chooser.
    fn show_in_order(&mut self) {
        let Some(chooser) = &self.chooser else { return };
        let shown = &self.table.columns;
        let in_order = chooser.order.iter().filter(|id| shown.contains(id));
        self.table.columns = in_order.copied().collect();
    }
}

#[cfg(test)]
mod tests;
