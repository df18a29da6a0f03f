//! A bare word: looked for, ignoring case, in every text of a session.

use super::field::{Search, Values};
use super::fields::FIELDS;
use super::input::FilterInput;
use super::ternary::Ternary;
use crate::model::RawText;

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Lower case, never empty.
    needle: String,
    is_number: bool,
}

impl Word {
    /// Nothing can be looked for in vain: an empty text is no word.
    pub(super) fn new(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self {
            needle: text.to_lowercase(),
            is_number: text.bytes().all(|byte| byte.is_ascii_digit()),
        })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.needle
    }

    /// Whether any word is looked for in a field.
    pub(super) fn is_looked_for_in(name: &str) -> bool {
        FIELDS
            .iter()
            .any(|field| field.name == name && field.search != Search::Never)
    }

    /// Whether it stands anywhere. It is not certainly absent while a value that every session
    /// has is unknown.
    pub(super) fn evaluate(&self, subject: &FilterInput<'_>) -> Ternary {
        let mut answer = Ternary::No;
        let form = subject.form;
        let test = &mut |text: RawText<'_>| form.judge(text, |text| self.is_in(text));
        for field in &FIELDS {
            let found = match (field.search, &field.values) {
                (Search::Always, Values::Text(values)) => values(subject, test),
                (Search::IfKnown, Values::Text(values)) => Ternary::of(values(subject, test).is_yes()),
                (Search::Digits, Values::Number(values)) if self.is_number => {
                    Ternary::of(values(subject, &mut |number| self.is_in_number(number)).is_yes())
                }
                _ => continue,
            };
            answer = answer.or(found);
            if answer.is_yes() {
                return answer;
            }
        }
        answer.or(Ternary::of(self.is_in_origin(subject)))
    }

    /// The table shows address and port as one text.
    fn is_in_origin(&self, subject: &FilterInput<'_>) -> bool {
        self.needle.contains(':')
            && subject.session.port.is_some()
            && subject
                .session
                .raw_origin()
                .is_some_and(|origin| self.is_in(&origin))
    }

    /// ASCII, the usual case, is compared without allocating.
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

    /// Whether its digits stand in a number's, without writing the number down.
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
