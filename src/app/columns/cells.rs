//! What stands in the cells, and what they sort by.

use std::borrow::Cow;

use crate::app::row::{Row, SortKey};
use crate::model::{Backend, Extra, Span, Text};

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

/// A number in full; nothing where it is not known.
pub(super) fn digits(number: Option<impl ToString>) -> Option<Cow<'static, str>> {
    number.map(|number| number.to_string().into())
}

/// What only JSON:API tells.
pub(super) fn extra<'a, T>(row: &Row<'a>, value: impl FnOnce(&'a Extra) -> Option<T>) -> Option<T> {
    value(row.session.extra.as_ref()?)
}

/// The servers of its connections, by name.
pub(super) fn servers<'a>(row: &Row<'a>) -> Option<Cow<'a, str>> {
    each(row, |backend| backend.server.as_str().into())
}

pub(super) fn first_server<'a>(row: &Row<'a>) -> SortKey<'a> {
    let first = row.session.backends().and_then(|backends| backends.first());
    text_key(first.map(|backend| &backend.server))
}

/// The threads of its connections; one that is not known leaves a question mark, so that the others
/// stay with their servers.
pub(super) fn threads<'a>(row: &Row<'a>) -> Option<Cow<'a, str>> {
    each(row, |backend| {
        digits(backend.thread_id).unwrap_or(Cow::Borrowed("?"))
    })
}

pub(super) fn first_thread(row: &Row<'_>) -> SortKey<'static> {
    let first = row.session.backends().and_then(|backends| backends.first());
    number_key(first.and_then(|backend| backend.thread_id).map(u64::from))
}

/// One word for each connection; a dash where there is none.
fn each<'a>(row: &Row<'a>, word: impl Fn(&'a Backend) -> Cow<'a, str>) -> Option<Cow<'a, str>> {
    let mut words = row.session.backends()?.iter().map(word);
    let Some(first) = words.next() else {
        return Some(Cow::Borrowed("-"));
    };
    Some(words.fold(first, |all, word| Cow::Owned(format!("{all} {word}"))))
}
