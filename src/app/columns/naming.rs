//! A choice of columns as it is written: `id,user,idle`, in options and in the configuration file.

use thiserror::Error;

use super::{COLUMNS, Column, ColumnId};
use crate::model::{Text, TextLimit};

/// Why names are no choice of columns. What it quotes is clean: it may come from a command line.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NamingError {
    /// No column has this name.
    #[error("no column '{name}'{}: there are {}", instead(*.near), known())]
    Unknown {
        /// As written.
        name: Text,
        /// What was probably meant.
        near: Option<&'static str>,
    },
    /// A column cannot stand in two places.
    #[error("the column {0} is named twice")]
    Twice(&'static str),
    /// A table without a column.
    #[error("no column is named: there are {}", known())]
    Nothing,
}

impl ColumnId {
    /// The column with this name, or what could be meant.
    pub fn of(name: &str) -> Result<Self, NamingError> {
        let name = name.trim();
        Self::named(name).ok_or_else(|| NamingError::Unknown {
            name: Text::clean(name, TextLimit::Name),
            near: near(name),
        })
    }

    /// The columns with these names, in this order: one at least, and none twice.
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

/// The column that somebody probably meant: a longer or shorter form, or a slip or two away.
fn near(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let begins = |column: &&Column| {
        name.len() > 1 && (column.name.starts_with(&name) || name.starts_with(column.name))
    };
    let named = |column: &'static Column| column.name;
    COLUMNS.iter().find(begins).map(named).or_else(|| {
        let slips = |column: &'static Column| (strsim::osa_distance(&name, column.name), column);
        let (slips, column) = COLUMNS.iter().map(slips).min_by_key(|(slips, _)| *slips)?;
        (slips <= (name.chars().count() / 3).min(2)).then_some(column.name)
    })
}

fn instead(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!(", did you mean {near}?"))
}

fn known() -> String {
    let names: Vec<_> = COLUMNS.iter().map(|column| column.name).collect();
    names.join(", ")
}
