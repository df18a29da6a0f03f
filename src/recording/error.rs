//! Why a recording cannot be written or read.

use thiserror::Error;

use crate::model::size_text;

/// Why a recording cannot be written or read. Offsets are in bytes from the start of the recording.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RecordingError {
    /// The header is missing.
    #[error("not a recording of maxtop")]
    NotARecording,
    /// The header cannot be read.
    #[error("the header of the recording cannot be read: {0}")]
    Header(String),
    /// The recording was made by a newer version.
    #[error("the recording has format {found}, and this version reads up to {known}: use a newer maxtop")]
    NewerFormat {
        /// Major version of the recording.
        found: u16,
        /// Major version of this program.
        known: u16,
    },
    /// The recording names more endpoints than the limit.
    #[error("the recording has more than {0} endpoints")]
    TooManyEndpoints(usize),
    /// Bytes between two chunks that are not a frame of zstd.
    #[error("the recording is damaged at byte {offset}: no frame starts there")]
    NoFrame {
        /// Position of the bytes in the file.
        offset: usize,
    },
    /// A chunk cannot be decompressed, or its checksum is wrong.
    #[error("the recording is damaged in the part at byte {offset}: {cause}")]
    Damaged {
        /// Start of the chunk in the file.
        offset: usize,
        /// Cause, as zstd names it.
        cause: String,
    },
    /// A chunk is larger than the limit.
    #[error("the part at byte {offset} is larger than {limit} bytes or lines")]
    TooLarge {
        /// Start of the chunk in the file.
        offset: usize,
        /// Limit in bytes of a line or of the chunk, or in lines.
        limit: usize,
    },
    /// A line cannot be read.
    #[error("line {line} of the part at byte {offset} cannot be read: {fault}")]
    Line {
        /// Start of the chunk in the file.
        offset: usize,
        /// Number of the line in the chunk, from 1.
        line: usize,
        /// Cause.
        fault: LineFault,
    },
    /// The thread that decodes could not be started.
    #[error("a thread cannot be started: {0}")]
    Thread(String),
    /// The limit of the history is too small for one moment.
    #[error(
        "one moment takes {}, more than history-memory ({})",
        size_text(*needed as u64),
        size_text(*limit as u64)
    )]
    HistoryTooSmall {
        /// Bytes of one moment.
        needed: usize,
        /// Limit in bytes.
        limit: usize,
    },
    /// A fact could not be written.
    #[error("a recording could not be written: {0}")]
    Write(String),
}

/// Why a line cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LineFault {
    /// Not JSON, or a value of the wrong type.
    #[error("{0}")]
    Json(String),
    /// The time of the line, or another one, is missing or out of range.
    #[error("a time is missing or out of range")]
    Time,
    /// The endpoint is missing or not in the header.
    #[error("the endpoint is not in the header")]
    Endpoint,
    /// The list that it is the difference from is missing.
    #[error("list {0} is missing")]
    NoBase(u64),
    /// Sessions are not in order, or an ended one was not listed.
    #[error("the sessions are not in order")]
    Order,
    /// More sessions than the limit.
    #[error("more than {0} sessions")]
    TooManyRows(usize),
}
