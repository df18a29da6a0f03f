//! Filters that the program writes itself: what was asked before, and a field that is exactly a text.

use super::ast::Expr;
use super::error::FilterError;
use super::lex::{Quoted, is_word};
use super::{Field, Filter};

impl Filter {
    /// Those of its sessions whose text in a field is exactly this one, whatever it is made of;
    /// without a text, those of which the field is not known.
    ///
    /// It is written as a person would write it, and read like any other: one that would be too long
    /// or too deep is an error.
    pub fn narrowed(&self, field: &Field, text: Option<&str>) -> Result<Self, FilterError> {
        let condition = exactly(field.name, text);
        let before = self.text.trim();
        match self.expr.as_deref() {
            None => Self::parse(&condition),
            Some(Expr::Any(_)) => Self::parse(&format!("({before}) and {condition}")),
            Some(_) => Self::parse(&format!("{before} and {condition}")),
        }
    }
}

/// A star and a question mark stand for themselves in a regular expression only.
fn exactly(field: &str, text: Option<&str>) -> String {
    match text {
        None => format!("not known({field})"),
        Some(text) if text.contains(['*', '?']) => {
            format!("{field}~{}", Quoted(&format!("^{}$", regex::escape(text))))
        }
        Some(text) if is_word(text) => format!("{field}={text}"),
        Some(text) => format!("{field}={}", Quoted(text)),
    }
}
