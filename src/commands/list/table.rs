//! The human-readable list, with the columns of the screen. Fits the width of a terminal; otherwise nothing is
//! cut, wrapped or left out.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::app::build_view::TableView;
use crate::app::columns::{COLUMNS, Column, ColumnId};
use crate::commands::grid::{Grid, Head};
use crate::model::{NO_USER, ascii};

/// Drop priority up to which a usual column is shown by default.
const MAX_DROP: u8 = 7;

/// Selection of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnChoice<'a> {
    /// Default columns, which fit a terminal.
    Usual,
    /// All columns of the screen that the lists can fill.
    All,
    /// The given columns, in order. Those that do not fit are left out.
    Configured(&'a [ColumnId]),
    /// The given columns, in order, also if they do not fit.
    Chosen(&'a [ColumnId]),
}

/// Page layout of the table.
#[derive(Clone, Copy, Debug)]
pub(super) struct TablePage {
    /// Maximum width of a line; `None` if stdout is not a terminal.
    pub(super) width: Option<usize>,
    /// Whether to use only ASCII characters.
    pub(super) ascii: bool,
    /// Maximum number of rows.
    pub(super) rows: usize,
}

/// Writes the table.
pub(super) fn write(
    out: &mut impl Write,
    view: &TableView,
    which: ColumnChoice<'_>,
    page: TablePage,
) -> io::Result<()> {
    let columns = columns(view, which);
    // Columns that the user has chosen are never left out.
    let is_chosen = matches!(which, ColumnChoice::Chosen(_));
    let head = |column: &&Column| {
        Head::new(column.heading, column.align)
            .keeping_ends(column.keeps_ends())
            .at_least(column.min.into())
            .wrapping(column.name == ColumnId::WHY.column().name)
            .narrowed_first(column.drop)
            .dropped(if is_chosen { 0 } else { column.drop })
    };
    let mut grid = Grid::new(columns.iter().map(head).collect());
    if let Some(width) = page.width {
        grid.fit(width, if page.ascii { "~" } else { "…" });
    }
    let rows: Vec<_> = view.window(0, page.rows).collect();
    for row in &rows {
        // A session without a user is named as in the other commands.
        let cells = columns.iter().map(|column| match row.session.user {
            None if column.name == ColumnId::USER.column().name => Some(NO_USER.into()),
            _ => (column.cell)(row),
        });
        if page.ascii {
            let sign = || {
                row.diagnosis
                    .severity()
                    .map(|severity| severity.sign(true).into())
            };
            let in_ascii = columns.iter().zip(cells).map(|(column, cell)| {
                let is_sign = column.name == "severity";
                if is_sign { sign() } else { cell.map(ascii_cell) }
            });
            grid.push(in_ascii);
        } else {
            grid.push(cells);
        }
    }
    grid.write(out)
}

fn ascii_cell(cell: Cow<'_, str>) -> Cow<'_, str> {
    match cell {
        Cow::Borrowed(cell) => ascii(cell),
        Cow::Owned(cell) => Cow::Owned(ascii(&cell).into_owned()),
    }
}

fn columns(view: &TableView, which: ColumnChoice<'_>) -> Vec<&'static Column> {
    let among =
        |is_meant: &dyn Fn(&Column) -> bool| COLUMNS.iter().filter(|column| is_meant(column)).collect();
    let names_endpoint =
        |column: &Column| column.name == ColumnId::ENDPOINT.column().name && view.spec.endpoints.len() > 1;
    match which {
        ColumnChoice::Usual => among(&|column| {
            let is_default = column.usual && !column.sampled && column.drop <= MAX_DROP;
            is_default || names_endpoint(column)
        }),
        ColumnChoice::All => among(&|column| {
            let is_endpoint = column.name == ColumnId::ENDPOINT.column().name;
            can_fill(view, column) && (!is_endpoint || names_endpoint(column))
        }),
        ColumnChoice::Configured(chosen) | ColumnChoice::Chosen(chosen) => {
            chosen.iter().map(|id| id.column()).collect()
        }
    }
}

/// Whether the lists have the data of a column: the dialect, samples of connections, or locks of servers.
fn can_fill(view: &TableView, column: &Column) -> bool {
    let mut lists = view.snapshots.iter();
    let has_dialect = column
        .only
        .is_none_or(|dialect| lists.any(|snapshot| snapshot.dialect == dialect));
    let has_samples = || view.samples.iter().any(|samples| !samples.is_empty());
    let has_locks = || view.locks.iter().any(|locks| !locks.is_empty());
    has_dialect && (!column.sampled || has_samples()) && (!column.locks || has_locks())
}
