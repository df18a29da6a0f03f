//! The columns of endpoints. Headings, cells and widths are generated from it.

use std::borrow::Cow;

use super::EndpointRow;
use crate::app::column::fit::{FitRules, FittedColumn, TextWidths, fit, widen};
use crate::app::column::{CellStyle, Column, ColumnId, TableKind, Truncate};
use crate::diagnosis::Severity;
use crate::model::{display_width, measured_text};

/// The table of endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct EndpointTable;

impl TableKind for EndpointTable {
    type Row<'a> = &'a EndpointRow;
    type Cell = fn(&EndpointRow) -> Option<Cow<'_, str>>;
    type Key = ();

    const NO_CELL: Self::Cell = |_| None;
    const NO_KEY: Self::Key = ();
    /// Columns are dropped rather than names are cut.
    const FIT: FitRules = FitRules {
        first_optional: 3,
        readable: 11,
        readable_beside_optional: None,
        identifying: 3,
    };

    fn columns() -> &'static [Column<Self>] {
        &ENDPOINT_COLUMNS
    }

    fn cell<'a>(column: &Column<Self>, row: &Self::Row<'a>) -> Option<Cow<'a, str>> {
        (column.cell)(row)
    }
}

/// Columns of endpoints, from left to right.
static ENDPOINT_COLUMNS: [Column<EndpointTable>; 15] = [
    Column {
        name: "severity",
        min: 1,
        max: 1,
        cell: |row| row.severity.map(|severity| severity.glyph().into()),
        style: |row| severity_style(row.severity),
        ..Column::TEXT
    },
    Column {
        name: "endpoint",
        heading: "ENDPOINT",
        truncate: Truncate::Middle,
        min: 10,
        max: 32,
        cell: |row| Some(row.name.as_str().into()),
        ..Column::TEXT
    },
    Column {
        name: "state",
        heading: "STATE",
        min: 10,
        max: 14,
        cell: |row| Some(row.state.as_str().into()),
        style: |row| severity_style(row.state_severity),
        ..Column::TEXT
    },
    Column {
        name: "trouble",
        heading: "TROUBLE",
        min: 8,
        max: 60,
        drop: 2,
        cell: |row| text(row.trouble.as_ref()),
        style: |row| severity_style(row.severity),
        ..Column::TEXT
    },
    Column {
        name: "sessions",
        heading: "SESSIONS",
        min: 8,
        max: 8,
        drop: 1,
        cell: |row| row.sessions.map(|count| count.to_string().into()),
        ..Column::NUMBER
    },
    Column {
        name: "act",
        heading: "▲",
        min: 3,
        max: 6,
        drop: 1,
        cell: |row| some(row.act),
        style: |_| CellStyle::Severity(Severity::Act),
        ..Column::NUMBER
    },
    Column {
        name: "look",
        heading: "●",
        min: 3,
        max: 6,
        drop: 1,
        cell: |row| some(row.look),
        style: |_| CellStyle::Severity(Severity::Look),
        ..Column::NUMBER
    },
    Column {
        name: "cost",
        heading: "LIST",
        min: 6,
        max: 6,
        drop: 3,
        cell: |row| row.cost.map(|cost| measured_text(cost).into()),
        ..Column::NUMBER
    },
    Column {
        name: "p95",
        heading: "P95",
        min: 6,
        max: 6,
        drop: 5,
        cell: |row| row.p95.map(|cost| measured_text(cost).into()),
        ..Column::NUMBER
    },
    Column {
        name: "age",
        heading: "AGE",
        min: 6,
        max: 7,
        drop: 4,
        cell: |row| text(row.age.as_ref()),
        ..Column::NUMBER
    },
    Column {
        name: "interval",
        heading: "EVERY",
        min: 6,
        max: 10,
        drop: 6,
        cell: |row| Some(row.interval.as_str().into()),
        ..Column::NUMBER
    },
    Column {
        name: "version",
        heading: "VERSION",
        min: 7,
        max: 12,
        drop: 7,
        cell: |row| text(row.version.as_ref()),
        ..Column::TEXT
    },
    Column {
        name: "servers",
        heading: "SERVERS",
        min: 7,
        max: 12,
        drop: 8,
        cell: |row| text(row.servers.as_ref()),
        ..Column::TEXT
    },
    Column {
        name: "locks",
        heading: "LOCKS",
        min: 9,
        max: 12,
        drop: 10,
        cell: |row| text(row.locks.as_ref()),
        ..Column::TEXT
    },
    Column {
        name: "clock",
        heading: "CLOCK",
        min: 6,
        max: 14,
        drop: 9,
        cell: |row| text(row.clock.as_ref()),
        ..Column::TEXT
    },
];

/// Columns that are left out while all their cells are empty.
const OFTEN_EMPTY: [&str; 5] = ["trouble", "p95", "servers", "locks", "clock"];

fn text(text: Option<&String>) -> Option<Cow<'_, str>> {
    text.map(|text| text.as_str().into())
}

/// Formats a count; 0 stays blank.
fn some(count: usize) -> Option<Cow<'static, str>> {
    (count > 0).then(|| count.to_string().into())
}

fn severity_style(severity: Option<Severity>) -> CellStyle {
    severity.map_or(CellStyle::Plain, CellStyle::Severity)
}

/// Widths of the cells of all endpoints. Those of an endpoint are measured when it changes, so that a frame builds only
/// the rows of its window, and the columns are those of all rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct EndpointWidths {
    /// By endpoint, then by column; `None` for an empty cell.
    cells: Vec<Vec<Option<usize>>>,
    widths: Vec<TextWidths>,
}

impl EndpointWidths {
    /// Measures all rows.
    pub(super) fn new(rows: impl Iterator<Item = EndpointRow>) -> Self {
        let mut new = Self {
            cells: rows.map(|row| cell_widths(&row)).collect(),
            widths: vec![TextWidths::default(); ENDPOINT_COLUMNS.len()],
        };
        new.widen();
        new
    }

    /// Measures one row again.
    pub(super) fn measure(&mut self, endpoint: usize, row: &EndpointRow) {
        if let Some(cells) = self.cells.get_mut(endpoint) {
            *cells = cell_widths(row);
            self.widen();
        }
    }

    fn widen(&mut self) {
        let cells = &self.cells;
        widen::<EndpointTable>(&mut self.widths, |column, count| {
            let index = ENDPOINT_COLUMNS.iter().position(|one| one.name == column.name);
            for width in cells.iter().filter_map(|row| row.get(index?)) {
                count(width.unwrap_or(0));
            }
        });
    }

    /// Returns the columns that fit a width.
    pub(crate) fn fitted(&self, width: u16) -> Vec<FittedColumn<EndpointTable>> {
        let heading = |id: ColumnId<EndpointTable>| id.column().heading;
        let is_empty = |id: &ColumnId<EndpointTable>| {
            let mut cells = self.cells.iter().filter_map(|row| row.get(id.index()));
            OFTEN_EMPTY.contains(&id.column().name) && cells.all(Option::is_none)
        };
        let chosen = ColumnId::all().filter(|id| !is_empty(id));
        fit(chosen, &self.widths, heading, width)
    }
}

/// Returns the width of each cell of a row.
fn cell_widths(row: &EndpointRow) -> Vec<Option<usize>> {
    let cells = ENDPOINT_COLUMNS
        .iter()
        .map(|column| EndpointTable::cell(column, &row));
    cells.map(|cell| cell.map(|cell| display_width(&cell))).collect()
}
