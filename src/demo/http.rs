//! HTTP for both dialects: a request, a reply, validators and preconditions.

use std::time::Duration;

use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use sha2::{Digest as _, Sha256};

/// A request.
#[derive(Debug)]
pub(super) struct SimRequest {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: HeaderMap,
    /// Body of a POST. Empty for all other methods, which ignore it.
    pub(super) body: Vec<u8>,
}

impl SimRequest {
    /// Returns the value of a header, or `None` if it is absent or not valid text.
    pub(super) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether the request has a body.
    pub(super) fn has_body(&self) -> bool {
        let length = self
            .header(&header::CONTENT_LENGTH)
            .is_some_and(|length| length != "0");
        length || self.headers.contains_key(header::TRANSFER_ENCODING)
    }

    /// Returns the decoded parameters of the URL, in order.
    pub(super) fn parameters(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(self.query.as_bytes())
            .into_owned()
            .collect()
    }

    /// Returns the segments of the path. Ignores one trailing slash.
    pub(super) fn segments(&self) -> Vec<&str> {
        let path = self.path.strip_prefix('/').unwrap_or(&self.path);
        let path = path.strip_suffix('/').unwrap_or(path);
        path.split('/').collect()
    }

    /// Whether the path is `/sql` or below it, with or without `/v1`.
    pub(super) fn is_sql(&self) -> bool {
        let segments = self.segments();
        let unprefixed = segments.strip_prefix(&["v1"]).unwrap_or(&segments);
        unprefixed.first() == Some(&"sql")
    }

    /// Whether the request is a DELETE or names one session, in either dialect.
    pub(super) fn is_single(&self) -> bool {
        let segments = self.segments();
        let unprefixed = segments.strip_prefix(&["v1"]).unwrap_or(&segments);
        self.method == Method::DELETE || matches!(unprefixed, ["sessions", _, ..])
    }
}

/// A reply to send.
#[derive(Debug)]
pub(super) struct SimReply {
    pub(super) status: StatusCode,
    pub(super) headers: Vec<(HeaderName, String)>,
    pub(super) body: Vec<u8>,
    /// Time until the reply is sent.
    pub(super) hold: Duration,
}

impl SimReply {
    pub(super) fn new(status: StatusCode) -> Self {
        Self {
            status,
            headers: Vec::with_capacity(10),
            body: Vec::new(),
            hold: Duration::ZERO,
        }
    }

    pub(super) fn json(status: StatusCode, body: Vec<u8>) -> Self {
        Self {
            body,
            ..Self::new(status).with(header::CONTENT_TYPE, "application/json")
        }
    }

    pub(super) fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn has(&self, name: &HeaderName) -> bool {
        self.headers.iter().any(|(present, _)| present == name)
    }
}

/// Returns the `Authorization` value for these credentials.
pub(super) fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

/// Returns a quoted entity tag: 40 hexadecimal digits of a hash of the bytes.
pub(super) fn etag(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let digest = Sha256::digest(bytes);
    let mut tag = String::with_capacity(42);
    tag.push('"');
    for byte in digest.iter().take(20) {
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

/// Result of the preconditions of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Precondition {
    /// The request has no preconditions.
    None,
    /// All preconditions are met.
    Holds,
    /// The client already has the current version.
    NotModified,
    /// The client refers to another version than the current one.
    Failed,
}

/// Evaluates `If-Match`, otherwise `If-Unmodified-Since`; and `If-None-Match`, otherwise `If-Modified-Since`.
/// A date that cannot be parsed counts as absent.
pub(super) fn precondition(request: &SimRequest, etag: &str, modified: Timestamp) -> Precondition {
    let safe = matches!(request.method, Method::GET | Method::HEAD);
    let modified = modified.as_second();
    let if_match = request
        .header(&header::IF_MATCH)
        .map(|tags| matches_tag(tags, etag, false));
    let unmodified = || date(request, &header::IF_UNMODIFIED_SINCE).map(|date| modified <= date);
    let none_match = request
        .header(&header::IF_NONE_MATCH)
        .map(|tags| !matches_tag(tags, etag, true));
    let modified_since = || {
        if safe {
            date(request, &header::IF_MODIFIED_SINCE).map(|date| modified > date)
        } else {
            None
        }
    };

    match (if_match.or_else(unmodified), none_match.or_else(modified_since)) {
        (Some(false), _) => Precondition::Failed,
        (_, Some(false)) if safe => Precondition::NotModified,
        (_, Some(false)) => Precondition::Failed,
        (None, None) => Precondition::None,
        _ => Precondition::Holds,
    }
}

fn matches_tag(tags: &str, etag: &str, weak: bool) -> bool {
    tags.split(',').map(str::trim).any(|tag| {
        let tag = if weak {
            tag.strip_prefix("W/").unwrap_or(tag)
        } else {
            tag
        };
        tag == "*" || tag == etag
    })
}

fn date(request: &SimRequest, name: &HeaderName) -> Option<i64> {
    rfc2822::DateTimeParser::new()
        .parse_timestamp(request.header(name)?)
        .ok()
        .map(Timestamp::as_second)
}
