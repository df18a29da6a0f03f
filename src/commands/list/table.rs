//! The list for people: the columns of the screen, in full.

use std::io::{self, Write};

use crate::app::arrange::Generation;
use crate::app::columns::{COLUMNS, Column, ColumnId};
use crate::commands::grid::{Grid, Head};
use crate::model::Dialect;

/// What is shown without asking for more.
const USUAL: [&str; 8] = ["id", "user", "address", "service", "age", "idle", "state", "why"];
/// The sign of the screen that WHY says in words.
const SIGN: &str = "severity";

/// Which columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which<'a> {
    /// Those that fit a terminal.
    Usual,
    /// All that the screen shows unless others are chosen, and that the dialect can know.
    All,
    /// These.
    Chosen(&'a [ColumnId]),
}

/// Writes the table.
pub(super) fn write(out: &mut impl Write, generation: &Generation, which: Which<'_>) -> io::Result<()> {
    let columns = columns(generation, which);
    let mut grid = Grid::new(
        columns
            .iter()
            .map(|column| Head::up_to(column.max.into(), column.heading, column.align))
            .collect(),
    );
    let rows: Vec<_> = generation.window(0, generation.len()).collect();
    for row in &rows {
        grid.push(columns.iter().map(|column| (column.cell)(row)));
    }
    grid.write(out)
}

fn columns(generation: &Generation, which: Which<'_>) -> Vec<&'static Column> {
    let among =
        |is_meant: &dyn Fn(&Column) -> bool| COLUMNS.iter().filter(|column| is_meant(column)).collect();
    let names_endpoint = |column: &Column| column.name == "endpoint" && generation.spec.endpoints.len() > 1;
    match which {
        Which::Usual => among(&|column| USUAL.contains(&column.name) || names_endpoint(column)),
        Which::All => among(&|column| {
            let is_known = column.only.is_none_or(|dialect| knows(generation, dialect));
            let is_usual = column.usual || names_endpoint(column);
            is_usual && !column.sampled && column.name != SIGN && is_known
        }),
        Which::Chosen(chosen) => chosen.iter().map(|id| id.column()).collect(),
    }
}

fn knows(generation: &Generation, dialect: Dialect) -> bool {
    let mut lists = generation.snapshots.iter();
    lists.any(|snapshot| snapshot.dialect == dialect)
}
