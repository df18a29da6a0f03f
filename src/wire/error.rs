//! Decodes error bodies, in either dialect.

use serde::Deserialize;

use super::body::text;
use super::field::{Lenient, LenientVec, Object, Raw};
use crate::model::{Dialect, Text, TextLimit};

#[derive(Deserialize)]
struct ErrorBody<'a> {
    /// Short form (draft).
    #[serde(borrow, default)]
    error: Lenient<Raw<'a>>,
    /// Long form (draft).
    #[serde(borrow, default)]
    description: Lenient<Raw<'a>>,
    /// One entry for each error (JSON:API).
    #[serde(borrow, default)]
    errors: Lenient<LenientVec<Object<JsonApiError<'a>>>>,
}

#[derive(Debug, Deserialize)]
struct JsonApiError<'a> {
    #[serde(borrow, default)]
    detail: Lenient<Raw<'a>>,
}

/// Returns the sanitized error message in the body, if any.
pub(crate) fn error_detail(body: &[u8]) -> Option<Text> {
    let body = text(body);
    let parsed: ErrorBody<'_> = serde_json::from_str(&body).ok()?;
    let first = parsed
        .errors
        .known()
        .and_then(|errors| errors.0.into_iter().find_map(Lenient::known));
    let message = first
        .and_then(|error| error.0.detail.known())
        .or_else(|| parsed.description.known())
        .or_else(|| parsed.error.known())?;
    Some(Text::clean(&message.0, TextLimit::Line))
}

/// Whether an error body has the form that `MaxScale` uses in this dialect: its error object, or empty.
///
/// Gateways and load balancers use other forms.
pub(crate) fn is_own_error(dialect: Dialect, body: &[u8]) -> bool {
    if body.is_empty() {
        return true;
    }
    let body = text(body);
    let Ok(parsed) = serde_json::from_str::<Lenient<Object<ErrorBody<'_>>>>(&body) else {
        return false;
    };
    let Some(Object(parsed)) = parsed.known() else {
        return false;
    };
    let is_text = |field: Lenient<Raw<'_>>| field.known().is_some();
    match dialect {
        Dialect::Draft => is_text(parsed.error) && is_text(parsed.description),
        Dialect::JsonApi => parsed.errors.known().is_some_and(|LenientVec(errors)| {
            let has_detail = |error: Lenient<Object<JsonApiError<'_>>>| {
                error.known().is_some_and(|error| is_text(error.0.detail))
            };
            !errors.is_empty() && errors.into_iter().all(has_detail)
        }),
    }
}
