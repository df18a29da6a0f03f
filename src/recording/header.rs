//! The header of a recording, and the footer of each chunk: JSON in skippable frames of zstd.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::RecordingError;
use super::list::{moment, moment_record};
use super::record::{EndpointRecord, FooterRecord, HeaderRecord};
use crate::model::{Now, Text};

/// Text at the start of the header.
const FORMAT: &str = "maxtop recording";
/// Major version: readers of an earlier one cannot read it.
pub const MAJOR_VERSION: u16 = 1;
/// Minor version: readers of an earlier one ignore what they do not know.
pub const MINOR_VERSION: u16 = 0;

/// Magic number of the frame with the header.
const HEADER_MAGIC: u32 = 0x184D_2A5D;
/// Magic number of the frame with a footer.
const FOOTER_MAGIC: u32 = 0x184D_2A5E;
/// Magic numbers of skippable frames, without their last digit.
const SKIPPABLE: u32 = 0x184D_2A50;
/// Size of magic number and length of a skippable frame, in bytes.
const FRAME_HEAD: usize = 8;

/// Whether a file with this start may be a recording.
pub(crate) fn is_recording(start: [u8; 4]) -> bool {
    u32::from_le_bytes(start) == HEADER_MAGIC
}

/// Header of a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Version of the program that made it.
    pub program: Text,
    /// The endpoints, by number.
    pub endpoints: Vec<RecordedEndpoint>,
    /// When it was started.
    pub started: Now,
    /// Whether users, addresses and literals are pseudonyms.
    pub is_redacted: bool,
    /// Minor version of the format.
    pub minor_version: u16,
}

/// An endpoint of a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedEndpoint {
    /// Name of the endpoint.
    pub name: Text,
    /// URL, without credentials.
    pub url: Text,
    /// Clock of the proxy minus the clock of this machine at the start, in milliseconds. `None` if unknown.
    pub clock_offset_ms: Option<i64>,
}

/// The fields that are read first: a newer format may have others.
#[derive(Deserialize)]
struct Versioned {
    format: String,
    version: (u16, u16),
}

impl Header {
    /// Returns the frame of the header.
    ///
    /// # Errors
    ///
    /// Returns an error if the names are too long for a frame.
    pub(super) fn to_frame(&self) -> Result<Vec<u8>, RecordingError> {
        let endpoints = self.endpoints.iter().map(|endpoint| EndpointRecord {
            name: Some(endpoint.name.clone()),
            url: Some(endpoint.url.clone()),
            clock_offset_ms: endpoint.clock_offset_ms,
        });
        let record = HeaderRecord {
            format: Some(FORMAT.to_owned()),
            version: Some((MAJOR_VERSION, MINOR_VERSION)),
            program: Some(self.program.clone()),
            started: Some(moment_record(self.started)),
            endpoints: Some(endpoints.collect()),
            redacted: self.is_redacted.then_some(true),
        };
        frame(HEADER_MAGIC, &record)
    }

    /// Returns the header at the start of `bytes`, and the length of its frame.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no header, if it is invalid, or of a newer major version.
    pub(super) fn from_start(bytes: &[u8], max_endpoints: usize) -> Result<(Self, usize), RecordingError> {
        let found = SkippableFrame::at(bytes).filter(|frame| frame.magic == HEADER_MAGIC);
        let frame = found.ok_or(RecordingError::NotARecording)?;
        let invalid = |why: &str| RecordingError::Header(why.to_owned());
        let versioned: Versioned =
            serde_json::from_slice(frame.payload).map_err(|_| RecordingError::NotARecording)?;
        if versioned.format != FORMAT {
            return Err(RecordingError::NotARecording);
        }
        let (found, minor_version) = versioned.version;
        if found > MAJOR_VERSION {
            let known = MAJOR_VERSION;
            return Err(RecordingError::NewerFormat { found, known });
        }
        let record: HeaderRecord =
            serde_json::from_slice(frame.payload).map_err(|error| invalid(&error.to_string()))?;
        let endpoints = record.endpoints.unwrap_or_default();
        if endpoints.len() > max_endpoints {
            return Err(RecordingError::TooManyEndpoints(max_endpoints));
        }
        let endpoints = endpoints.into_iter().map(|endpoint| {
            Some(RecordedEndpoint {
                name: endpoint.name?,
                url: endpoint.url?,
                clock_offset_ms: endpoint.clock_offset_ms,
            })
        });
        let endpoints: Option<_> = endpoints.collect();
        let started = record.started.ok_or_else(|| invalid("its start is missing"))?;
        let header = Self {
            program: record.program.ok_or_else(|| invalid("the version is missing"))?,
            endpoints: endpoints.ok_or_else(|| invalid("an endpoint has no name or URL"))?,
            started: moment(started).map_err(|fault| invalid(&fault.to_string()))?,
            is_redacted: record.redacted.unwrap_or_default(),
            minor_version,
        };
        Ok((header, frame.length))
    }
}

