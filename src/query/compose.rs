//! Filters that the program writes itself: what was asked before, and a field that is exactly a text.

use super::ast::Expr;
use super::error::FilterError;
use super::lex::{Quoted, is_word};
use super::{Field, Filter, glob};
use crate::model::RawText;

impl Filter {
    /// Those of its sessions whose raw text in a field is exactly this one, whatever it is made of;
    /// without a text, those of which the field is not known.
    ///
    /// It is written as a person would write it, and read like any other: one that would be too long
    /// or too deep is an error.
    ///
    /// A text that is not kept whole is an error.
    pub fn narrowed(&self, field: &Field, text: Option<RawText<'_>>) -> Result<Self, FilterError> {
        let whole = text.map(|text| text.whole().ok_or_else(FilterError::not_kept));
        let condition = exactly(field.name, whole.transpose()?);
        let before = self.text.trim();
        match self.expr.as_deref() {
            None => Self::parse(&condition),
            Some(Expr::Any(_)) => Self::parse(&format!("({before}) and {condition}")),
            Some(_) => Self::parse(&format!("{before} and {condition}")),
        }
    }
}

fn exactly(field: &str, text: Option<&str>) -> String {
    match text {
        None => format!("not known({field})"),
        Some(text) => format!("{field}={}", literal(text)),
    }
}

/// Writes a text as a value that matches this text only, in quotes where it needs them.
pub(super) fn literal(text: &str) -> String {
    let pattern = glob::escaped(text);
    if is_word(&pattern) {
        pattern
    } else {
        Quoted(&pattern).to_string()
    }
}
