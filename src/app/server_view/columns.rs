//! The columns of servers and of services. Headings, cells and widths are generated from it.

use std::borrow::Cow;

use super::{ServerRow, ServiceRow, Trouble};
use crate::app::column::fit::{FitRules, FittedColumn, TextWidths, fit, widen};
use crate::app::column::{CellStyle, Column, ColumnId, TableKind, Truncate};
use crate::diagnosis::Severity;
use crate::model::{Span, Text, display_width};

/// Columns are dropped rather than names are cut.
const FIT: FitRules = FitRules {
    first_optional: 4,
    readable: 11,
    readable_beside_optional: Some(16),
    identifying: 2,
};

/// Name of the column that is shown only with several endpoints.
const ENDPOINT: &str = "endpoint";

/// Defines a table: its type, the type of its rows, and its columns from left to right. Both tables begin with
/// severity, name and endpoint, and end with the numbers of sessions; between are the columns of its own.
macro_rules! table {
    (
        $(#[$about:meta])*
        $table:ident of $row:ident, $name:literal $heading:literal $name_of:expr,
        $($own:expr),+ $(,)?
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) struct $table;

        impl TableKind for $table {
            type Row<'a> = &'a $row;
            type Cell = fn(&$row) -> Option<Cow<'_, str>>;
            type Key = ();

            const NO_CELL: Self::Cell = |_| None;
            const NO_KEY: Self::Key = ();
            const FIT: FitRules = FIT;

            fn columns() -> &'static [Column<Self>] {
                const COUNT: Column<$table> = Column {
                    min: 4,
                    max: 6,
                    drop: 1,
                    ..Column::NUMBER
                };
                static COLUMNS: &[Column<$table>] = &[
                    Column {
                        name: "severity",
                        min: 1,
                        max: 1,
                        cell: |row| sign(row.trouble.as_ref()),
                        style: |row| trouble_style(row.trouble.as_ref()),
                        ..Column::TEXT
                    },
                    Column {
                        name: $name,
                        heading: $heading,
                        truncate: Truncate::Middle,
                        min: 10,
                        max: 24,
                        cell: $name_of,
                        ..Column::TEXT
                    },
                    Column {
                        name: ENDPOINT,
                        heading: "ENDPOINT",
                        truncate: Truncate::Middle,
                        min: 10,
                        max: 32,
                        drop: 1,
                        cell: |row| Some(row.endpoint_name.as_str().into()),
                        ..Column::TEXT
                    },
                    $($own,)+
                    Column {
                        name: "sessions",
                        heading: "SESSIONS",
                        min: 8,
                        max: 8,
                        drop: 1,
                        cell: |row| Some(row.count.sessions.to_string().into()),
                        ..Column::NUMBER
                    },
                    Column {
                        name: "act",
                        heading: "▲",
                        cell: |row| some(row.count.act),
                        style: |_| CellStyle::Severity(Severity::Act),
                        ..COUNT
                    },
                    Column {
                        name: "look",
                        heading: "●",
                        cell: |row| some(row.count.look),
                        style: |_| CellStyle::Severity(Severity::Look),
                        ..COUNT
                    },
                ];
                COLUMNS
            }

            fn cell<'a>(column: &Column<Self>, row: &Self::Row<'a>) -> Option<Cow<'a, str>> {
                (column.cell)(row)
            }
        }
    };
}

table! {
    /// The table of servers.
    ServerTable of ServerRow, "server" "SERVER" |row| Some(row.server.name.as_str().into()),
    Column {
        name: "state",
        heading: "STATE",
        min: 10,
        max: 32,
        drop: 3,
        cell: |row| shown(row.server.state.as_ref()),
        style: |row| trouble_style(row.trouble.as_ref()),
        ..Column::TEXT
    },
    Column {
        name: "trouble",
        heading: "TROUBLE",
        min: 8,
        max: 24,
        drop: 2,
        cell: |row| words(row.trouble.as_ref()),
        style: |row| trouble_style(row.trouble.as_ref()),
        ..Column::TEXT
    },
    Column {
        name: "lag",
        heading: "LAG",
        min: 6,
        max: 7,
        drop: 4,
        cell: |row| row.lag().map(|lag| Span::from_secs(lag).to_string().into()),
        ..Column::NUMBER
    },
    Column {
        name: "address",
        heading: "ADDRESS",
        truncate: Truncate::Middle,
        min: 12,
        max: 32,
        drop: 6,
        cell: |row| row.server.origin().map(Cow::Owned),
        ..Column::TEXT
    },
    Column {
        name: "connections",
        heading: "CONNS",
        min: 5,
        max: 8,
        drop: 5,
        cell: |row| row.server.connections.map(|count| count.to_string().into()),
        ..Column::NUMBER
    },
}

