//! The filter while it is typed.

use tui_input::{Input, InputRequest};
use unicode_width::UnicodeWidthChar;

use super::key::{Code, Key};
use crate::query::Filter;

/// A filter is a line that a person types: so many characters at most.
const LONGEST: usize = 256;

/// The text input, and what to go back to.
#[derive(Clone, Debug)]
pub struct FilterPrompt {
    /// The text and its cursor.
    pub input: Input,
    /// The filter before.
    pub before: Filter,
}

impl FilterPrompt {
    /// Opens with the filter in it.
    pub fn new(before: Filter) -> Self {
        Self {
            input: Input::new(before.text().to_owned()),
            before,
        }
    }

    /// A key that is not one of the prompt's own. Says whether the text changed.
    pub fn key(&mut self, key: Key) -> bool {
        let request = match (key.code, key.ctrl) {
            (Code::Char('u'), true) => return self.clear(),
            (Code::Char('w'), true) => InputRequest::DeletePrevWord,
            (Code::Char('a'), true) | (Code::Home, _) => InputRequest::GoToStart,
            (Code::Char('e'), true) | (Code::End, _) => InputRequest::GoToEnd,
            (Code::Char('k'), true) => InputRequest::DeleteTillEnd,
            (Code::Char(c), false) if !key.alt => InputRequest::InsertChar(c),
            (Code::Backspace, _) => InputRequest::DeletePrevChar,
            (Code::Delete, _) => InputRequest::DeleteNextChar,
            (Code::Left, _) => InputRequest::GoToPrevChar,
            (Code::Right, _) => InputRequest::GoToNextChar,
            _ => return false,
        };
        self.input.handle(request).is_some_and(|change| change.value)
    }

    /// Pasted text; what cannot be seen is left out, and what is too long for a filter.
    pub fn paste(&mut self, text: &str) -> bool {
        let mut changed = false;
        let room = LONGEST.saturating_sub(self.input.value().len());
        for c in text
            .chars()
            .take(room)
            .filter(|c| c.width().is_some_and(|width| width > 0))
        {
            changed |= self.input.handle(InputRequest::InsertChar(c)).is_some();
        }
        changed
    }

    fn clear(&mut self) -> bool {
        let had_text = !self.input.value().is_empty();
        self.input.reset();
        had_text
    }

    /// The filter as it stands.
    pub fn filter(&self) -> Filter {
        Filter::parse(self.input.value()).unwrap_or_default()
    }
}
