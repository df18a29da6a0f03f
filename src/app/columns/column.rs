//! The definition of a column.
//!
//! Also finds columns by name, and the default columns.

use std::borrow::Cow;

use super::COLUMNS;
use crate::app::row::{SortKey, TableRow};
use crate::model::Dialect;

/// Alignment of the text in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// For texts.
    Left,
    /// For numbers.
    Right,
}

/// Columns of names, which often differ only in their ends.
const NAMES: [&str; 4] = ["user", "address", "service", "endpoint"];

impl Column {
    /// Whether a text that is too wide is cut in its middle, so that both ends stay.
    pub fn keeps_ends(&self) -> bool {
        NAMES.contains(&self.name)
    }
}

/// A column of the table.
pub struct Column {
    /// Name in options and sorting.
    pub name: &'static str,
    /// Heading in the table.
    pub heading: &'static str,
    /// Description for the help.
    pub about: &'static str,
    /// Alignment of heading and cells.
    pub align: Align,
    /// Minimum width, in cells of the terminal.
    pub min: u16,
    /// Maximum width, in cells of the terminal.
    pub max: u16,
    /// Drop priority when the columns do not fit: the highest is dropped first.
    pub drop: u8,
    /// Whether the column is shown by default.
    pub usual: bool,
    /// The only dialect that reports it; `None` if both do.
    pub only: Option<Dialect>,
    /// Whether the value needs samples of the connections. A list alone does not contain it.
    pub sampled: bool,
    /// Whether the first sort is descending, for columns whose largest values matter most.
    pub descending: bool,
    /// Returns the content of the cell; `None` if it is unknown.
    pub cell: for<'a> fn(&TableRow<'a>) -> Option<Cow<'a, str>>,
    /// Returns the sort key of a row.
    pub key: for<'a> fn(&TableRow<'a>) -> SortKey<'a>,
}

/// Index of a column in [`COLUMNS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ColumnId(usize);

impl ColumnId {
    /// The default sort column: most severe first.
    pub const DEFAULT_SORT: Self = Self(7);

    /// The session id. Always shown, because it identifies the row.
    pub const NUMBER: Self = Self(0);

    /// Returns the column with this name or heading.
    pub fn named(name: &str) -> Option<Self> {
        let is_meant = |column: &Column| {
            let names = [column.name, column.heading];
            !name.is_empty() && names.iter().any(|known| known.eq_ignore_ascii_case(name))
        };
        COLUMNS.iter().position(is_meant).map(Self)
    }

    /// Returns all columns, from left to right.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> {
        (0..COLUMNS.len()).map(Self)
    }

    /// Returns the default columns, from left to right. With several endpoints the endpoint name is the
    /// first column.
    pub fn defaults(endpoints: usize) -> Vec<Self> {
        let endpoint = Self::named("endpoint").filter(|_| endpoints > 1);
        let usual = Self::all().filter(|id| id.column().usual);
        endpoint.into_iter().chain(usual).collect()
    }

    /// Returns the index in [`COLUMNS`].
    pub const fn index(self) -> usize {
        self.0
    }

    /// Returns the entry in [`COLUMNS`].
    #[expect(
        clippy::indexing_slicing,
        reason = "an id is only made from a place in the table"
    )]
    pub fn column(self) -> &'static Column {
        &COLUMNS[self.0]
    }
}
