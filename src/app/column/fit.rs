//! Selects the columns that fit and their widths. Used for drawing, and by `update`, because keys step
//! only through visible columns.

use unicode_width::UnicodeWidthStr;

use super::{Align, Column, ColumnId, TableKind, Truncate};
use crate::app::columns::Sessions;
use crate::model::display_width;

/// A column with its width on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FittedColumn<T: TableKind = Sessions> {
    /// The column.
    pub id: ColumnId<T>,
    /// Width in cells of the terminal.
    pub width: u16,
}

/// How columns are narrowed and dropped when they do not fit.
#[derive(Clone, Copy, Debug)]
pub struct FitRules {
    /// Columns from this drop priority on are optional.
    pub first_optional: u8,
    /// Width to which texts are narrowed before a column that is not optional is dropped, in cells.
    pub readable: u16,
    /// Width to which texts are narrowed before an optional column is dropped. `None` if they are not
    /// narrowed for it.
    pub readable_beside_optional: Option<u16>,
    /// Number of leading columns that identify a row. They are always shown, even if they are too
    /// narrow.
    pub identifying: usize,
}

impl FitRules {
    /// Returns the width to which texts may be narrowed before a column with this drop priority is
    /// dropped, if this many columns are left. `None` if they are not narrowed.
    const fn readable(&self, drop: u8, columns: usize) -> Option<u16> {
        if drop >= self.first_optional {
            self.readable_beside_optional
        } else if columns > self.identifying {
            Some(self.readable)
        } else {
            Some(0)
        }
    }
}

/// Widths of the texts of a column, in cells. Neither becomes smaller, so that columns do not jump.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextWidths {
    /// Width that holds nine of ten texts.
    pub usual: u16,
    /// Width of the widest text.
    pub widest: u16,
}

/// Returns the columns that fit. Drops columns, highest priority first, until the rest fits. Columns have the
/// usual width of their texts, and if there is room, that of the widest one. The last column without a
/// maximum width uses the remaining space. `widths` are those of the texts of each column, by index;
/// `heading` returns the heading of a column.
pub(crate) fn fit<T: TableKind>(
    chosen: impl IntoIterator<Item = ColumnId<T>>,
    widths: &[TextWidths],
    heading: impl Fn(ColumnId<T>) -> &'static str,
    width: u16,
) -> Vec<FittedColumn<T>> {
    let natural = |id: ColumnId<T>| {
        let column = id.column();
        let shown = widths.get(id.index()).map_or(column.min, |widths| widths.usual);
        // One cell more for the sign of the sort direction.
        let head = u16::try_from(heading(id).width() + 1).unwrap_or(u16::MAX);
        shown.max(column.min).max(head).min(column.max)
    };
    let with_width = |id| FittedColumn {
        id,
        width: natural(id),
    };
    let mut columns: Vec<_> = chosen.into_iter().map(with_width).collect();
    while total(&columns) > width
        && columns.len() > 1
        && let Some(last) = columns
            .iter()
            .map(|fitted| fitted.id)
            .max_by_key(|id| id.column().drop)
    {
        let readable = T::FIT.readable(last.column().drop, columns.len());
        if readable.is_some_and(|readable| shrink(&mut columns, readable, width)) {
            break;
        }
        columns.retain(|fitted| fitted.id != last);
    }
    let over = total(&columns).saturating_sub(width);
    if let [only] = columns.as_mut_slice() {
        only.width = only.width.saturating_sub(over);
    }
    let mut used = total(&columns);
    // An address without its port still identifies a client: it grows last.
    let (first, last): (Vec<_>, Vec<_>) = columns.iter_mut().partition(|fitted| !yields(fitted));
    for fitted in first.into_iter().chain(last) {
        let column = fitted.id.column();
        let widest = widths.get(fitted.id.index()).map_or(0, |widths| widths.widest);
        let missing = widest.min(column.max).saturating_sub(fitted.width);
        let spare = width.saturating_sub(used);
        let more = missing.min(spare);
        fitted.width += more;
        used += more;
    }
    give_way(&mut columns, widths);
    let spare = width.saturating_sub(used);
    if let Some(open) = columns
        .iter_mut()
        .rfind(|fitted| fitted.id.column().max == u16::MAX)
    {
        open.width += spare;
    }
    columns
}

/// Updates the widths of the texts of each column, by index. `measure` calls its second argument with the
/// width of each cell; it is not called for columns that cannot become wider.
pub(crate) fn widen<T: TableKind>(
    widths: &mut [TextWidths],
    measure: impl Fn(&Column<T>, &mut dyn FnMut(usize)),
) {
    let mut counters = counters::<T>(widths);
    for (column, counts) in counters.iter_mut().flatten() {
        measure(column, &mut |width| counts.add(width));
    }
    apply(&counters, widths);
}

/// Updates the widths of the texts of each column, by index, in one pass over the rows.
pub(crate) fn widen_to_rows<'a, T: TableKind>(
    widths: &mut [TextWidths],
    rows: impl Iterator<Item = T::Row<'a>>,
) {
    let mut counters = counters::<T>(widths);
    for row in rows {
        for (column, counts) in counters.iter_mut().flatten() {
            if let Some(cell) = T::cell(column, &row) {
                counts.add(display_width(&cell));
            }
        }
    }
    apply(&counters, widths);
}

