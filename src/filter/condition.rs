//! Parses one condition.
//!
//! ```text
//! condition  = "known" "(" field ")" | field operator value | flag | text
//! ```

use std::ops::Range;

use winnow::Parser as _;
use winnow::combinator::{alt, opt, peek};
use winnow::stream::Location as _;
use winnow::token::any;

use super::ast::Operator;
use super::ast::{Comparison, Expr, Operand};
use super::error::{ErrorKind, shown};
use super::field::{FieldType, FilterField};
use super::glob::Glob;
use super::glob::Pattern;
use super::lex::{
    LexInput, Parsed, after_blanks, blanks, foreign_operator, foreign_sign, is_keyword, mistake, next_token,
    operator, quoted, word,
};
use super::saved::SavedFilters;
use super::unit;
use super::word::Word;

/// Parses a text in quotes, which is searched for in every field.
pub(super) fn text(input: &mut LexInput<'_>) -> Parsed<Expr> {
    let (text, at) = quoted.with_span().parse_next(input)?;
    ends(input)?;
    blanks(input)?;
    Word::new(&text).map_or_else(|| mistake(at, ErrorKind::NoText), |word| Ok(Expr::Word(word)))
}

/// Parses a condition that begins with a bare word. What follows decides whether it is a field.
pub(super) fn condition(input: &mut LexInput<'_>) -> Parsed<Expr> {
    let (name, at) = word
        .verify(|word: &str| !is_keyword(word))
        .with_span()
        .parse_next(input)?;
    if name.eq_ignore_ascii_case("known")
        && opt(after_blanks(|i| '('.parse_next(i)))
            .parse_next(input)?
            .is_some()
    {
        return known(input);
    }
    no_foreign_operator(input)?;
    if opt(peek(after_blanks(operator))).parse_next(input)?.is_some() {
        return comparison(input, name, at);
    }
    if let Some((found, keyword)) = foreign_sign(name) {
        let start = at.start + name.find(found).unwrap_or_default();
        return mistake(
            start..start + found.len(),
            ErrorKind::ForeignSign { found, keyword },
        );
    }
    ends(input)?;
    blanks(input)?;
    match FilterField::named(name) {
        Some(flag) if flag.kind() == FieldType::Flag => return Ok(Expr::Flag(flag)),
        Some(field) => {
            let (found, example) = (shown(name), field.example);
            return mistake(at, ErrorKind::FieldAlone { found, example });
        }
        None => {}
    }
    if SavedFilters::is_reference_inside(name) {
        let found = shown(name);
        return mistake(at, ErrorKind::NameInside { found });
    }
    Word::new(name).map_or_else(|| mistake(at, ErrorKind::NoText), |word| Ok(Expr::Word(word)))
}

/// Returns an error if an operator of another language follows.
fn no_foreign_operator(input: &LexInput<'_>) -> Parsed<()> {
    let mut rest = *input;
    blanks(&mut rest)?;
    let start = rest.current_token_start();
    foreign_operator(&rest).map_or(Ok(()), |(found, keyword)| {
        mistake(
            start..start + found.len(),
            ErrorKind::ForeignSign { found, keyword },
        )
    })
}

/// Returns an error if a unit follows after a blank, as in `idle>5 min`.
fn no_detached_unit(input: &LexInput<'_>, kind: FieldType, value: &str) -> Parsed<()> {
    let mut rest = *input;
    let Some((next, at)) = opt(word.with_span()).parse_next(&mut rest)? else {
        return Ok(());
    };
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    if is_letter(value.chars().next_back()) == is_letter(next.chars().next()) {
        return Ok(());
    }
    let joined = format!("{value}{next}");
    let fits = match kind {
        FieldType::Duration => unit::duration(&joined).is_some(),
        FieldType::Size => unit::size(&joined).is_some(),
        FieldType::Text | FieldType::Number | FieldType::Flag => false,
    };
    if fits {
        return mistake(at, ErrorKind::Detached { joined });
    }
    Ok(())
}

/// Parses the rest of `known(field)`.
fn known(input: &mut LexInput<'_>) -> Parsed<Expr> {
    blanks(input)?;
    let Some((name, at)) = opt(word.with_span()).parse_next(input)? else {
        let (at, found) = next_token(input);
        return mistake(at, ErrorKind::Known { found });
    };
    let Some(field) = FilterField::named(name) else {
        return mistake(at, ErrorKind::unknown_field(name));
    };
    if opt((blanks, ')', blanks)).parse_next(input)?.is_none() {
        let (at, found) = next_token(input);
        return mistake(at, ErrorKind::Known { found });
    }
    Ok(Expr::Known(field))
}

