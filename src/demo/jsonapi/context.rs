//! What every document of JSON:API needs besides its data. Who may enter: the dialect's documents.

use jiff::tz::TimeZone;
use serde::Serialize;

/// What the replies need to know besides the world.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    /// `http://HOST/v1`, or without `/v1` if the request had none.
    pub(super) base: &'a str,
    pub(super) zone: &'a TimeZone,
}

/// `links` of a document or a resource.
#[derive(Debug, Serialize)]
pub(super) struct SelfLink {
    #[serde(rename = "self")]
    pub(super) myself: String,
}
