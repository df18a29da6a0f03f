//! Decodes the rows of an array while their text arrives, so that the body is never in memory as a whole.
//!
//! Each row is decoded once it is complete. A row that cannot be decoded is read again on its own and affects
//! no other. A row that is too long to wait for is passed over.

use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::body::{BYTE_ORDER_MARK, Shape, expect_shape};
use super::complete::{blanks, complete, next_row};
use super::passing::{Passing, is_hopeless};
use super::position::Position;
use super::rows::{DecodedRows, RowFormat};
use super::{Decoder, WireError};

/// Form of the body around the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Envelope {
    /// The body is the array (draft).
    Array,
    /// An object with the array in `data` (JSON:API).
    Data,
}

/// Place of the next character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// The start of the body.
    Start,
    /// A key of the envelope, or the envelope's end if it has no key yet.
    Key { is_first: bool },
    /// The value of a key of the envelope.
    Value { is_data: bool },
    /// The separator after a value of the envelope, or the envelope's end.
    AfterValue,
    /// A row, or the end of the array if it has no row yet.
    Row { is_first: bool },
    /// The separator after a row, or the end of the array.
    AfterRow,
    /// A row or value that is too long, up to its end.
    TooLong(Passing, TooLong),
    /// After the body. Only blanks follow.
    End,
}

/// Part of the body that is passed over because of its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TooLong {
    Row,
    Value,
}

/// Result of one step.
enum Step {
    /// This many bytes were read.
    Read(usize),
    /// More text is needed.
    Incomplete,
}

/// Reads the rows of one body.
#[derive(Debug)]
pub(super) struct RowReader<T> {
    envelope: Envelope,
    place: Place,
    /// Whether `data` has been read.
    has_data: bool,
    rows: DecodedRows<T>,
    /// Position of the next text in the body.
    position: Position,
    /// Length of the whole body, if it is known.
    length: Option<usize>,
}

impl<T> RowReader<T> {
    pub(super) const fn new(envelope: Envelope, length: Option<usize>) -> Self {
        Self {
            envelope,
            place: Place::Start,
            has_data: false,
            rows: DecodedRows {
                items: Vec::new(),
                dropped: 0,
            },
            position: Position::START,
            length,
        }
    }

    /// Returns the rows so far.
    pub(super) fn take_rows(&mut self) -> DecodedRows<T> {
        DecodedRows {
            items: std::mem::take(&mut self.rows.items),
            dropped: std::mem::take(&mut self.rows.dropped),
        }
    }

    /// Reads what is complete in the next part of the body. Returns the number of bytes read; the rest is
    /// passed again with more text.
    pub(super) fn read<R: RowFormat<Item = T>>(
        &mut self,
        text: &str,
        decoder: &mut Decoder<'_>,
    ) -> Result<usize, WireError> {
        let read = self.read_complete::<R>(text, decoder)?;
        self.position = self.position.after(text.get(..read).unwrap_or(text));
        Ok(read)
    }

    /// Reads the last part of the body.
    pub(super) fn read_last<R: RowFormat<Item = T>>(
        &mut self,
        text: &str,
        decoder: &mut Decoder<'_>,
    ) -> Result<(), WireError> {
        self.read_complete::<R>(text, decoder)?;
        match self.place {
            Place::Start => expect_shape(&[], self.shape()),
            Place::End => Ok(()),
            _ => Err(self.position.after(text).cut_off()),
        }
    }

    /// Reads what is complete. Returns the number of bytes read. The position stays at the start of the text.
    fn read_complete<R: RowFormat<Item = T>>(
        &mut self,
        text: &str,
        decoder: &mut Decoder<'_>,
    ) -> Result<usize, WireError> {
        let mut at = 0;
        loop {
            at += blanks(text, at);
            let rest = text.get(at..).unwrap_or_default();
            if rest.is_empty() {
                return Ok(at);
            }
            match self.step::<R>(rest, decoder) {
                Ok(Step::Read(length)) => at += length,
                Ok(Step::Incomplete) if is_hopeless(rest) && self.pass_over() => {}
                Ok(Step::Incomplete) => return Ok(at),
                Err(fault) => return Err(fault.at(self.position, text, at)),
            }
        }
    }