/// A column that can become wider, with the widths of its texts.
type WidthCounter<T> = Option<(&'static Column<T>, WidthCounts)>;

/// Returns the counters of each column, by index; `None` if it cannot become wider.
fn counters<T: TableKind>(widths: &mut [TextWidths]) -> Vec<WidthCounter<T>> {
    let counter = |(column, widths): (&'static Column<T>, &mut TextWidths)| {
        widths.usual = column.min.max(widths.usual);
        widths.widest = column.min.max(widths.widest);
        let can_widen = widths.usual < column.max && column.max < u16::MAX;
        can_widen.then(|| (column, WidthCounts::new(column.max)))
    };
    T::columns().iter().zip(widths).map(counter).collect()
}

/// Updates the widths of the columns that were counted.
fn apply<T: TableKind>(counters: &[WidthCounter<T>], widths: &mut [TextWidths]) {
    for (counter, widths) in counters.iter().zip(widths) {
        if let Some((column, counts)) = counter {
            widths.widest = counts.covering(1, 1).max(widths.widest);
            widths.usual = match column.align {
                Align::Left => counts.covering(9, 10).max(widths.usual),
                // Numbers are never cut.
                Align::Right => widths.widest,
            };
        }
    }
}

/// Number of texts of each width, up to a maximum width.
struct WidthCounts(Vec<usize>);

impl WidthCounts {
    fn new(max: u16) -> Self {
        Self(vec![0; usize::from(max) + 1])
    }

    fn add(&mut self, width: usize) {
        let last = self.0.len().saturating_sub(1);
        if let Some(count) = self.0.get_mut(width.min(last)) {
            *count += 1;
        }
    }

    /// Returns the smallest width that holds this share of the texts.
    fn covering(&self, parts: usize, of: usize) -> u16 {
        let needed = (self.0.iter().sum::<usize>() * parts).div_ceil(of);
        let mut covered = 0;
        let width = self.0.iter().position(|count| {
            covered += count;
            covered >= needed
        });
        width.and_then(|width| u16::try_from(width).ok()).unwrap_or(0)
    }
}

/// One blank before the row and one between columns.
fn total<T: TableKind>(columns: &[FittedColumn<T>]) -> u16 {
    columns
        .iter()
        .map(|fitted| fitted.width.saturating_add(1))
        .fold(1, u16::saturating_add)
}

/// Narrows the widest texts cell by cell, down to a readable width. Returns whether the columns fit
/// then; if not, nothing is narrowed.
fn shrink<T: TableKind>(columns: &mut [FittedColumn<T>], readable: u16, width: u16) -> bool {
    let mut over = total(columns).saturating_sub(width);
    let spare = |fitted: &FittedColumn<T>| spare(fitted, readable);
    if columns.iter().map(spare).fold(0, u16::saturating_add) < over {
        return false;
    }
    for fitted in columns.iter_mut().filter(|fitted| yields(fitted)) {
        let readable = readable.max(ADDRESS_WITHOUT_PORT);
        let taken = self::spare(fitted, readable).min(over);
        fitted.width -= taken;
        over -= taken;
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

/// Width of an IPv4 address without its port, in cells.
const ADDRESS_WITHOUT_PORT: u16 = 15;

/// Whether a column is narrowed before all others.
fn yields<T: TableKind>(fitted: &FittedColumn<T>) -> bool {
    fitted.id.column().truncate == Truncate::Port
}

/// Narrows addresses if more important columns have a text that is wider than they are: first to the width without a
/// port, then to the minimum width for the last of these columns, which says why a session is stuck.
fn give_way<T: TableKind>(columns: &mut [FittedColumn<T>], widths: &[TextWidths]) {
    let Some(place) = columns.iter().position(yields) else {
        return;
    };
    let Some(address) = columns.get(place).copied() else {
        return;
    };
    let mut left = address.width;
    let floors = [(ADDRESS_WITHOUT_PORT, usize::MAX), (address.id.column().min, 1)];
    for (floor, count) in floors {
        let more_important =
            |fitted: &&mut FittedColumn<T>| fitted.id.column().drop < address.id.column().drop;
        for fitted in columns.iter_mut().rev().filter(more_important).take(count) {
            let widest = widths.get(fitted.id.index()).map_or(0, |widths| widths.widest);
            let missing = widest.min(fitted.id.column().max).saturating_sub(fitted.width);
            let more = missing.min(left.saturating_sub(floor));
            fitted.width += more;
            left -= more;
        }
    }
    if let Some(address) = columns.get_mut(place) {
        address.width = left;
    }
}

/// Returns by how much a column can be narrowed, if `readable` is its minimum width.
fn spare<T: TableKind>(fitted: &FittedColumn<T>, readable: u16) -> u16 {
    let column = fitted.id.column();
    match column.align {
        Align::Left => fitted.width.saturating_sub(readable.max(column.min)),
        Align::Right => 0,
    }
}
