//! Recordings: what was learned at which time, as compressed lines of JSON (`docs/recording-format.md`).
//!
//! A [`Fact`] is one thing that was learned. Everything that the screen shows follows from facts, so a past
//! moment is shown by feeding the facts up to it to a new state. [`Writer`] and [`Recording`] are for files,
//! [`History`] is for the last minutes of a running program. Pure: bytes in, bytes out.

mod chunk;
mod codec;
mod error;
mod fact;
mod facts;
mod header;
mod history;
mod lasting;
mod limits;
mod lines;
mod list;
mod reader;
mod record;
mod redact;
mod row;
mod rows;
mod step;
mod text_record;
mod time;
mod times;
mod writer;

pub use error::{LineFault, RecordingError};
pub use fact::{Fact, FactKind, KillFact, KillResult};
pub use facts::Facts;
pub(crate) use header::is_recording;
pub use header::{CHUNK_INTERVAL, Header, MAJOR_VERSION, MINOR_VERSION, RecordedEndpoint};
pub use history::{HISTORY_BYTES, HISTORY_SPAN, History};
pub use limits::Limits;
pub use reader::Recording;
pub use redact::Redactor;
pub use time::{RecordingTime, RecordingTimeError};
pub use writer::Writer;

#[cfg(test)]
mod tests;
