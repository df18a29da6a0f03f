//! `maxtop list`.

use clap::{Args, ValueEnum};

/// `maxtop list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// The form; a table on a terminal, else tsv.
    #[arg(short, long, value_enum)]
    pub output: Option<ListOutput>,
}

/// `maxtop list -o`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListOutput {
    /// For people.
    Table,
    /// For people, with every column.
    Wide,
    /// One array.
    Json,
    /// One object a line.
    Jsonl,
    /// With a head; formulas are disarmed.
    Csv,
    /// With a head.
    Tsv,
}
