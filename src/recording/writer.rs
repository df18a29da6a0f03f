//! Writes a recording.

use std::time::Duration;

use super::chunk::ChunkWriter;
use super::error::RecordingError;
use super::fact::Fact;
use super::header::Header;

/// Writes a recording: facts in, bytes out. The caller stores the bytes in order.
///
/// After each fact the bytes are complete up to it, so that a recording without an end can be read.
#[derive(Debug)]
pub struct Writer {
    chunks: ChunkWriter,
}

impl Writer {
    /// Creates a writer, and appends the header to `out`. Lists are written whole once per interval.
    ///
    /// # Errors
    ///
    /// Returns an error if the compressor cannot be created.
    pub fn new(header: &Header, interval: Duration, out: &mut Vec<u8>) -> Result<Self, RecordingError> {
        out.extend(header.to_frame()?);
        Ok(Self {
            chunks: ChunkWriter::new(interval)?,
        })
    }

    /// Adds what a fact of before the recording says to what is known at its start.
    pub(super) fn know(&mut self, fact: &Fact) {
        self.chunks.know(fact);
    }

    /// Appends the bytes of a fact to `out`. Facts are pushed in order of time.
    ///
    /// # Errors
    ///
    /// Returns an error if the fact cannot be written. The recording must then be closed.
    pub fn push(&mut self, fact: &Fact, out: &mut Vec<u8>) -> Result<(), RecordingError> {
        if self.chunks.is_due(fact.at) {
            self.finish(out)?;
        }
        self.chunks.push(fact, out)
    }

    /// Appends the end of the open chunk to `out`. The next fact starts another chunk.
    ///
    /// # Errors
    ///
    /// Returns an error if the compressor fails.
    pub fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), RecordingError> {
        if let Some(footer) = self.chunks.finish(out)? {
            out.extend(footer.to_frame()?);
        }
        Ok(())
    }

    /// Continues in another file: finishes the chunk in `out`, and returns the first bytes of the next file.
    ///
    /// # Errors
    ///
    /// Returns an error if the compressor fails.
    pub fn rotate(&mut self, header: &Header, out: &mut Vec<u8>) -> Result<Vec<u8>, RecordingError> {
        self.finish(out)?;
        header.to_frame()
    }
}
