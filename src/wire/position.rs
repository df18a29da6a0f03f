//! Positions in a body, for messages about invalid JSON.

use super::WireError;
use super::body::syntax_error_at;

/// A position between two bytes of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    offset: usize,
    /// Number of line ends before it.
    lines: usize,
    /// Number of bytes after the last line end.
    column: usize,
}

impl Position {
    /// The start of a body.
    pub(super) const START: Self = Self {
        offset: 0,
        lines: 0,
        column: 0,
    };

    /// Returns the number of bytes before it.
    pub(super) const fn offset(self) -> usize {
        self.offset
    }

    /// Returns the position after this text.
    pub(super) fn after(self, text: &str) -> Self {
        let offset = self.offset + text.len();
        let Some(last) = memchr::memrchr(b'\n', text.as_bytes()) else {
            return Self {
                offset,
                column: self.column + text.len(),
                ..self
            };
        };
        Self {
            offset,
            lines: self.lines + memchr::memchr_iter(b'\n', text.as_bytes()).count(),
            column: text.len() - last - 1,
        }
    }

    /// Returns the error of a body that ends here.
    pub(super) fn cut_off(self) -> WireError {
        syntax_error_at(serde_json::error::Category::Eof, self.line(), self.column)
    }

    /// Returns the error of an unexpected character before this position.
    pub(super) fn invalid(self) -> WireError {
        syntax_error_at(serde_json::error::Category::Syntax, self.line(), self.column)
    }

    /// Returns an error that was found in the text that starts here.
    pub(super) fn of(self, error: &serde_json::Error) -> WireError {
        let column = match error.line() {
            0 | 1 => self.column + error.column(),
            _ => error.column(),
        };
        let line = self.lines + error.line().max(1);
        syntax_error_at(error.classify(), line, column)
    }

    const fn line(self) -> usize {
        self.lines + 1
    }
}
