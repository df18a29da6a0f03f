//! The objects of a recording. `docs/recording-format.md` is made from them.
//!
//! A field that is left out is unchanged, unknown or at its default, as its description says. Fields that this
//! version does not know are ignored.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

use super::rows::RowRecords;
use super::text_record::TextRecord;
use crate::diagnosis::ConnectionSample;
use crate::model::{
    Dialect, Identity, Instance, RequestError, ServerReport, Servers, Services, SessionId,
    SessionObservation, Span, Text,
};

/// A field of an object, with its description.
#[cfg(test)]
pub(crate) type FieldEntry = (&'static str, &'static str);

/// Declares an object whose fields are left out if they are `None`, and the table of its fields.
macro_rules! record {
    ($(#[doc = $about:literal])+ $name:ident { $($(#[doc = $doc:literal])+ $field:ident: $kind:ty,)* }) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, Default, Serialize, Deserialize)]
        #[serde(default)]
        pub(crate) struct $name {
            $(
                $(#[doc = $doc])+
                #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
                pub $field: Option<$kind>,
            )*
        }

        impl $name {
            /// The fields, with their descriptions.
            #[cfg(test)]
            pub(crate) const FIELDS: &[FieldEntry] = &[$((stringify!($field), concat!($($doc),+)),)*];
        }
    };
}

/// Reads a field that is not left out. For an optional value, `null` is unknown.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

record! {
    /// One line: a fact at an endpoint. Exactly one of the fields from `dialect` on is set.
    Line {
        /// `true` if the line repeats the last known state at the start of a chunk.
        key: bool,
        /// Time since the program started, and wall clock since 1970, both in microseconds.
        at: (u64, i64),
        /// Number of the endpoint in the header, from 0. Left out in notes.
        endpoint: u16,
        /// The dialect was detected: `draft` or `json-api`.
        dialect: Dialect,
        /// A session list.
        list: ListRecord,
        /// The last list with rows that were read one by one after it.
        rows: ListRecord,
        /// A list failed.
        failed: FailureRecord,
        /// Samples of connections, as pairs of session id and sample (draft).
        samples: Vec<(SessionId, ConnectionSample)>,
        /// `Ok` with the servers, or `Err` with the fault.
        servers: Result<Arc<Servers>, RequestError>,
        /// `Ok` with the services, or `Err` with the fault.
        services: Result<Arc<Services>, RequestError>,
        /// Threads, transactions and locks of one server.
        report: Arc<ServerReport>,
        /// Details of one session.
        session: SeenRecord,
        /// `true`: the account may read, but not kill.
        may_only_read: bool,
        /// `true`: several proxies answer at the address.
        several_proxies: bool,
        /// The intent to kill a session, or the outcome.
        kill: KillRecord,
        /// A note of the user or of the program.
        note: Text,
    }
}

record! {
    /// A session list, whole or as the difference from the last one of the endpoint in this chunk.
    ListRecord {
        /// Number of the list at its endpoint, from 1.
        number: u64,
        /// Number of the list that this one differs from. Left out: the list is whole.
        base: u64,
        /// Dialect of the list: `draft` or `json-api`.
        dialect: Dialect,
        /// The process that replied. Left out: unknown.
        proxy: Instance,
        /// When it was requested: program time and wall clock, both in microseconds.
        asked: (u64, i64),
        /// When the reply was complete: wall clock in microseconds.
        taken: i64,
        /// Response time in microseconds.
        cost: u64,
        /// Shortest interval between lists that the duty and the limit for decoding allow, in microseconds.
        least_interval: u64,
        /// Size of the reply in bytes.
        bytes: usize,
        /// Number of fields of a wrong type. Left out: 0.
        blanked: u32,
        /// Number of rows without a valid id. Left out: 0.
        dropped: u32,
        /// Number of sessions opened since the list before. Left out: 0.
        came: u32,
        /// Number of sessions closed since the list before. Left out: 0.
        went: u32,
        /// `true` if the proxy was restarted since the list before.
        restarted: bool,
        /// Interval at which rows are read one by one, in microseconds. Left out: they are not.
        row_interval: u64,
        /// Number of times that rows were read after the list. Left out: 0.
        revision: u32,
        /// Session id and wall clock in microseconds of each row that is newer than the list.
        read: Vec<(SessionId, i64)>,
        /// Change of the idle time of every session that is in both lists.
        idle: StepRecord,
        /// Change of the age of every session that is in both lists.
        age: StepRecord,
        /// Ids of the sessions that are no longer listed, in ascending order.
        ended: Vec<SessionId>,
        /// New sessions, and sessions that changed, in ascending order of id.
        sessions: RowRecords,
    }
}

record! {
    /// The step by which a duration of the sessions grew. A session without the duration keeps it unknown.
    StepRecord {
        /// Growth in tenths of a second. Left out: 0.
        step: i64,
        /// Correction of a mark, in tenths of a second. Left out: 1.
        unit: i64,
        /// One character for each session that is in both lists, in order of id: `+` one unit more, `-` one
        /// unit less, `.` neither. Dots at the end are left out.
        marks: String,
    }
}

record! {
    /// A session: a new one, or the changed fields of a listed one. A value is `null` if it is unknown now; a field
    /// that is left out is unchanged, or unknown in a new session.
    RowRecord {
        /// Session id.
        id: u64,
        /// State, as sent.
        state: Option<TextRecord>,
        /// User.
        user: Option<TextRecord>,
        /// Address of the client.
        address: Option<TextRecord>,
        /// `true` if an IPv4 address was sent in its IPv6 form.
        mapped: bool,
        /// Port of the client.
        port: Option<u16>,
        /// Service.
        service: Option<TextRecord>,
        /// Time at which the client connected, as sent.
        connected: Option<TextRecord>,
        /// The same in seconds since 1970.
        connected_at: Option<i64>,
        /// Age in tenths of a second.
        age: Option<Span>,
        /// Idle time in tenths of a second.
        idle: Option<Span>,
        /// Whether the list has the fields of JSON:API, which follow.
        jsonapi: bool,
        /// Connections to servers, as pairs of name and thread id.
        servers: Option<Vec<(TextRecord, Option<u32>)>>,
        /// Program name of the client.
        program: Option<TextRecord>,
        /// Process id of the client.
        pid: Option<u64>,
        /// I/O events in the last 30 s.
        io: Option<u64>,
        /// Memory in bytes.
        memory: Option<u64>,
        /// Number of session commands that are kept.
        history: Option<u32>,
        /// Routing worker.
        worker: Option<u64>,
        /// Running statement, as a pair of text and time of receipt.
        running: Option<(Option<TextRecord>, TextRecord)>,
        /// Whether a transaction is open.
        transaction: Option<bool>,
        /// Longest write queue, as a pair of server (`null` for the client) and bytes.
        queue: Option<(Option<TextRecord>, u64)>,
    }
}

record! {
    /// A failed list.
    FailureRecord {
        /// Cause of the failure.
        fault: RequestError,
        /// Time until the next request, in microseconds.
        retry_in: u64,
    }
}

record! {
    /// The reply to a poll of the details of a session.
    SeenRecord {
        /// Session id.
        id: SessionId,
        /// `Ok` with the session, or `Err` with the fault.
        answer: Result<Arc<SessionObservation>, RequestError>,
    }
}

record! {
    /// A kill.
    KillRecord {
        /// When it happened: wall clock.
        time: Timestamp,
        /// Number of the kill within the run of the program.
        number: u32,
        /// Identity of the session.
        session: Identity,
        /// Outcome in one or two words. Left out: the intent, before anything was sent.
        outcome: Text,
        /// Details of the outcome.
        detail: Text,
        /// Reason that the user gave.
        reason: Text,
        /// Filter that selected the session.
        filter: Text,
    }
}

record! {
    /// The header: the first frame of a recording.
    HeaderRecord {
        /// `maxtop recording`.
        format: String,
        /// Major and minor version of this format.
        version: (u16, u16),
        /// Version of maxtop.
        program: Text,
        /// When the recording was started, as `at`.
        started: (u64, i64),
        /// The endpoints, by number.
        endpoints: Vec<EndpointRecord>,
        /// `true` if users, addresses and literals are pseudonyms.
        redacted: bool,
    }
}

record! {
    /// An endpoint in the header.
    EndpointRecord {
        /// Name.
        name: Text,
        /// URL, without credentials.
        url: Text,
        /// Clock of the proxy minus the recorder's at the start, in milliseconds. Left out: unknown, or not read yet; the lists have it.
        clock_offset_ms: i64,
    }
}

record! {
    /// The footer of a chunk: the frame after it.
    FooterRecord {
        /// Time of the first fact of the chunk, as `at`.
        from: (u64, i64),
        /// Time of the last fact.
        to: (u64, i64),
        /// Number of lines.
        lines: u64,
        /// Size of the lines in bytes.
        size: u64,
        /// Length of the compressed chunk in bytes.
        length: u64,
    }
}
