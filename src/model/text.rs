//! The cleaner: the only way from a string of the outside world to something that may be shown.
//!
//! User names, addresses, SQL and error bodies are written by strangers. [`Text::clean`] makes
//! control characters, line breaks, bidirectional overrides and invisible characters visible
//! (`\u{202e}`, a backslash doubled), so nothing that reaches the terminal, a log or a file can
//! act there. What cleaning loses (the tail of an over-long text) stays in a digest of the raw
//! bytes, so two texts that only look the same never compare equal.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use unicode_width::UnicodeWidthChar;

/// How long a text of one kind may be (docs/maxscale-api.md#text-lengths).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Names: user, address, service, server, state. 256 characters.
    Name,
    /// One line: log lines, client attributes, error bodies. 1 kB.
    Line,
    /// A statement. 16 kB.
    Sql,
}

impl Limit {
    const fn chars(self) -> usize {
        match self {
            Self::Name => 256,
            Self::Line => 1024,
            Self::Sql => 16 * 1024,
        }
    }
}

/// A text that is safe to show, together with the proof of what it was before.
///
/// Cheap to clone (one pointer). Two texts are equal only if their raw forms were.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Arc<Cleaned>);

#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Cleaned {
    shown: Box<str>,
    /// SHA-256 of the raw bytes, when `shown` is not simply the raw text.
    raw: Option<[u8; 32]>,
}

impl Text {
    /// Cleans one string from outside. Total: every input gives a text.
    pub fn clean(raw: &str, limit: Limit) -> Self {
        if is_plain(raw, limit) {
            return Self(Arc::new(Cleaned {
                shown: raw.into(),
                raw: None,
            }));
        }
        let digest = Sha256::digest(raw.as_bytes()).into();
        Self(Arc::new(Cleaned {
            shown: escape(raw, limit).into(),
            raw: Some(digest),
        }))
    }

    /// The text as it may be shown.
    pub fn as_str(&self) -> &str {
        &self.0.shown
    }

    /// True when the raw text was shown as it is: then [`Text::as_str`] *is* the raw text.
    pub fn is_verbatim(&self) -> bool {
        self.0.raw.is_none()
    }

    /// The bytes that stand for the raw text in a fingerprint.
    pub(super) fn proof(&self) -> &[u8] {
        self.0
            .raw
            .as_ref()
            .map_or(self.0.shown.as_bytes(), |digest| digest.as_slice())
    }

    /// How many owners this text has; an interner drops what only it still holds.
    pub fn owners(&self) -> usize {
        Arc::strong_count(&self.0)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.as_str())
    }
}

/// The usual case, decided without allocating: printable ASCII, no backslash, short enough.
fn is_plain(raw: &str, limit: Limit) -> bool {
    raw.len() <= limit.chars() && raw.bytes().all(|b| (0x20..0x7f).contains(&b) && b != b'\\')
}

fn escape(raw: &str, limit: Limit) -> String {
    let mut shown = String::with_capacity(raw.len().min(limit.chars() * 4));
    for (count, c) in raw.chars().enumerate() {
        if count == limit.chars() {
            shown.push('…');
            break;
        }
        push_visible(&mut shown, c);
    }
    shown
}

/// A character goes through if it takes room on the screen and is no blank but the space; all
/// others (C0, C1, DEL, bidi, zero-width, line separators, odd blanks) are written as an escape.
fn push_visible(shown: &mut String, c: char) {
    match c {
        '\\' => shown.push_str("\\\\"),
        '\n' => shown.push_str("\\n"),
        '\r' => shown.push_str("\\r"),
        '\t' => shown.push_str("\\t"),
        ' ' => shown.push(' '),
        _ if c.is_whitespace() || is_private(c) || c.width().is_none_or(|width| width == 0) => {
            // Writing to a String cannot fail.
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
        }
        _ => shown.push(c),
    }
}

/// Private characters look like whatever the terminal's font makes of them.
const fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}
