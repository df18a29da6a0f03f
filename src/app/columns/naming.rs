//! Parses a choice of columns such as `id,user,idle`, from options and the configuration file.

use thiserror::Error;

use super::{COLUMNS, ColumnId};
use crate::model::{Text, TextLimit, nearest};

/// Why names are not a valid choice of columns. Quoted names are sanitized, because they may come from
/// a command line.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NamingError {
    /// No column has this name.
    #[error("no column '{name}'{}; columns: {}", instead(*.near), known())]
    Unknown {
        /// The name as given.
        name: Text,
        /// The most similar column name.
        near: Option<&'static str>,
    },
    /// A column is listed more than once.
    #[error("column {0} is named twice")]
    Twice(&'static str),
    /// The list is empty.
    #[error("no columns given; columns: {}", known())]
    Nothing,
}

impl ColumnId {
    /// Returns the column with this name.
    ///
    /// # Errors
    ///
    /// Returns [`NamingError::Unknown`] with the most similar name if the column does not exist.
    pub fn of(name: &str) -> Result<Self, NamingError> {
        let name = name.trim();
        Self::named(name).ok_or_else(|| NamingError::Unknown {
            name: Text::clean(name, TextLimit::Name),
            near: nearest(name, COLUMNS.iter().map(|column| column.name)),
        })
    }

    /// Returns the columns with these names, in this order.
    ///
    /// # Errors
    ///
    /// Returns an error if a name is unknown or listed twice, or if there are no names.
    pub fn chosen<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Vec<Self>, NamingError> {
        let mut chosen = Vec::new();
        for name in names {
            let id = Self::of(name)?;
            if chosen.contains(&id) {
                return Err(NamingError::Twice(id.column().name));
            }
            chosen.push(id);
        }
        if chosen.is_empty() {
            return Err(NamingError::Nothing);
        }
        Ok(chosen)
    }
}

fn instead(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!(" (did you mean '{near}'?)"))
}

fn known() -> String {
    let names: Vec<_> = COLUMNS.iter().map(|column| column.name).collect();
    names.join(", ")
}
