//! The facts of some chunks, read one after the other.

use std::collections::VecDeque;
use std::time::Duration;

use super::codec::Decoder;
use super::error::RecordingError;
use super::fact::Fact;
use super::limits::Limits;
use super::lines::{ChunkBytes, Lines};

/// The facts of a recording or of the history from some time on, in order.
///
/// Starts with what was known at that time. After an error it continues with the next chunk.
#[derive(Debug)]
pub struct Facts {
    chunks: VecDeque<ChunkBytes>,
    lines: Option<Lines>,
    decoder: Decoder,
    limits: Limits,
    until: Option<Duration>,
    /// Whether facts that repeat known state are returned: they are not known yet.
    returns_keys: bool,
    /// Whether lines that cannot be read are left out: a newer minor version wrote them.
    is_lenient: bool,
}

impl Facts {
    pub(super) fn new(
        chunks: impl Iterator<Item = ChunkBytes>,
        endpoints: usize,
        limits: Limits,
        is_lenient: bool,
    ) -> Self {
        Self {
            chunks: chunks.collect(),
            lines: None,
            decoder: Decoder::new(endpoints, limits.sessions),
            limits,
            until: None,
            returns_keys: true,
            is_lenient,
        }
    }

    /// Ends after the last fact at this time, since the program started.
    #[must_use]
    pub fn until(mut self, moment: Duration) -> Self {
        self.until = Some(moment);
        self
    }

    /// Returns the next fact; `None` at the end of the chunk.
    fn next_of_chunk(&mut self) -> Result<Option<Fact>, RecordingError> {
        let Some(lines) = &mut self.lines else {
            return Ok(None);
        };
        loop {
            let (offset, line) = (lines.offset(), lines.count + 1);
            let Some(bytes) = lines.next()? else {
                return Ok(None);
            };
            let is_skipped = !self.returns_keys && Decoder::is_key(bytes);
            match self.decoder.read(bytes) {
                Ok(Some(fact)) if !is_skipped => return Ok(Some(fact)),
                Ok(_) => {}
                Err(_) if self.is_lenient => {}
                Err(fault) => return Err(RecordingError::Line { offset, line, fault }),
            }
        }
    }
}

impl Iterator for Facts {
    type Item = Result<Fact, RecordingError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.next_of_chunk() {
                Ok(Some(fact)) => {
                    if self.until.is_some_and(|until| fact.at.elapsed > until) {
                        self.chunks.clear();
                        self.lines = None;
                        return None;
                    }
                    return Some(Ok(fact));
                }
                Ok(None) => {
                    self.returns_keys &= self.lines.is_none();
                    let chunk = self.chunks.pop_front()?;
                    self.decoder.start_chunk();
                    match Lines::new(chunk, self.limits) {
                        Ok(lines) => self.lines = Some(lines),
                        Err(error) => return Some(Err(error)),
                    }
                }
                Err(error) => {
                    self.lines = None;
                    self.returns_keys = true;
                    return Some(Err(error));
                }
            }
        }
    }
}
