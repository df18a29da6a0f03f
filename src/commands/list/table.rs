//! The list for people: the columns of the screen, in full.

use std::io::{self, Write};

use crate::app::arrange::Generation;
use crate::app::columns::{COLUMNS, Column};
use crate::commands::grid::{Grid, Head};

/// What is shown without asking for more.
const USUAL: [&str; 7] = ["id", "user", "address", "service", "age", "idle", "state"];

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

fn is_shown(column: &Column, generation: &Generation, width: Width) -> bool {
    match width {
        Width::Usual => USUAL.contains(&column.name),
        Width::All => column.only.is_none_or(|dialect| {
            generation
                .snapshots
                .iter()
                .any(|snapshot| snapshot.dialect == dialect)
        }),
    }
}
