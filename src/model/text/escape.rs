//! The only sanitizer: which characters of an untrusted text are shown, and how the others are
//! written.
//!
//! A character is escaped if it can act on a terminal or deceive a reader: control characters,
//! bidirectional controls, line separators, blanks other than the space, everything invisible, and
//! characters for private use. A combining mark is shown on a letter or a sign that it can belong
//! to, up to [`MAX_MARKS`] on one; elsewhere it would change what is next to the text.

use std::borrow::Cow;
use std::fmt::Write as _;

use icu_properties::CodePointMapData;
use icu_properties::props::GeneralCategory;
use unicode_width::UnicodeWidthChar as _;

/// Maximum number of combining marks shown on one character.
const MAX_MARKS: u8 = 8;

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextPiece<'a> {
    /// Characters that can be shown as they are.
    Plain(&'a str),
    /// A character that must be escaped. The backslash too, because every escape begins with it.
    Escaped(char),
}

/// Iterator over the pieces of a text: parts that can be shown as they are, and characters to escape.
#[derive(Clone, Debug)]
pub struct Pieces<'a> {
    rest: &'a str,
    before: Before,
}

impl<'a> Pieces<'a> {
    /// Splits a text into its pieces.
    pub(crate) const fn of(text: &'a str) -> Self {
        Self {
            rest: text,
            before: Before::Nothing,
        }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = TextPiece<'a>;

    fn next(&mut self) -> Option<TextPiece<'a>> {
        let mut end = 0;
        for c in self.rest.chars() {
            let Some(after) = self.before.show(c) else {
                break;
            };
            self.before = after;
            end += c.len_utf8();
        }
        if let Some((plain, rest)) = self.rest.split_at_checked(end)
            && !plain.is_empty()
        {
            self.rest = rest;
            return Some(TextPiece::Plain(plain));
        }
        let mut rest = self.rest.chars();
        let hidden = rest.next()?;
        self.rest = rest.as_str();
        self.before = Before::Nothing;
        Some(TextPiece::Escaped(hidden))
    }
}

/// Context before a character. Decides whether a mark can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    /// A context that takes no mark: the start, a blank, ASCII punctuation, an escape.
    Nothing,
    /// A character that takes marks, and the number that it has.
    Base(u8),
    /// A Hangul consonant at the start of a syllable.
    Lead,
    /// A Hangul syllable without a final consonant.
    Open,
}

impl Before {
    /// Returns the context after `c`; `None` if `c` must be escaped.
    fn show(self, c: char) -> Option<Self> {
        if c.is_ascii() {
            let is_shown = matches!(c, ' '..='~') && c != '\\';
            let takes_marks = c.is_ascii_alphanumeric();
            return is_shown.then_some(if takes_marks { Self::Base(0) } else { Self::Nothing });
        }
        match (kind(c), self) {
            (Kind::Base, _) | (Kind::Final, Self::Open) => Some(Self::Base(0)),
            (Kind::Mark, Self::Base(marks)) if marks < MAX_MARKS => Some(Self::Base(marks + 1)),
            (Kind::Mark, Self::Lead | Self::Open) => Some(Self::Base(1)),
            (Kind::Lead, _) => Some(Self::Lead),
            (Kind::Syllable, _) | (Kind::Vowel, Self::Lead) => Some(Self::Open),
            _ => None,
        }
    }
}

/// How a character behaves in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Takes at least one cell, and takes marks.
    Base,
    /// Combines with the character before it.
    Mark,
    /// A Hangul consonant at the start of a syllable; it combines with a vowel.
    Lead,
    /// A Hangul syllable of consonant and vowel, which combines with a final consonant.
    Syllable,
    /// A Hangul vowel that combines with the consonant before it.
    Vowel,
    /// A Hangul consonant that combines with the syllable before it.
    Final,
    /// Must be escaped.
    Hidden,
}

