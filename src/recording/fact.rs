//! What a recording consists of.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::diagnosis::ConnectionSample;
use crate::kill::AuditEntry;
use crate::model::{
    Dialect, EndpointId, Identity, Now, RequestError, ServerReport, Servers, Services, SessionId,
    SessionObservation, Snapshot, Text, TextLimit,
};

/// Something that was learned, and when. All that the screen shows follows from facts.
#[derive(Clone, Debug)]
pub struct Fact {
    /// When it was learned, to the microsecond.
    pub at: Now,
    /// The endpoint. `None` for a note.
    pub endpoint: Option<EndpointId>,
    /// The fact itself.
    pub kind: FactKind,
}

/// The kinds of facts.
#[derive(Clone, Debug)]
pub enum FactKind {
    /// The dialect was detected.
    Dialect(Dialect),
    /// A new snapshot.
    Listed(Arc<Snapshot>),
    /// The last snapshot with rows that were read one by one after it.
    RowsRead(Arc<Snapshot>),
    /// A failed list.
    ListFailed {
        /// Cause of the failure.
        fault: RequestError,
        /// Time until the request is retried.
        retry_in: Duration,
    },
    /// Samples of the connections of some sessions (draft).
    Sampled(Vec<(SessionId, ConnectionSample)>),
    /// States of the servers, or why they are unknown.
    Servers(Result<Arc<Servers>, RequestError>),
    /// Load of the services, or why it is unknown.
    Services(Result<Arc<Services>, RequestError>),
    /// One round of statements at a server.
    ServerReport(Arc<ServerReport>),
    /// The reply to a poll of the details of a session.
    Seen {
        /// The requested session.
        id: SessionId,
        /// A 404 is [`RequestError::NotFound`].
        answer: Result<Arc<SessionObservation>, RequestError>,
    },
    /// The account may read, but not kill.
    MayOnlyRead,
    /// Several proxies answer at the address.
    SeveralProxies,
    /// The intent to kill a session, or the outcome.
    Kill(Box<KillFact>),
    /// A note of the user or of the program.
    Note(Text),
}

/// A kill, as the audit log has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KillFact {
    /// When it happened, by this machine's clock.
    pub time: Timestamp,
    /// Number of the kill within the run. An intent and its outcome have the same number.
    pub number: u32,
    /// Identity of the session.
    pub identity: Identity,
    /// Outcome. `None` in an intent, before anything is sent.
    pub outcome: Option<KillResult>,
    /// Reason that the user gave.
    pub reason: Option<Text>,
    /// Filter that selected the session.
    pub filter: Option<Text>,
}

/// How a kill ended, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KillResult {
    /// One or two words: `killed`, `refused`.
    pub word: Text,
    /// Details. Empty if the word says everything.
    pub detail: Text,
}

impl From<&AuditEntry> for KillFact {
    fn from(entry: &AuditEntry) -> Self {
        let line = |text: &str| Text::clean(text, TextLimit::Line);
        Self {
            time: entry.at,
            number: entry.kill,
            identity: entry.identity.clone(),
            outcome: entry.outcome.as_ref().map(|outcome| KillResult {
                word: line(outcome.word()),
                detail: line(&outcome.detail()),
            }),
            reason: entry.reason.clone(),
            filter: entry.filter.as_deref().map(line),
        }
    }
}
