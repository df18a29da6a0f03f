//! What a column is.
//!
//! Columns by name, and those that are shown unless others are chosen.

use std::borrow::Cow;

use super::COLUMNS;
use crate::app::row::{SortKey, TableRow};
use crate::model::Dialect;

/// Which side the text of a column stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Texts.
    Left,
    /// Numbers.
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

/// A column.
pub struct Column {
    /// The name in options and sorting.
    pub name: &'static str,
    /// The head.
    pub heading: &'static str,
    /// What it shows, for help.
    pub about: &'static str,
    /// Which side.
    pub align: Align,
    /// Never narrower than this, in cells of the terminal.
    pub min: u16,
    /// Never wider than this.
    pub max: u16,
    /// The order in which columns are dropped when there is no room: highest first.
    pub drop: u8,
    /// Whether it is shown unless others are chosen.
    pub usual: bool,
    /// The one dialect that can know it; `None`: both.
    pub only: Option<Dialect>,
    /// Known only where connections were looked at: no single list tells.
    pub sampled: bool,
    /// Sorted downwards at first: what is largest is looked for.
    pub descending: bool,
    /// What stands in the cell; nothing where it is not known.
    pub cell: for<'a> fn(&TableRow<'a>) -> Option<Cow<'a, str>>,
    /// What it sorts by.
    pub key: for<'a> fn(&TableRow<'a>) -> SortKey<'a>,
}

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
    pub fn defaults(endpoints: usize) -> Vec<Self> {
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