fn kind(c: char) -> Kind {
    use GeneralCategory as Category;
    match c {
        '\u{1100}'..='\u{115e}' | '\u{a960}'..='\u{a97c}' => return Kind::Lead,
        '\u{1161}'..='\u{11a7}' | '\u{d7b0}'..='\u{d7c6}' => return Kind::Vowel,
        '\u{11a8}'..='\u{11ff}' | '\u{d7cb}'..='\u{d7fb}' => return Kind::Final,
        '\u{ac00}'..='\u{d7a3}' if (u32::from(c) - 0xac00).is_multiple_of(28) => return Kind::Syllable,
        _ if is_invisible(c) => return Kind::Hidden,
        _ => {}
    }
    match CodePointMapData::<GeneralCategory>::new().get(c) {
        Category::NonspacingMark | Category::SpacingMark | Category::EnclosingMark => Kind::Mark,
        Category::Control
        | Category::LineSeparator
        | Category::ParagraphSeparator
        | Category::SpaceSeparator
        | Category::PrivateUse
        | Category::Surrogate => Kind::Hidden,
        Category::Format if !is_number_sign(c) => Kind::Hidden,
        _ if c.width().is_none_or(|width| width == 0) => Kind::Hidden,
        _ => Kind::Base,
    }
}

/// Invisible characters that are letters, marks or signs by their category, and noncharacters.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{34f}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{2065}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fdd0}'..='\u{fdef}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1d159}'
            | '\u{e0000}'..='\u{e0fff}'
    ) || (c as u32) & 0xfffe == 0xfffe
}

/// Signs of Arabic, Syriac and Kaithi that enclose the digits after them: the only visible
/// characters of category Format.
const fn is_number_sign(c: char) -> bool {
    matches!(
        c,
        '\u{600}'
            ..='\u{605}'
                | '\u{6dd}'
                | '\u{70f}'
                | '\u{890}'
                | '\u{891}'
                | '\u{8e2}'
                | '\u{110bd}'
                | '\u{110cd}'
    )
}

/// Whether a text consists of printable ASCII characters. Only a backslash in it may be escaped.
pub(crate) fn is_printable_ascii(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Whether a text is shown as it is. Handles the common case, ASCII, without allocating.
pub(super) fn is_plain(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b' '..=b'~') && byte != b'\\')
}

/// Returns the shown form of a text. A backslash is doubled, so no text can imitate an escape.
pub(super) fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for piece in Pieces::of(text) {
        match piece {
            TextPiece::Plain(plain) => shown.push_str(plain),
            TextPiece::Escaped(c) => push_escape(&mut shown, c),
        }
    }
    shown
}

/// Returns a line for display. For text that the user typed, or that is sanitized in parts already: a
/// backslash stays as it is.
pub fn visible(text: &str) -> Cow<'_, str> {
    if is_printable_ascii(text) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for piece in Pieces::of(text) {
        match piece {
            TextPiece::Plain(plain) => shown.push_str(plain),
            TextPiece::Escaped('\\') => shown.push('\\'),
            TextPiece::Escaped(c) => push_escape(&mut shown, c),
        }
    }
    Cow::Owned(shown)
}

fn push_escape(shown: &mut String, c: char) {
    match c {
        '\\' => shown.push_str("\\\\"),
        '\n' => shown.push_str("\\n"),
        '\r' => shown.push_str("\\r"),
        '\t' => shown.push_str("\\t"),
        _ => {
            // Writing to a String cannot fail.
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
        }
    }
}

/// Returns the form that version 0.1 showed: every character without a width was escaped.
pub(super) fn escaped_by_0_1(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        let is_private = matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}');
        let is_blank = c != ' ' && c.is_whitespace();
        if c == '\\' || is_private || is_blank || c.width().is_none_or(|width| width == 0) {
            push_escape(&mut shown, c);
        } else {
            shown.push(c);
        }
    }
    shown
}