    fn shape(&self) -> Shape {
        match self.envelope {
            Envelope::Array => Shape::Array,
            Envelope::Data => Shape::Object,
        }
    }

    fn step<R: RowFormat<Item = T>>(&mut self, rest: &str, decoder: &mut Decoder<'_>) -> Result<Step, Fault> {
        let first = rest.as_bytes().first().copied().unwrap_or_default();
        match (self.place, first) {
            (Place::Start, _) => self.start(rest),
            (Place::Key { is_first: true } | Place::AfterValue, b'}') => {
                if !self.has_data {
                    return Err(Fault::Other(NO_DATA));
                }
                self.go(Place::End, 1)
            }
            (Place::Key { .. }, _) => self.key(rest),
            (Place::AfterValue, b',') => self.go(Place::Key { is_first: false }, 1),
            (Place::Value { is_data: true }, _) => self.data(rest, first),
            (Place::Value { is_data: false }, _) => match complete::<IgnoredAny>(rest)? {
                Some((_, length)) => self.go(Place::AfterValue, length),
                None => Ok(Step::Incomplete),
            },
            (Place::Row { is_first: true } | Place::AfterRow, b']') => {
                let next = match self.envelope {
                    Envelope::Array => Place::End,
                    Envelope::Data => Place::AfterValue,
                };
                self.go(next, 1)
            }
            (Place::AfterRow, b',') => self.go(Place::Row { is_first: false }, 1),
            (Place::Row { .. }, _) => self.next_rows::<R>(rest, decoder),
            (Place::TooLong(passing, what), _) => self.pass(passing, what, rest),
            (Place::AfterValue | Place::AfterRow | Place::End, _) => Err(Fault::At(1)),
        }
    }

    /// Moves on after `length` bytes.
    #[expect(clippy::unnecessary_wraps, reason = "the form that every step returns")]
    fn go(&mut self, next: Place, length: usize) -> Result<Step, Fault> {
        self.place = next;
        Ok(Step::Read(length))
    }

    fn start(&mut self, rest: &str) -> Result<Step, Fault> {
        let is_marked = self.position == Position::START && rest.starts_with(BYTE_ORDER_MARK);
        let mark = if is_marked { BYTE_ORDER_MARK.len_utf8() } else { 0 };
        let body = rest.get(mark..).unwrap_or_default();
        let blank = blanks(body, 0);
        if blank == body.len() {
            return Ok(Step::Incomplete);
        }
        let text = body.get(blank..).unwrap_or_default();
        if text.starts_with(BYTE_ORDER_MARK) {
            return Err(Fault::Other(WireError::NotJson(Shape::Other.name())));
        }
        expect_shape(text.as_bytes(), self.shape()).map_err(Fault::Other)?;
        let next = match self.envelope {
            Envelope::Array => Place::Row { is_first: true },
            Envelope::Data => Place::Key { is_first: true },
        };
        self.go(next, mark + blank + 1)
    }

    fn key(&mut self, rest: &str) -> Result<Step, Fault> {
        if !rest.starts_with('"') {
            return Err(Fault::At(1));
        }
        let Some((key, length)) = complete::<&RawValue>(rest)? else {
            return Ok(Step::Incomplete);
        };
        let colon = length + blanks(rest, length);
        match rest.as_bytes().get(colon) {
            None => Ok(Step::Incomplete),
            Some(b':') => {
                let is_data = serde_json::from_str::<String>(key.get()).is_ok_and(|key| key == "data");
                self.go(Place::Value { is_data }, colon + 1)
            }
            Some(_) => Err(Fault::At(colon + 1)),
        }
    }

    /// Enters the array in `data`.
    fn data(&mut self, rest: &str, first: u8) -> Result<Step, Fault> {
        match first {
            b'[' if self.has_data => Err(Fault::Json(serde::de::Error::duplicate_field("data"))),
            b'[' => {
                self.has_data = true;
                self.go(Place::Row { is_first: true }, 1)
            }
            b'{' => Err(Fault::Other(WireError::Shape {
                expected: Shape::Array.name(),
                got: Shape::Object.name(),
            })),
            _ => match complete::<Option<IgnoredAny>>(rest)? {
                None => Ok(Step::Incomplete),
                Some((None, length)) => self.go(Place::AfterValue, length),
                Some((Some(_), _)) => Err(Fault::Other(WireError::NotJson(Shape::Other.name()))),
            },
        }
    }

