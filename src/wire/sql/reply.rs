//! Replies of `/v1/sql`: an opened connection, and the result of a statement.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;

use super::fault_of_errno;
use super::result::{RawResult, ResultSet};
use crate::model::{ServerAccessFault, Text, TextLimit};
use crate::wire::body::text;
use crate::wire::field::{FromJson, Lenient, LenientVec, Object, Raw};
use crate::wire::{Decoder, WireError, jsonapi};

/// Maximum length of a connection id.
const MAX_ID: usize = 36;

/// Id of an open connection: a UUID, in 21.06 a number.
///
/// The server chooses it and maxtop puts it into paths, so it may contain only `0-9`, `a-f` and `-`: no path
/// can lead to another resource.
#[derive(Clone, PartialEq, Eq)]
pub struct ConnectionId(String);

impl ConnectionId {
    /// Parses an id. Returns `None` if a character is not allowed.
    pub fn parse(text: &str) -> Option<Self> {
        let is_allowed = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-');
        let is_valid = (1..=MAX_ID).contains(&text.len()) && text.bytes().all(is_allowed);
        is_valid.then(|| Self(text.to_owned()))
    }

    /// Returns the id as a part of a path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The reply to an opened connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionReply {
    /// Id of the connection; `None` if it is not valid.
    pub id: Option<ConnectionId>,
}

/// A text, or a whole number as text.
struct TextOrNumber(String);

impl FromJson<'_> for TextOrNumber {
    fn copied_str(value: &str) -> Option<Self> {
        Some(Self(value.to_owned()))
    }
    fn borrowed_str(value: &str) -> Option<Self> {
        Some(Self(value.to_owned()))
    }
    fn unsigned(value: u64) -> Option<Self> {
        Some(Self(value.to_string()))
    }
}

#[derive(Deserialize)]
struct RawConnection {
    #[serde(default)]
    id: Lenient<TextOrNumber>,
}

#[derive(Deserialize)]
struct RawStatementResult<'a> {
    #[serde(borrow, default)]
    attributes: Lenient<Object<RawAttributes<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
struct RawAttributes<'a> {
    #[serde(default)]
    execution_time: Lenient<Seconds>,
    #[serde(borrow, default)]
    results: Lenient<LenientVec<Object<RawResult<'a>>>>,
}

/// Seconds with a fraction.
#[derive(Debug)]
struct Seconds(Duration);

impl FromJson<'_> for Seconds {
    #[expect(clippy::cast_precision_loss, reason = "a time is small")]
    fn unsigned(value: u64) -> Option<Self> {
        Self::real(value as f64)
    }
    fn real(value: f64) -> Option<Self> {
        Duration::try_from_secs_f64(value).ok().map(Self)
    }
}

/// Decodes the reply to `POST /v1/sql`.
///
/// # Errors
/// Returns [`WireError`] if the body is not JSON with an object in `data`.
pub fn connection(body: &[u8]) -> Result<ConnectionReply, WireError> {
    let text = text(body);
    let data = jsonapi::object(body, &text)?;
    let raw: RawConnection =
        serde_json::from_str(&data).map_err(|error| crate::wire::body::syntax_error(&error))?;
    let id = raw.id.known();
    Ok(ConnectionReply {
        id: id.and_then(|TextOrNumber(id)| ConnectionId::parse(&id)),
    })
}

/// The reply to a statement.
#[derive(Debug, PartialEq, Eq)]
pub struct QueryReply<T> {
    /// Time that the statement took, as MaxScale measured it.
    pub cost: Option<Duration>,
    /// The rows, or the error of the server.
    pub result: Result<T, ServerAccessFault>,
}

/// Decodes the reply to `POST /v1/sql/:id/queries`. `read` interprets the rows.
///
/// # Errors
/// Returns [`WireError`] if the body is not JSON, or has no result.
pub fn query<T>(
    body: &[u8],
    decoder: &mut Decoder<'_>,
    read: impl FnOnce(&ResultSet<'_>, &mut Decoder<'_>) -> T,
) -> Result<QueryReply<T>, WireError> {
    let text = text(body);
    let data = jsonapi::object(body, &text)?;
    let raw: RawStatementResult<'_> =
        serde_json::from_str(&data).map_err(|error| crate::wire::body::syntax_error(&error))?;
    let attributes = raw
        .attributes
        .known()
        .map(|attributes| attributes.0)
        .unwrap_or_default();
    let results = attributes
        .results
        .known()
        .map(|results| results.0)
        .unwrap_or_default();
    let Some(result) = results.into_iter().find_map(Lenient::known) else {
        return Err(WireError::Shape {
            expected: "a result",
            got: "none",
        });
    };
    Ok(QueryReply {
        cost: attributes.execution_time.known().map(|seconds| seconds.0),
        result: interpret(result.0, decoder, read),
    })
}

fn interpret<T>(
    mut raw: RawResult<'_>,
    decoder: &mut Decoder<'_>,
    read: impl FnOnce(&ResultSet<'_>, &mut Decoder<'_>) -> T,
) -> Result<T, ServerAccessFault> {
    match std::mem::take(&mut raw.errno).known() {
        Some(errno) if errno != 0 => {
            let message = std::mem::take(&mut raw.message).known();
            let message: Option<Raw<'_>> = message;
            let message = message.map_or(String::new(), |message| message.0.into_owned());
            Err(fault_of_errno(errno, Text::clean(&message, TextLimit::Line)))
        }
        _ => Ok(read(&raw.into(), decoder)),
    }
}
