//! Errors of filters: position, what was found, what was expected.

use thiserror::Error;

use super::MAX_FILTER_LEN;
use super::field::{FieldType, FilterField};
use super::fields::FIELDS;
use crate::model::{Text, TextLimit};

/// Why a text is not a valid filter. Quoted text is sanitized, because it may come from a command line.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("column {}: {kind}", .column + 1)]
pub struct FilterError {
    /// Start, in characters from 0. Messages count from 1.
    pub column: usize,
    /// End, in characters. Equal to `column` if something is missing.
    pub end: usize,
    /// Cause of the error.
    pub kind: ErrorKind,
}

/// Cause of a filter error.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ErrorKind {
    /// No field has this name.
    #[error("unknown field '{found}': {}", instead(*.near))]
    UnknownField {
        /// The text found.
        found: String,
        /// The most similar field, if any.
        near: Option<&'static str>,
    },
    /// No named filter has this name.
    #[error("unknown filter '@{found}': {instead}")]
    UnknownName {
        /// The name found.
        found: String,
        /// A similar name, or all names.
        instead: String,
    },
    /// The name of a filter inside of a larger one.
    #[error(
        "'{found}' names a filter only as the whole text: write its conditions, or quote a text to search for"
    )]
    NameInside {
        /// The name found, with its sign.
        found: String,
    },
    /// The field never has this value.
    #[error("unknown {field} '{found}': {}", value_instead(field, *.near, plural))]
    UnknownValue {
        /// Name of the field.
        field: &'static str,
        /// The text found.
        found: String,
        /// The most similar value, if any.
        near: Option<&'static str>,
        /// Plural noun for the values.
        plural: &'static str,
    },
    /// The name of a field without an operator. As a text to search for, it would select other sessions than intended.
    #[error("'{found}' is a field: write a condition such as {example}, or quote a text to search for")]
    FieldAlone {
        /// The name found.
        found: String,
        /// A condition with the field.
        example: &'static str,
    },
    /// A blank between a number and its unit, or between the parts of a duration.
    #[error("write '{joined}' without a blank, or quote a text to search for")]
    Detached {
        /// The number and its unit without the blank.
        joined: String,
    },
    /// The operator does not fit the type of the field.
    #[error("{field} is a {kind}: expected {}, found {found}", operators(*.kind))]
    Operator {
        /// Name of the field.
        field: &'static str,
        /// Type of the field.
        kind: FieldType,
        /// The operator found.
        found: &'static str,
    },
    /// A flag is followed by an operator.
    #[error("{field} is a flag: expected no {found} after it")]
    FlagWithValue {
        /// Name of the flag.
        field: &'static str,
        /// The operator found.
        found: &'static str,
    },
    /// The value does not fit the type of the field.
    #[error("expected {}, found '{found}'", .kind.expected())]
    Value {
        /// Type of the field.
        kind: FieldType,
        /// The text found.
        found: String,
    },
    /// A value is missing.
    #[error("expected {} after {operator}, found {found}", .kind.expected())]
    NoValue {
        /// Type of the field.
        kind: FieldType,
        /// The operator before it.
        operator: &'static str,
        /// The text found.
        found: String,
    },
    /// The regular expression is invalid.
    #[error("bad pattern: {why}")]
    Pattern {
        /// Message of the library.
        why: String,
    },
    /// A condition is missing.
    #[error("expected a condition, found {found}")]
    NoCondition {
        /// The text found.
        found: String,
    },
    /// A blank is missing.
    #[error("expected a blank, found {found}: quote a text that has it")]
    Glued {
        /// The text found.
        found: String,
    },
    /// A sign of another language in the place of a keyword or an operator.
    #[error("found '{found}': write '{keyword}', or quote a text that has it")]
    ForeignSign {
        /// The sign.
        found: &'static str,
        /// The keyword or operator of this language.
        keyword: &'static str,
    },
    /// `known` has no field name or no `)`.
    #[error("expected the name of a field and ')', found {found}")]
    Known {
        /// The text found.
        found: String,
    },
    /// A quote is not closed.
    #[error("this quote is not closed")]
    OpenQuote,
    /// A parenthesis is not closed.
    #[error("this '(' is not closed: expected ')', found {found}")]
    OpenParenthesis {
        /// The text found.
        found: String,
    },
    /// The text in quotes is empty.
    #[error("expected a text to search for, found ''")]
    NoText,
    /// The filter is too long.
    #[error("filter is longer than {MAX_FILTER_LEN} bytes")]
    TooLong,
    /// The value is too long: only its beginning is kept.
    #[error("the value is too long: only its beginning is kept")]
    NotKept,
    /// Parentheses and `not` are nested too deep.
    #[error("parentheses and 'not' are nested too deep")]
    TooDeep,
}

/// Returns a text of the filter for use in an error.
pub(super) fn shown(text: &str) -> String {
    Text::clean(text, TextLimit::Name).to_string()
}

fn instead(near: Option<&str>) -> String {
    near.map_or_else(
        || {
            let names: Vec<_> = FIELDS.iter().map(|field| field.name).collect();
            format!("fields: {}", names.join(", "))
        },
        |name| format!("did you mean {name}?"),
    )
}

fn value_instead(field: &str, near: Option<&str>, plural: &str) -> String {
    near.map_or_else(
        || {
            let values = FilterField::named(field).map_or(&[][..], FilterField::closed_values);
            format!("{plural}: {}", values.join(", "))
        },
        |value| format!("did you mean {value}?"),
    )
}

fn operators(kind: FieldType) -> String {
    let symbols: Vec<_> = kind
        .operators()
        .iter()
        .map(|operator| operator.symbol())
        .collect();
    symbols.join(" ")
}

impl FilterError {
    /// Creates the error for a value that is not kept whole.
    pub(super) const fn not_kept() -> Self {
        Self {
            column: 0,
            end: 0,
            kind: ErrorKind::NotKept,
        }
    }
}

impl ErrorKind {
    /// Creates the error for a name that no field has.
    pub(super) fn unknown_field(name: &str) -> Self {
        Self::UnknownField {
            found: shown(name),
            near: FilterField::near(name).map(|field| field.name),
        }
    }
}
