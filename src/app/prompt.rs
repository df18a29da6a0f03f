//! The filter while it is typed.

use tui_input::{Input, InputRequest};

use super::key::{Code, Key};
use crate::query::Filter;

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

    /// Pasted text; line breaks and other controls are left out.
    pub fn paste(&mut self, text: &str) -> bool {
        let mut changed = false;
        for c in text.chars().filter(|c| !c.is_control()) {
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
        Filter::parse(self.input.value())
    }
}
