//! Decodes arrays of rows in one pass.
//!
//! After the first invalid row, decodes row by row, so that one bad row does not lose the others.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value;
use serde_json::de::StrRead;
use serde_json::value::RawValue;

use super::body::syntax_error;
use super::field::{Lenient, Object};
use super::mend::mend;
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
pub(super) struct DecodedRows<T> {
    pub(super) items: Vec<T>,
    pub(super) dropped: u32,
}

impl<T> DecodedRows<T> {
    fn new(decoder: &Decoder<'_>) -> Self {
        Self {
            items: Vec::with_capacity(decoder.interner.rows),
            dropped: 0,
        }
    }

    /// Adds a row, or counts it as dropped. Returns `false` if the list exceeds a limit.
    fn add<R: RowFormat<Item = T>>(&mut self, item: Option<T>, decoder: &mut Decoder<'_>) -> bool {
        let Some(item) = item else {
            self.dropped += 1;
            return true;
        };
        let counted = decoder.count_row(self.items.len() + 1, R::size(&item));
        self.items.push(item);
        decoder.excess = counted.err();
        decoder.excess.is_none()
    }
}

/// Decodes an array. Converts each row at once, so that raw rows do not accumulate.
pub(super) fn decode<R: RowFormat>(
    text: &str,
    decoder: &mut Decoder<'_>,
) -> Result<DecodedRows<R::Item>, WireError> {
    match one_pass::<R>(text, decoder, |json, rows| json.deserialize_seq(rows))? {
        Some(collected) => Ok(collected),
        None => row_by_row::<R>(text, decoder),
    }
}

/// Decodes the array in `data` of an object, in one pass over the body.
///
/// Returns `None` if anything is not as expected. Then [`row_by_row`] finds the error.
pub(super) fn decode_data<R: RowFormat>(
    text: &str,
    decoder: &mut Decoder<'_>,
) -> Result<Option<DecodedRows<R::Item>>, WireError> {
    one_pass::<R>(text, decoder, |json, rows| {
        json.deserialize_map(DataVisitor { rows })
    })
}

type Json<'de> = serde_json::Deserializer<StrRead<'de>>;

/// Decodes in one pass. Returns `None` if anything is not as expected.
fn one_pass<'de, R: RowFormat>(
    text: &'de str,
    decoder: &mut Decoder<'_>,
    read: impl FnOnce(&mut Json<'de>, OnePass<'_, '_, R>) -> serde_json::Result<DecodedRows<R::Item>>,
) -> Result<Option<DecodedRows<R::Item>>, WireError> {
    let mut json = serde_json::Deserializer::from_str(text);
    decoder.restart();
    let pass = OnePass {
        decoder,
        row: PhantomData,
    };
    let collected = read(&mut json, pass).ok();
    match decoder.excess.take() {
        Some(excess) => Err(excess),
        None => Ok(collected.filter(|_| json.end().is_ok())),
    }
}

struct OnePass<'s, 'd, R> {
    decoder: &'s mut Decoder<'d>,
    row: PhantomData<R>,
}

/// Returns an error that stops a pass. The cause is in [`Decoder::excess`].
fn too_large<E: serde::de::Error>() -> E {
    E::custom("too large")
}

impl<'de, R: RowFormat> Visitor<'de> for OnePass<'_, '_, R> {
    type Value = DecodedRows<R::Item>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Self::Value, A::Error> {
        let mut collected = DecodedRows::new(self.decoder);
        while let Some(row) = rows.next_element::<Lenient<Object<R::Raw<'de>>>>()? {
            let item = row.known().and_then(|Object(raw)| R::convert(raw, self.decoder));
            if !collected.add::<R>(item, self.decoder) {
                return Err(too_large());
            }
        }
        Ok(collected)
    }
}

impl<'de, R: RowFormat> DeserializeSeed<'de> for OnePass<'_, '_, R> {
    type Value = DecodedRows<R::Item>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

/// Visits the object around the rows. `data` must occur once.
struct DataVisitor<'s, 'd, R> {
    rows: OnePass<'s, 'd, R>,
}

impl<'de, R: RowFormat> Visitor<'de> for DataVisitor<'_, '_, R> {
    type Value = DecodedRows<R::Item>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with data")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut rows = Some(self.rows);
        let mut collected = None;
        while let Some(key) = map.next_key::<&str>()? {
            match (key, rows.take()) {
                ("data", Some(rows)) => collected = Some(map.next_value_seed(rows)?),
                ("data", None) => return Err(A::Error::duplicate_field("data")),
                (_, kept) => {
                    map.next_value::<IgnoredAny>()?;
                    rows = kept;
                }
            }
        }
        collected.ok_or_else(|| A::Error::missing_field("data"))
    }
}

/// Decodes an array with invalid rows, each row separately.
pub(super) fn row_by_row<R: RowFormat>(
    text: &str,
    decoder: &mut Decoder<'_>,
) -> Result<DecodedRows<R::Item>, WireError> {
    let mut json = serde_json::Deserializer::from_str(text);
    decoder.restart();
    let rows = RowByRow::<R> {
        decoder,
        row: PhantomData,
    };
    let collected = json
        .deserialize_seq(rows)
        .and_then(|collected| json.end().map(|()| collected));
    match decoder.excess.take() {
        Some(excess) => Err(excess),
        None => collected.map_err(|error| syntax_error(&error)),
    }
}

struct RowByRow<'s, 'd, R> {
    decoder: &'s mut Decoder<'d>,
    row: PhantomData<R>,
}

impl<'de, R: RowFormat> Visitor<'de> for RowByRow<'_, '_, R> {
    type Value = DecodedRows<R::Item>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Self::Value, A::Error> {
        let mut collected = DecodedRows::new(self.decoder);
        while let Some(row) = rows.next_element::<&'de RawValue>()? {
            let item = one::<R>(row.get(), self.decoder);
            if !collected.add::<R>(item, self.decoder) {
                return Err(too_large());
            }
        }
        Ok(collected)
    }
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
