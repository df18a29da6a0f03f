//! Patterns: globs and regular expressions.
//!
//! In a glob `*` matches any text, also an empty one, and `?` matches one character. Case is significant. A
//! backslash escapes `*`, `?` and a backslash; any other backslash is literal. Regular expressions are
//! limited in size, and take time linear in the text.

use regex::{Regex, RegexBuilder};

use super::form::TextForm;
use super::ternary::Ternary;
use crate::model::{RawText, composed};

/// A glob, split at its stars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Glob {
    source: String,
    /// Start of the text. Without any star, the whole text.
    head: Piece,
    /// Pieces that must follow, in this order.
    middle: Vec<Piece>,
    /// End of the text; `None` without any star.
    tail: Option<Piece>,
}

/// A part without a star.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Literal(String),
    /// `None` matches any character.
    Characters(Vec<Option<char>>),
}

impl Glob {
    pub(super) fn new(source: &str) -> Self {
        Self::of_tokens(source, Tokens { rest: source })
    }

    /// Parses a pattern as version 0.1 did: a backslash is literal.
    fn of_0_1(source: &str) -> Self {
        Self::of_tokens(source, source.chars().map(GlobToken::of))
    }

    fn of_tokens(source: &str, tokens: impl Iterator<Item = GlobToken>) -> Self {
        let mut pieces = vec![Vec::new()];
        for token in tokens {
            match (token, pieces.last_mut()) {
                (GlobToken::Star, _) | (_, None) => pieces.push(Vec::new()),
                (GlobToken::Any, Some(piece)) => piece.push(None),
                (GlobToken::Literal(c), Some(piece)) => piece.push(Some(c)),
            }
        }
        let mut pieces = pieces.into_iter().map(Piece::new);
        let head = pieces.next().unwrap_or_else(|| Piece::new(Vec::new()));
        let tail = pieces.next_back();
        Self {
            source: source.to_owned(),
            head,
            middle: pieces.filter(|piece| !piece.is_empty()).collect(),
            tail,
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.source
    }

    /// Tests a text in one of its forms.
    ///
    /// A text that is not kept whole has only a digest: a pattern with `*` or `?` gives `Unknown`.
    pub(super) fn test(&self, text: RawText<'_>, form: TextForm) -> Ternary {
        match (form, text.whole()) {
            (TextForm::Raw, Some(whole)) => Ternary::of(self.matches(whole)),
            (TextForm::Raw, None) => self.is_exactly(text),
            (TextForm::Shown, _) => Ternary::of(self.matches(&text.shown())),
            (TextForm::ShownBy01, _) => Ternary::of(Self::of_0_1(&self.source).matches(&text.shown_by_0_1())),
            (TextForm::Composed, Some(whole)) => {
                Ternary::of(Self::new(&composed(&self.source)).matches(&composed(whole)))
            }
            (TextForm::Composed, None) if text.kept().is_ascii() => self.is_exactly(text),
            (TextForm::Composed, None) => Ternary::Unknown,
        }
    }

    fn is_exactly(&self, text: RawText<'_>) -> Ternary {
        match (&self.head, &self.tail) {
            (Piece::Literal(literal), None) => Ternary::of(text.is(literal)),
            _ => Ternary::Unknown,
        }
    }

    /// Whether a text matches.
    ///
    /// Matches each piece at its first occurrence. If any placement matches, this one does.
    pub(super) fn matches(&self, text: &str) -> bool {
        let Some(mut rest) = self.head.strip(text) else {
            return false;
        };
        let Some(tail) = &self.tail else {
            return rest.is_empty();
        };
        for piece in &self.middle {
            let Some(after) = piece.find(rest) else {
                return false;
            };
            rest = after;
        }
        tail.ends(rest)
    }
}

/// Whether a pattern has a wildcard.
pub(super) fn is_pattern(source: &str) -> bool {
    let glob = Glob::new(source);
    glob.tail.is_some() || !matches!(glob.head, Piece::Literal(_))
}

/// Returns a pattern that matches exactly this text.
pub(super) fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for c in text.chars() {
        if is_special(c) {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}

/// Returns the text that [`escaped`] was given. Stars and question marks without a backslash stay.
pub(super) fn unescaped(pattern: &str) -> String {
    let tokens = Tokens { rest: pattern };
    tokens
        .map(|token| match token {
            GlobToken::Star => '*',
            GlobToken::Any => '?',
            GlobToken::Literal(c) => c,
        })
        .collect()
}

const fn is_special(c: char) -> bool {
    matches!(c, '*' | '?' | '\\')
}

#[derive(Clone, Copy)]
enum GlobToken {
    Star,
    Any,
    Literal(char),
}

impl GlobToken {
    const fn of(c: char) -> Self {
        match c {
            '*' => Self::Star,
            '?' => Self::Any,
            c => Self::Literal(c),
        }
    }
}

struct Tokens<'s> {
    rest: &'s str,
}

impl Iterator for Tokens<'_> {
    type Item = GlobToken;

