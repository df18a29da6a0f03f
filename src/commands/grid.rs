//! A table as plain text: every column as wide as its widest cell, nothing cut, no blanks at the
//! end of a line.

use std::borrow::Cow;
use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use crate::app::columns::Align;

/// Between two columns.
const GAP: usize = 2;

/// Headings and rows.
pub(super) struct Grid<'a> {
    columns: Vec<(&'a str, Align)>,
    rows: Vec<Vec<Cow<'a, str>>>,
}

impl<'a> Grid<'a> {
    pub(super) const fn new(columns: Vec<(&'a str, Align)>) -> Self {
        Self {
            columns,
            rows: Vec::new(),
        }
    }

    /// One cell for each column; what is not known is blank.
    pub(super) fn push(&mut self, cells: impl Iterator<Item = Option<Cow<'a, str>>>) {
        self.rows.push(cells.map(Option::unwrap_or_default).collect());
    }

    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let widths: Vec<_> = (0..self.columns.len()).map(|index| self.width(index)).collect();
        let headings = self.columns.iter().map(|(heading, _)| *heading);
        self.write_line(out, &widths, headings)?;
        for row in &self.rows {
            self.write_line(out, &widths, row.iter().map(Cow::as_ref))?;
        }
        Ok(())
    }

    fn width(&self, index: usize) -> usize {
        let heading = self.columns.get(index).map_or(0, |(heading, _)| heading.width());
        let cells = self.rows.iter().filter_map(|row| row.get(index));
        cells.map(|cell| cell.width()).fold(heading, usize::max)
    }

    fn write_line<'b>(
        &self,
        out: &mut impl Write,
        widths: &[usize],
        cells: impl Iterator<Item = &'b str>,
    ) -> io::Result<()> {
        // Blanks are owed until a cell follows them.
        let mut owed = 0;
        for ((cell, width), (_, align)) in cells.zip(widths).zip(&self.columns) {
            let room = width.saturating_sub(cell.width());
            let (before, after) = match align {
                Align::Left => (0, room),
                Align::Right => (room, 0),
            };
            owed += before;
            if !cell.is_empty() {
                write!(out, "{:owed$}{cell}", "")?;
                owed = 0;
            }
            owed += after + GAP;
        }
        writeln!(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_by_what_is_seen() {
        let mut grid = Grid::new(vec![
            ("ID", Align::Right),
            ("USER", Align::Left),
            ("IDLE", Align::Right),
        ]);
        for row in [["7", "zoë", "0s"], ["1042", "日本", ""], ["3", "", "4h 12m"]] {
            grid.push(
                row.into_iter()
                    .map(|cell| (!cell.is_empty()).then_some(cell.into())),
            );
        }
        let mut text = Vec::new();
        grid.write(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let expected = "  ID  USER    IDLE\n   7  zoë       0s\n1042  日本\n   3        4h 12m\n";
        assert_eq!(text, expected);
    }
}
