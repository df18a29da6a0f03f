//! What a body is before anybody decodes it, and how bytes that are no UTF-8 are kept readable.

use std::borrow::Cow;

use serde_json::error::Category;

use super::WireError;
use crate::model::{Text, TextLimit};

/// What a body looks like from its first character; the dialect is told by this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `[`: the draft's list.
    Array,
    /// `{`: JSON:API, or one object of the draft.
    Object,
    /// `<`: a page for a browser.
    Html,
    /// Nothing.
    Empty,
    /// Anything else.
    Other,
}

impl Shape {
    /// How it is called in a message.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Array => "an array",
            Self::Object => "an object",
            Self::Html => "HTML",
            Self::Empty => "an empty reply",
            Self::Other => "something else",
        }
    }
}

/// A byte order mark in UTF-8. JSON must not begin with one; some gateways add it all the same.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body)
}

/// The shape of a body.
pub fn shape(body: &[u8]) -> Shape {
    let mut bytes = without_mark(body).iter();
    match bytes.find(|byte| !byte.is_ascii_whitespace()) {
        None => Shape::Empty,
        Some(b'[') => Shape::Array,
        Some(b'{') => Shape::Object,
        Some(b'<') => Shape::Html,
        Some(_) => Shape::Other,
    }
}

/// Refuses a body of another shape than was asked for, naming what it is.
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

/// What broke, in words, without the body's text.
pub(super) fn syntax_error(error: &serde_json::Error) -> WireError {
    let place = format!("line {} column {}", error.line(), error.column());
    let what = match error.classify() {
        Category::Eof => format!("the JSON ends at {place}, before it is complete"),
        Category::Syntax => format!("no valid JSON at {place}"),
        Category::Data | Category::Io => format!("unexpected JSON at {place}"),
    };
    WireError::Broken(Text::clean(&what, TextLimit::Line))
}

/// The first of 256 code points at the end of the last private plane. A byte that is no UTF-8 is
/// written as one of them, so two texts with different broken bytes stay different; the cleaner
/// makes them visible like any other invisible character.
const BROKEN_BYTES: u32 = 0x10_FE00;

/// The body as text, without a byte order mark. JSON must be UTF-8, but user names arrive here in
/// whatever the client sent.
pub(super) fn text(body: &[u8]) -> Cow<'_, str> {
    let body = without_mark(body);
    match str::from_utf8(body) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(keep_broken_bytes(body)),
    }
}

fn keep_broken_bytes(body: &[u8]) -> String {
    let mut text = String::with_capacity(body.len() + 64);
    for chunk in body.utf8_chunks() {
        text.push_str(chunk.valid());
        let stand_ins = chunk
            .invalid()
            .iter()
            .filter_map(|byte| char::from_u32(BROKEN_BYTES + u32::from(*byte)));
        text.extend(stand_ins);
    }
    text
}