/// Parses the rest of `field operator value`.
fn comparison(input: &mut LexInput<'_>, name: &str, at: Range<usize>) -> Parsed<Expr> {
    let Some(field) = FilterField::named(name) else {
        return mistake(at, ErrorKind::unknown_field(name));
    };
    let is_apart = blanks(input)?;
    let (operator, at) = operator.with_span().parse_next(input)?;
    let (kind, found) = (field.kind(), operator.symbol());
    if kind == FieldType::Flag {
        return mistake(
            at,
            ErrorKind::FlagWithValue {
                field: field.name,
                found,
            },
        );
    }
    if !kind.operators().contains(&operator) {
        return mistake(
            at,
            ErrorKind::Operator {
                field: field.name,
                kind,
                found,
            },
        );
    }
    let is_quoted = input.trim_start().starts_with(['\'', '"']);
    let (mut value, at) = value(input, kind, operator, is_apart)?;
    ends(input)?;
    blanks(input)?;
    no_detached_unit(input, kind, &value)?;
    if matches!(operator, Operator::Is | Operator::IsNot) {
        if let Err(why) = field.check_value(&value, is_quoted) {
            return mistake(at, why);
        }
        value = field.meant(value);
    }
    Ok(Expr::Compare(Comparison {
        field,
        operator,
        operand: operand(kind, operator, &value, at)?,
    }))
}

/// Parses the value after an operator.
///
/// `user=` followed by a blank or the end means the empty text, so that an unset shell variable does not
/// swallow the next word. With a blank before the operator a value is required.
fn value(
    input: &mut LexInput<'_>,
    kind: FieldType,
    operator: Operator,
    is_apart: bool,
) -> Parsed<(String, Range<usize>)> {
    let is_close = kind == FieldType::Text && !is_apart;
    let may_be_empty = is_close && operator != Operator::Matches;
    if !is_close {
        blanks(input)?;
    }
    let bare = word.verify(|word: &str| !is_apart || !is_keyword(word));
    let start = input.current_token_start();
    let found = opt(alt((quoted, bare.map(str::to_owned))).with_span()).parse_next(input)?;
    match found {
        Some(found) => Ok(found),
        None if may_be_empty && is_at_end(input) => Ok((String::new(), start..start)),
        None => {
            let (at, found) = next_token(input);
            let operator = operator.symbol();
            mistake(
                at,
                ErrorKind::NoValue {
                    kind,
                    operator,
                    found,
                },
            )
        }
    }
}

fn operand(kind: FieldType, operator: Operator, value: &str, at: Range<usize>) -> Parsed<Operand> {
    let number = match kind {
        FieldType::Text | FieldType::Flag if operator == Operator::Matches => {
            return match Pattern::new(value) {
                Ok(pattern) => Ok(Operand::Pattern(pattern)),
                Err(why) => mistake(at, ErrorKind::Pattern { why: shown(&why) }),
            };
        }
        FieldType::Text | FieldType::Flag => return Ok(Operand::Glob(Glob::new(value))),
        FieldType::Number => unit::number(value),
        FieldType::Duration => unit::duration(value),
        FieldType::Size => unit::size(value),
    };
    let found = shown(value);
    number.map_or_else(
        || mistake(at, ErrorKind::Value { kind, found }),
        |number| Ok(Operand::Number(number)),
    )
}

/// Whether the input is at the end of a text: a blank, a closing parenthesis or the end.
fn is_at_end(input: &LexInput<'_>) -> bool {
    let mut rest = *input;
    let next: Parsed<char> = any.parse_next(&mut rest);
    next.map_or(true, |c| c == ')' || c.is_whitespace())
}

/// Returns an error unless the input is at the end of a text.
fn ends(input: &LexInput<'_>) -> Parsed<()> {
    if is_at_end(input) {
        return Ok(());
    }
    let mut rest = *input;
    let start = input.current_token_start();
    let next: char = any.parse_next(&mut rest)?;
    mistake(
        start..start + next.len_utf8(),
        ErrorKind::Glued {
            found: format!("'{}'", shown(next.encode_utf8(&mut [0; 4]))),
        },
    )
}