    fn next(&mut self) -> Option<GlobToken> {
        let mut rest = self.rest.chars();
        let first = rest.next()?;
        self.rest = rest.as_str();
        let second = rest.next().filter(|second| first == '\\' && is_special(*second));
        let Some(literal) = second else {
            return Some(GlobToken::of(first));
        };
        self.rest = rest.as_str();
        Some(GlobToken::Literal(literal))
    }
}

impl Piece {
    fn new(characters: Vec<Option<char>>) -> Self {
        match characters.iter().copied().collect() {
            Some(literal) => Self::Literal(literal),
            None => Self::Characters(characters),
        }
    }

    const fn is_empty(&self) -> bool {
        match self {
            Self::Literal(literal) => literal.is_empty(),
            Self::Characters(characters) => characters.is_empty(),
        }
    }

    /// Returns what follows this piece at the beginning of a text.
    fn strip<'t>(&self, text: &'t str) -> Option<&'t str> {
        let characters = match self {
            Self::Literal(literal) => return text.strip_prefix(literal.as_str()),
            Self::Characters(characters) => characters,
        };
        let mut rest = text.chars();
        for wanted in characters {
            let found = rest.next()?;
            if wanted.is_some_and(|wanted| wanted != found) {
                return None;
            }
        }
        Some(rest.as_str())
    }

    /// Returns what follows this piece at its first position.
    fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        if let Self::Literal(literal) = self {
            return text.split_once(literal.as_str()).map(|(_, after)| after);
        }
        let starts = text.char_indices().map(|(start, _)| start);
        starts
            .filter_map(|start| text.get(start..))
            .find_map(|from| self.strip(from))
    }

    fn ends(&self, text: &str) -> bool {
        let characters = match self {
            Self::Literal(literal) => return text.ends_with(literal.as_str()),
            Self::Characters(characters) => characters,
        };
        let mut rest = text.chars().rev();
        let mut wanted = characters.iter().rev();
        wanted.all(|wanted| {
            let found = rest.next();
            found.is_some() && wanted.is_none_or(|wanted| found == Some(wanted))
        })
    }
}

/// Maximum size of a compiled regular expression, and of its cache, in bytes.
const MAX_COMPILED_SIZE: usize = 256 * 1024;
/// Maximum nesting of a regular expression.
const MAX_NESTING: u32 = 64;

/// A compiled regular expression. Two are equal if their sources are.
#[derive(Clone, Debug)]
pub(super) struct Pattern(Regex);

impl Pattern {
    /// Compiles a regular expression. The error is one line.
    pub(super) fn new(source: &str) -> Result<Self, String> {
        let compiled = RegexBuilder::new(source)
            .size_limit(MAX_COMPILED_SIZE)
            .dfa_size_limit(MAX_COMPILED_SIZE)
            .nest_limit(MAX_NESTING)
            .build();
        compiled.map(Self).map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
            error => last_line(&error.to_string()),
        })
    }

    pub(super) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

/// Returns the last line of an error of the library. The lines before it show the pattern.
fn last_line(report: &str) -> String {
    let last = report.lines().last().unwrap_or_default();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}
