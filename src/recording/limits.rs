//! Limits for reading a recording, which is untrusted.

use crate::model::defaults::MAX_SESSIONS;

/// Limits for reading a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Maximum number of endpoints.
    pub endpoints: usize,
    /// Maximum number of sessions in a list.
    pub sessions: usize,
    /// Maximum size of a line, in bytes.
    pub line: usize,
    /// Maximum size of the lines of one chunk, in bytes.
    pub chunk: usize,
    /// Maximum number of lines in one chunk.
    pub lines: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            endpoints: 1_024,
            sessions: MAX_SESSIONS.value,
            line: 256 * 1024 * 1024,
            chunk: 512 * 1024 * 1024,
            lines: 100_000,
        }
    }
}
