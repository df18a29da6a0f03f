//! A bare word, searched for in every text of a session, ignoring case.

use super::field::{Search, Values};
use super::fields::FIELDS;
use super::input::FilterInput;
use super::ternary::Ternary;
use crate::model::RawText;

/// A word to search for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Text in lower case, never empty.
    needle: String,
    is_number: bool,
}

impl Word {
    /// Creates a word. Returns `None` for an empty text, which would match every session.
    pub(super) fn new(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self {
            needle: text.to_lowercase(),
            is_number: text.bytes().all(|byte| byte.is_ascii_digit()),
        })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.needle
    }

    /// Whether words are searched for in a field.
    pub(super) fn is_searched_in(name: &str) -> bool {
        FIELDS
            .iter()
            .any(|field| field.name == name && field.search != Search::Never)
    }

    /// Whether the word occurs in any field.
    ///
    /// Returns `Unknown` instead of `No` if a value that every session has is unknown.
    pub(super) fn evaluate(&self, input: &FilterInput<'_>) -> Ternary {
        let mut result = Ternary::No;
        let form = input.form;
        let test = &mut |text: RawText<'_>| form.test(text, |text| self.is_in(text));
        for field in &FIELDS {
            let found = match (field.search, &field.values) {
                (Search::Always, Values::Text(values)) => values(input, test),
                (Search::IfKnown, Values::Text(values)) => Ternary::of(values(input, test).is_yes()),
                (Search::Digits, Values::Number(values)) if self.is_number => {
                    Ternary::of(values(input, &mut |number| self.is_in_number(number)).is_yes())
                }
                _ => continue,
            };
            result = result.or(found);
            if result.is_yes() {
                return result;
            }
        }
        result.or(Ternary::of(self.is_in_origin(input)))
    }

    /// Whether the word occurs in `address:port`, which the table shows as one text.
    fn is_in_origin(&self, input: &FilterInput<'_>) -> bool {
        self.needle.contains(':')
            && input.session.port.is_some()
            && input
                .session
                .raw_origin()
                .is_some_and(|origin| self.is_in(&origin))
    }

    /// Whether the word occurs in a text. ASCII, the common case, is compared without allocating.
    fn is_in(&self, text: &str) -> bool {
        if !text.is_ascii() {
            return text.to_lowercase().contains(&self.needle);
        }
        let (text, needle) = (text.as_bytes(), self.needle.as_bytes());
        let Some(first) = needle.first() else { return true };
        text.windows(needle.len()).any(|part| {
            part.first().is_some_and(|byte| byte.eq_ignore_ascii_case(first))
                && part.eq_ignore_ascii_case(needle)
        })
    }

    /// Whether the digits of the word occur in a number. Does not format the number.
    fn is_in_number(&self, number: u64) -> bool {
        let needle = self.needle.as_bytes();
        let mut rest = Some(number);
        while let Some(number) = rest {
            if ends_with(number, needle) {
                return true;
            }
            rest = (number >= 10).then_some(number / 10);
        }
        false
    }
}

fn ends_with(number: u64, digits: &[u8]) -> bool {
    let mut rest = Some(number);
    for digit in digits.iter().rev() {
        let Some(number) = rest else { return false };
        if number % 10 != u64::from(digit.wrapping_sub(b'0')) {
            return false;
        }
        rest = (number >= 10).then_some(number / 10);
    }
    true
}
