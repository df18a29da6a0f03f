//! Text from outside: the raw form for comparisons, the shown form for display.
//!
//! User names, addresses, SQL and error bodies are untrusted. [`Text::clean`] keeps the text as it
//! was sent, and makes a shown form in which nothing can act on a terminal or deceive a reader
//! (`\u{202e}`, a backslash doubled). The shown form goes to the screen, to logs and to text tables;
//! filters, identities and JSON use the raw form. Of a text that is longer than its [`TextLimit`], the
//! beginning is kept together with a digest of the whole raw text, so two texts that only look the
//! same are never equal.

mod escape;
mod width;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use compact_str::CompactString;
use icu_normalizer::ComposingNormalizerBorrowed;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

pub(crate) use escape::is_printable_ascii;
pub use escape::{Pieces, TextPiece, visible};
pub use width::display_width;

/// Maximum length of a text of one kind, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextLimit {
    /// Names: user, address, service, server, state. 256 characters.
    Name,
    /// One line: log lines, client attributes, error bodies. 1,024 characters.
    Line,
    /// A statement. 16,384 characters.
    Sql,
}

impl TextLimit {
    const fn chars(self) -> usize {
        match self {
            Self::Name => 256,
            Self::Line => 1024,
            Self::Sql => 16 * 1024,
        }
    }

    /// Returns the part of a text that is kept, and whether the text is longer.
    fn kept(self, raw: &str) -> (&str, bool) {
        if raw.len() <= self.chars() {
            return (raw, false);
        }
        let end = raw.char_indices().nth(self.chars()).map(|(end, _)| end);
        match end.and_then(|end| raw.get(..end)) {
            Some(kept) => (kept, true),
            None => (raw, false),
        }
    }
}

/// A text from outside, with its raw form and its shown form.
///
/// Cheap to clone (one pointer). Two texts are equal only if their raw forms are.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Arc<Forms>);

#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Forms {
    /// The raw text, or its beginning if it is longer than its limit.
    kept: CompactString,
    /// `None` if the raw text is kept whole and shown as it is.
    altered: Option<Box<Altered>>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Altered {
    shown: Box<str>,
    digest: Option<TextDigest>,
}

/// SHA-256 of a raw text.
type TextDigest = [u8; 32];

fn digest(raw: &str) -> TextDigest {
    Sha256::digest(raw.as_bytes()).into()
}

impl Text {
    /// Sanitizes a string from outside. Accepts every string.
    pub fn clean(raw: &str, limit: TextLimit) -> Self {
        let (kept, is_cut) = limit.kept(raw);
        let altered = (is_cut || !escape::is_plain(kept)).then(|| Altered {
            shown: shown(kept, is_cut).into(),
            digest: is_cut.then(|| digest(raw)),
        });
        let altered = altered.filter(|altered| is_cut || *altered.shown != *kept);
        Self(Arc::new(Forms {
            kept: kept.into(),
            altered: altered.map(Box::new),
        }))
    }

    /// Returns a text that is not kept whole, from its beginning and the SHA-256 of the whole.
    pub(crate) fn restored(kept: &str, digest: [u8; 32]) -> Self {
        let (kept, _) = TextLimit::Sql.kept(kept);
        Self(Arc::new(Forms {
            kept: kept.into(),
            altered: Some(Box::new(Altered {
                shown: shown(kept, true).into(),
                digest: Some(digest),
            })),
        }))
    }

    /// Returns the shown form, for display only. Use [`Text::raw`] to compare.
    pub fn as_str(&self) -> &str {
        match &self.0.altered {
            Some(altered) => &altered.shown,
            None => &self.0.kept,
        }
    }

    /// Returns the raw form.
    pub(crate) fn raw(&self) -> RawText<'_> {
        RawText {
            kept: &self.0.kept,
            digest: self
                .0
                .altered
                .as_ref()
                .and_then(|altered| altered.digest.as_ref()),
        }
    }

    /// Returns the bytes that stand for the raw text in a fingerprint.
    pub(super) fn proof(&self) -> &[u8] {
        let raw = self.raw();
        raw.digest.map_or(raw.kept.as_bytes(), <[u8; 32]>::as_slice)
    }

    /// Number of owners of this text. An interner drops the texts that only it owns.
    pub(crate) fn owners(&self) -> usize {
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

/// Writes the raw value. A text that is not kept whole ends in `…`.
impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw = self.raw();
        match raw.whole() {
            Some(whole) => serializer.serialize_str(whole),
            None => serializer.collect_str(&format_args!("{}…", raw.kept)),
        }
    }
}

/// Reads a raw value and sanitizes it. Longer texts than a statement may have are cut.
impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RawVisitor;

        impl Visitor<'_> for RawVisitor {
            type Value = Text;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_str<E>(self, raw: &str) -> Result<Text, E> {
                Ok(Text::clean(raw, TextLimit::Sql))
            }
        }

        deserializer.deserialize_str(RawVisitor)
    }
}

/// A borrowed raw text. Two are equal only if the whole texts are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RawText<'a> {
    kept: &'a str,
    digest: Option<&'a TextDigest>,
}

impl<'a> From<&'a str> for RawText<'a> {
    fn from(whole: &'a str) -> Self {
        Self {
            kept: whole,
            digest: None,
        }
    }
}

impl<'a> RawText<'a> {
    /// Returns the text, or `None` if only its beginning is kept.
    pub(crate) const fn whole(&self) -> Option<&'a str> {
        match self.digest {
            None => Some(self.kept),
            Some(_) => None,
        }
    }

    /// Returns the SHA-256 of a text that is not kept whole.
    pub(crate) const fn digest(&self) -> Option<&'a [u8; 32]> {
        self.digest
    }

    /// Returns the part of the text that is kept.
    pub(crate) const fn kept(&self) -> &'a str {
        self.kept
    }

    /// Whether the whole text is `other`. A text that is not kept whole is compared by its digest.
    pub(crate) fn is(&self, other: &str) -> bool {
        match self.digest {
            None => self.kept == other,
            Some(own) => other.starts_with(self.kept) && *own == digest(other),
        }
    }

    /// Returns the form that is shown.
    pub(crate) fn shown(&self) -> String {
        shown(self.kept, self.digest.is_some())
    }

    /// Returns the form that version 0.1 showed, and compared filters with.
    pub(crate) fn shown_by_0_1(&self) -> String {
        escape::escaped_by_0_1(self.kept) + mark(self.digest.is_some())
    }
}

fn shown(kept: &str, is_cut: bool) -> String {
    escape::escaped(kept) + mark(is_cut)
}

/// The mark at the end of a text that is not kept whole.
const fn mark(is_cut: bool) -> &'static str {
    if is_cut { "…" } else { "" }
}

/// Returns a text in Unicode's composed form (NFC): `é` as one character.
pub fn composed(text: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfc().normalize(text)
}

#[cfg(test)]
mod tests;