table! {
    /// The table of services.
    ServiceTable of ServiceRow, "service" "SERVICE" |row| Some(row.service.name.as_str().into()),
    Column {
        name: "router",
        heading: "ROUTER",
        min: 10,
        max: 24,
        drop: 4,
        cell: |row| shown(row.service.router.as_ref()),
        ..Column::TEXT
    },
    Column {
        name: "state",
        heading: "STATE",
        min: 8,
        max: 16,
        drop: 5,
        cell: |row| shown(row.service.state.as_ref()),
        style: |row| {
            if row.service.is_started() {
                CellStyle::Dim
            } else {
                CellStyle::Severity(Severity::Act)
            }
        },
        ..Column::TEXT
    },
    Column {
        name: "servers",
        heading: "SERVERS",
        min: 12,
        max: 40,
        drop: 6,
        cell: |row| {
            let names: Vec<_> = row.service.servers.iter().map(Text::as_str).collect();
            (!names.is_empty()).then(|| names.join(" ").into())
        },
        ..Column::TEXT
    },
    Column {
        name: "clients",
        heading: "CLIENTS",
        min: 7,
        max: 9,
        drop: 2,
        cell: |row| row.service.connections.map(|count| count.to_string().into()),
        ..Column::NUMBER
    },
    Column {
        name: "max",
        heading: "OF MAX",
        min: 12,
        max: 16,
        drop: 2,
        cell: |row| Some(of_max(row).into()),
        style: |row| trouble_style(row.trouble.as_ref()),
        ..Column::NUMBER
    },
}

/// Returns the limit of a service and how full it is: `200, 99% full`, or `no limit`.
fn of_max(row: &ServiceRow) -> String {
    match row.service.load() {
        Some(load) if load.is_full() => format!("{} FULL", load.limit),
        Some(load) => format!("{} {:>3}%", load.limit, load.percent()),
        None if row.service.max_connections == Some(0) => "no limit".to_owned(),
        None => String::new(),
    }
}

fn shown(text: Option<&Text>) -> Option<Cow<'_, str>> {
    text.map(|text| text.as_str().into())
}

fn sign(trouble: Option<&Trouble>) -> Option<Cow<'static, str>> {
    trouble.map(|trouble| trouble.severity.glyph().into())
}

fn words(trouble: Option<&Trouble>) -> Option<Cow<'_, str>> {
    trouble.map(|trouble| trouble.words.as_str().into())
}

/// Formats a count; 0 stays blank.
fn some(count: u64) -> Option<Cow<'static, str>> {
    (count > 0).then(|| count.to_string().into())
}

fn trouble_style(trouble: Option<&Trouble>) -> CellStyle {
    trouble.map_or(CellStyle::Plain, |trouble| CellStyle::Severity(trouble.severity))
}

/// Returns the columns of a table that fit its rows and a width. The endpoint is a column if there are several.
pub(crate) fn fitted<'a, T, R>(rows: &'a [R], endpoints: usize, width: u16) -> Vec<FittedColumn<T>>
where
    T: TableKind<Row<'a> = &'a R>,
{
    let mut widths = vec![TextWidths::default(); T::columns().len()];
    widen::<T>(&mut widths, |column, count| {
        for row in rows {
            count(T::cell(column, &row).map_or(0, |cell| display_width(&cell)));
        }
    });
    let shown = ColumnId::<T>::all().filter(|id| endpoints > 1 || id.column().name != ENDPOINT);
    fit(shown, &widths, |id: ColumnId<T>| id.column().heading, width)
}
