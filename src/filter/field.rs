//! Entries of the table of fields.

use std::fmt;

use super::ast::Operator;
use super::input::FilterInput;
use super::ternary::Ternary;
use crate::model::RawText;

/// A field of the filter language. Parsing, evaluation, error hints, help and `docs/filters.md` use its entry.
pub struct FilterField {
    /// Name in filters.
    pub name: &'static str,
    /// Description, for help and documentation.
    pub about: &'static str,
    /// Example of a condition.
    pub example: &'static str,
    /// Whether a bare word is searched for in this field.
    pub(super) search: Search,
    /// Accessor for its values.
    pub(super) values: Values,
}

/// Accessor for the values of a field. Calls the test until one value passes.
///
/// Returns `Unknown` if none passes and a value is unknown.
pub(super) enum Values {
    Text(fn(&FilterInput<'_>, TextTest<'_>) -> Ternary),
    Number(fn(&FilterInput<'_>, NumberTest<'_>) -> Ternary),
    /// A duration in milliseconds.
    Duration(fn(&FilterInput<'_>, NumberTest<'_>) -> Ternary),
    /// A size in bytes.
    Size(fn(&FilterInput<'_>, NumberTest<'_>) -> Ternary),
    Flag(fn(&FilterInput<'_>) -> Ternary),
}

pub(super) type TextTest<'t> = &'t mut dyn FnMut(RawText<'_>) -> Ternary;
pub(super) type NumberTest<'t> = &'t mut dyn FnMut(u64) -> bool;

/// Whether a bare word is searched for in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Search {
    /// Searched. An unknown value makes the result unknown.
    Always,
    /// Searched. An unknown value counts as no match: many sessions lack it, and `not etl` would match none
    /// otherwise.
    IfKnown,
    /// Searched if the word is a number.
    Digits,
    /// Not searched.
    Never,
}

/// Type of the value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// A text.
    Text,
    /// A whole number.
    Number,
    /// A duration.
    Duration,
    /// A number of bytes.
    Size,
    /// True or false.
    Flag,
}

impl FieldType {
    /// Returns the operators of this type.
    pub(super) const fn operators(self) -> &'static [Operator] {
        use Operator::{Above, AtLeast, AtMost, Below, Is, IsNot, Matches};
        match self {
            Self::Text => &[Is, IsNot, Matches],
            Self::Number | Self::Duration | Self::Size => &[Is, IsNot, Below, AtMost, Above, AtLeast],
            Self::Flag => &[],
        }
    }

    /// Returns a description of a valid value.
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
    /// Returns the type of the value.
    pub(crate) const fn kind(&self) -> FieldType {
        match self.values {
            Values::Text(_) => FieldType::Text,
            Values::Number(_) => FieldType::Number,
            Values::Duration(_) => FieldType::Duration,
            Values::Size(_) => FieldType::Size,
            Values::Flag(_) => FieldType::Flag,
        }
    }

    /// Tests its texts. Returns `No` for a field of another type.
    pub(super) fn texts(&self, input: &FilterInput<'_>, test: TextTest<'_>) -> Ternary {
        match self.values {
            Values::Text(values) => values(input, test),
            _ => Ternary::No,
        }
    }

    /// Tests its numbers. Returns `No` for a field of another type.
    pub(super) fn numbers(&self, input: &FilterInput<'_>, test: NumberTest<'_>) -> Ternary {
        match self.values {
            Values::Number(values) | Values::Duration(values) | Values::Size(values) => values(input, test),
            _ => Ternary::No,
        }
    }

    /// Whether its value is known. A flag and the reasons are known if every reason could be evaluated or one
    /// was found.
    pub(super) fn is_known(&self, input: &FilterInput<'_>) -> bool {
        let input = &input.strict();
        let results = [true, false].map(|passes| match self.values {
            Values::Text(values) => values(input, &mut |_| Ternary::of(passes)),
            Values::Number(values) | Values::Duration(values) | Values::Size(values) => {
                values(input, &mut |_| passes)
            }
            Values::Flag(holds) => holds(input),
        });
        !results.contains(&Ternary::Unknown)
    }

    /// Calls `see` with each raw text of this field, for completion. Skips texts that are not kept whole.
    pub(crate) fn each_text(&self, input: &FilterInput<'_>, mut see: impl FnMut(&str)) {
        self.texts(input, &mut |text| {
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
