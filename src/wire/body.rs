//! The shape of a body before it is decoded, and conversion to text, also of bytes that are not UTF-8.

use std::borrow::Cow;

use serde_json::error::Category;

use super::WireError;
use crate::model::{Text, TextLimit};

/// Kind of body, detected from its first non-blank byte. Used to find the dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `[`: the draft's list.
    Array,
    /// `{`: JSON:API, or one object of the draft.
    Object,
    /// `<`: a page for a browser.
    Html,
    /// An empty body.
    Empty,
    /// Any other body.
    Other,
}

impl Shape {
    /// Returns the name used in messages.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Array => "an array",
            Self::Object => "an object",
            Self::Html => "HTML",
            Self::Empty => "an empty reply",
            Self::Other => "something else",
        }
    }
}

/// A byte order mark. JSON must not begin with one, but some gateways add it.
pub(super) const BYTE_ORDER_MARK: char = '\u{feff}';

fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// Returns the shape of a body.
pub(crate) fn shape(body: &[u8]) -> Shape {
    let mut bytes = without_mark(body).iter();
    match bytes.find(|byte| !byte.is_ascii_whitespace()) {
        None => Shape::Empty,
        Some(b'[') => Shape::Array,
        Some(b'{') => Shape::Object,
        Some(b'<') => Shape::Html,
        Some(_) => Shape::Other,
    }
}

/// Returns an error that names the shape found, unless it is the expected one.
pub(super) fn expect_shape(body: &[u8], wanted: Shape) -> Result<(), WireError> {
    match shape(body) {
        found if found == wanted => Ok(()),
        found @ (Shape::Html | Shape::Empty | Shape::Other) => Err(WireError::NotJson(found.name())),
        found => Err(WireError::Shape {
            expected: wanted.name(),
            got: found.name(),
        }),
    }
}

/// Converts a serde error to a [`WireError`] with the position. Never quotes the body.
pub(super) fn syntax_error(error: &serde_json::Error) -> WireError {
    syntax_error_at(error.classify(), error.line(), error.column())
}

/// Returns the error of invalid JSON at a position.
pub(super) fn syntax_error_at(category: Category, line: usize, column: usize) -> WireError {
    let position = format!("line {line} column {column}");
    let what = match category {
        Category::Eof => format!("the JSON ends at {position}, before it is complete"),
        Category::Syntax => format!("invalid JSON at {position}"),
        Category::Data | Category::Io => format!("unexpected JSON at {position}"),
    };
    WireError::Broken(Text::clean(&what, TextLimit::Line))
}

/// First of 256 code points at the end of the last private plane, one for each byte that is not UTF-8.
///
/// Two texts with different invalid bytes stay different. The sanitizer escapes these code points.
const FIRST_INVALID_BYTE: u32 = 0x10_FE00;

/// Returns the body as text, without a byte order mark.
///
/// JSON must be UTF-8, but MaxScale passes user names on in the encoding of the client.
pub(super) fn text(body: &[u8]) -> Cow<'_, str> {
    let body = without_mark(body);
    match str::from_utf8(body) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(keep_invalid_bytes(body)),
    }
}

fn keep_invalid_bytes(body: &[u8]) -> String {
    let mut text = String::with_capacity(body.len() + 64);
    let cut = push_bytes(&mut text, body);
    push_invalid(&mut text, cut);
    text
}

/// Appends bytes to a text. Returns the last bytes if they are the beginning of a character.
fn push_bytes<'a>(text: &mut String, bytes: &'a [u8]) -> &'a [u8] {
    let mut rest = bytes;
    loop {
        let error = match str::from_utf8(rest) {
            Ok(valid) => {
                text.push_str(valid);
                return &[];
            }
            Err(error) => error,
        };
        let (valid, others) = rest.split_at_checked(error.valid_up_to()).unwrap_or((rest, &[]));
        text.push_str(str::from_utf8(valid).unwrap_or_default());
        let Some((invalid, next)) = error
            .error_len()
            .and_then(|length| others.split_at_checked(length))
        else {
            return others;
        };
        push_invalid(text, invalid);
        rest = next;
    }
}

fn push_invalid(text: &mut String, bytes: &[u8]) {
    let stand_ins = bytes
        .iter()
        .filter_map(|byte| char::from_u32(FIRST_INVALID_BYTE + u32::from(*byte)));
    text.extend(stand_ins);
}

/// The text of a body that arrives in parts, without what was read.
#[derive(Debug)]
pub(super) struct TextBuffer {
    text: String,
    /// The beginning of a character whose end has not arrived.
    cut: Vec<u8>,
}

impl TextBuffer {
    pub(super) const fn new() -> Self {
        Self {
            text: String::new(),
            cut: Vec::new(),
        }
    }

    /// Adds the next bytes of the body.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let joined;
        let bytes = if self.cut.is_empty() {
            bytes
        } else {
            joined = [self.cut.as_slice(), bytes].concat();
            &joined
        };
        self.cut = push_bytes(&mut self.text, bytes).to_vec();
    }

    /// Adds what is left at the end of the body.
    pub(super) fn finish(&mut self) {
        push_invalid(&mut self.text, &std::mem::take(&mut self.cut));
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Removes the first `length` bytes.
    pub(super) fn consume(&mut self, length: usize) {
        self.text.drain(..length);
    }
}
