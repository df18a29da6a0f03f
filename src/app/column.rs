//! The definition of a column, for a table of any kind of rows. A table is a static list of columns;
//! heads, cells, sorting, widths, help and documents are generated from it.

pub(crate) mod fit;

use std::borrow::Cow;
use std::fmt::Debug;
use std::hash::Hash;
use std::marker::PhantomData;

use self::fit::FitRules;
use super::columns::Sessions;
use crate::diagnosis::Severity;
use crate::model::Dialect;

/// A kind of table: the type of its rows, and its columns.
pub trait TableKind: Copy + Debug + Eq + Hash + 'static {
    /// A row, borrowed from the data.
    type Row<'a>;

    /// Function that returns the content of a cell; `None` if it is unknown.
    type Cell: Copy;

    /// Function that returns the sort key of a row.
    type Key: Copy;

    /// Cell of a column that shows nothing.
    const NO_CELL: Self::Cell;

    /// Key of a column that does not sort.
    const NO_KEY: Self::Key;

    /// How columns are narrowed and dropped when they do not fit.
    const FIT: FitRules;

    /// Returns all columns, from left to right.
    fn columns() -> &'static [Column<Self>];

    /// Returns the content of a cell; `None` if it is unknown.
    fn cell<'a>(column: &Column<Self>, row: &Self::Row<'a>) -> Option<Cow<'a, str>>;
}

/// Alignment of the text in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// For texts.
    Left,
    /// For numbers.
    Right,
}

/// The end at which a text is cut if it is wider than its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truncate {
    /// The end is cut.
    End,
    /// The middle is cut, for names that often differ only in their ends.
    Middle,
    /// The port of an address is left out, then the middle is cut. Such a column is narrowed before all others.
    Port,
}

/// Style of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellStyle {
    /// No style of its own.
    Plain,
    /// Dimmed, so that other cells are easier to find.
    Dim,
    /// A state that is not normal.
    Look,
    /// Explains a reason of this severity.
    Severity(Severity),
    /// The sign of this severity, or a number of sessions with it.
    Sign(Severity),
}

/// A column of a table.
#[allow(clippy::struct_excessive_bools, reason = "independent facts")]
pub struct Column<T: TableKind = Sessions> {
    /// Name in options and sorting.
    pub name: &'static str,
    /// Name of the field in JSON, csv and tsv with the value; empty if there is none.
    pub json: &'static str,
    /// Heading in the table.
    pub heading: &'static str,
    /// Description for the help.
    pub about: &'static str,
    /// Alignment of heading and cells.
    pub align: Align,
    /// The end at which a text is cut if it is too wide.
    pub truncate: Truncate,
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
    /// Whether the value comes from the transactions and locks of servers (server access).
    pub locks: bool,
    /// Whether the first sort is descending, for columns whose largest values matter most.
    pub descending: bool,
    /// Returns the content of the cell; `None` if it is unknown.
    pub cell: T::Cell,
    /// Returns the sort key of a row.
    pub key: T::Key,
    /// Returns the style of the cell.
    pub style: for<'a> fn(&T::Row<'a>) -> CellStyle,
}

impl<T: TableKind> Column<T> {
    /// A text column with the default of every field.
    pub(super) const TEXT: Self = Self {
        name: "",
        json: "",
        heading: "",
        about: "",
        align: Align::Left,
        truncate: Truncate::End,
        min: 8,
        max: 24,
        drop: 0,
        usual: true,
        only: None,
        sampled: false,
        locks: false,
        descending: false,
        cell: T::NO_CELL,
        key: T::NO_KEY,
        style: |_| CellStyle::Plain,
    };

    /// A number column with the default of every other field.
    pub(super) const NUMBER: Self = Self {
        align: Align::Right,
        ..Self::TEXT
    };

    /// Whether a text that is too wide is cut in its middle, so that both ends stay.
    pub fn keeps_ends(&self) -> bool {
        matches!(self.truncate, Truncate::Middle | Truncate::Port)
    }
}

/// Index of a column in the columns of its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ColumnId<T: TableKind = Sessions>(usize, PhantomData<T>);

impl<T: TableKind> ColumnId<T> {
    /// Returns the column with this name. Fails the build if there is none.
    #[expect(clippy::panic, reason = "runs only while constants are compiled")]
    #[expect(clippy::indexing_slicing, reason = "the index is below the length")]
    pub(super) const fn constant(columns: &[Column<T>], name: &str) -> Self {
        let mut index = 0;
        while index < columns.len() {
            if is_equal(columns[index].name.as_bytes(), name.as_bytes()) {
                return Self(index, PhantomData);
            }
            index += 1;
        }
        panic!("no column has this name");
    }

    /// Returns the column with this name, heading or name in JSON.
    pub fn named(name: &str) -> Option<Self> {
        let is_named = |column: &Column<T>| {
            let names = [column.name, column.heading, column.json];
            !name.is_empty() && names.iter().any(|known| known.eq_ignore_ascii_case(name))
        };
        let index = T::columns().iter().position(is_named)?;
        Some(Self(index, PhantomData))
    }

    /// Returns all columns, from left to right.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> {
        (0..T::columns().len()).map(|index| Self(index, PhantomData))
    }

    /// Returns the index in the columns of the table.
    pub const fn index(self) -> usize {
        self.0
    }

    /// Returns the definition of the column.
    #[expect(
        clippy::indexing_slicing,
        reason = "an id is only made from a place in the table"
    )]
    pub fn column(self) -> &'static Column<T> {
        &T::columns()[self.0]
    }
}

/// Compares two texts in a constant.
#[expect(clippy::indexing_slicing, reason = "the index is below both lengths")]
const fn is_equal(a: &[u8], b: &[u8]) -> bool {
    let mut index = 0;
    while index < a.len() && index < b.len() && a[index] == b[index] {
        index += 1;
    }
    index == a.len() && index == b.len()
}
