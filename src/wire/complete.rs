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
        Some(Err(error)) if error.is_eof() => Ok(None),
        Some(Err(error)) => Err(error),
        Some(Ok(value)) => {
            let length = values.byte_offset();
            let is_complete = length + blanks(text, length) < text.len();
            Ok(is_complete.then_some((value, length)))
        }
    }
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