    /// Decodes complete rows, up to the end of the text or of the array.
    fn next_rows<R: RowFormat<Item = T>>(
        &mut self,
        text: &str,
        decoder: &mut Decoder<'_>,
    ) -> Result<Step, Fault> {
        let mut at = 0;
        loop {
            let rest = text.get(at..).unwrap_or_default();
            let (item, length) = match next_row::<R>(rest, decoder) {
                Ok(Some(row)) => row,
                // The next step finds the same error, with its position.
                Ok(None) | Err(_) if at > 0 => return Ok(Step::Read(at)),
                Ok(None) => return Ok(Step::Incomplete),
                Err(error) => return Err(Fault::Json(error)),
            };
            self.add::<R>(item, at + length, decoder).map_err(Fault::Other)?;
            at += length;
            let comma = at + blanks(text, at);
            let row = comma + 1;
            let row = row + blanks(text, row);
            if text.as_bytes().get(comma) != Some(&b',') || row >= text.len() {
                self.place = Place::AfterRow;
                return Ok(Step::Read(at));
            }
            self.place = Place::Row { is_first: false };
            at = row;
        }
    }

    /// Adds a row, or counts it as dropped.
    fn add<R: RowFormat<Item = T>>(
        &mut self,
        item: Option<T>,
        read: usize,
        decoder: &mut Decoder<'_>,
    ) -> Result<(), WireError> {
        let Some(item) = item else {
            self.rows.dropped = self.rows.dropped.saturating_add(1);
            return Ok(());
        };
        decoder.count_row(self.rows.items.len() + 1, R::size(&item))?;
        if self.rows.items.len() == self.rows.items.capacity() {
            self.grow(read, decoder);
        }
        self.rows.items.push(item);
        Ok(())
    }

    /// Reserves memory for as many rows as the rest of the body is likely to have. The memory of a long list
    /// is never copied to twice its size.
    fn grow(&mut self, read: usize, decoder: &Decoder<'_>) {
        let rows = self.rows.items.len();
        let read = self.position.offset().saturating_add(read).max(1);
        let expected = match self.length {
            _ if rows == 0 => decoder.expected_rows() / 16 * 17,
            Some(length) => length.saturating_mul(rows) / read / 64 * 65,
            None => rows,
        };
        let least = (rows / 8).max(FIRST_ROWS);
        let most = (rows * 7).max(decoder.expected_rows() * 2).max(least);
        let more = expected.saturating_sub(rows).clamp(least, most);
        self.rows.items.reserve_exact(more);
    }

    /// Starts to pass over the row or value at this place. Returns `false` if it is neither.
    fn pass_over(&mut self) -> bool {
        let what = match self.place {
            Place::Row { .. } => TooLong::Row,
            Place::Value { is_data: false } => TooLong::Value,
            _ => return false,
        };
        self.place = Place::TooLong(Passing::default(), what);
        true
    }

    /// Passes over a part of a row or value that is too long.
    fn pass(&mut self, mut passing: Passing, what: TooLong, rest: &str) -> Result<Step, Fault> {
        let (length, is_complete) = passing.over(rest.as_bytes());
        match what {
            _ if !is_complete => self.go(Place::TooLong(passing, what), length),
            TooLong::Value => self.go(Place::AfterValue, length),
            TooLong::Row => {
                self.rows.dropped = self.rows.dropped.saturating_add(1);
                self.go(Place::AfterRow, length)
            }
        }
    }
}

/// Number of rows for which memory is reserved first.
const FIRST_ROWS: usize = 64;

const NO_DATA: WireError = WireError::Shape {
    expected: "an object with data",
    got: "an object without",
};

/// Why a step failed.
enum Fault {
    /// An unexpected character, this many bytes after the start of the text, counted from 1.
    At(usize),
    Json(serde_json::Error),
    Other(WireError),
}

impl Fault {
    /// Returns the error of a step that began at `at` of a text at this position.
    fn at(self, position: Position, text: &str, at: usize) -> WireError {
        let position = |at| position.after(text.get(..at).unwrap_or(text));
        match self {
            Self::At(offset) => position(at + offset).invalid(),
            Self::Json(error) => position(at).of(&error),
            Self::Other(error) => error,
        }
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(error)
    }
}
