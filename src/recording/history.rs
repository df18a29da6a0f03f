//! The last minutes of a running program, as chunks in memory.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::chunk::ChunkWriter;
use super::error::RecordingError;
use super::fact::{Fact, FactKind};
use super::facts::Facts;
use super::header::CHUNK_INTERVAL;
use super::limits::Limits;
use super::lines::ChunkBytes;
use super::reader::LEAD;
use crate::model::Now;

/// Default limit of the history, in bytes.
pub const HISTORY_BYTES: usize = 8_000_000;
/// Default limit of the history, as a duration.
pub const HISTORY_SPAN: Duration = Duration::from_mins(15);
/// The open chunk is finished when its changes take this part of the limit, so that older ones can be dropped.
const PARTS: usize = 4;

/// Minimum size of a session in a compressed list, in bytes. A list that cannot fit is not compressed: of a million
/// sessions its lines alone take hundreds of megabytes.
const MIN_SESSION_BYTES: usize = 9;

/// The last facts, limited in bytes and in time.
#[derive(Debug)]
pub struct History {
    chunks: VecDeque<Chunk>,
    writer: ChunkWriter,
    /// Bytes of the open chunk.
    open: Vec<u8>,
    open_lists: Vec<Duration>,
    /// Bytes of the open chunk after its first fact, with everything that is known before it.
    start_bytes: usize,
    max_bytes: usize,
    max_span: Duration,
    /// Number of endpoints.
    endpoints: usize,
}

/// A finished chunk.
#[derive(Debug)]
struct Chunk {
    bytes: Arc<[u8]>,
    from: Now,
    to: Now,
    /// Times of its lists.
    lists: Vec<Duration>,
}

impl History {
    /// Creates an empty history with these limits.
    ///
    /// # Errors
    ///
    /// Returns an error if the compressor cannot be created.
    pub fn new(endpoints: usize, max_bytes: usize, max_span: Duration) -> Result<Self, RecordingError> {
        Ok(Self {
            chunks: VecDeque::new(),
            writer: ChunkWriter::new(CHUNK_INTERVAL)?,
            open: Vec::new(),
            open_lists: Vec::new(),
            start_bytes: 0,
            max_bytes,
            max_span,
            endpoints,
        })
    }

    /// Adds a fact, and drops chunks beyond the limits. Facts are pushed in order of time.
    ///
    /// # Errors
    ///
    /// Returns an error if the compressor fails, or if one moment takes more than the limit. The history must then
    /// be dropped.
    pub fn push(&mut self, fact: &Fact) -> Result<(), RecordingError> {
        if let FactKind::Listed(list) = &fact.kind {
            self.check_size(list.sessions.len().saturating_mul(MIN_SESSION_BYTES))?;
        }
        if self.is_large() || self.writer.is_due(fact.at) {
            self.finish()?;
        }
        let is_first = self.writer.open().is_none();
        self.writer.push(fact, &mut self.open)?;
        if is_first {
            self.start_bytes = self.open.len();
        }
        self.check_size(self.start_bytes)?;
        if matches!(fact.kind, FactKind::Listed(_)) {
            self.open_lists.push(fact.at.elapsed);
        }
        self.drop_old(fact.at.elapsed);
        Ok(())
    }

    /// Returns an error if one moment takes more than the limit.
    const fn check_size(&self, needed: usize) -> Result<(), RecordingError> {
        if needed > self.max_bytes {
            return Err(RecordingError::HistoryTooSmall {
                needed,
                limit: self.max_bytes,
            });
        }
        Ok(())
    }

    /// Whether the next fact starts a chunk, because of the size of the open one. The start of a chunk does not
    /// count: with many sessions it alone may take a large part of the limit, and each fact would repeat it.
    fn is_large(&self) -> bool {
        let changes = self.open.len().saturating_sub(self.start_bytes);
        changes > self.max_bytes / PARTS || self.open.len() > self.max_bytes
    }

    fn finish(&mut self) -> Result<(), RecordingError> {
        if let Some(footer) = self.writer.finish(&mut self.open)? {
            self.chunks.push_back(Chunk {
                bytes: std::mem::take(&mut self.open).into(),
                from: footer.from,
                to: footer.to,
                lists: std::mem::take(&mut self.open_lists),
            });
        }
        Ok(())
    }

    fn drop_old(&mut self, now: Duration) {
        let oldest = now.saturating_sub(self.max_span);
        let is_old = |chunk: &Chunk| chunk.to.elapsed < oldest;
        while self.bytes() > self.max_bytes || self.chunks.front().is_some_and(is_old) {
            if self.chunks.pop_front().is_none() {
                return;
            }
        }
    }

    /// Returns the number of bytes that it takes.
    pub fn bytes(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.bytes.len()).sum::<usize>() + self.open.len()
    }

    /// Returns the times of the first and the last fact; `None` without facts.
    pub fn span(&self) -> Option<(Now, Now)> {
        let open = self.writer.open().map(|open| (open.from, open.to));
        let first = self.chunks.front().map(|chunk| chunk.from);
        let last = self.chunks.back().map(|chunk| chunk.to);
        let from = first.or(open.map(|(from, _)| from))?;
        Some((from, open.map(|(_, to)| to).or(last)?))
    }

    /// Returns the facts up to a moment, from at least a minute before it if they are kept. Can be sent to
    /// another thread: finished chunks are shared, the open one is copied.
    pub fn facts_until(&self, moment: Duration) -> Facts {
        let end = self.span().map_or(moment, |(_, to)| to.elapsed);
        let start = moment.min(end).saturating_sub(LEAD);
        let after = self.chunks.partition_point(|chunk| chunk.from.elapsed <= start);
        let is_open_enough = self.writer.open().is_some_and(|open| open.from.elapsed <= start);
        let first = if is_open_enough {
            self.chunks.len()
        } else {
            after.saturating_sub(1)
        };
        let finished = self.chunks.iter().skip(first).map(|chunk| ChunkBytes {
            range: 0..chunk.bytes.len(),
            bytes: Arc::clone(&chunk.bytes),
            is_complete: true,
        });
        let open = self.writer.open().map(|_| ChunkBytes {
            range: 0..self.open.len(),
            bytes: self.open.as_slice().into(),
            is_complete: false,
        });
        let chunks = finished.chain(open);
        Facts::new(chunks, self.endpoints, Limits::default(), false).until(moment)
    }

    /// Returns the time of the last list before a moment, or of the first one after it.
    pub fn step(&self, moment: Duration, forward: bool) -> Option<Duration> {
        let finished = self.chunks.iter().flat_map(|chunk| &chunk.lists);
        let mut times = finished.chain(&self.open_lists);
        if forward {
            times.find(|time| **time > moment).copied()
        } else {
            times.take_while(|time| **time < moment).last().copied()
        }
    }
}
