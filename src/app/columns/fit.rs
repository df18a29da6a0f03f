//! Which of the chosen columns there is room for, and how wide each is: called by the drawing, and by
//! `update`, since only what is seen is stepped through.

use unicode_width::UnicodeWidthStr;

use super::{Align, COLUMNS, ColumnId};

/// A column with the width that it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FittedColumn {
    /// Which.
    pub id: ColumnId,
    /// In cells of the terminal.
    pub width: u16,
}

/// Columns from here on are shown where the others leave room.
const FIRST_OPTIONAL_COLUMN: u8 = 7;
/// A text cut to this can still be read.
const READABLE_WIDTH: u16 = 11;
/// Number, severity and user.
const IDENTIFYING_COLUMNS: usize = 3;

/// Which columns there is room for: all, then without those that are dropped first. What is left
/// over goes to the last one without a widest form, which then shows as much of its text as it can.
/// `widest` is the widest text of each, by place in the table of columns.
pub fn fitted(
    chosen: impl IntoIterator<Item = ColumnId>,
    widest: &[u16; COLUMNS.len()],
    width: u16,
) -> Vec<FittedColumn> {
    let natural = |id: ColumnId| {
        let column = id.column();
        let shown = widest.get(id.index()).copied().unwrap_or(column.min);
        // One more for the mark of the sort.
        let head = u16::try_from(column.heading.width() + 1).unwrap_or(u16::MAX);
        shown.max(column.min).max(head).min(column.max)
    };
    let with_width = |id| FittedColumn {
        id,
        width: natural(id),
    };
    let mut columns: Vec<FittedColumn> = chosen.into_iter().map(with_width).collect();
    while total(&columns) > width && columns.len() > 1 {
        let last = columns
            .iter()
            .map(|fitted| fitted.id)
            .max_by_key(|id| id.column().drop);
        // What is only shown as there is room makes none for itself.
        let needed = last.is_some_and(|id| id.column().drop < FIRST_OPTIONAL_COLUMN);
        if needed && shrink(&mut columns, width) {
            break;
        }
        columns.retain(|fitted| Some(fitted.id) != last);
    }
    let over = total(&columns).saturating_sub(width);
    if let [only] = columns.as_mut_slice() {
        only.width = only.width.saturating_sub(over);
    }
    let spare = width.saturating_sub(total(&columns));
    if let Some(open) = columns
        .iter_mut()
        .rfind(|fitted| fitted.id.column().max == u16::MAX)
    {
        open.width += spare;
    }
    columns
}

/// One blank in front of the row and one between columns.
fn total(columns: &[FittedColumn]) -> u16 {
    columns
        .iter()
        .map(|fitted| fitted.width.saturating_add(1))
        .fold(1, u16::saturating_add)
}

/// Before a column is dropped, the widest texts give way, cell by cell, down to a readable width.
fn shrink(columns: &mut [FittedColumn], width: u16) -> bool {
    let mut over = total(columns).saturating_sub(width);
    // Who it is must be told, however little of it.
    let readable = if columns.len() > IDENTIFYING_COLUMNS {
        READABLE_WIDTH
    } else {
        0
    };
    let spare = |fitted: &FittedColumn| spare(fitted, readable);
    if columns.iter().map(spare).fold(0, u16::saturating_add) < over {
        return false;
    }
    while over > 0
        && let Some(widest) = columns
            .iter_mut()
            .filter(|fitted| spare(fitted) > 0)
            .max_by_key(|fitted| fitted.width)
    {
        widest.width -= 1;
        over -= 1;
    }
    true
}

/// How much of its width a column can do without, if so much of a text can still be read.
fn spare(fitted: &FittedColumn, readable: u16) -> u16 {
    let column = fitted.id.column();
    match column.align {
        Align::Left => fitted.width.saturating_sub(readable.max(column.min)),
        Align::Right => 0,
    }
}
