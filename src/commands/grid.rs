//! A table as plain text. Each column is as wide as its widest cell; lines have no trailing blanks.
//! If a width is given, the widest texts are cut until the line fits. Numbers are never cut.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::app::columns::Align;
use crate::model::display_width;
use crate::ui::cut::{fit, fit_middle};

/// Number of blanks between two columns.
const GAP: usize = 2;
/// Minimum width to which a text is cut, so that it is still readable.
const READABLE: usize = 8;

/// Heading and layout of a column.
pub(super) struct Head<'a> {
    heading: &'a str,
    align: Align,
    /// Whether a text that is too wide is cut in its middle.
    keeps_ends: bool,
    /// Maximum width of the column. A wider cell shifts the rest of its own line.
    max: usize,
}

impl<'a> Head<'a> {
    /// Creates a column whose texts are cut at the end.
    pub(super) const fn new(heading: &'a str, align: Align) -> Self {
        Self {
            heading,
            align,
            keeps_ends: false,
            max: usize::MAX,
        }
    }

    /// Creates a column with a maximum width. A wider cell shifts the rest of its own line.
    pub(super) const fn up_to(max: usize, heading: &'a str, align: Align) -> Self {
        Self {
            max,
            ..Self::new(heading, align)
        }
    }

    /// Sets whether texts are cut in the middle instead of at the end.
    pub(super) const fn keeping_ends(self, keeps_ends: bool) -> Self {
        Self { keeps_ends, ..self }
    }
}

/// Headings and rows.
pub(super) struct Grid<'a> {
    columns: Vec<Head<'a>>,
    rows: Vec<Vec<Cow<'a, str>>>,
    /// Maximum width of a line, and the mark of a cut text. `None` for no limit.
    fit: Option<(usize, &'static str)>,
}

impl<'a> Grid<'a> {
    pub(super) const fn new(columns: Vec<Head<'a>>) -> Self {
        Self {
            columns,
            rows: Vec::new(),
            fit: None,
        }
    }

    /// Cuts texts so that a line has at most this width. `more` marks a cut text.
    pub(super) const fn fit(&mut self, width: usize, more: &'static str) {
        self.fit = Some((width, more));
    }

    /// Adds a row with one cell per column. `None` is blank.
    pub(super) fn push(&mut self, cells: impl Iterator<Item = Option<Cow<'a, str>>>) {
        self.rows.push(cells.map(Option::unwrap_or_default).collect());
    }

    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let columns = self.columns.iter().enumerate();
        let mut widths: Vec<_> = columns.map(|(index, head)| self.width(index, head)).collect();
        if let Some((width, _)) = self.fit {
            self.shrink(&mut widths, width);
        }
        let headings = self.columns.iter().map(|head| head.heading);
        self.write_line(out, &widths, headings)?;
        for row in &self.rows {
            self.write_line(out, &widths, row.iter().map(Cow::as_ref))?;
        }
        Ok(())
    }

    fn width(&self, index: usize, head: &Head<'_>) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(index));
        cells
            .map(|cell| display_width(cell))
            .filter(|width| *width <= head.max)
            .fold(display_width(head.heading), usize::max)
    }

    /// Narrows the widest text columns until the line fits, but none below a readable width.
    fn shrink(&self, widths: &mut [usize], width: usize) {
        let gaps = GAP * widths.len().saturating_sub(1);
        let mut over = (widths.iter().sum::<usize>() + gaps).saturating_sub(width);
        while over > 0 {
            let columns = widths.iter_mut().zip(&self.columns);
            let texts = columns.filter(|(width, head)| {
                head.align == Align::Left && **width > READABLE.max(display_width(head.heading))
            });
            let Some((widest, _)) = texts.max_by_key(|(width, _)| **width) else {
                return;
            };
            *widest -= 1;
            over -= 1;
        }
    }

    fn cut<'b>(&self, cell: &'b str, width: usize, head: &Head<'_>) -> Cow<'b, str> {
        match self.fit {
            Some((_, more)) if display_width(cell) > width && head.keeps_ends => {
                Cow::Owned(fit_middle(cell, width, more))
            }
            Some((_, more)) if display_width(cell) > width => Cow::Owned(fit(cell, width, more)),
            _ => Cow::Borrowed(cell),
        }
    }

    fn write_line<'b>(
        &self,
        out: &mut impl Write,
        widths: &[usize],
        cells: impl Iterator<Item = &'b str>,
    ) -> io::Result<()> {
        // Blanks are written only if a cell follows them.
        let mut owed = 0;
        for ((cell, width), head) in cells.zip(widths).zip(&self.columns) {
            let cell = self.cut(cell, *width, head);
            let room = width.saturating_sub(display_width(&cell));
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
            Head::new("USER", Align::Left),
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
        let expected = "  ID  USER        IDLE\n   7  zoë           0s\n1042  日本\n   3            4h 12m\n   8  overlong      1s\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_line_fits_and_numbers_are_never_cut() {
        let mut grid = Grid::new(vec![
            Head::new("USER", Align::Left).keeping_ends(true),
            Head::new("AGE", Align::Right),
            Head::new("I/O", Align::Right),
            Head::new("WHY", Align::Left),
        ]);
        let long = "x".repeat(300);
        for user in ["app_billing_prod_ro", "app_billing_prod_rw"] {
            let row = [user, "1200d 23h", "18446744073709551615", &long];
            grid.push(row.into_iter().map(|cell| Some(cell.to_owned().into())));
        }
        grid.fit(56, "…");
        let mut text = Vec::new();
        grid.write(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        for line in text.lines() {
            assert!(display_width(line) <= 56, "{line}");
        }
        assert!(text.contains("1200d 23h  18446744073709551615"), "{text}");
        assert!(text.contains("d_ro ") && text.contains("d_rw "), "{text}");
    }
}
