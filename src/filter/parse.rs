//! Parses a filter. Operators, from the loosest binding to the tightest:
//!
//! ```text
//! or         = and { "or" and }
//! and        = not { ["and"] not }
//! not        = "not" not | "(" or ")" | condition
//! ```
//!
//! A condition is defined in [`condition`](super::condition).

use winnow::Parser as _;
use winnow::combinator::{alt, cut_err, opt, preceded, repeat};
use winnow::error::{ErrMode, ParserError as _};
use winnow::stream::Location as _;

use super::MAX_FILTER_LEN;
use super::ast::Expr;
use super::condition::{condition, text};
use super::error::{ErrorKind, FilterError};
use super::lex::{LexInput, ParseError, Parsed, blanks, keyword, mistake, next_token, token};

/// Maximum nesting of parentheses and `not`. A filter is parsed and evaluated by recursion.
const MAX_DEPTH: usize = 64;

/// Parses a filter. Returns `None` for blanks alone.
pub(super) fn parse(text: &str) -> Result<Option<Expr>, FilterError> {
    let read = if text.len() > MAX_FILTER_LEN {
        mistake(MAX_FILTER_LEN..text.len(), ErrorKind::TooLong)
    } else {
        filter(&mut LexInput::new(text))
    };
    read.map_err(|error| {
        let ParseError { mut at, kind } = match error {
            ErrMode::Backtrack(mistake) | ErrMode::Cut(mistake) => mistake,
            ErrMode::Incomplete(_) => ParseError::from_input(&LexInput::new("")),
        };
        let kind = kind.unwrap_or_else(|| {
            let (length, found) = token(text.get(at.start..).unwrap_or_default());
            at.end = at.start + length;
            ErrorKind::NoCondition { found }
        });
        let column = |index: usize| {
            text.char_indices()
                .take_while(|(start, _)| *start < index)
                .count()
        };
        FilterError {
            column: column(at.start),
            end: column(at.end),
            kind,
        }
    })
}

fn filter(input: &mut LexInput<'_>) -> Parsed<Option<Expr>> {
    blanks(input)?;
    if input.is_empty() {
        return Ok(None);
    }
    let expr = either(input, 0)?;
    if input.is_empty() {
        Ok(Some(expr))
    } else {
        Err(ErrMode::Cut(ParseError::from_input(input)))
    }
}

fn either(input: &mut LexInput<'_>, depth: usize) -> Parsed<Expr> {
    let one = |input: &mut LexInput<'_>| both(input, depth);
    let mut parts = vec![one(input)?];
    let rest: Vec<_> = repeat(0.., preceded(keyword("or"), cut_err(one))).parse_next(input)?;
    parts.extend(rest);
    Ok(Expr::any(parts))
}

fn both(input: &mut LexInput<'_>, depth: usize) -> Parsed<Expr> {
    let one = |input: &mut LexInput<'_>| negated(input, depth);
    let mut parts = vec![one(input)?];
    let rest: Vec<_> = repeat(0.., alt((preceded(keyword("and"), cut_err(one)), one))).parse_next(input)?;
    parts.extend(rest);
    Ok(Expr::all(parts))
}

/// Parses a condition, a group or a negation, with the blanks after it.
fn negated(input: &mut LexInput<'_>, depth: usize) -> Parsed<Expr> {
    if depth > MAX_DEPTH {
        let (at, _) = next_token(input);
        return mistake(at, ErrorKind::TooDeep);
    }
    if input.starts_with('!') {
        let (at, _) = next_token(input);
        let (found, keyword) = ("!", "not");
        return mistake(at, ErrorKind::ForeignSign { found, keyword });
    }
    let opposite = |input: &mut LexInput<'_>| negated(input, depth + 1);
    let group = |input: &mut LexInput<'_>| group(input, depth);
    alt((
        preceded(keyword("not"), cut_err(opposite)).map(|part| Expr::Not(Box::new(part))),
        group,
        text,
        condition,
    ))
    .parse_next(input)
}

fn group(input: &mut LexInput<'_>, depth: usize) -> Parsed<Expr> {
    let start = input.current_token_start();
    ('(', blanks).parse_next(input)?;
    let inner = cut_err(|input: &mut LexInput<'_>| either(input, depth + 1)).parse_next(input)?;
    if opt((')', blanks)).parse_next(input)?.is_none() {
        let (_, found) = next_token(input);
        return mistake(start..start + 1, ErrorKind::OpenParenthesis { found });
    }
    Ok(inner)
}
