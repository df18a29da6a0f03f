//! The parsed form of a filter, its canonical text, and narrowing a filter to one value of a field.

use std::fmt::{self, Display as _};

use super::closed::NO_REASON;
use super::error::FilterError;
use super::field::{FieldType, FilterField};
use super::glob::{self, Glob, Pattern};
use super::lex::{Quoted, foreign_sign, is_keyword, is_word};
use super::word::Word;
use super::{Filter, unit};
use crate::model::RawText;

/// A condition, possibly composed of others.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expr {
    /// All conditions must match. At least two.
    All(Vec<Expr>),
    /// At least one condition must match. At least two.
    Any(Vec<Expr>),
    /// The condition must not match.
    Not(Box<Expr>),
    /// The value of a field is known.
    Known(&'static FilterField),
    /// A flag is set.
    Flag(&'static FilterField),
    /// A text occurs in any field.
    Word(Word),
    /// A field is compared with a value.
    Compare(Comparison),
}

/// A comparison of a field with a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Comparison {
    pub(super) field: &'static FilterField,
    pub(super) operator: Operator,
    pub(super) operand: Operand,
}

/// The value that a field is compared with.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    Glob(Glob),
    Pattern(Pattern),
    /// A number, in the unit of the field: none, milliseconds or bytes.
    Number(u64),
}

impl Expr {
    /// Joins conditions by `and`. Removes redundant parentheses.
    pub(super) fn all(parts: Vec<Self>) -> Self {
        let flat = parts.into_iter().flat_map(|part| match part {
            Self::All(inner) => inner,
            other => vec![other],
        });
        one_or(flat.collect(), Self::All)
    }

    /// Joins conditions by `or`. Removes redundant parentheses.
    pub(super) fn any(parts: Vec<Self>) -> Self {
        let flat = parts.into_iter().flat_map(|part| match part {
            Self::Any(inner) => inner,
            other => vec![other],
        });
        one_or(flat.collect(), Self::Any)
    }

    /// Whether the last condition is a bare word.
    pub(super) fn ends_in_word(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.last().is_some_and(Self::ends_in_word),
            Self::Not(part) => part.ends_in_word(),
            Self::Word(_) => true,
            Self::Known(_) | Self::Flag(_) | Self::Compare(_) => false,
        }
    }

    /// Whether the condition uses a field.
    pub(super) fn uses(&self, name: &str) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(|part| part.uses(name)),
            Self::Not(part) => part.uses(name),
            Self::Known(field) | Self::Flag(field) => field.name == name,
            Self::Compare(comparison) => comparison.field.name == name,
            Self::Word(_) => Word::is_searched_in(name),
        }
    }

    /// Whether a condition `field=…` accepts a value and not every value, also under `not`.
    pub(super) fn names_value(&self, field: &str, value: &str) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(|part| part.names_value(field, value)),
            Self::Not(part) => part.names_value(field, value),
            Self::Compare(comparison) if comparison.field.name == field => match &comparison.operand {
                Operand::Glob(glob) => {
                    comparison.operator == Operator::Is && glob.as_str() != "*" && glob.matches(value)
                }
                Operand::Pattern(pattern) => pattern.matches(value),
                Operand::Number(_) => false,
            },
            Self::Compare(_) | Self::Known(_) | Self::Flag(_) | Self::Word(_) => false,
        }
    }
}

fn one_or(mut parts: Vec<Expr>, many: impl FnOnce(Vec<Expr>) -> Expr) -> Expr {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            many(parts)
        }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(parts) => joined(f, parts, " and ", |part| matches!(part, Self::Any(_))),
            Self::Any(parts) => joined(f, parts, " or ", |_| false),
            Self::Not(part) => {
                f.write_str("not ")?;
                grouped(f, part, matches!(**part, Self::All(_) | Self::Any(_)))
            }
            Self::Known(field) => write!(f, "known({})", field.name),
            Self::Flag(field) => f.write_str(field.name),
            Self::Word(word) => {
                let text = word.as_str();
                let means_more =
                    is_keyword(text) || foreign_sign(text).is_some() || FilterField::named(text).is_some();
                value(f, text, is_word(text) && !means_more)
            }
            Self::Compare(comparison) => comparison.fmt(f),
        }
    }
}

fn joined(
    f: &mut fmt::Formatter<'_>,
    parts: &[Expr],
    between: &str,
    is_grouped: impl Fn(&Expr) -> bool,
) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(between)?;
        }
        grouped(f, part, is_grouped(part))?;
    }
    Ok(())
}

fn grouped(f: &mut fmt::Formatter<'_>, part: &Expr, is_grouped: bool) -> fmt::Result {
    if is_grouped {
        write!(f, "({part})")
    } else {
        part.fmt(f)
    }
}

