//! Lenient decoding: a value of the wrong type becomes `Wrong` instead of failing the row.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::model::Span;

/// A field of a row.
#[derive(Debug, Default)]
pub(super) enum Lenient<T> {
    /// Not sent, or null.
    #[default]
    Absent,
    /// A value of the expected type.
    Known(T),
    /// A value of another type.
    Wrong,
}

impl<T> Lenient<T> {
    /// Returns the value, if any. Counts a wrong type in `blanked`.
    pub(super) fn take(self, blanked: &mut u32) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Absent => None,
            Self::Wrong => {
                *blanked = blanked.saturating_add(1);
                None
            }
        }
    }

    /// Returns the value without counting a wrong type.
    ///
    /// For fields that are counted or reported elsewhere.
    pub(super) fn known(self) -> Option<T> {
        if let Self::Known(value) = self {
            Some(value)
        } else {
            None
        }
    }
}

/// A type that can be decoded from a JSON value. Each method accepts one form of input; by default none.
pub(super) trait FromJson<'de>: Sized {
    fn borrowed_str(_: &'de str) -> Option<Self> {
        None
    }
    fn copied_str(_: &str) -> Option<Self> {
        None
    }
    fn unsigned(_: u64) -> Option<Self> {
        None
    }
    fn signed(_: i64) -> Option<Self> {
        None
    }
    fn real(_: f64) -> Option<Self> {
        None
    }
    fn truth(_: bool) -> Option<Self> {
        None
    }
    fn map<A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
    fn seq<A: SeqAccess<'de>>(mut seq: A) -> Result<Option<Self>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

impl<'de, T: FromJson<'de>> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldVisitor(PhantomData))
    }
}

struct FieldVisitor<T>(PhantomData<T>);

#[expect(
    clippy::unnecessary_wraps,
    reason = "the form that every visitor method returns"
)]
fn known_or_wrong<T, E>(value: Option<T>) -> Result<Lenient<T>, E> {
    Ok(value.map_or(Lenient::Wrong, Lenient::Known))
}

impl<'de, T: FromJson<'de>> Visitor<'de> for FieldVisitor<T> {
    type Value = Lenient<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }
    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        known_or_wrong(T::borrowed_str(value))
    }
    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        known_or_wrong(T::copied_str(value))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        known_or_wrong(T::unsigned(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        known_or_wrong(T::signed(value))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        known_or_wrong(T::real(value))
    }
    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        known_or_wrong(T::truth(value))
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Lenient::Absent)
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::map(map).and_then(known_or_wrong)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        T::seq(seq).and_then(known_or_wrong)
    }
}

/// A string, borrowed from the body if it has no escapes.
#[derive(Debug)]
pub(super) struct Raw<'a>(pub(super) Cow<'a, str>);

impl<'de: 'a, 'a> FromJson<'de> for Raw<'a> {
    fn borrowed_str(value: &'de str) -> Option<Self> {
        Some(Self(Cow::Borrowed(value)))
    }
    fn copied_str(value: &str) -> Option<Self> {
        Some(Self(Cow::Owned(value.to_owned())))
    }
}

impl FromJson<'_> for u64 {
    fn unsigned(value: u64) -> Option<Self> {
        Some(value)
    }
    // Counts are also sent as reals (`0.0`).
    fn real(value: f64) -> Option<Self> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole, and in range"
        )]
        ((0.0..1e18).contains(&value) && value.fract() == 0.0).then_some(value as Self)
    }
}

/// For thread ids, which are sent as signed 32-bit values: negative if the top bit is set.
impl FromJson<'_> for i64 {
    fn unsigned(value: u64) -> Option<Self> {
        Self::try_from(value).ok()
    }
    fn signed(value: i64) -> Option<Self> {
        Some(value)
    }
}

impl FromJson<'_> for u32 {
    fn unsigned(value: u64) -> Option<Self> {
        Self::try_from(value).ok()
    }
    fn real(value: f64) -> Option<Self> {
        u64::real(value).and_then(Self::unsigned)
    }
}

/// A duration in seconds. A negative number or one out of range is wrong.
impl FromJson<'_> for Span {
    fn unsigned(value: u64) -> Option<Self> {
        Self::checked_from_secs(i64::try_from(value).ok()?)
    }
    fn real(value: f64) -> Option<Self> {
        Self::from_secs_f64(value)
    }
}

/// A TCP port. `None` for a Unix socket, sent as -1.
#[derive(Debug)]
pub(super) struct Port(pub(super) Option<u16>);

