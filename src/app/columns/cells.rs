//! Contents and sort keys of the cells.
//!
//! Also the read and write rates of draft sessions, if their connections were sampled.

use std::borrow::Cow;

use super::Column;
use crate::app::row::{SortKey, TableRow};
use crate::model::{Counter, Dialect, JsonApiFields, ServerConnection, Span, Text, rate_text};

pub(super) fn text(text: Option<&Text>) -> Option<Cow<'_, str>> {
    text.map(|text| Cow::Borrowed(text.as_str()))
}

pub(super) fn text_key(text: Option<&Text>) -> SortKey<'_> {
    text.map_or(SortKey::Unknown, |text| SortKey::Text(text.as_str()))
}

pub(super) fn number_key(number: Option<u64>) -> SortKey<'static> {
    number.map_or(SortKey::Unknown, SortKey::Number)
}

pub(super) fn span_key(span: Option<Span>) -> SortKey<'static> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "tenths of seconds, never negative"
    )]
    span.map_or(SortKey::Unknown, |span| {
        SortKey::Number((span.as_secs_f64() * 10.0).round() as u64)
    })
}

/// Formats a number in full; `None` if it is unknown.
pub(super) fn digits(number: Option<impl ToString>) -> Option<Cow<'static, str>> {
    number.map(|number| number.to_string().into())
}

/// Returns a value that only JSON:API reports.
pub(super) fn extra<'a, T>(
    row: &TableRow<'a>,
    value: impl FnOnce(&'a JsonApiFields) -> Option<T>,
) -> Option<T> {
    value(row.session.extra.as_ref()?)
}

/// Returns the names of the servers that the session is connected to.
pub(super) fn servers<'a>(row: &TableRow<'a>) -> Option<Cow<'a, str>> {
    each(row, |backend| backend.server.as_str().into())
}

pub(super) fn first_server<'a>(row: &TableRow<'a>) -> SortKey<'a> {
    let first = row
        .session
        .server_connections()
        .and_then(|backends| backends.first());
    text_key(first.map(|backend| &backend.server))
}

/// Returns the thread ids of the server connections. An unknown id becomes a question mark, so that the
/// others stay in the order of their servers.
pub(super) fn threads<'a>(row: &TableRow<'a>) -> Option<Cow<'a, str>> {
    each(row, |backend| {
        digits(backend.thread_id).unwrap_or(Cow::Borrowed("?"))
    })
}

pub(super) fn first_thread(row: &TableRow<'_>) -> SortKey<'static> {
    let first = row
        .session
        .server_connections()
        .and_then(|backends| backends.first());
    number_key(first.and_then(|backend| backend.thread_id).map(u64::from))
}

/// Joins one word per connection. Returns a dash if there are no connections.
fn each<'a>(row: &TableRow<'a>, word: impl Fn(&'a ServerConnection) -> Cow<'a, str>) -> Option<Cow<'a, str>> {
    let mut words = row.session.server_connections()?.iter().map(word);
    let Some(first) = words.next() else {
        return Some(Cow::Borrowed("-"));
    };
    Some(words.fold(first, |all, word| Cow::Owned(format!("{all} {word}"))))
}

pub(super) const READS: Column = Column {
    name: "reads",
    heading: "READS/s",
    about: "reads per second from the servers",
    min: 8,
    max: 8,
    drop: 8,
    only: Some(Dialect::Draft),
    sampled: true,
    descending: true,
    cell: |row| row.rate(Counter::Reads).map(|rate| rate_text(rate).into()),
    key: |row| key(row, Counter::Reads),
    ..Column::NUMBER
};

pub(super) const WRITES: Column = Column {
    name: "writes",
    heading: "WRITES/s",
    about: "writes per second to the servers",
    drop: 9,
    min: 9,
    max: 9,
    cell: |row| row.rate(Counter::Writes).map(|rate| rate_text(rate).into()),
    key: |row| key(row, Counter::Writes),
    ..READS
};

fn key(row: &TableRow<'_>, counter: Counter) -> SortKey<'static> {
    rate_key(row.rate(counter))
}

/// Rates that are displayed alike are equal, so that invisible differences do not change the order.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "tenths, never negative"
)]
pub(crate) fn rate_key(rate: Option<f64>) -> SortKey<'static> {
    rate.map_or(SortKey::Unknown, |rate| {
        SortKey::Number((rate * 10.0).round() as u64)
    })
}
