//! A text in a recording: its raw value, without loss.

use std::fmt;
use std::fmt::Write as _;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::{Text, TextLimit};

/// Name of the beginning of a text that is not kept whole.
const BEGINNING: &str = "beginning";
/// Name of the SHA-256 of such a text.
const DIGEST: &str = "sha256";
/// Number of hexadecimal digits of a digest.
const DIGEST_DIGITS: usize = 64;

/// A text. Written as a string, or as `{"beginning": …, "sha256": …}` if it is not kept whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TextRecord(pub Text);

impl From<Text> for TextRecord {
    fn from(text: Text) -> Self {
        Self(text)
    }
}

impl Serialize for TextRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw = self.0.raw();
        let Some(digest) = raw.digest() else {
            return serializer.serialize_str(raw.kept());
        };
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry(BEGINNING, raw.kept())?;
        map.serialize_entry(DIGEST, &hex(digest))?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for TextRecord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = TextRecord;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, or its beginning and its SHA-256")
    }

    fn visit_str<E>(self, raw: &str) -> Result<TextRecord, E> {
        Ok(TextRecord(Text::clean(raw, TextLimit::Sql)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TextRecord, A::Error> {
        let (mut beginning, mut digest) = (None::<String>, None::<String>);
        while let Some((name, value)) = map.next_entry::<String, String>()? {
            match name.as_str() {
                BEGINNING => beginning = Some(value),
                DIGEST => digest = Some(value),
                _ => {}
            }
        }
        let beginning = beginning.ok_or_else(|| A::Error::missing_field(BEGINNING))?;
        let digest = digest.ok_or_else(|| A::Error::missing_field(DIGEST))?;
        let bytes = digest_of(&digest).ok_or_else(|| A::Error::custom("invalid sha256"))?;
        Ok(TextRecord(Text::restored(&beginning, bytes)))
    }
}

fn hex(digest: &[u8; 32]) -> String {
    let mut text = String::with_capacity(DIGEST_DIGITS);
    for byte in digest {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn digest_of(text: &str) -> Option<[u8; 32]> {
    let is_hex = text.len() == DIGEST_DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut digest = [0; 32];
    for (index, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    is_hex.then_some(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_as_it_was_written() {
        let long = "a".repeat(300);
        for raw in [
            "",
            "app",
            "with \u{1b}[31m and \u{202e}",
            "a\nb",
            "ends in …",
            &long,
        ] {
            let text = TextRecord(Text::clean(raw, TextLimit::Name));
            let json = serde_json::to_string(&text).unwrap();
            assert_eq!(serde_json::from_str::<TextRecord>(&json).unwrap(), text, "{json}");
        }
    }

    #[test]
    fn an_invalid_digest_is_an_error() {
        for json in [
            r#"{"beginning":"a"}"#,
            r#"{"beginning":"a","sha256":"12"}"#,
            r#"{"beginning":"a","sha256":"++11111111111111111111111111111111111111111111111111111111111111"}"#,
        ] {
            assert!(serde_json::from_str::<TextRecord>(json).is_err(), "{json}");
        }
    }
}
