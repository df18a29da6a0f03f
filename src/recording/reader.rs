//! Reads a recording. Its bytes are untrusted.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use zstd::zstd_safe::find_frame_compressed_size;

use super::error::RecordingError;
use super::facts::Facts;
use super::header::{CHUNK_INTERVAL, Footer, Header, MINOR_VERSION, SkippableFrame};
use super::limits::Limits;
use super::lines::{ChunkBytes, Lines};
use super::times::{lists_of, span_of};
use super::writer::Writer;
use crate::model::Now;

/// Minimum time before a moment from which facts are read, for the diagnosis and the trends.
pub(super) const LEAD: Duration = Duration::from_mins(1);

/// A recording, with the index of its chunks.
#[derive(Clone, Debug)]
pub struct Recording {
    header: Header,
    chunks: Arc<[Chunk]>,
    /// Whether every chunk has an end, those without facts too.
    has_end: bool,
    limits: Limits,
}

/// A chunk and its time span.
#[derive(Clone, Debug)]
struct Chunk {
    bytes: ChunkBytes,
    from: Now,
    to: Now,
}

impl Recording {
    /// Opens a recording. Chunks are not decompressed, except for a last one without an end.
    ///
    /// # Errors
    ///
    /// Returns an error if the header cannot be read, if the format is newer, or if a chunk does not start with a
    /// frame. A chunk that is damaged inside is an error when it is read.
    pub fn open(bytes: impl Into<Arc<[u8]>>, limits: Limits) -> Result<Self, RecordingError> {
        let bytes = bytes.into();
        let (header, mut offset) = Header::from_start(&bytes, limits.endpoints)?;
        let mut chunks: Vec<Chunk> = Vec::new();
        let mut has_end = true;
        while let Some(rest) = bytes.get(offset..).filter(|rest| !rest.is_empty()) {
            if let Some(frame) = SkippableFrame::at(rest) {
                offset += frame.length;
                continue;
            }
            let (length, is_complete) = match find_frame_compressed_size(rest) {
                Ok(length) => (length, true),
                // The last chunk, or a frame that was cut.
                Err(_) => (rest.len(), false),
            };
            has_end &= is_complete;
            let range = offset..offset + length;
            let after = SkippableFrame::at(bytes.get(range.end..).unwrap_or_default());
            let footer = after.and_then(|frame| Footer::of_frame(&frame, length));
            let chunk = ChunkBytes {
                bytes: Arc::clone(&bytes),
                range: range.clone(),
                is_complete,
            };
            let span = match footer {
                Some(footer) => Some((footer.from, footer.to)),
                None => span_of(Lines::new(chunk.clone(), limits)?),
            };
            if let Some((from, to)) = span {
                chunks.push(Chunk {
                    bytes: chunk,
                    from,
                    to,
                });
            }
            offset = range.end;
        }
        Ok(Self {
            header,
            chunks: chunks.into(),
            has_end,
            limits,
        })
    }

    /// The header.
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// Returns the times of the first and the last fact; `None` without facts.
    pub fn span(&self) -> Option<(Now, Now)> {
        Some((self.chunks.first()?.from, self.chunks.last()?.to))
    }

    /// Whether the recording has an end. Otherwise the recorder was interrupted.
    pub fn is_complete(&self) -> bool {
        self.has_end
    }

    /// Returns the number of chunks.
    pub fn chunk_count(&self) -> usize {
        self.chunks.len()
    }

    /// Returns the bytes of a recording that has the facts between two moments, and begins with what was known. If the
    /// recording was interrupted before `to`, the part has no end either.
    ///
    /// # Errors
    ///
    /// Returns an error if a fact cannot be read or written.
    pub fn part(&self, from: Duration, to: Duration) -> Result<Vec<u8>, RecordingError> {
        let mut bytes = Vec::new();
        let mut writer = Writer::new(&self.header, CHUNK_INTERVAL, &mut bytes)?;
        for fact in self.facts_from(from).until(to) {
            let fact = fact?;
            if fact.at.elapsed < from {
                writer.know(&fact);
            } else {
                writer.push(&fact, &mut bytes)?;
            }
        }
        let is_interrupted = !self.is_complete() && self.span().is_none_or(|(_, end)| to >= end.elapsed);
        if !is_interrupted {
            writer.finish(&mut bytes)?;
        }
        Ok(bytes)
    }

    /// Returns all facts.
    pub fn facts(&self) -> Facts {
        self.facts_of(0)
    }

    /// Returns the facts from the chunk that covers a moment on, beginning with what was known.
    pub fn facts_from(&self, moment: Duration) -> Facts {
        self.facts_of(self.chunk_at(moment))
    }

    /// Returns the facts from at least a minute before a moment to the end.
    pub fn facts_before(&self, moment: Duration) -> Facts {
        let end = self.chunks.last().map_or(moment, |chunk| chunk.to.elapsed);
        self.facts_from(moment.min(end).saturating_sub(LEAD))
    }

    /// Returns the facts up to a moment, from at least a minute before it.
    pub fn facts_until(&self, moment: Duration) -> Facts {
        self.facts_before(moment).until(moment)
    }

    /// Returns the time of the last list before a moment, or of the first one after it.
    ///
    /// # Errors
    ///
    /// Returns an error if a chunk cannot be read.
    pub fn step(&self, moment: Duration, forward: bool) -> Result<Option<Duration>, RecordingError> {
        let mut index = self.chunk_at(moment);
        loop {
            let Some(chunk) = self.chunks.get(index) else {
                return Ok(None);
            };
            let times = lists_of(Lines::new(chunk.bytes.clone(), self.limits)?)?;
            let found = if forward {
                times.iter().find(|time| **time > moment)
            } else {
                times.iter().rfind(|time| **time < moment)
            };
            if let Some(found) = found {
                return Ok(Some(*found));
            }
            let next = if forward {
                index.checked_add(1)
            } else {
                index.checked_sub(1)
            };
            let Some(next) = next else { return Ok(None) };
            index = next;
        }
    }

    /// Returns the moment at a time of the recorder's clock, limited to the recording. `None` without facts.
    pub fn moment_at(&self, wall: Timestamp) -> Option<Duration> {
        let later = self.chunks.iter().find(|chunk| chunk.to.wall >= wall);
        let chunk = later.or_else(|| self.chunks.last())?;
        let since = Duration::try_from(wall.duration_since(chunk.from.wall)).unwrap_or_default();
        Some(chunk.from.elapsed.saturating_add(since).min(chunk.to.elapsed))
    }

    /// Returns the index of the last chunk that starts at or before a moment.
    fn chunk_at(&self, moment: Duration) -> usize {
        let after = self.chunks.partition_point(|chunk| chunk.from.elapsed <= moment);
        after.saturating_sub(1)
    }

    fn facts_of(&self, first: usize) -> Facts {
        let chunks = self.chunks.get(first..).unwrap_or_default();
        let chunks = chunks.iter().map(|chunk| chunk.bytes.clone());
        let is_lenient = self.header.minor_version > MINOR_VERSION;
        Facts::new(chunks, self.header.endpoints.len(), self.limits, is_lenient)
    }
}
