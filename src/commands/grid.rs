//! A table as plain text. Each column is as wide as its widest cell; lines have no trailing blanks.
//! If a width is given, columns are left out, wrapped or cut until the line fits. Numbers are never cut.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::app::columns::Align;
use crate::model::display_width;
use crate::ui::cut::{fit, fit_middle, wrap};

/// Number of blanks between two columns.
const GAP: usize = 2;
/// Minimum width to which a text is cut, so that it is still readable.
const READABLE: usize = 8;
/// Priority from which a column is left out rather than that a text is cut.
const OPTIONAL: u8 = 6;

/// Heading and layout of a column.
pub(super) struct Head<'a> {
    heading: &'a str,
    align: Align,
    /// Whether a text that is too wide is cut in its middle.
    keeps_ends: bool,
    /// Maximum width of the column. A wider cell shifts the rest of its own line.
    max: usize,
    /// Width to which its texts may be cut.
    least: usize,
    /// Whether a text that is too wide continues on the next line.
    wraps: bool,
    /// Priority for narrowing the column below its smallest width: the highest goes first.
    narrowed_first: u8,
    /// Priority for leaving the column out if the columns do not fit: the highest goes first, 0 never does.
    drop: u8,
}

impl<'a> Head<'a> {
    /// Creates a column whose texts are cut at the end.
    pub(super) const fn new(heading: &'a str, align: Align) -> Self {
        Self {
            heading,
            align,
            keeps_ends: false,
            max: usize::MAX,
            least: READABLE,
            wraps: false,
            narrowed_first: 0,
            drop: 0,
        }
    }

    /// Creates a column with a maximum width. A wider cell shifts the rest of its own line.
    pub(super) const fn up_to(max: usize, heading: &'a str, align: Align) -> Self {
        Self {
            max,
            ..Self::new(heading, align)
        }
    }

    /// Returns the smallest width of a column whose cells need `natural`. A number is never cut.
    fn least_width(&self, natural: usize) -> usize {
        match self.align {
            Align::Right => natural,
            Align::Left => natural.min(self.least.max(display_width(self.heading))),
        }
    }

    /// Returns the width of the heading, or `natural` for numbers.
    fn heading_width(&self, natural: usize) -> usize {
        match self.align {
            Align::Right => natural,
            Align::Left => natural.min(display_width(self.heading)),
        }
    }

    /// Sets whether texts are cut in the middle instead of at the end.
    pub(super) const fn keeping_ends(self, keeps_ends: bool) -> Self {
        Self { keeps_ends, ..self }
    }

    /// Sets the width to which texts may be cut.
    pub(super) const fn at_least(self, least: usize) -> Self {
        Self { least, ..self }
    }

    /// Sets whether a text that is too wide continues on the next line.
    pub(super) const fn wrapping(self, wraps: bool) -> Self {
        Self { wraps, ..self }
    }

    /// Sets the priority for narrowing the column below its smallest width.
    pub(super) const fn narrowed_first(self, narrowed_first: u8) -> Self {
        Self {
            narrowed_first,
            ..self
        }
    }

    /// Sets the priority for leaving the column out.
    pub(super) const fn dropped(self, drop: u8) -> Self {
        Self { drop, ..self }
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
        let natural = columns.map(|(index, head)| (index, self.width(index, head)));
        let mut layout: Vec<_> = natural.collect();
        if let Some((width, _)) = self.fit {
            self.leave_out(&mut layout, width);
            self.shrink(&mut layout, width);
        }
        let headings: Vec<_> = self
            .columns
            .iter()
            .map(|head| Cow::Borrowed(head.heading))
            .collect();
        self.write_line(out, &layout, &headings)?;
        for row in &self.rows {
            self.write_row(out, &layout, row)?;
        }
        Ok(())
    }

