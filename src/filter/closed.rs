//! Fields with few possible values, so that a misspelled value is an error and not an empty table.

use super::error::{ErrorKind, shown};
use super::field::FilterField;
use super::glob::{Glob, is_pattern};
use crate::model::nearest;

/// Value of `reason` for a session without one.
pub(super) const NO_REASON: &str = "none";

/// A field whose values are known in advance.
struct ClosedField {
    field: &'static str,
    /// Plural noun for the values.
    plural: &'static str,
    values: &'static [&'static str],
    /// Whether other values occur. In quotes, or with a wildcard, any text is accepted then.
    has_others: bool,
    /// Words that users type for a value, and what to write instead.
    words: &'static [(&'static str, &'static str)],
}

const CLOSED_FIELDS: [ClosedField; 2] = [
    ClosedField {
        field: "reason",
        plural: "reasons",
        values: &[
            NO_REASON,
            "blocks",
            "lock-wait",
            "metadata-lock",
            "back-pressure",
            "no-backend",
            "query",
            "silent",
            "transaction",
            "idle",
            "buffering",
            "closing",
            "history",
            "memory",
            "login",
        ],
        has_others: false,
        words: &[("stopping", "closing, or state=stopping")],
    },
    ClosedField {
        field: "state",
        plural: "states",
        values: &["starting", "ready", "stopping"],
        has_others: true,
        words: &[("closing", "stopping, or reason=closing")],
    },
];

impl ClosedField {
    fn accepts(&self, pattern: &str, is_quoted: bool) -> bool {
        let is_free = self.has_others && (is_quoted || is_pattern(pattern));
        let glob = Glob::new(pattern);
        pattern.is_empty() || is_free || self.values.iter().any(|value| glob.matches(value))
    }
}

impl ClosedField {
    /// Returns what to write instead of a word that users type.
    fn word(&self, typed: &str) -> Option<&'static str> {
        let mut words = self.words.iter();
        words
            .find(|(word, _)| *word == typed)
            .map(|(_, instead)| *instead)
    }
}

impl FilterField {
    fn closed(&self) -> Option<&'static ClosedField> {
        CLOSED_FIELDS.iter().find(|closed| closed.field == self.name)
    }

    /// Returns the values of a field whose values are known in advance; for other fields, none.
    pub(crate) fn closed_values(&self) -> &'static [&'static str] {
        self.closed().map_or(&[], |closed| closed.values)
    }

    /// Returns the error for a value of `=` or `!=` that the field never has.
    pub(super) fn check_value(&self, pattern: &str, is_quoted: bool) -> Result<(), ErrorKind> {
        match self.closed() {
            Some(closed) if !closed.accepts(pattern, is_quoted) => Err(ErrorKind::UnknownValue {
                field: closed.field,
                found: shown(pattern),
                near: closed
                    .word(pattern)
                    .or_else(|| nearest(pattern, closed.values.iter().copied())),
                plural: closed.plural,
            }),
            _ => Ok(()),
        }
    }

    /// Whether a value of `=` or `!=` is accepted without quotes, if it has no blanks or operators.
    pub(super) fn accepts_bare(&self, pattern: &str) -> bool {
        self.check_value(pattern, false).is_ok()
    }

    /// Returns the pattern that a typed value stands for: `reason=none` is `reason=''`.
    pub(super) fn meant(&self, value: String) -> String {
        if self.name == "reason" && value == NO_REASON {
            String::new()
        } else {
            value
        }
    }
}
