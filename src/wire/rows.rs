//! Rows of an array: their formats, and what is collected of them.

use serde::de::Deserialize;
use serde_json::Value;

use super::body::text;
use super::field::{Lenient, Object};
use super::mend::mend;
use super::row_reader::{Envelope, RowReader};
use super::{Decoder, WireError};

/// A type of row: its form in the body and in the model.
pub(super) trait RowFormat {
    /// The row in the body, borrowing from it.
    type Raw<'de>: Deserialize<'de>;
    /// The row in the model.
    type Item;
    /// Converts a row. Returns `None` to drop it.
    fn convert(raw: Self::Raw<'_>, decoder: &mut Decoder<'_>) -> Option<Self::Item>;
    /// Returns the memory of a row without its texts, in bytes.
    fn size(item: &Self::Item) -> usize {
        size_of_val(item)
    }
}

/// The rows of an array and the number dropped.
#[derive(Debug)]
pub(super) struct DecodedRows<T> {
    pub(super) items: Vec<T>,
    pub(super) dropped: u32,
}

/// Decodes the rows of a complete body.
pub(super) fn decode<R: RowFormat>(
    envelope: Envelope,
    body: &[u8],
    decoder: &mut Decoder<'_>,
) -> Result<DecodedRows<R::Item>, WireError> {
    let mut reader = RowReader::new(envelope, Some(body.len()));
    decoder.restart();
    reader.read_last::<R>(&text(body), decoder)?;
    Ok(reader.take_rows())
}

/// Decodes one row. Leaves unreadable texts and numbers blank. Returns `None` if it is not an object.
///
/// A row that repeats a key is decoded through a map, where the last value wins, as in most parsers.
pub(super) fn one<R: RowFormat>(text: &str, decoder: &mut Decoder<'_>) -> Option<R::Item> {
    if let Ok(row) = serde_json::from_str::<Lenient<Object<R::Raw<'_>>>>(text) {
        return R::convert(row.known()?.0, decoder);
    }
    let mended = mend(text);
    let text = mended.as_deref().unwrap_or(text);
    if mended.is_some()
        && let Ok(row) = serde_json::from_str::<Lenient<Object<R::Raw<'_>>>>(text)
    {
        return R::convert(row.known()?.0, decoder);
    }
    let repaired: Value = serde_json::from_str(text).ok()?;
    let row = Lenient::<Object<R::Raw<'_>>>::deserialize(&repaired).ok()?;
    R::convert(row.known()?.0, decoder)
}