fn value(f: &mut fmt::Formatter<'_>, text: &str, is_bare: bool) -> fmt::Result {
    if is_bare {
        f.write_str(text)
    } else {
        Quoted(text).fmt(f)
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.field.name, self.operator.symbol())?;
        match &self.operand {
            Operand::Glob(glob) => {
                let text = glob.as_str();
                value(f, text, is_word(text) && self.field.accepts_bare(text))
            }
            Operand::Pattern(pattern) => value(f, pattern.as_str(), is_word(pattern.as_str())),
            Operand::Number(number) => match self.field.kind() {
                FieldType::Duration => f.write_str(&unit::duration_text(*number)),
                FieldType::Size => f.write_str(&unit::size_text(*number)),
                _ => number.fmt(f),
            },
        }
    }
}

impl Filter {
    /// Returns the filter of sessions that have a text in any field, ignoring case.
    ///
    /// # Errors
    /// Returns a [`FilterError`] if the text is empty or too long.
    pub(crate) fn with_text(text: &str) -> Result<Self, FilterError> {
        Self::parse(&Quoted(text).to_string())
    }

    /// Adds a flag as a condition, or removes it.
    ///
    /// # Errors
    /// Returns a [`FilterError`] if the filter becomes too long or too deep.
    pub(crate) fn toggled(&self, flag: &'static FilterField) -> Result<Self, FilterError> {
        let is_flag = |part: &Expr| *part == Expr::Flag(flag);
        let before = self.text.trim();
        match self.expr.as_deref() {
            None => Self::parse(flag.name),
            Some(one) if is_flag(one) => Ok(Self::default()),
            Some(Expr::All(parts)) if parts.iter().any(is_flag) => {
                let others = parts.iter().filter(|part| !is_flag(part)).cloned();
                Self::parse(&Expr::all(others.collect()).to_string())
            }
            Some(Expr::Any(_)) => Self::parse(&format!("({before}) and {}", flag.name)),
            Some(_) => Self::parse(&format!("{before} and {}", flag.name)),
        }
    }

    /// Whether the flag is one of the conditions that all must match.
    pub(crate) fn needs(&self, flag: &'static FilterField) -> bool {
        self.has_condition(&Expr::Flag(flag))
    }

    /// Whether a condition is one of those that all must match.
    fn has_condition(&self, condition: &Expr) -> bool {
        match self.expr.as_deref() {
            Some(Expr::All(parts)) => parts.contains(condition),
            one => one == Some(condition),
        }
    }

    /// Narrows the filter to sessions whose raw text in `field` is exactly `text`.
    ///
    /// `None` narrows to sessions whose field is unknown. The new filter is written in the filter language
    /// and parsed like any other.
    ///
    /// # Errors
    /// Returns a [`FilterError`] if the filter becomes too long or too deep, or if `text` is not kept whole.
    pub(crate) fn narrowed(
        &self,
        field: &FilterField,
        text: Option<RawText<'_>>,
    ) -> Result<Self, FilterError> {
        let whole = text.map(|text| text.whole().ok_or_else(FilterError::not_kept));
        let condition = exactly(field, whole.transpose()?);
        if let Some(condition) = Self::parse(&condition)?.expr.as_deref()
            && self.has_condition(condition)
        {
            return Ok(self.clone());
        }
        let before = self.text.trim();
        match self.expr.as_deref() {
            None => Self::parse(&condition),
            Some(Expr::Any(_)) => Self::parse(&format!("({before}) and {condition}")),
            Some(_) => Self::parse(&format!("{before} and {condition}")),
        }
    }
}

fn exactly(field: &FilterField, text: Option<&str>) -> String {
    match text {
        None => format!("not known({})", field.name),
        Some("") if field.name == "reason" => format!("reason={NO_REASON}"),
        Some(text) if field.accepts_bare(&glob::escaped(text)) => {
            format!("{}={}", field.name, literal(text))
        }
        Some(text) => format!("{}={}", field.name, Quoted(&glob::escaped(text))),
    }
}

/// Returns a value that matches exactly this text, in quotes if needed.
pub(super) fn literal(text: &str) -> String {
    let pattern = glob::escaped(text);
    if is_word(&pattern) {
        pattern
    } else {
        Quoted(&pattern).to_string()
    }
}

/// A comparison operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Is,
    IsNot,
    Matches,
    Below,
    AtMost,
    Above,
    AtLeast,
}

impl Operator {
    /// All operators. One that is a prefix of another comes after it.
    pub(super) const ALL: [Self; 7] = [
        Self::IsNot,
        Self::AtMost,
        Self::AtLeast,
        Self::Is,
        Self::Matches,
        Self::Below,
        Self::Above,
    ];

    pub(super) const fn symbol(self) -> &'static str {
        match self {
            Self::Is => "=",
            Self::IsNot => "!=",
            Self::Matches => "~",
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Above => ">",
            Self::AtLeast => ">=",
        }
    }
}
