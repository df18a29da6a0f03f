//! The tokens of a filter: words, quoted texts, operators, with their positions.

use std::fmt::{self, Write as _};
use std::ops::Range;

use winnow::combinator::{alt, opt, peek, preceded, repeat};
use winnow::error::{ErrMode, ParserError};
use winnow::stream::{Location as _, Stream as _};
use winnow::token::{one_of, take_while};
use winnow::{LocatingSlice, ModalResult, Parser as _};

use super::ast::Operator;
use super::error::{ErrorKind, shown};
use super::field::FilterField;

/// Rest of the filter that is being parsed.
pub(super) type LexInput<'i> = LocatingSlice<&'i str>;

/// Result of a parser.
pub(super) type Parsed<T> = ModalResult<T, ParseError>;

/// An error with its range in bytes.
#[derive(Debug)]
pub(super) struct ParseError {
    pub(super) at: Range<usize>,
    /// `None` if no condition was found. Usually discarded by backtracking.
    pub(super) kind: Option<ErrorKind>,
}

impl<'i> ParserError<LexInput<'i>> for ParseError {
    type Inner = Self;

    fn from_input(input: &LexInput<'i>) -> Self {
        let start = input.current_token_start();
        Self {
            at: start..start,
            kind: None,
        }
    }

    fn into_inner(self) -> Result<Self::Inner, Self> {
        Ok(self)
    }
}

/// Returns an error that stops the parser without backtracking.
pub(super) fn mistake<T>(at: Range<usize>, kind: ErrorKind) -> Parsed<T> {
    Err(ErrMode::Cut(ParseError { at, kind: Some(kind) }))
}

const KEYWORDS: [&str; 3] = ["and", "or", "not"];

/// Whether a bare word is a keyword.
pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.iter().any(|keyword| keyword.eq_ignore_ascii_case(word))
}

/// Signs that other languages write for a keyword, and the keyword.
const SIGNS: [(&str, &str); 2] = [("&&", "and"), ("||", "or")];

/// Returns a sign in a bare word that other languages write for a keyword or operator, and what to write:
/// `&&` for `and`, `user:app` for `user=app`.
pub(super) fn foreign_sign(word: &str) -> Option<(&'static str, &'static str)> {
    let sign = SIGNS.into_iter().find(|(sign, _)| word.contains(sign));
    sign.or_else(|| {
        let (name, _) = word.split_once(':')?;
        FilterField::named(name).map(|_| (":", "="))
    })
}

/// Operators of other languages, and what to write. None of them begins a valid comparison.
const FOREIGN_OPERATORS: [(&str, &str); 4] =
    [("==", "="), ("=~", "~"), ("<>", "!="), ("!~", "not FIELD~TEXT")];

/// Returns the operator of another language that the input begins with, and what to write.
pub(super) fn foreign_operator(input: &str) -> Option<(&'static str, &'static str)> {
    FOREIGN_OPERATORS
        .into_iter()
        .find(|(sign, _)| input.starts_with(sign))
}

/// Whether a text needs no quotes.
pub(super) fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_word_char)
}

pub(super) fn is_word_char(c: char) -> bool {
    !c.is_whitespace() && !matches!(c, '(' | ')' | '\'' | '"' | '=' | '!' | '~' | '<' | '>')
}

/// Skips blanks. Returns whether there were any.
pub(super) fn blanks(input: &mut LexInput<'_>) -> Parsed<bool> {
    let blanks = take_while(0.., char::is_whitespace).parse_next(input)?;
    Ok(!blanks.is_empty())
}

/// Parses a bare word or keyword.
pub(super) fn word<'i>(input: &mut LexInput<'i>) -> Parsed<&'i str> {
    take_while(1.., is_word_char).parse_next(input)
}

/// Parses a keyword, as a whole word, with the blanks after it.
pub(super) fn keyword(name: &'static str) -> impl FnMut(&mut LexInput<'_>) -> Parsed<()> {
    move |input| {
        let is_it = |word: &&str| word.eq_ignore_ascii_case(name);
        (word.verify(is_it), blanks).void().parse_next(input)
    }
}

/// Parses an operator.
pub(super) fn operator(input: &mut LexInput<'_>) -> Parsed<Operator> {
    let start = input.checkpoint();
    for operator in Operator::ALL {
        if let Some(operator) = opt(operator.symbol().value(operator)).parse_next(input)? {
            return Ok(operator);
        }
    }
    input.reset(&start);
    Err(ErrMode::Backtrack(ParseError::from_input(input)))
}

/// Parses a text in quotes.
///
/// All characters are literal, but a backslash before the quote makes it part of the text, and backslashes
/// before a quote must be doubled.
pub(super) fn quoted(input: &mut LexInput<'_>) -> Parsed<String> {
    let start = input.current_token_start();
    let quote = one_of(['\'', '"']).parse_next(input)?;
    let text = repeat(0.., |input: &mut LexInput<'_>| stretch(input, quote))
        .fold(String::new, |mut text, part: String| {
            text.push_str(&part);
            text
        })
        .parse_next(input)?;
    if opt(quote).parse_next(input)?.is_none() {
        return mistake(start..start + 1, ErrorKind::OpenQuote);
    }
    Ok(text)
}

/// Parses a part of the text between quotes.
fn stretch(input: &mut LexInput<'_>, quote: char) -> Parsed<String> {
    let plain = take_while(1.., move |c| c != quote && c != '\\').map(str::to_owned);
    let backslashes = |input: &mut LexInput<'_>| {
        let run = take_while(1.., '\\').parse_next(input)?;
        if opt(peek(quote)).parse_next(input)?.is_none() {
            return Ok(run.to_owned());
        }
        let mut text = "\\".repeat(run.len() / 2);
        if run.len() % 2 == 1 {
            text.push(one_of(quote).parse_next(input)?);
        }
        Ok(text)
    };
    alt((plain, backslashes)).parse_next(input)
}

/// Returns the next token for an error, with its range.
pub(super) fn next_token(input: &LexInput<'_>) -> (Range<usize>, String) {
    let start = input.current_token_start();
    let (len, found) = token(input);
    (start..start + len, found)
}

/// Returns the first token of a text for an error, with its length.
pub(super) fn token(text: &str) -> (usize, String) {
    let word = text.find(|c| !is_word_char(c)).unwrap_or(text.len());
    let one = text.chars().next().map_or(0, char::len_utf8);
    match text.get(..word.max(one)) {
        Some(token) if !token.is_empty() => (token.len(), format!("'{}'", shown(token))),
        _ => (0, "the end".to_owned()),
    }
}

/// Skips blanks before a parser.
pub(super) fn after_blanks<'i, T>(
    parser: impl FnMut(&mut LexInput<'i>) -> Parsed<T>,
) -> impl FnMut(&mut LexInput<'i>) -> Parsed<T> {
    let mut parser = preceded(blanks, parser);
    move |input| parser.parse_next(input)
}

/// A text to be written in quotes, in double quotes if that needs no backslash.
pub(super) struct Quoted<'t>(pub(super) &'t str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quote = if self.0.contains('\'') && !self.0.contains('"') {
            '"'
        } else {
            '\''
        };
        let mut run = 0;
        f.write_char(quote)?;
        for c in self.0.chars() {
            if c == quote {
                write!(f, "{:\\<width$}", "", width = run + 1)?;
            }
            run = if c == '\\' { run + 1 } else { 0 };
            f.write_char(c)?;
        }
        write!(f, "{:\\<run$}{quote}", "")
    }
}
