//! What a filter says, and the one way to write it.

use std::fmt::{self, Display as _};

use super::field::{Field, Kind};
use super::glob::Glob;
use super::lex::{Quoted, is_keyword, is_word};
use super::operator::Operator;
use super::pattern::Pattern;
use super::unit;
use super::word::Word;

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expr {
    /// Every one of them; two at least.
    All(Vec<Expr>),
    /// One of them; two at least.
    Any(Vec<Expr>),
    /// The opposite.
    Not(Box<Expr>),
    /// A field is known.
    Known(&'static Field),
    /// A flag.
    Flag(&'static Field),
    /// A text in any field.
    Word(Word),
    /// A field against a value.
    Compare(Comparison),
}

/// A field against a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Comparison {
    pub(super) field: &'static Field,
    pub(super) operator: Operator,
    pub(super) operand: Operand,
}

/// What a field is held against.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    Glob(Glob),
    Pattern(Pattern),
    /// A number, milliseconds or bytes, as the field has it.
    Number(u64),
}

impl Expr {
    /// All of them. Parentheses that change nothing are gone.
    pub(super) fn all(parts: Vec<Self>) -> Self {
        let flat = parts.into_iter().flat_map(|part| match part {
            Self::All(inner) => inner,
            other => vec![other],
        });
        one_or(flat.collect(), Self::All)
    }

    /// One of them. Parentheses that change nothing are gone.
    pub(super) fn any(parts: Vec<Self>) -> Self {
        let flat = parts.into_iter().flat_map(|part| match part {
            Self::Any(inner) => inner,
            other => vec![other],
        });
        one_or(flat.collect(), Self::Any)
    }

    /// Whether a field is asked for.
    pub(super) fn asks(&self, name: &str) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(|part| part.asks(name)),
            Self::Not(part) => part.asks(name),
            Self::Known(field) | Self::Flag(field) => field.name == name,
            Self::Compare(comparison) => comparison.field.name == name,
            Self::Word(_) => Word::is_looked_for_in(name),
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
                let means_more = is_keyword(text) || Field::named(text).is_some();
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
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
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
            Operand::Glob(glob) => value(f, glob.as_str(), is_word(glob.as_str())),
            Operand::Pattern(pattern) => value(f, pattern.as_str(), is_word(pattern.as_str())),
            Operand::Number(number) => match self.field.kind() {
                Kind::Duration => f.write_str(&unit::duration_text(*number)),
                Kind::Size => f.write_str(&unit::size_text(*number)),
                _ => number.fmt(f),
            },
        }
    }
}
