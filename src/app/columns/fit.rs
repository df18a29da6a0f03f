//! Selects the columns that fit and their widths. Used for drawing, and by `update`, because keys step
//! only through visible columns.

use unicode_width::UnicodeWidthStr;

use super::{Align, COLUMNS, ColumnId};

/// A column with its width on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FittedColumn {
    /// The column.
    pub id: ColumnId,
    /// Width in cells of the terminal.
    pub width: u16,
}

/// Columns from this drop priority on are shown only in space that the others leave.
const FIRST_OPTIONAL_COLUMN: u8 = 7;
/// Minimum width at which a cut text is still readable, in cells.
const READABLE_WIDTH: u16 = 11;
/// Number of leading columns that identify a session: id, severity and user.
const IDENTIFYING_COLUMNS: usize = 3;

/// Returns the columns that fit: all, then without the ones with the highest drop priority. The last
/// column without a maximum width uses the remaining space. `widest` is the widest text of each column,
/// by index in [`COLUMNS`](super::COLUMNS).
pub fn fitted(
    chosen: impl IntoIterator<Item = ColumnId>,
    widest: &[u16; COLUMNS.len()],
    width: u16,
) -> Vec<FittedColumn> {
    let natural = |id: ColumnId| {
        let column = id.column();
        let shown = widest.get(id.index()).copied().unwrap_or(column.min);
        // One cell more for the sign of the sort direction.
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
        // An optional column does not displace others.
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

/// One blank before the row and one between columns.
fn total(columns: &[FittedColumn]) -> u16 {
    columns
        .iter()
        .map(|fitted| fitted.width.saturating_add(1))
        .fold(1, u16::saturating_add)
}

/// Narrows the widest texts cell by cell, down to a readable width, before a column is dropped.
fn shrink(columns: &mut [FittedColumn], width: u16) -> bool {
    let mut over = total(columns).saturating_sub(width);
    // The identifying columns are always shown, even if they are too narrow.
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

/// Returns by how much a column can be narrowed, if `readable` is its minimum width.
fn spare(fitted: &FittedColumn, readable: u16) -> u16 {
    let column = fitted.id.column();
    match column.align {
        Align::Left => fitted.width.saturating_sub(readable.max(column.min)),
        Align::Right => 0,
    }
}
