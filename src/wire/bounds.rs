//! Limits the memory of the rows of one reply. A row of 20 bytes in the body can take 500 in memory.

use super::{Decoder, WireError};
use crate::model::defaults::{MAX_LIST_MEMORY, MAX_SESSIONS};
use crate::model::{JsonApiFields, ServerConnection, Session};

/// Limits of one list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Maximum number of rows. Defaults to 2,000,000.
    pub rows: usize,
    /// Maximum estimated memory of all rows, in bytes. Defaults to 512 MB.
    pub bytes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            rows: MAX_SESSIONS.value,
            bytes: MAX_LIST_MEMORY.value,
        }
    }
}

/// Maximum length of a row in the body that is waited for, in bytes. A longer row is left out.
pub(super) const MAX_ROW_LENGTH: usize = 8 * 1024 * 1024;

/// Overhead of an allocation, in bytes.
pub(super) const ALLOCATION: usize = 16;

impl Decoder<'_> {
    /// Counts a row of this size, in bytes.
    ///
    /// # Errors
    /// Returns [`WireError::TooManyRows`] or [`WireError::TooMuchMemory`] if a limit is exceeded.
    pub(super) const fn count_row(&mut self, rows: usize, size: usize) -> Result<(), WireError> {
        self.row_bytes = self.row_bytes.saturating_add(size);
        if rows > self.bounds.rows {
            return Err(WireError::TooManyRows(self.bounds.rows));
        }
        if self.row_bytes.saturating_add(self.interner.bytes()) > self.bounds.bytes {
            return Err(WireError::TooMuchMemory(self.bounds.bytes));
        }
        Ok(())
    }
}

/// Returns the memory of a session in bytes, without its texts, which the interner counts.
pub(super) fn session_size(session: &Session) -> usize {
    let extra = session.extra.as_ref().map_or(0, |extra| {
        let backends = extra.backends.as_ref().map_or(0, Vec::capacity);
        size_of::<JsonApiFields>() + backends * size_of::<ServerConnection>() + 2 * ALLOCATION
    });
    size_of::<Session>() + extra
}
