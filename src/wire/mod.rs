//! Bytes to model: the one door through which the outside world enters.
//!
//! Used by the shell (off the drawing thread) and by the recording reader; uses `model` only. Here
//! every string is bounded and cleaned once, every number is checked, every field that has a wrong
//! type or cannot be read is left blank and counted, and only a row without a valid id is dropped.
//! Decoding is typed and borrows from the body; a broken row costs only itself. Rows that would take
//! too much memory end it.

mod body;
mod bounds;
mod error;
mod field;
mod intern;
mod mend;
mod rows;

pub mod draft;
pub mod jsonapi;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use self::field::Lenient;
use crate::model::{Connected, Dialect, Session, SessionId, Span, Text, parse_moment};

pub use body::{Shape, shape};
pub use bounds::Bounds;
pub use error::{error_detail, is_own_error};
pub use intern::Interner;

/// What a decoder needs besides the bytes.
pub struct Decoder<'a> {
    /// Texts seen before: a fleet repeats its users, addresses and services.
    pub interner: &'a mut Interner,
    /// The zone of the server, where it is known (a loopback endpoint shares this machine's).
    pub zone: Option<&'a TimeZone>,
    /// What the server's clock said (its `Date` header), else this machine's.
    pub server_now: Timestamp,
    /// Fields of a wrong type so far.
    pub blanked: u32,
    /// What was wrong with a row that was dropped, where more is known than that it has no valid id.
    flaw: RowFlaw,
    bounds: Bounds,
    /// Estimated memory of the rows so far, without their texts.
    row_bytes: usize,
    /// Why no more rows are read.
    excess: Option<WireError>,
}

/// Why a row is not a session.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
pub enum RowFlaw {
    /// It has no valid id.
    #[default]
    #[error("")]
    NoSession,
    /// It has the fields of a session, but no id.
    #[error(": they have no id, as in an early form of the draft")]
    NoId,
    /// It is of another type (JSON:API).
    #[error(": the type is '{0}'")]
    OtherType(Text),
}

/// A list as it was decoded.
#[derive(Debug, Default)]
pub struct DecodedList {
    /// Ascending by id, each id once.
    pub sessions: Vec<Session>,
    /// Fields of a wrong type, left blank.
    pub blanked: u32,
    /// Rows without a valid id, left out.
    pub dropped: u32,
}

/// Why a body could not be used at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// It is no JSON; the word says what it looks like.
    #[error("{0} instead of JSON")]
    NotJson(&'static str),
    /// It is JSON of another form than was asked for.
    #[error("expected {expected}, got {got}")]
    Shape {
        /// What was asked for.
        expected: &'static str,
        /// What came.
        got: &'static str,
    },
    /// JSON that stops or breaks on the way.
    #[error("{0}")]
    Broken(Text),
    /// Rows came, and none of them is a session.
    #[error("{}{flaw}", if *.rows == 1 { "its only row is not a session".to_owned() } else {
        format!("none of its {} rows is a session", .rows)
    })]
    NoSession {
        /// Number of rows.
        rows: u32,
        /// What was wrong with them.
        flaw: RowFlaw,
    },
    /// There are more rows than this.
    #[error("more than {0} rows")]
    TooManyRows(usize),
    /// The rows take more memory than this, in bytes.
    #[error("more than {0} bytes of rows")]
    TooMuchMemory(usize),
}

/// Decodes a list in either dialect. An empty one is good; one in which no row is a session is an error.
pub fn list(dialect: Dialect, body: &[u8], decoder: &mut Decoder<'_>) -> Result<DecodedList, WireError> {
    let rows = match dialect {
        Dialect::Draft => draft::list(body, decoder),
        Dialect::JsonApi => jsonapi::list(body, decoder),
    }?;
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
    /// A decoder for one body.
    pub fn new(interner: &'a mut Interner, zone: Option<&'a TimeZone>, server_now: Timestamp) -> Self {
        Self {
            interner,
            zone,
            server_now,
            blanked: 0,
            flaw: RowFlaw::default(),
            bounds: Bounds::default(),
            row_bytes: 0,
            excess: None,
        }
    }

    /// The same with other bounds.
    #[must_use]
    pub const fn within(mut self, bounds: Bounds) -> Self {
        self.bounds = bounds;
        self
    }

    /// Forgets what a pass over the rows has counted: another one begins.
    fn restart(&mut self) {
        self.blanked = 0;
        self.row_bytes = 0;
        self.flaw = RowFlaw::default();
        self.interner.forget_loose();
    }

    fn connected(&mut self, sent: &str) -> Connected {
        let (sent, at) = self.interner.moment(sent, |text| {
            parse_moment(text, self.zone).map(Timestamp::as_second)
        });
        Connected { sent, at }
    }

    /// The age by the server's clock, for versions that do not send it.
    fn age(&self, connected: Option<&Connected>) -> Lenient<Span> {
        let Some(at) = connected.and_then(|connected| connected.at) else {
            return Lenient::Absent;
        };
        let age = Span::checked_from_secs(self.server_now.as_second() - at);
        age.map_or(Lenient::Wrong, Lenient::Known)
    }
}

/// Sorts by id and keeps one row for each: a list is no snapshot, a session that moves between
/// workers can stand in it twice.
fn in_order(mut sessions: Vec<Session>) -> Vec<Session> {
    if !sessions.is_sorted_by_key(|session| session.id) {
        sessions.sort_by_key(|session| session.id);
    }
    sessions.dedup_by_key(|session| session.id);
    sessions
}

/// A session id from text: digits only, and within range.
pub fn parse_id(text: &str) -> Option<SessionId> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok().map(SessionId)).flatten()
}

#[cfg(test)]
mod tests;
