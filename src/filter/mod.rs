//! The filter language: `user=app* and (idle>5m or stuck) not service~'^Rep'`.
//!
//! A filter is read once ([`Filter::parse`]) and then asked about many sessions ([`Filter::evaluate`]).
//! The answer has three values: what depends on something unknown is [`Ternary::Unknown`], and
//! unknown never matches, under `not` either. What can be asked is one table, [`FIELDS`]. Texts are
//! compared as the server sent them, never as they are shown.
//!
//! Used by `app` (the table), `kill` (is it still what was meant?) and the one-shot commands; uses
//! `model` only. Pure: no I/O, no clock. No filter panics, and none takes time or memory without
//! bound: its length, its depth and the size of its patterns are limited.

mod ast;
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
mod parse;
mod ternary;
mod unit;
mod word;

use std::fmt;
use std::sync::Arc;

use self::ast::Expr;
use crate::model::Session;

pub use complete::{Completion, complete};
pub use error::{ErrorKind, FilterError};
pub use field::{FieldType, FilterField};
pub use fields::FIELDS;
pub use form::TextForm;
pub use input::{FilterInput, ReasonNames, Reasons};
pub use ternary::Ternary;

/// So many bytes a filter may have.
pub const MAX_FILTER_LEN: usize = 1024;

/// A filter, ready to be asked. Cheap to clone.
///
/// Two filters are equal when they mean the same, however they were typed.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// As it was typed.
    text: Arc<str>,
    /// Nothing lets everything through.
    expr: Option<Arc<Expr>>,
}

impl Filter {
    /// Reads a filter; blanks alone are the one that lets everything through.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        Ok(Self {
            expr: parse::parse(text)?.map(Arc::new),
            text: text.into(),
        })
    }

    /// As it was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it lets everything through.
    pub const fn is_empty(&self) -> bool {
        self.expr.is_none()
    }

    /// Whether a session matches, as far as is known.
    pub fn evaluate(&self, subject: &FilterInput<'_>) -> Ternary {
        self.expr
            .as_ref()
            .map_or(Ternary::Yes, |expr| expr.evaluate(subject))
    }

    /// Whether a session matches in any form of its texts: as they were sent, as they are or were shown,
    /// or composed. For filters that must hold however a person wrote them.
    pub fn judge_in_any_form(&self, subject: &FilterInput<'_>) -> Ternary {
        let mut answer = Ternary::No;
        for form in TextForm::ALL {
            answer = answer.or(self.evaluate(&FilterInput { form, ..*subject }));
            if answer.is_yes() {
                break;
            }
        }
        answer
    }

    /// Whether a session of which nothing else is known certainly matches.
    pub fn matches(&self, session: &Session) -> bool {
        self.evaluate(&FilterInput::new(session)).is_yes()
    }

    /// Whether it asks for a field: what costs to find out need only be found out then.
    pub fn uses(&self, field: &str) -> bool {
        self.expr.as_ref().is_some_and(|expr| expr.uses(field))
    }
}

impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        self.expr == other.expr
    }
}

impl Eq for Filter {}

/// The one way to write it that every filter of this meaning has; it parses to the same filter.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expr.as_ref().map_or(Ok(()), |expr| expr.fmt(f))
    }
}

#[cfg(test)]
mod tests;
