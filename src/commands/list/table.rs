//! The list for people: the columns of the screen, in full.

use std::io::{self, Write};

use crate::app::arrange::Generation;
use crate::app::columns::{COLUMNS, Column};
use crate::commands::grid::{Grid, Head};
use crate::model::Dialect;

/// What is shown without asking for more.
const USUAL: [&str; 8] = ["id", "user", "address", "service", "age", "idle", "state", "why"];
/// The sign of the screen that WHY says in words.
const SIGN: &str = "severity";

/// How many columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    /// Those that fit a terminal.
    Usual,
    /// All that the dialect can know.
    All,
}

/// Writes the table.
pub(super) fn write(out: &mut impl Write, generation: &Generation, width: Width) -> io::Result<()> {
    let columns: Vec<_> = COLUMNS
        .iter()
        .filter(|column| is_shown(column, generation, width))
        .collect();
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

fn knows(generation: &Generation, dialect: Dialect) -> bool {
    let mut lists = generation.snapshots.iter();
    lists.any(|snapshot| snapshot.dialect == dialect)
}

fn is_shown(column: &Column, generation: &Generation, width: Width) -> bool {
    match width {
        Width::Usual => USUAL.contains(&column.name),
        Width::All => {
            column.name != SIGN
                && !column.sampled
                && column.only.is_none_or(|dialect| knows(generation, dialect))
        }
    }
}
