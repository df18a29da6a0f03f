//! Decodes a session list while its body arrives.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::body::TextBuffer;
use super::draft::DraftSessionRow;
use super::jsonapi::JsonApiSessionRow;
use super::row_reader::{Envelope, RowReader};
use super::{Bounds, DecodedList, Decoder, Interner, PreviousList, RowFlaw, WireError, decoded_list};
use crate::model::{Dialect, Session, Snapshot};

/// A session list that is being received. Holds the rows so far, and the beginning of the next row.
#[derive(Debug)]
pub(crate) struct ListStream {
    dialect: Dialect,
    zone: Option<TimeZone>,
    server_now: Timestamp,
    bounds: Bounds,
    text: TextBuffer,
    reader: RowReader<Session>,
    /// Length of the text from which reading is tried again. A long row is not read again for every part.
    least: usize,
    counts: Option<Counts>,
    /// The previous list of the endpoint.
    previous: Option<Arc<Snapshot>>,
}

/// The counters of a [`Decoder`] between two parts of a list.
#[derive(Debug)]
struct Counts {
    blanked: u32,
    flaw: RowFlaw,
    row_bytes: usize,
    /// Place in the previous list.
    next: usize,
}

impl ListStream {
    /// Creates the stream of one body. `length` is the length of the body, if it is known.
    pub(crate) fn new(
        dialect: Dialect,
        (zone, server_now): (Option<TimeZone>, Timestamp),
        bounds: Bounds,
        length: Option<usize>,
    ) -> Self {
        let envelope = match dialect {
            Dialect::Draft => Envelope::Array,
            Dialect::JsonApi => Envelope::Data,
        };
        Self {
            dialect,
            zone,
            server_now,
            bounds,
            text: TextBuffer::new(),
            reader: RowReader::new(envelope, length),
            least: 0,
            counts: None,
            previous: None,
        }
    }

    /// Sets the previous list of the endpoint. What did not change is shared with it.
    #[must_use]
    pub(crate) fn after(mut self, previous: Option<Arc<Snapshot>>) -> Self {
        self.previous = previous;
        self
    }

    /// Decodes the rows that are complete with the next part of the body.
    ///
    /// # Errors
    ///
    /// Returns [`WireError`] if the body is not a list, or exceeds the limits.
    pub(crate) fn push(&mut self, interner: &mut Interner, bytes: &[u8]) -> Result<(), WireError> {
        self.text.push(bytes);
        if self.text.as_str().len() < self.least {
            return Ok(());
        }
        let read = self.decode(interner, |reader, dialect, text, decoder| match dialect {
            Dialect::Draft => reader.read::<DraftSessionRow>(text, decoder),
            Dialect::JsonApi => reader.read::<JsonApiSessionRow>(text, decoder),
        })?;
        self.text.consume(read);
        self.least = self.text.as_str().len().saturating_mul(2);
        Ok(())
    }

    /// Decodes the rest at the end of the body.
    ///
    /// # Errors
    ///
    /// Returns [`WireError`] if the body is incomplete, is not a list, or exceeds the limits. See
    /// [`list`](super::list).
    pub(crate) fn finish(mut self, interner: &mut Interner) -> Result<DecodedList, WireError> {
        self.text.finish();
        self.decode(interner, |reader, dialect, text, decoder| match dialect {
            Dialect::Draft => reader.read_last::<DraftSessionRow>(text, decoder),
            Dialect::JsonApi => reader.read_last::<JsonApiSessionRow>(text, decoder),
        })?;
        let rows = self.reader.take_rows();
        self.decode(interner, |_, _, _, decoder| decoded_list(rows, decoder))
    }

    /// Returns the length of the text that is kept for the next part, in bytes.
    #[cfg(test)]
    pub(super) fn kept_bytes(&self) -> usize {
        self.text.as_str().len()
    }

    /// Continues to decode, with the counters so far.
    fn decode<T>(
        &mut self,
        interner: &mut Interner,
        read: impl FnOnce(&mut RowReader<Session>, Dialect, &str, &mut Decoder<'_>) -> Result<T, WireError>,
    ) -> Result<T, WireError> {
        let mut decoder = Decoder::new(interner, self.zone.as_ref(), self.server_now).within(self.bounds);
        let previous = self
            .previous
            .as_ref()
            .map_or(&[][..], |previous| &previous.sessions);
        let next = self.counts.as_ref().map_or(0, |counts| counts.next);
        decoder.previous = PreviousList::from(previous, next);
        match self.counts.take() {
            None => decoder.restart(),
            Some(counts) => {
                decoder.blanked = counts.blanked;
                decoder.flaw = counts.flaw;
                decoder.row_bytes = counts.row_bytes;
            }
        }
        let result = read(&mut self.reader, self.dialect, self.text.as_str(), &mut decoder);
        self.counts = Some(Counts {
            blanked: decoder.blanked,
            flaw: decoder.flaw,
            row_bytes: decoder.row_bytes,
            next: decoder.previous.next(),
        });
        result
    }
}
