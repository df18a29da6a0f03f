//! What an entry of the table of fields is, and how one is found by the name that was typed.

use std::fmt;

use super::ast::Operator;
use super::input::FilterInput;
use super::ternary::Ternary;
use crate::model::RawText;

/// A field. From its entry come parsing, asking, the hints of errors, help and `docs/filters.md`.
pub struct FilterField {
    /// The name in filters.
    pub name: &'static str,
    /// What it is, for help.
    pub about: &'static str,
    /// One way to ask for it.
    pub example: &'static str,
    /// Whether a bare word is looked for in it.
    pub(super) search: Search,
    /// How its values are got.
    pub(super) values: Values,
}

/// How the values of a field are got: each is shown to a test until one passes. The answer is Yes
/// if one did; Unknown if none did and there may be another that is not known.
pub(super) enum Values {
    Text(fn(&FilterInput<'_>, TextTest<'_>) -> Ternary),
    Number(fn(&FilterInput<'_>, NumberTest<'_>) -> Ternary),
    /// In milliseconds.
    Duration(fn(&FilterInput<'_>, NumberTest<'_>) -> Ternary),
    /// In bytes.
    Size(fn(&FilterInput<'_>, NumberTest<'_>) -> Ternary),
    Flag(fn(&FilterInput<'_>) -> Ternary),
}

pub(super) type TextTest<'t> = &'t mut dyn FnMut(RawText<'_>) -> Ternary;
pub(super) type NumberTest<'t> = &'t mut dyn FnMut(u64) -> bool;

/// Whether a bare word is looked for in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Search {
    /// It is, and the word is not certainly absent as long as the value is unknown.
    Always,
    /// It is. Many sessions have no such value, or their dialect does not tell it: that does not
    /// leave the answer open, or `not etl` would match nobody.
    IfKnown,
    /// It is, if the word is a number.
    Digits,
    /// It is not.
    Never,
}

/// What sort of value a field has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// A text.
    Text,
    /// A whole number.
    Number,
    /// A length of time.
    Duration,
    /// A number of bytes.
    Size,
    /// It holds or it does not.
    Flag,
}

impl FieldType {
    /// What its operators are.
    pub(super) const fn operators(self) -> &'static [Operator] {
        use Operator::{Above, AtLeast, AtMost, Below, Is, IsNot, Matches};
        match self {
            Self::Text => &[Is, IsNot, Matches],
            Self::Number | Self::Duration | Self::Size => &[Is, IsNot, Below, AtMost, Above, AtLeast],
            Self::Flag => &[],
        }
    }

    /// What may stand behind an operator.
    pub(super) const fn expected(self) -> &'static str {
        match self {
            Self::Text => "a text such as app*",
            Self::Number => "a whole number",
            Self::Duration => "a duration such as 90s, 5m or 1h30m",
            Self::Size => "a size such as 500kB or 2MiB",
            Self::Flag => "nothing",
        }
    }
}

impl fmt::Display for FieldType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Duration => "duration",
            Self::Size => "size",
            Self::Flag => "flag",
        })
    }
}

impl FilterField {
    /// What sort of value it has.
    pub const fn kind(&self) -> FieldType {
        match self.values {
            Values::Text(_) => FieldType::Text,
            Values::Number(_) => FieldType::Number,
            Values::Duration(_) => FieldType::Duration,
            Values::Size(_) => FieldType::Size,
            Values::Flag(_) => FieldType::Flag,
        }
    }

    /// Shows its texts to a test, if it has any.
    pub(super) fn texts(&self, subject: &FilterInput<'_>, test: TextTest<'_>) -> Ternary {
        match self.values {
            Values::Text(values) => values(subject, test),
            _ => Ternary::No,
        }
    }

    /// Shows its numbers to a test, if it has any.
    pub(super) fn numbers(&self, subject: &FilterInput<'_>, test: NumberTest<'_>) -> Ternary {
        match self.values {
            Values::Number(values) | Values::Duration(values) | Values::Size(values) => values(subject, test),
            _ => Ternary::No,
        }
    }

    /// Whether its value is known, as far as any test could tell.
    pub(super) fn is_known(&self, subject: &FilterInput<'_>) -> bool {
        let answers = [true, false].map(|passes| match self.values {
            Values::Text(values) => values(subject, &mut |_| Ternary::of(passes)),
            Values::Number(values) | Values::Duration(values) | Values::Size(values) => {
                values(subject, &mut |_| passes)
            }
            Values::Flag(holds) => holds(subject),
        });
        !answers.contains(&Ternary::Unknown)
    }

    /// Passes each raw text that a session has here to `see`, for completion. A text that is not kept
    /// whole is left out.
    pub fn each_text(&self, subject: &FilterInput<'_>, mut see: impl FnMut(&str)) {
        self.texts(subject, &mut |text| {
            if let Some(whole) = text.whole() {
                see(whole);
            }
            Ternary::No
        });
    }
}

impl PartialEq for FilterField {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for FilterField {}

impl fmt::Debug for FilterField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
