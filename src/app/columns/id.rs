//! Columns by name, and those that are shown unless others are chosen.

use super::{COLUMNS, Column};

/// A column of the table, by its place in [`COLUMNS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ColumnId(usize);

impl ColumnId {
    /// The order before anybody asked for another: what is worst stands first.
    pub const DEFAULT_SORT: Self = Self(7);

    /// The session's number, without which a row is nobody.
    pub const NUMBER: Self = Self(0);

    /// The column with this name, or with this head.
    pub fn named(name: &str) -> Option<Self> {
        let is_meant = |column: &Column| {
            let names = [column.name, column.heading];
            !name.is_empty() && names.iter().any(|known| known.eq_ignore_ascii_case(name))
        };
        COLUMNS.iter().position(is_meant).map(Self)
    }

    /// All, from left to right.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> {
        (0..COLUMNS.len()).map(Self)
    }

    /// Those that are shown unless others are chosen, from left to right. Of several endpoints their
    /// names go first.
    pub fn usual(endpoints: usize) -> Vec<Self> {
        let endpoint = Self::named("endpoint").filter(|_| endpoints > 1);
        let usual = Self::all().filter(|id| id.column().usual);
        endpoint.into_iter().chain(usual).collect()
    }

    /// Its place in [`COLUMNS`].
    pub const fn index(self) -> usize {
        self.0
    }

    /// Its entry.
    #[expect(
        clippy::indexing_slicing,
        reason = "an id is only made from a place in the table"
    )]
    pub fn column(self) -> &'static Column {
        &COLUMNS[self.0]
    }
}
