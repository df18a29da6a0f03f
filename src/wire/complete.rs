//! Decodes single values of a text that may end in the middle of one.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::Decoder;
use super::rows::{RowFormat, one};

/// Returns the number of blanks from `at`.
pub(super) fn blanks(text: &str, at: usize) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
    rest.iter().take_while(|byte| is_blank(byte)).count()
}

/// Decodes the value at the start of a text. Also returns its length. Returns `None` if more text is needed:
/// the value is complete only if another character follows.
pub(super) fn complete<'de, V: Deserialize<'de>>(text: &'de str) -> serde_json::Result<Option<(V, usize)>> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<V>();
    match values.next() {
        None => Ok(None),
        Some(Err(error)) if error.is_eof() || is_cut_in_number::<V>(text) => Ok(None),
        Some(Err(error)) => Err(error),
        Some(Ok(value)) => {
            let length = values.byte_offset();
            let is_complete = length + blanks(text, length) < text.len();
            Ok(is_complete.then_some((value, length)))
        }
    }
}

/// Whether a text that cannot be decoded is only cut in the middle of a number. For `1.` and `1e` `serde_json` does not
/// report the end of the text, but an invalid number.
fn is_cut_in_number<'de, V: Deserialize<'de>>(text: &'de str) -> bool {
    let in_number = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
    let before = text.trim_end_matches(in_number);
    let mut values = serde_json::Deserializer::from_str(before).into_iter::<V>();
    let is_cut = match values.next() {
        None => true,
        Some(Ok(_)) => false,
        Some(Err(error)) => error.is_eof(),
    };
    before.len() < text.len() && is_cut
}

/// Decodes the row at the start of a text, in one pass. If it is not as expected, decodes it on its own.
pub(super) fn next_row<R: RowFormat>(
    text: &str,
    decoder: &mut Decoder<'_>,
) -> serde_json::Result<Option<(Option<R::Item>, usize)>> {
    let mut values = serde_json::Deserializer::from_str(text);
    match RowSeed::<R>(decoder, PhantomData).deserialize(&mut values) {
        Ok(row) => {
            let length = values.into_iter::<IgnoredAny>().byte_offset();
            // An object has an end of its own.
            let is_complete = row.is_some() || length + blanks(text, length) < text.len();
            Ok(is_complete.then_some((row.flatten(), length)))
        }
        Err(error) if error.is_eof() => Ok(None),
        Err(_) => {
            let row = complete::<&RawValue>(text)?;
            Ok(row.map(|(row, length)| (one::<R>(row.get(), decoder), length)))
        }
    }
}

/// Reads one row and converts it in place: the raw row has hundreds of bytes, which are not moved this way.
/// Returns `None` if it is not an object, and `Some(None)` if it is dropped.
struct RowSeed<'d, 'i, R>(&'d mut Decoder<'i>, PhantomData<R>);

impl<'de, R: RowFormat> DeserializeSeed<'de> for RowSeed<'_, '_, R> {
    type Value = Option<Option<R::Item>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, R: RowFormat> Visitor<'de> for RowSeed<'_, '_, R> {
    type Value = Option<Option<R::Item>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let raw = R::Raw::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Some(R::convert(raw, self.0)))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::wire::Interner;
    use crate::wire::draft::DraftSessionRow;
    use crate::wire::jsonapi::JsonApiSessionRow;

    /// A row with every kind of value.
    const ROW: &str = r#"{"id":"1","type":"sessions","attributes":{"idle":-1.5e+3,"user":"a\u00e9\ud83d\ude00\"b",
        "ok":[true,false,null,0,-0.25,1E2,{}],"queries":[{"statement":"select -1.5e"}]},"x":"é"}"#;

    fn is_cut<R: RowFormat>(text: &str) -> bool {
        let mut interner = Interner::default();
        let mut decoder = Decoder::new(&mut interner, None, Timestamp::UNIX_EPOCH);
        let row = next_row::<R>(text, &mut decoder);
        let value = complete::<&RawValue>(text);
        matches!((row, value), (Ok(None), Ok(None)))
    }

    #[test]
    fn a_row_that_is_cut_anywhere_is_incomplete() {
        for end in (0..ROW.len()).filter(|end| ROW.is_char_boundary(*end)) {
            let part = &ROW[..end];
            assert!(is_cut::<JsonApiSessionRow>(part), "{part}");
            assert!(is_cut::<DraftSessionRow>(part), "{part}");
        }
    }

    #[test]
    fn a_number_alone_is_complete_when_another_character_follows() {
        for (text, length) in [("1.5,", 3), ("-2e3]", 4), ("0}", 1)] {
            for end in 0..=length {
                let part = &text[..end];
                assert!(matches!(complete::<&RawValue>(part), Ok(None)), "{part}");
            }
            let read = complete::<&RawValue>(text).unwrap();
            assert_eq!(read.map(|(_, read)| read), Some(length));
        }
    }

    #[test]
    fn a_number_that_is_wrong_is_an_error() {
        for text in ["1.}", "-x", r#"{"a":1.,"b":1."#, r#"{"a":-}"#] {
            assert!(complete::<&RawValue>(text).is_err(), "{text}");
        }
    }
}