    /// Writes a row, with a line for each line of its wrapped texts.
    fn write_row(
        &self,
        out: &mut impl Write,
        layout: &[(usize, usize)],
        row: &[Cow<'_, str>],
    ) -> io::Result<()> {
        let mut first = row.to_vec();
        let mut more: Vec<(usize, Vec<String>)> = Vec::new();
        for (index, width) in layout {
            let wraps = self.fit.is_some() && self.columns.get(*index).is_some_and(|head| head.wraps);
            if let Some(cell) = first.get_mut(*index)
                && wraps
                && display_width(cell) > *width
            {
                let mut lines = wrap(cell, *width).into_iter();
                *cell = lines.next().unwrap_or_default().into();
                more.push((*index, lines.collect()));
            }
        }
        self.write_line(out, layout, &first)?;
        let height = more.iter().map(|(_, lines)| lines.len()).max().unwrap_or(0);
        for place in 0..height {
            let mut cells = vec![Cow::Borrowed(""); row.len()];
            for (index, lines) in &more {
                if let (Some(cell), Some(line)) = (cells.get_mut(*index), lines.get(place)) {
                    *cell = Cow::Borrowed(line);
                }
            }
            self.write_line(out, layout, &cells)?;
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

    /// Leaves columns out: optional ones until no text is cut, others until the rest fits at its smallest widths.
    fn leave_out(&self, layout: &mut Vec<(usize, usize)>, width: usize) {
        let least = |(index, natural): &(usize, usize)| {
            let head = self.columns.get(*index);
            head.map_or(*natural, |head| head.least_width(*natural))
        };
        loop {
            let gaps = GAP * layout.len().saturating_sub(1);
            let drop = |(index, _): &(usize, usize)| self.columns.get(*index).map_or(0, |head| head.drop);
            let priorities = layout
                .iter()
                .enumerate()
                .map(|(place, column)| (place, drop(column)));
            let Some((place, priority)) = priorities.max_by_key(|(_, drop)| *drop) else {
                return;
            };
            let needed: usize = match priority {
                0 => return,
                OPTIONAL.. => layout.iter().map(|(_, natural)| natural).sum(),
                _ => layout.iter().map(least).sum(),
            };
            if needed + gaps <= width {
                return;
            }
            layout.remove(place);
        }
    }

    /// Narrows columns until the line fits: first the wrapped ones, then the widest text. If that is not enough,
    /// texts are narrowed below their smallest width, to that of their heading: the least important column first,
    /// the wrapped ones last.
    fn shrink(&self, layout: &mut [(usize, usize)], width: usize) {
        self.narrow(layout, width, Head::least_width, |head, width| {
            (u8::from(head.wraps), width)
        });
        let is_cut = |head: &Head<'_>, width| {
            if head.wraps {
                width
            } else {
                head.heading_width(width)
            }
        };
        self.narrow(layout, width, is_cut, |head, width| (head.narrowed_first, width));
        self.narrow(layout, width, Head::heading_width, |_, width| (0, width));
    }

    /// Narrows the column with the highest `priority` until the line fits, but none below `least`.
    fn narrow(
        &self,
        layout: &mut [(usize, usize)],
        width: usize,
        least: impl Fn(&Head<'a>, usize) -> usize,
        priority: impl Fn(&Head<'a>, usize) -> (u8, usize),
    ) {
        let gaps = GAP * layout.len().saturating_sub(1);
        let mut over = (layout.iter().map(|(_, width)| width).sum::<usize>() + gaps).saturating_sub(width);
        while over > 0 {
            let mut narrowed: Option<(&mut usize, (u8, usize))> = None;
            for (index, width) in layout.iter_mut() {
                let Some(head) = self.columns.get(*index) else {
                    continue;
                };
                if *width <= least(head, *width) {
                    continue;
                }
                let priority = priority(head, *width);
                if narrowed.as_ref().is_none_or(|(_, best)| priority > *best) {
                    narrowed = Some((width, priority));
                }
            }
            let Some((widest, _)) = narrowed else {
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

    fn write_line(
        &self,
        out: &mut impl Write,
        layout: &[(usize, usize)],
        cells: &[Cow<'_, str>],
    ) -> io::Result<()> {
        // Blanks are written only if a cell follows them.
        let mut owed = 0;
        for (index, width) in layout {
            let (Some(cell), Some(head)) = (cells.get(*index), self.columns.get(*index)) else {
                continue;
            };
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
mod tests;
