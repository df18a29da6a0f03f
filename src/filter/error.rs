//! Why a text is no filter: where, what was found, what was expected.

use thiserror::Error;

use super::MAX_FILTER_LEN;
use super::field::{FieldType, FilterField};
use super::fields::FIELDS;
use crate::model::{Text, TextLimit};

/// Why a text is no filter. What it quotes is clean: it may come from a command line.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("column {}: {kind}", .column + 1)]
pub struct FilterError {
    /// Where it begins, in characters from 0; what is written counts from 1.
    pub column: usize,
    /// Where it ends; where something is missing, this is `column`.
    pub end: usize,
    /// What is wrong.
    pub kind: ErrorKind,
}

/// What is wrong with a filter.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ErrorKind {
    /// No field has this name.
    #[error("unknown field '{found}': {}", instead(*.near))]
    UnknownField {
        /// As typed.
        found: String,
        /// What was probably meant.
        near: Option<&'static str>,
    },
    /// A field cannot be asked this way.
    #[error("{field} is a {kind}: expected {}, found {found}", operators(*.kind))]
    Operator {
        /// Which field.
        field: &'static str,
        /// Its kind.
        kind: FieldType,
        /// The operator.
        found: &'static str,
    },
    /// A flag has no value.
    #[error("{field} stands alone: expected no {found} after it")]
    FlagWithValue {
        /// Which flag.
        field: &'static str,
        /// The operator.
        found: &'static str,
    },
    /// A value is of another kind than the field.
    #[error("expected {}, found '{found}'", .kind.expected())]
    Value {
        /// The field's kind.
        kind: FieldType,
        /// As typed.
        found: String,
    },
    /// No value where one must be.
    #[error("expected {} after {operator}, found {found}", .kind.expected())]
    NoValue {
        /// The field's kind.
        kind: FieldType,
        /// The operator.
        operator: &'static str,
        /// What stands there.
        found: String,
    },
    /// A regular expression that is none.
    #[error("bad pattern: {why}")]
    Pattern {
        /// What the library says.
        why: String,
    },
    /// No condition where one must be.
    #[error("expected a condition, found {found}")]
    NoCondition {
        /// What stands there.
        found: String,
    },
    /// Two things without a blank between them.
    #[error("expected a blank, found {found}: quote a text that has it")]
    Glued {
        /// What stands there.
        found: String,
    },
    /// A sign of another language in the place of a keyword.
    #[error("found {found}: write '{keyword}', or quote a text that has it")]
    ForeignSign {
        /// The sign.
        found: &'static str,
        /// The keyword of this language.
        keyword: &'static str,
    },
    /// `known` without the name of a field.
    #[error("expected the name of a field and ')', found {found}")]
    Known {
        /// What stands there.
        found: String,
    },
    /// A quote without its other half.
    #[error("this quote is not closed")]
    OpenQuote,
    /// A parenthesis without its other half.
    #[error("this '(' is not closed: expected ')', found {found}")]
    OpenParenthesis {
        /// What stands there.
        found: String,
    },
    /// Nothing between quotes.
    #[error("expected a text to look for, found ''")]
    NoText,
    /// Too long.
    #[error("a filter has {MAX_FILTER_LEN} bytes at most")]
    TooLong,
    /// A value of which only the beginning is kept.
    #[error("it is too long: only its beginning is kept")]
    NotKept,
    /// Too deep.
    #[error("parentheses and 'not' are nested too deep")]
    TooDeep,
}

/// A text of the filter, as an error may show it.
pub(super) fn shown(text: &str) -> String {
    Text::clean(text, TextLimit::Name).to_string()
}

fn instead(near: Option<&str>) -> String {
    near.map_or_else(
        || {
            let names: Vec<_> = FIELDS.iter().map(|field| field.name).collect();
            format!("there are {}", names.join(", "))
        },
        |name| format!("did you mean {name}?"),
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
    /// A filter cannot be written for a value of which only the beginning is kept.
    pub(super) const fn not_kept() -> Self {
        Self {
            column: 0,
            end: 0,
            kind: ErrorKind::NotKept,
        }
    }
}

impl ErrorKind {
    /// A name that no field has.
    pub(super) fn unknown_field(name: &str) -> Self {
        Self::UnknownField {
            found: shown(name),
            near: FilterField::near(name).map(|field| field.name),
        }
    }
}
