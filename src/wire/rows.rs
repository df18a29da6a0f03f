//! Arrays of rows: straight through as long as every row is whole, row by row after the first
//! that is not, so that one broken row costs only itself.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value;
use serde_json::de::StrRead;
use serde_json::value::RawValue;

use super::body::broken;
use super::{Decoder, WireError};

/// A kind of row: its form on the wire, and what it becomes.
pub(super) trait Row {
    /// As it stands in the body, borrowing from it.
    type Raw<'de>: Deserialize<'de>;
    /// As the model has it.
    type Item;
    /// Nothing drops the row.
    fn convert(raw: Self::Raw<'_>, decoder: &mut Decoder<'_>) -> Option<Self::Item>;
}

/// What became of the rows of an array.
pub(super) struct Harvest<T> {
    pub(super) items: Vec<T>,
    pub(super) dropped: u32,
}

/// Decodes an array, converting each row as it comes, so that raw rows never pile up.
pub(super) fn decode<R: Row>(text: &str, decoder: &mut Decoder<'_>) -> Result<Harvest<R::Item>, WireError> {
    let before = decoder.blanked;
    if let Some(harvest) = straight::<R>(text, decoder, |json, rows| json.deserialize_seq(rows)) {
        Ok(harvest)
    } else {
        decoder.blanked = before;
        row_by_row::<R>(text, decoder)
    }
}

/// The same for the array under `data` of an object, in one pass over the body. Nothing if it is
/// not all as expected: then the way by [`decode`] says what is wrong.
pub(super) fn decode_data<R: Row>(text: &str, decoder: &mut Decoder<'_>) -> Option<Harvest<R::Item>> {
    let before = decoder.blanked;
    let harvest = straight::<R>(text, decoder, |json, rows| {
        json.deserialize_map(Envelope { rows })
    });
    if harvest.is_none() {
        decoder.blanked = before;
    }
    harvest
}

type Json<'de> = serde_json::Deserializer<StrRead<'de>>;

/// One pass that stops at the first thing that is not as expected.
fn straight<'de, R: Row>(
    text: &'de str,
    decoder: &mut Decoder<'_>,
    read: impl FnOnce(&mut Json<'de>, Straight<'_, '_, R>) -> serde_json::Result<Harvest<R::Item>>,
) -> Option<Harvest<R::Item>> {
    let mut json = serde_json::Deserializer::from_str(text);
    let harvest = read(
        &mut json,
        Straight {
            decoder,
            row: PhantomData,
        },
    )
    .ok()?;
    json.end().is_ok().then_some(harvest)
}

struct Straight<'s, 'd, R> {
    decoder: &'s mut Decoder<'d>,
    row: PhantomData<R>,
}

impl<'de, R: Row> Visitor<'de> for Straight<'_, '_, R> {
    type Value = Harvest<R::Item>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Self::Value, A::Error> {
        let mut harvest = Harvest {
            items: Vec::new(),
            dropped: 0,
        };
        while let Some(raw) = rows.next_element::<R::Raw<'de>>()? {
            match R::convert(raw, self.decoder) {
                Some(item) => harvest.items.push(item),
                None => harvest.dropped += 1,
            }
        }
        Ok(harvest)
    }
}

impl<'de, R: Row> DeserializeSeed<'de> for Straight<'_, '_, R> {
    type Value = Harvest<R::Item>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

/// The object around the rows. They must come once.
struct Envelope<'s, 'd, R> {
    rows: Straight<'s, 'd, R>,
}

impl<'de, R: Row> Visitor<'de> for Envelope<'_, '_, R> {
    type Value = Harvest<R::Item>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with data")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut rows = Some(self.rows);
        let mut harvest = None;
        while let Some(key) = map.next_key::<&str>()? {
            match (key, rows.take()) {
                ("data", Some(rows)) => harvest = Some(map.next_value_seed(rows)?),
                ("data", None) => return Err(A::Error::duplicate_field("data")),
                (_, kept) => {
                    map.next_value::<IgnoredAny>()?;
                    rows = kept;
                }
            }
        }
        harvest.ok_or_else(|| A::Error::missing_field("data"))
    }
}

fn row_by_row<R: Row>(text: &str, decoder: &mut Decoder<'_>) -> Result<Harvest<R::Item>, WireError> {
    let rows: Vec<&RawValue> = serde_json::from_str(text).map_err(|error| broken(&error))?;
    let mut harvest = Harvest {
        items: Vec::with_capacity(rows.len()),
        dropped: 0,
    };
    for row in rows {
        match one::<R>(row.get(), decoder) {
            Some(item) => harvest.items.push(item),
            None => harvest.dropped += 1,
        }
    }
    Ok(harvest)
}

/// One row by itself. One that repeats a key goes by way of a map, where the last one wins, as in
/// most readers; what is no object at all is nothing.
pub(super) fn one<R: Row>(text: &str, decoder: &mut Decoder<'_>) -> Option<R::Item> {
    if let Ok(raw) = serde_json::from_str::<R::Raw<'_>>(text) {
        return R::convert(raw, decoder);
    }
    let repaired: Value = serde_json::from_str(text).ok()?;
    R::convert(R::Raw::deserialize(&repaired).ok()?, decoder)
}
