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

/// A byte order mark in UTF-8. JSON must not begin with one, but some gateways add it.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body)
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
    let position = format!("line {} column {}", error.line(), error.column());
    let what = match error.classify() {
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
    for chunk in body.utf8_chunks() {
        text.push_str(chunk.valid());
        let stand_ins = chunk
            .invalid()
            .iter()
            .filter_map(|byte| char::from_u32(FIRST_INVALID_BYTE + u32::from(*byte)));
        text.extend(stand_ins);
    }
    text
}
