//! A result set, before its rows are interpreted.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{IgnoredAny, SeqAccess};

use super::MAX_ROWS;
use crate::model::{BoundedRows, Span};
use crate::wire::field::{FromJson, Lenient, LenientVec, Raw};

/// A value of a row.
#[derive(Debug)]
pub(super) enum Cell<'a> {
    Unsigned(u64),
    Signed(i64),
    Real(f64),
    Text(Cow<'a, str>),
}

impl<'de: 'a, 'a> FromJson<'de> for Cell<'a> {
    fn borrowed_str(value: &'de str) -> Option<Self> {
        Some(Self::Text(Cow::Borrowed(value)))
    }
    fn copied_str(value: &str) -> Option<Self> {
        Some(Self::Text(Cow::Owned(value.to_owned())))
    }
    fn unsigned(value: u64) -> Option<Self> {
        Some(Self::Unsigned(value))
    }
    fn signed(value: i64) -> Option<Self> {
        Some(Self::Signed(value))
    }
    fn real(value: f64) -> Option<Self> {
        Some(Self::Real(value))
    }
}

impl Cell<'_> {
    /// Returns a whole number that is not negative.
    pub(super) fn number(&self) -> Option<u64> {
        match self {
            Self::Unsigned(value) => Some(*value),
            Self::Signed(_) => None,
            Self::Real(value) => u64::real(*value),
            Self::Text(text) => text.parse().ok(),
        }
    }

    /// Returns a duration, given the number of units in a second. A clock that was set back gives a negative
    /// one, which becomes 0.
    pub(super) fn span(&self, per_second: f64) -> Option<Span> {
        #[expect(clippy::cast_precision_loss, reason = "what a span can hold is exact")]
        let value = match self {
            Self::Unsigned(value) => *value as f64,
            Self::Signed(value) => *value as f64,
            Self::Real(value) => *value,
            Self::Text(text) => text.parse().ok()?,
        };
        Span::from_secs_f64((value / per_second).max(0.0))
    }

    /// Returns a text.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Rows up to [`MAX_ROWS`].
#[derive(Debug, Default)]
pub(super) struct RawRows<'a> {
    rows: Vec<Vec<Lenient<Cell<'a>>>>,
    has_more: bool,
}

impl<'de: 'a, 'a> FromJson<'de> for RawRows<'a> {
    fn seq<A: SeqAccess<'de>>(mut seq: A) -> Result<Option<Self>, A::Error> {
        let mut rows = Vec::new();
        while rows.len() < MAX_ROWS {
            match seq.next_element::<Lenient<LenientVec<Cell<'a>>>>()? {
                Some(row) => rows.push(row.known().map(|row| row.0).unwrap_or_default()),
                None => {
                    return Ok(Some(Self {
                        rows,
                        has_more: false,
                    }));
                }
            }
        }
        let mut has_more = false;
        while seq.next_element::<IgnoredAny>()?.is_some() {
            has_more = true;
        }
        Ok(Some(Self { rows, has_more }))
    }
}

/// One entry of `results`: rows, an error, or neither.
#[derive(Debug, Default, Deserialize)]
pub(super) struct RawResult<'a> {
    #[serde(default)]
    complete: Lenient<bool>,
    #[serde(borrow, default)]
    fields: Lenient<LenientVec<Raw<'a>>>,
    #[serde(borrow, default)]
    data: Lenient<RawRows<'a>>,
    #[serde(default)]
    pub(super) errno: Lenient<u32>,
    #[serde(borrow, default)]
    pub(super) message: Lenient<Raw<'a>>,
}

/// The rows of a result.
#[derive(Debug, Default)]
pub struct ResultSet<'a> {
    fields: Vec<Cow<'a, str>>,
    rows: Vec<Vec<Lenient<Cell<'a>>>>,
    has_more: bool,
}

impl<'a> From<RawResult<'a>> for ResultSet<'a> {
    fn from(raw: RawResult<'a>) -> Self {
        let fields = raw.fields.known().map(|fields| fields.0).unwrap_or_default();
        let fields = fields
            .into_iter()
            .map(|field| field.known().map_or(Cow::Borrowed(""), |field| field.0));
        let data = raw.data.known().unwrap_or_default();
        Self {
            fields: fields.collect(),
            rows: data.rows,
            has_more: data.has_more || raw.complete.known() == Some(false),
        }
    }
}

impl ResultSet<'_> {
    /// Reads each row by the names of its columns. A row for which `read` returns `None` is dropped.
    pub(super) fn each<T, const N: usize>(
        &self,
        columns: [&str; N],
        mut read: impl FnMut([Option<&Cell<'_>>; N]) -> Option<T>,
    ) -> BoundedRows<T> {
        let places = columns.map(|name| self.fields.iter().position(|field| field == name));
        let mut found = BoundedRows {
            has_more: self.has_more,
            ..BoundedRows::default()
        };
        for row in &self.rows {
            let cells = places.map(|place| match row.get(place?)? {
                Lenient::Known(cell) => Some(cell),
                Lenient::Absent | Lenient::Wrong => None,
            });
            match read(cells) {
                Some(item) => found.rows.push(item),
                None => found.dropped = found.dropped.saturating_add(1),
            }
        }
        found
    }

    /// Returns the first text of each row.
    pub(super) fn first_texts(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().filter_map(|row| match row.first()? {
            Lenient::Known(cell) => cell.text(),
            _ => None,
        })
    }
}