impl FromJson<'_> for Port {
    fn unsigned(value: u64) -> Option<Self> {
        u16::try_from(value).ok().map(|port| Self(Some(port)))
    }
    fn signed(value: i64) -> Option<Self> {
        (value == -1).then_some(Self(None))
    }
}

impl FromJson<'_> for bool {
    fn truth(value: bool) -> Option<Self> {
        Some(value)
    }
}

/// A JSON object.
#[derive(Debug)]
pub(super) struct Object<T>(pub(super) T);

impl<'de, T: Deserialize<'de>> FromJson<'de> for Object<T> {
    fn map<A: MapAccess<'de>>(map: A) -> Result<Option<Self>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|value| Some(Self(value)))
    }
}

/// Maximum number of entries kept of an array or object inside a row.
///
/// An entry can take a hundred times the memory of its two or three bytes in the body.
pub(super) const MAX_ENTRIES: usize = 65_536;

/// An array of fields. If it has more than [`MAX_ENTRIES`], the rest is replaced by one wrong field.
#[derive(Debug)]
pub(super) struct LenientVec<T>(pub(super) Vec<Lenient<T>>);

impl<'de, T: FromJson<'de>> FromJson<'de> for LenientVec<T> {
    fn seq<A: SeqAccess<'de>>(mut seq: A) -> Result<Option<Self>, A::Error> {
        let mut values = Vec::new();
        while values.len() < MAX_ENTRIES {
            match seq.next_element()? {
                Some(value) => values.push(value),
                None => return Ok(Some(Self(values))),
            }
        }
        if seq.next_element::<IgnoredAny>()?.is_some() {
            values.push(Lenient::Wrong);
            while seq.next_element::<IgnoredAny>()?.is_some() {}
        }
        Ok(Some(Self(values)))
    }
}

/// A list of words: an array, or one text with commas.
#[derive(Debug)]
pub(super) struct Words(pub(super) Vec<String>);

impl Words {
    fn of<'w>(words: impl Iterator<Item = &'w str>) -> Self {
        let words = words.map(str::trim).filter(|word| !word.is_empty());
        Self(words.map(str::to_owned).collect())
    }
}

impl<'de> FromJson<'de> for Words {
    fn borrowed_str(value: &'de str) -> Option<Self> {
        Self::copied_str(value)
    }
    fn copied_str(value: &str) -> Option<Self> {
        Some(Self::of(value.split(',')))
    }
    fn seq<A: SeqAccess<'de>>(seq: A) -> Result<Option<Self>, A::Error> {
        let list = LenientVec::<Raw<'de>>::seq(seq)?;
        let words = list
            .into_iter()
            .flat_map(|list| list.0)
            .filter_map(Lenient::known);
        let words: Vec<_> = words.collect();
        Ok(Some(Self::of(words.iter().map(|word| word.0.as_ref()))))
    }
}

/// An object whose keys are data, as entries in the order of the body.
///
/// If it has more than [`MAX_ENTRIES`], the rest is replaced by one wrong entry without a name.
#[derive(Debug)]
pub(super) struct Entries<'a, T>(pub(super) Vec<(Cow<'a, str>, Lenient<T>)>);

impl<'de: 'a, 'a, T: FromJson<'de>> FromJson<'de> for Entries<'a, T> {
    fn map<A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        let mut entries = Vec::new();
        while entries.len() < MAX_ENTRIES {
            match map.next_key()? {
                Some(EntryName(name)) => entries.push((name, map.next_value()?)),
                None => return Ok(Some(Self(entries))),
            }
        }
        if map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
            entries.push((Cow::Borrowed(""), Lenient::Wrong));
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        }
        Ok(Some(Self(entries)))
    }
}

/// The key of an entry; empty if it cannot be read.
struct EntryName<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for EntryName<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Lenient::<Raw<'de>>::deserialize(deserializer)? {
            Lenient::Known(Raw(name)) => Ok(Self(name)),
            _ => Ok(Self(Cow::Borrowed(""))),
        }
    }
}

/// A number or an object. `connection_buffers` changed from a number to an object in 23.02.
#[derive(Debug)]
pub(super) enum NumberOr<T> {
    Number(u64),
    Object(T),
}

impl<'de, T: Deserialize<'de>> FromJson<'de> for NumberOr<T> {
    fn unsigned(value: u64) -> Option<Self> {
        Some(Self::Number(value))
    }
    fn real(value: f64) -> Option<Self> {
        u64::real(value).map(Self::Number)
    }
    fn map<A: MapAccess<'de>>(map: A) -> Result<Option<Self>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|value| Some(Self::Object(value)))
    }
}
