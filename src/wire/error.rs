//! What an error body says, in either dialect.

use serde::Deserialize;

use super::body::text;
use super::field::{Field, List, Object, Raw};
use crate::model::{Limit, Text};

#[derive(Deserialize)]
struct ErrorBody<'a> {
    /// Draft: the short form.
    #[serde(borrow, default)]
    error: Field<Raw<'a>>,
    /// Draft: the long form.
    #[serde(borrow, default)]
    description: Field<Raw<'a>>,
    /// JSON:API: one entry for each error.
    #[serde(borrow, default)]
    errors: Field<List<Object<JsonApiError<'a>>>>,
}

#[derive(Debug, Deserialize)]
struct JsonApiError<'a> {
    #[serde(borrow, default)]
    detail: Field<Raw<'a>>,
}

/// The server's own words about an error, if the body has any.
pub fn error_detail(body: &[u8]) -> Option<Text> {
    let body = text(body);
    let parsed: ErrorBody<'_> = serde_json::from_str(&body).ok()?;
    let first = parsed
        .errors
        .known()
        .and_then(|errors| errors.0.into_iter().find_map(Field::known));
    let words = first
        .and_then(|error| error.0.detail.known())
        .or_else(|| parsed.description.known())
        .or_else(|| parsed.error.known())?;
    Some(Text::clean(&words.0, Limit::Line))
}
