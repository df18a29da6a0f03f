//! How fast a session of the draft reads and writes, as far as its connections were looked at.

use super::{Align, Column};
use crate::app::row::{Row, SortKey};
use crate::model::{Counter, Dialect, rate_text};

pub(super) const READS: Column = Column {
    name: "reads",
    heading: "READS/s",
    about: "reads from its servers a second",
    align: Align::Right,
    min: 8,
    max: 8,
    drop: 8,
    usual: true,
    only: Some(Dialect::Draft),
    sampled: true,
    descending: true,
    cell: |row| row.rate(Counter::Reads).map(|rate| rate_text(rate).into()),
    key: |row| key(row, Counter::Reads),
};

pub(super) const WRITES: Column = Column {
    name: "writes",
    heading: "WRITES/s",
    about: "writes to its servers a second",
    drop: 9,
    min: 9,
    max: 9,
    cell: |row| row.rate(Counter::Writes).map(|rate| rate_text(rate).into()),
    key: |row| key(row, Counter::Writes),
    ..READS
};

fn key(row: &Row<'_>, counter: Counter) -> SortKey<'static> {
    rate_key(row.rate(counter))
}

/// Rates that look alike are equal: the order is not to change with what nobody sees.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "tenths, never negative"
)]
pub fn rate_key(rate: Option<f64>) -> SortKey<'static> {
    rate.map_or(SortKey::Unknown, |rate| {
        SortKey::Number((rate * 10.0).round() as u64)
    })
}
