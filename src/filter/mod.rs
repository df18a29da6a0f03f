//! The filter language: `user=app* and (idle>5m or stuck) not service~'^Rep'`.
//!
//! A filter is parsed once ([`Filter::parse`]) and evaluated for many sessions ([`Filter::evaluate`]). The
//! result has three values: it is [`Ternary::Unknown`] if it depends on unknown data. Unknown never matches,
//! also not under `not`. The fields are one table, [`FIELDS`]. Texts are compared as sent, never as shown.
//!
//! Uses `model` only. Pure: no I/O, no clock. A filter never panics. Its length, depth and patterns are
//! limited, so it takes bounded time and memory.

mod ast;
mod closed;
mod complete;
mod condition;
mod error;
mod eval;
mod field;
mod fields;
mod form;
mod glob;
mod input;
mod lex;
mod no_match;
mod parse;
mod saved;
mod synonyms;
mod ternary;
mod unit;
mod word;

use std::fmt;
use std::sync::Arc;

use self::ast::Expr;
use crate::model::Session;

pub(crate) use complete::{Completion, complete};
pub use error::{ErrorKind, FilterError};
pub use field::{FieldType, FilterField};
#[cfg(test)]
pub(crate) use fields::DRAFT_ONLY;
pub(crate) use fields::FIELDS;
pub(crate) use form::TextForm;
pub(crate) use input::{FilterInput, ReasonNames, Reasons};
pub(crate) use no_match::NoMatch;
pub use saved::SavedFilters;
pub(crate) use ternary::Ternary;

/// Maximum length of a filter, in bytes.
pub(crate) const MAX_FILTER_LEN: usize = 1024;

/// A parsed filter. Cheap to clone. By default it matches every session.
///
/// Two filters are equal if their conditions are, regardless of blanks, quotes and redundant parentheses.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Text as typed.
    text: Arc<str>,
    /// `None` matches every session.
    expr: Option<Arc<Expr>>,
}

impl Filter {
    /// Parses a filter. Blanks alone match every session.
    ///
    /// # Errors
    /// Returns a [`FilterError`] with the position if the text is not a valid filter.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        Ok(Self {
            expr: parse::parse(text)?.map(Arc::new),
            text: text.into(),
        })
    }

    /// Returns the text as typed.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether the filter matches every session because it has no condition.
    pub(crate) const fn is_empty(&self) -> bool {
        self.expr.is_none()
    }

    /// Whether the filter joins several conditions.
    pub(crate) fn has_several_conditions(&self) -> bool {
        matches!(self.expr.as_deref(), Some(Expr::All(_) | Expr::Any(_)))
    }

    /// Whether the filter ends in a bare word that may continue, such as the name of a field.
    pub(crate) fn ends_in_word(&self) -> bool {
        let ends = self.text.ends_with(lex::is_word_char);
        ends && self.expr.as_ref().is_some_and(|expr| expr.ends_in_word())
    }

    /// Evaluates the filter for a session.
    pub(crate) fn evaluate(&self, input: &FilterInput<'_>) -> Ternary {
        self.expr
            .as_ref()
            .map_or(Ternary::Yes, |expr| expr.evaluate(input))
    }

    /// Evaluates the filter for each [`TextForm`] of a session's texts. Returns `Yes` if any of them matches.
    ///
    /// For `protect`, which must also apply if the user typed a name as it is shown. A reason that could not be
    /// evaluated is unknown.
    pub(crate) fn evaluate_in_any_form(&self, input: &FilterInput<'_>) -> Ternary {
        let mut result = Ternary::No;
        for form in TextForm::ALL {
            result = result.or(self.evaluate(&FilterInput {
                form,
                ..input.strict()
            }));
            if result.is_yes() {
                break;
            }
        }
        result
    }

    /// Whether a session without context certainly matches.
    pub fn matches(&self, session: &Session) -> bool {
        self.evaluate(&FilterInput::new(session)).is_yes()
    }

    /// Whether the filter uses `field`. Lets the caller skip values that are expensive to compute.
    pub(crate) fn uses(&self, field: &str) -> bool {
        self.expr.as_ref().is_some_and(|expr| expr.uses(field))
    }

    /// Whether a condition of the filter names this value of `field`: `reason=silent`, `reason=~'^si'`.
    pub(crate) fn names_value(&self, field: &str, value: &str) -> bool {
        let mut expr = self.expr.iter();
        expr.any(|expr| expr.names_value(field, value))
    }
}

impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        self.expr == other.expr
    }
}

impl Eq for Filter {}

/// Writes the filter in canonical form, which parses to an equal filter.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expr.as_ref().map_or(Ok(()), |expr| expr.fmt(f))
    }
}

#[cfg(test)]
mod tests;
