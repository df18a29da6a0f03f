//! Choosing columns: all that there are, in the order in which they stand in the table. The table shows
//! each step at once; Enter keeps it, Esc takes all of them back.

use super::App;
use super::columns::ColumnId;
use super::keymap::Action;
use super::msg::Effect;
use super::status::Status;

/// The list of columns while it is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chooser {
    /// All columns, shown or not. One that is hidden keeps its place, so that it comes back there.
    pub order: Vec<ColumnId>,
    /// Where the cursor is in it.
    pub cursor: usize,
    /// What to go back to.
    before: Vec<ColumnId>,
}

impl Chooser {
    /// Those that are shown stand first, as they are shown.
    fn new(shown: &[ColumnId]) -> Self {
        Self {
            order: ordered(shown),
            cursor: 0,
            before: shown.to_vec(),
        }
    }

    /// The column under the cursor.
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

/// The option that shows these columns from the start.
pub fn option(columns: &[ColumnId]) -> String {
    let names: Vec<_> = columns.iter().map(|id| id.column().name).collect();
    format!("--columns {}", names.join(","))
}

/// The line of the configuration file that does.
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

    pub(super) fn chooser_key(&mut self, action: Action, effects: &mut Vec<Effect>) {
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
                self.copy(line, "", effects);
            }
            Action::Accept => self.chooser = None,
            // The last line says that Esc stops the rest, whatever lies over the table.
            Action::No if self.stop_kills(effects) => {}
            Action::No => {
                if let Some(chooser) = self.chooser.take() {
                    self.table.columns = chooser.before;
                }
            }
            _ => {}
        }
    }

    /// Shows the column under the cursor where it stands in the list, or hides it.
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
            self.status = Some(Status::note("a table has one column at least".to_owned()));
        }
    }

    /// What is shown stands in the table as in the list.
    fn show_in_order(&mut self) {
        let Some(chooser) = &self.chooser else { return };
        let shown = &self.table.columns;
        let in_order = chooser.order.iter().filter(|id| shown.contains(id));
        self.table.columns = in_order.copied().collect();
    }
}

#[cfg(test)]
mod tests;
