//! A table as plain text: every column as wide as its widest cell, nothing cut, no blanks at the
//! end of a line. A cell that is wider than its column may be moves the rest of its own line only:
//! one name of 256 characters must not tear the table apart.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::app::columns::Align;
use crate::model::display_width;

/// Between two columns.
const GAP: usize = 2;

/// What is asked of a column.
pub(super) struct Head<'a> {
    heading: &'a str,
    align: Align,
    /// Never wider than this, in cells of the terminal.
    max: usize,
}

impl<'a> Head<'a> {
    /// A column that may be as wide as it likes.
    pub(super) const fn new(heading: &'a str, align: Align) -> Self {
        Self::up_to(usize::MAX, heading, align)
    }

    /// A column that stops growing there.
    pub(super) const fn up_to(max: usize, heading: &'a str, align: Align) -> Self {
        Self { heading, align, max }
    }
}

/// Headings and rows.
pub(super) struct Grid<'a> {
    columns: Vec<Head<'a>>,
    rows: Vec<Vec<Cow<'a, str>>>,
}

impl<'a> Grid<'a> {
    pub(super) const fn new(columns: Vec<Head<'a>>) -> Self {
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
        let columns = self.columns.iter().enumerate();
        let widths: Vec<_> = columns.map(|(index, head)| self.width(index, head)).collect();
        let headings = self.columns.iter().map(|head| head.heading);
        self.write_line(out, &widths, headings)?;
        for row in &self.rows {
            self.write_line(out, &widths, row.iter().map(Cow::as_ref))?;
        }
        Ok(())
    }

    fn width(&self, index: usize, head: &Head<'_>) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(index));
        let fitting = cells
            .map(|cell| display_width(cell))
            .filter(|width| *width <= head.max);
        fitting.fold(display_width(head.heading), usize::max)
    }

    fn write_line<'b>(
        &self,
        out: &mut impl Write,
        widths: &[usize],
        cells: impl Iterator<Item = &'b str>,
    ) -> io::Result<()> {
        // Blanks are owed until a cell follows them.
        let mut owed = 0;
        for ((cell, width), head) in cells.zip(widths).zip(&self.columns) {
            let room = width.saturating_sub(display_width(cell));
            let (before, after) = match head.align {
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
            Head::new("ID", Align::Right),
            Head::up_to(6, "USER", Align::Left),
            Head::new("IDLE", Align::Right),
        ]);
        for row in [
            ["7", "zoë", "0s"],
            ["1042", "日本", ""],
            ["3", "", "4h 12m"],
            ["8", "overlong", "1s"],
        ] {
            grid.push(
                row.into_iter()
                    .map(|cell| (!cell.is_empty()).then_some(cell.into())),
            );
        }
        let mut text = Vec::new();
        grid.write(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let expected = "  ID  USER    IDLE\n   7  zoë       0s\n1042  日本\n   3        4h 12m\n   8  overlong      1s\n";
        assert_eq!(text, expected);
    }
}
