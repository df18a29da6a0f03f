//! The lines of one chunk, decompressed bit by bit.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use zstd::stream::raw::{DParameter, Decoder as ZstdDecoder, InBuffer, Operation as _, OutBuffer};

use super::error::RecordingError;
use super::limits::Limits;

/// Maximum size of the window, as a power of two: bounds the memory of the decompressor.
const MAX_WINDOW_LOG: u32 = 23;
/// Number of bytes that are decompressed at once.
const STEP: usize = 64 * 1024;

/// One chunk in a recording.
#[derive(Clone, Debug)]
pub(super) struct ChunkBytes {
    /// The bytes of the recording or of the chunk.
    pub bytes: Arc<[u8]>,
    /// The place of the chunk in them.
    pub range: Range<usize>,
    /// Whether the chunk has an end. Without it, the last line may be incomplete.
    pub is_complete: bool,
}

/// Reads the lines of one chunk.
pub(super) struct Lines {
    chunk: ChunkBytes,
    limits: Limits,
    decompressor: ZstdDecoder<'static>,
    /// Decompressed bytes: those before `start` are used, those before `searched` have no end of a line.
    buffer: Vec<u8>,
    start: usize,
    searched: usize,
    /// Place of the next compressed byte.
    position: usize,
    size: usize,
    is_ended: bool,
    /// Number of lines that were returned.
    pub count: usize,
}

impl fmt::Debug for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lines")
            .field("range", &self.chunk.range)
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

impl Lines {
    /// Starts to read a chunk.
    pub(super) fn new(chunk: ChunkBytes, limits: Limits) -> Result<Self, RecordingError> {
        let offset = chunk.range.start;
        let damaged = |cause: String| RecordingError::Damaged { offset, cause };
        let mut decompressor = ZstdDecoder::new().map_err(|error| damaged(error.to_string()))?;
        decompressor
            .set_parameter(DParameter::WindowLogMax(MAX_WINDOW_LOG))
            .map_err(|error| damaged(error.to_string()))?;
        Ok(Self {
            position: chunk.range.start,
            chunk,
            limits,
            decompressor,
            buffer: Vec::new(),
            start: 0,
            searched: 0,
            size: 0,
            is_ended: false,
            count: 0,
        })
    }

    /// Place of the chunk.
    pub(super) const fn offset(&self) -> usize {
        self.chunk.range.start
    }

    /// Returns the next line; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<&[u8]>, RecordingError> {
        loop {
            let unsearched = self.buffer.get(self.searched..).unwrap_or_default();
            if let Some(found) = unsearched.iter().position(|byte| *byte == b'\n') {
                let end = self.searched + found;
                let start = std::mem::replace(&mut self.start, end + 1);
                self.searched = end + 1;
                self.count += 1;
                if end - start > self.limits.line {
                    return Err(self.too_large(self.limits.line));
                }
                if self.count > self.limits.lines {
                    return Err(self.too_large(self.limits.lines));
                }
                return Ok(self.buffer.get(start..end));
            }
            self.searched = self.buffer.len();
            if self.searched - self.start > self.limits.line {
                return Err(self.too_large(self.limits.line));
            }
            if self.is_ended {
                return Ok(None);
            }
            self.decompress()?;
        }
    }

    const fn too_large(&self, limit: usize) -> RecordingError {
        RecordingError::TooLarge {
            offset: self.offset(),
            limit,
        }
    }

    /// Decompresses some bytes.
    fn decompress(&mut self) -> Result<(), RecordingError> {
        self.buffer.drain(..self.start);
        self.searched -= self.start;
        self.start = 0;
        let offset = self.offset();
        let damaged = |cause: String| RecordingError::Damaged { offset, cause };
        let input = self.chunk.bytes.get(self.position..self.chunk.range.end);
        let mut input = InBuffer::around(input.unwrap_or_default());
        let filled = self.buffer.len();
        self.buffer.resize(filled + STEP, 0);
        let free = self.buffer.get_mut(filled..).unwrap_or_default();
        let mut output = OutBuffer::around(free);
        let left = self
            .decompressor
            .run(&mut input, &mut output)
            .map_err(|error| damaged(error.to_string()))?;
        let (used, written) = (input.pos(), output.pos());
        self.buffer.truncate(filled + written);
        self.position += used;
        self.size = self.size.saturating_add(written);
        if self.size > self.limits.chunk {
            return Err(self.too_large(self.limits.chunk));
        }
        let is_at_end = self.position >= self.chunk.range.end;
        if left == 0 {
            self.is_ended = true;
        } else if written == 0 && (is_at_end || used == 0) {
            if self.chunk.is_complete {
                return Err(damaged("it ends too early".to_owned()));
            }
            self.is_ended = true;
        }
        Ok(())
    }
}
