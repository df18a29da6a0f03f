//! What a column is.

use std::borrow::Cow;

use crate::app::row::{Row, SortKey};
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
    pub cell: for<'a> fn(&Row<'a>) -> Option<Cow<'a, str>>,
    /// What it sorts by.
    pub key: for<'a> fn(&Row<'a>) -> SortKey<'a>,
}
