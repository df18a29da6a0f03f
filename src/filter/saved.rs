//! Filters that the user has named. `@name` stands for the filter.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::error::{ErrorKind, FilterError, shown};
use super::{Filter, lex};
use crate::model::nearest;

/// Named filters, in the order of their names. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SavedFilters(Arc<BTreeMap<String, Filter>>);

/// Sign before the name of a filter.
const SIGN: char = '@';

impl SavedFilters {
    /// Creates the collection.
    pub(crate) fn new(filters: BTreeMap<String, Filter>) -> Self {
        Self(Arc::new(filters))
    }

    /// Whether a text can be the name of a filter: letters, digits, `-` and `_`.
    pub(crate) fn is_name(text: &str) -> bool {
        !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    }

    /// Whether a text is the name of a filter with its sign, or begins to be one.
    pub(crate) fn is_reference(text: &str) -> bool {
        text.trim()
            .strip_prefix(SIGN)
            .is_some_and(|name| name.chars().all(lex::is_word_char))
    }

    /// Whether a word of a filter looks like a reference, which stands for a filter only as the whole text.
    pub(super) fn is_reference_inside(word: &str) -> bool {
        word.strip_prefix(SIGN).is_some_and(Self::is_name)
    }

    /// Returns the references to filters whose names begin like this text: `@slow`.
    pub(crate) fn complete(&self, begun: &str) -> Vec<String> {
        let begun = begun.strip_prefix(SIGN).unwrap_or(begun);
        let names = self.0.keys().filter(|name| name.starts_with(begun));
        names.map(|name| format!("{SIGN}{name}")).collect()
    }

    /// Parses a filter, or the name of one with its sign.
    ///
    /// # Errors
    /// Returns a [`FilterError`] if there is no filter with this name, or if the text is not a valid filter.
    pub(crate) fn parse(&self, text: &str) -> Result<Filter, FilterError> {
        let name = text
            .trim()
            .strip_prefix(SIGN)
            .filter(|_| Self::is_reference(text));
        let Some(name) = name else {
            return Filter::parse(text);
        };
        self.0.get(name).cloned().ok_or_else(|| FilterError {
            column: 0,
            end: text.trim_end().chars().count(),
            kind: ErrorKind::UnknownName {
                found: shown(name),
                instead: self.instead(name),
            },
        })
    }

    fn instead(&self, name: &str) -> String {
        let names = || self.0.keys().map(String::as_str);
        match nearest(name, names()) {
            Some(near) => format!("did you mean {SIGN}{near}?"),
            None if self.0.is_empty() => "[filters] of the configuration file has none".to_owned(),
            None => format!("filters: {}", names().collect::<Vec<_>>().join(", ")),
        }
    }
}
