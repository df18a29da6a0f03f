//! Decodes single values of a text that may end in the middle of one.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Decoder;
use super::field::{Lenient, Object};
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
    match complete::<Lenient<Object<R::Raw<'_>>>>(text) {
        Ok(None) => Ok(None),
        Ok(Some((row, length))) => {
            let item = row.known().and_then(|Object(raw)| R::convert(raw, decoder));
            Ok(Some((item, length)))
        }
        Err(_) => {
            let row = complete::<&RawValue>(text)?;
            Ok(row.map(|(row, length)| (one::<R>(row.get(), decoder), length)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::draft::DraftSessionRow;
    use crate::wire::jsonapi::JsonApiSessionRow;

    /// A row with every kind of value.
    const ROW: &str = r#"{"id":"1","type":"sessions","attributes":{"idle":-1.5e+3,"user":"a\u00e9\ud83d\ude00\"b",
        "ok":[true,false,null,0,-0.25,1E2,{}],"queries":[{"statement":"select -1.5e"}]},"x":"é"}"#;

    fn is_cut<R: RowFormat>(text: &str) -> bool {
        let row = complete::<Lenient<Object<R::Raw<'_>>>>(text);
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
