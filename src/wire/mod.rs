//! Decodes replies of the admin API into the model. External data enters the program only here.
//!
//! Uses `model` only. Every string is limited and sanitized once, and every number is checked. A field of a
//! wrong type, or one that cannot be read, is left blank and counted. Only a row without a valid id is
//! dropped; the other rows stay. Decoding is typed and borrows from the body. It fails if the rows would
//! take too much memory.

mod body;
mod bounds;
mod complete;
mod error;
mod field;
mod intern;
mod list_stream;
mod mend;
mod passing;
mod position;
mod previous;
mod row_reader;
mod rows;

pub(crate) mod draft;
pub mod jsonapi;
pub mod sql;

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use self::draft::DraftSessionRow;
use self::field::Lenient;
use self::jsonapi::JsonApiSessionRow;
use self::row_reader::Envelope;
use self::rows::DecodedRows;
use crate::model::{Connected, Dialect, Session, SessionId, Span, Text, parse_moment};

pub(crate) use body::{Shape, shape};
pub use bounds::Bounds;
pub(crate) use error::{error_detail, is_own_error};
pub use intern::Interner;
pub(crate) use list_stream::ListStream;
pub use previous::PreviousList;

/// Context for decoding one body.
pub struct Decoder<'a> {
    /// Store of texts, because sessions share users, addresses and services.
    pub interner: &'a mut Interner,
    /// Time zone of the server, if known. A loopback endpoint has that of this machine.
    pub zone: Option<&'a TimeZone>,
    /// Time of the server's clock (its `Date` header), otherwise of this machine's.
    pub server_now: Timestamp,
    /// Number of fields of a wrong type so far.
    pub blanked: u32,
    /// Flaw of a dropped row, if more is known than that it has no valid id.
    flaw: RowFlaw,
    bounds: Bounds,
    previous: PreviousList<'a>,
    /// Estimated memory of the rows so far, in bytes, without their texts.
    row_bytes: usize,
}

/// Why a row is not a session.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
pub enum RowFlaw {
    /// The row has no valid id.
    #[default]
    #[error("")]
    NoSession,
    /// The row has the fields of a session, but no id.
    #[error(": they have no id, as in an early form of the draft")]
    NoId,
    /// The row is of another type (JSON:API).
    #[error(": the type is '{0}'")]
    OtherType(Text),
}

/// A decoded session list.
#[derive(Debug, Default)]
pub struct DecodedList {
    /// Sessions, in ascending order of id, each id once.
    pub sessions: Vec<Session>,
    /// Number of fields of a wrong type, left blank.
    pub blanked: u32,
    /// Number of rows without a valid id, left out.
    pub dropped: u32,
}

/// Why a body could not be used at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// The body is not JSON. The text names what it looks like.
    #[error("{0} instead of JSON")]
    NotJson(&'static str),
    /// The body is JSON of another shape than expected.
    #[error("expected {expected}, got {got}")]
    Shape {
        /// The expected shape.
        expected: &'static str,
        /// The shape found.
        got: &'static str,
    },
    /// The JSON is incomplete or invalid.
    #[error("{0}")]
    Broken(Text),
    /// None of the rows is a session.
    #[error("{}{flaw}", if *.rows == 1 { "its only row is not a session".to_owned() } else {
        format!("none of its {} rows is a session", .rows)
    })]
    NoSession {
        /// Number of rows.
        rows: u32,
        /// Flaw that was found last.
        flaw: RowFlaw,
    },
    /// The list has more rows than this limit.
    #[error("more than {0} rows")]
    TooManyRows(usize),
    /// The rows take more memory than this limit, in bytes.
    #[error("more than {0} bytes of rows")]
    TooMuchMemory(usize),
}

/// Decodes a session list in either dialect. An empty list is valid.
///
/// # Errors
/// Returns [`WireError::NoSession`] if there are rows and none of them is a session.
pub fn list(dialect: Dialect, body: &[u8], decoder: &mut Decoder<'_>) -> Result<DecodedList, WireError> {
    let rows = match dialect {
        Dialect::Draft => rows::decode::<DraftSessionRow>(Envelope::Array, body, decoder),
        Dialect::JsonApi => rows::decode::<JsonApiSessionRow>(Envelope::Data, body, decoder),
    }?;
    decoded_list(rows, decoder)
}

/// Sorts the rows of a complete list.
fn decoded_list(rows: DecodedRows<Session>, decoder: &mut Decoder<'_>) -> Result<DecodedList, WireError> {
    let rows = DecodedList {
        sessions: in_order(rows.items),
        blanked: decoder.blanked,
        dropped: rows.dropped,
    };
    if rows.sessions.is_empty() && rows.dropped > 0 {
        return Err(WireError::NoSession {
            rows: rows.dropped,
            flaw: std::mem::take(&mut decoder.flaw),
        });
    }
    decoder.interner.rows = rows.sessions.len();
    Ok(rows)
}

impl<'a> Decoder<'a> {
    /// Creates a decoder for one body.
    pub fn new(interner: &'a mut Interner, zone: Option<&'a TimeZone>, server_now: Timestamp) -> Self {
        Self {
            interner,
            zone,
            server_now,
            blanked: 0,
            flaw: RowFlaw::default(),
            bounds: Bounds::default(),
            previous: PreviousList::default(),
            row_bytes: 0,
        }
    }

    /// Sets the limits. Defaults to [`Bounds::default`].
    #[must_use]
    pub(crate) const fn within(mut self, bounds: Bounds) -> Self {
        self.bounds = bounds;
        self
    }

    /// Sets the previous list of the endpoint. What did not change is shared with it.
    #[must_use]
    pub const fn after(mut self, previous: PreviousList<'a>) -> Self {
        self.previous = previous;
        self
    }

    /// Returns the number of rows of the last list.
    const fn expected_rows(&self) -> usize {
        self.interner.rows
    }

    /// Resets the counters before a list.
    fn restart(&mut self) {
        self.blanked = 0;
        self.row_bytes = 0;
        self.flaw = RowFlaw::default();
        self.interner.forget_loose();
    }

    fn connected(&mut self, sent: &str) -> Arc<Connected> {
        self.interner.connected(sent, |text| {
            parse_moment(text, self.zone).map(Timestamp::as_second)
        })
    }

    /// Returns the age by the server's clock, for versions that do not send it.
    fn age(&self, connected: Option<&Arc<Connected>>) -> Lenient<Span> {
        let Some(at) = connected.and_then(|connected| connected.at) else {
            return Lenient::Absent;
        };
        let age = Span::checked_from_secs(self.server_now.as_second() - at);
        age.map_or(Lenient::Wrong, Lenient::Known)
    }
}

/// Sorts by id and removes duplicates.
///
/// The list is not atomic: a session that moves between workers can appear twice.
fn in_order(mut sessions: Vec<Session>) -> Vec<Session> {
    if !sessions.is_sorted_by_key(|session| session.id) {
        // A stable sort would need half of the memory again.
        sessions.sort_unstable_by_key(|session| session.id);
    }
    sessions.dedup_by_key(|session| session.id);
    if sessions.capacity() / 2 > sessions.len() {
        sessions.shrink_to_fit();
    }
    sessions
}

/// Parses a session id. Returns `None` unless the text has only digits and is in range.
pub(crate) fn parse_id(text: &str) -> Option<SessionId> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok().map(SessionId)).flatten()
}

#[cfg(test)]
mod tests;