/// The footer of a chunk: an index entry, read without decompressing the chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Footer {
    /// Time of the first fact.
    pub from: Now,
    /// Time of the last fact.
    pub to: Now,
    /// Number of lines, including those that repeat known state.
    pub lines: u64,
    /// Size of the lines in bytes.
    pub size: u64,
    /// Length of the compressed chunk in bytes.
    pub length: u64,
}

impl Footer {
    /// Returns the frame of the footer.
    pub(super) fn to_frame(self) -> Result<Vec<u8>, RecordingError> {
        let record = FooterRecord {
            from: Some(moment_record(self.from)),
            to: Some(moment_record(self.to)),
            lines: Some(self.lines),
            size: Some(self.size),
            length: Some(self.length),
        };
        frame(FOOTER_MAGIC, &record)
    }

    /// Returns the footer in a skippable frame. `None` if it does not end a chunk of this length.
    pub(super) fn of_frame(found: &SkippableFrame<'_>, length: usize) -> Option<Self> {
        if found.magic != FOOTER_MAGIC {
            return None;
        }
        let record: FooterRecord = serde_json::from_slice(found.payload).ok()?;
        let footer = Self {
            from: moment(record.from?).ok()?,
            to: moment(record.to?).ok()?,
            lines: record.lines?,
            size: record.size?,
            length: record.length?,
        };
        let is_ordered = footer.from.elapsed <= footer.to.elapsed;
        (is_ordered && usize::try_from(footer.length) == Ok(length)).then_some(footer)
    }
}

/// A skippable frame of zstd.
pub(super) struct SkippableFrame<'a> {
    magic: u32,
    payload: &'a [u8],
    /// Length with its head, in bytes.
    pub length: usize,
}

impl<'a> SkippableFrame<'a> {
    /// Returns the frame at the start of `bytes`; `None` if another frame starts there, or if it is incomplete.
    pub(super) fn at(bytes: &'a [u8]) -> Option<Self> {
        let word = |from: usize| Some(u32::from_le_bytes(bytes.get(from..from + 4)?.try_into().ok()?));
        let magic = word(0).filter(|magic| magic & 0xFFFF_FFF0 == SKIPPABLE)?;
        let length = usize::try_from(word(4)?).ok()?.checked_add(FRAME_HEAD)?;
        Some(Self {
            magic,
            payload: bytes.get(FRAME_HEAD..length)?,
            length,
        })
    }
}

fn frame(magic: u32, record: &impl Serialize) -> Result<Vec<u8>, RecordingError> {
    let failed = |why: String| RecordingError::Write(why);
    let payload = serde_json::to_vec(record).map_err(|error| failed(error.to_string()))?;
    let length = u32::try_from(payload.len()).map_err(|error| failed(error.to_string()))?;
    let mut frame = Vec::with_capacity(FRAME_HEAD + payload.len());
    frame.extend(magic.to_le_bytes());
    frame.extend(length.to_le_bytes());
    frame.extend(payload);
    Ok(frame)
}

/// Default length of a chunk: the time after which lists are written whole again.
pub const CHUNK_INTERVAL: Duration = Duration::from_secs(30);
