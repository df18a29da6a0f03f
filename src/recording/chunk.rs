//! A chunk: one frame of zstd that starts with everything that is known, flushed after each fact.

use std::fmt;
use std::io::{self, BufWriter, Write};
use std::time::Duration;

use zstd::stream::raw::{CParameter, Encoder as ZstdEncoder, InBuffer, Operation as _, OutBuffer};

use super::codec::Encoder;
use super::error::RecordingError;
use super::fact::Fact;
use super::header::Footer;
use crate::model::Now;

/// Level of compression. On recordings the lowest level gives the same size as the default one, in a quarter of the
/// memory.
const LEVEL: i32 = 1;
/// Part of the chunk that is searched for repetitions, as a power of two: 256 KiB. The compressor keeps it in memory.
const WINDOW_LOG: u32 = 18;
/// Size of the buffers before and after the compressor, in bytes.
const BUFFER_SIZE: usize = 32 * 1024;
/// Size of the lines of a chunk after which the next one starts, in bytes.
const MAX_SIZE: u64 = 128 * 1024 * 1024;
/// Number of facts after which the next chunk starts.
const MAX_FACTS: u64 = 10_000;

/// Writes facts into chunks.
pub(super) struct ChunkWriter {
    encoder: Encoder,
    compressor: ZstdEncoder<'static>,
    buffer: Vec<u8>,
    open: Option<Footer>,
    interval: Duration,
}

impl fmt::Debug for ChunkWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChunkWriter")
            .field("open", &self.open)
            .finish_non_exhaustive()
    }
}

/// Compresses what is written to it. The lines at the start of a chunk have many megabytes, which are never in memory
/// as a whole.
struct Compressed<'a> {
    compressor: &'a mut ZstdEncoder<'static>,
    buffer: &'a mut [u8],
    out: &'a mut Vec<u8>,
    /// Size before compression, in bytes.
    size: u64,
}

impl Write for Compressed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut input = InBuffer::around(bytes);
        while input.pos() < bytes.len() {
            let mut output = OutBuffer::around(&mut *self.buffer);
            self.compressor.run(&mut input, &mut output)?;
            self.out.extend_from_slice(output.as_slice());
        }
        self.size += bytes.len() as u64;
        Ok(bytes.len())
    }

    /// Appends everything written so far to the output.
    fn flush(&mut self) -> io::Result<()> {
        loop {
            let mut output = OutBuffer::around(&mut *self.buffer);
            let left = self.compressor.flush(&mut output)?;
            self.out.extend_from_slice(output.as_slice());
            if left == 0 {
                return Ok(());
            }
        }
    }
}

fn failed(error: &impl ToString) -> RecordingError {
    RecordingError::Write(error.to_string())
}

impl ChunkWriter {
    /// Creates a writer that starts a chunk after each interval.
    pub(super) fn new(interval: Duration) -> Result<Self, RecordingError> {
        let mut compressor = ZstdEncoder::new(LEVEL).map_err(|error| failed(&error))?;
        for parameter in [CParameter::ChecksumFlag(true), CParameter::WindowLog(WINDOW_LOG)] {
            compressor
                .set_parameter(parameter)
                .map_err(|error| failed(&error))?;
        }
        Ok(Self {
            encoder: Encoder::default(),
            compressor,
            buffer: vec![0; BUFFER_SIZE],
            open: None,
            interval,
        })
    }

    /// Adds a fact to what is known, without a line of its own.
    pub(super) fn know(&mut self, fact: &Fact) {
        self.encoder.know(fact);
    }

    /// The chunk that is not finished.
    pub(super) const fn open(&self) -> Option<&Footer> {
        self.open.as_ref()
    }

    /// Whether the open chunk must be finished before a fact at this time.
    pub(super) fn is_due(&self, at: Now) -> bool {
        self.open.as_ref().is_some_and(|open| {
            let age = at.elapsed.checked_sub(open.from.elapsed);
            age.is_none_or(|age| age >= self.interval) || open.size >= MAX_SIZE || open.lines >= MAX_FACTS
        })
    }

    /// Appends a fact to the open chunk, or starts one with everything that is known before it. Afterwards `out`
    /// can be read up to this fact.
    pub(super) fn push(&mut self, fact: &Fact, out: &mut Vec<u8>) -> Result<(), RecordingError> {
        let before = out.len();
        let keys = match &self.open {
            None => self.encoder.start_chunk(fact),
            Some(_) => Vec::new(),
        };
        let compressed = Compressed {
            compressor: &mut self.compressor,
            buffer: &mut self.buffer,
            out,
            size: 0,
        };
        let mut lines = BufWriter::with_capacity(BUFFER_SIZE, compressed);
        for key in &keys {
            let written = self.encoder.write(key, true, &mut lines);
            written.map_err(|error| failed(&error))?;
        }
        let written = self.encoder.write(fact, false, &mut lines);
        written.map_err(|error| failed(&error))?;
        lines.flush().map_err(|error| failed(&error))?;
        let size = lines.get_ref().size;
        let open = self.open.get_or_insert(Footer {
            from: fact.at,
            to: fact.at,
            lines: 0,
            size: 0,
            length: 0,
        });
        open.to = fact.at;
        open.lines += 1 + keys.len() as u64;
        open.size += size;
        drop(lines);
        open.length += (out.len() - before) as u64;
        Ok(())
    }

    /// Finishes the open chunk, if there is one. Returns its footer.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) -> Result<Option<Footer>, RecordingError> {
        let Some(mut footer) = self.open.take() else {
            return Ok(None);
        };
        let before = out.len();
        loop {
            let mut output = OutBuffer::around(self.buffer.as_mut_slice());
            let left = self
                .compressor
                .finish(&mut output, true)
                .map_err(|error| failed(&error))?;
            out.extend_from_slice(output.as_slice());
            if left == 0 {
                break;
            }
        }
        self.compressor.reinit().map_err(|error| failed(&error))?;
        footer.length += (out.len() - before) as u64;
        Ok(Some(footer))
    }
}
