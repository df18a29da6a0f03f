//! A snapshot of the sessions of one endpoint, and observations of single sessions.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Dialect, EndpointId, Identity, Instance, ListDiff, ListStats, Now, ProcessStart, RowKey, RowReads,
    Session, SessionDetail, SessionId, parse_moment,
};

/// A decoded session list with its time, dialect and process. Not atomic: MaxScale reads its workers in turn.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Endpoint that sent it.
    pub endpoint: EndpointId,
    /// Dialect of the endpoint.
    pub dialect: Dialect,
    /// Process that replied; `None` if it could not be read.
    pub instance: Option<Instance>,
    /// Number of this snapshot at its endpoint, from 1.
    pub number: u64,
    /// Time before its request was written.
    pub asked_at: Now,
    /// Time at which the reply was complete, by this machine's clock.
    pub taken_at: Timestamp,
    /// Response time: from the established connection to the first byte of the reply.
    pub cost: Duration,
    /// Time that decoding it has taken on this machine. Zero in a recording.
    pub decode_time: Duration,
    /// Shortest interval between two such lists that the configured duty and the limit of this machine's time allow.
    pub least_interval: Duration,
    /// Size of the body, in bytes.
    pub bytes: usize,
    /// Sessions, in ascending order of id, each id once.
    pub sessions: Vec<Session>,
    /// Number of fields of a wrong type, left blank.
    pub blanked: u32,
    /// Number of rows without a valid id, left out.
    pub dropped: u32,
    /// Changes since the previous snapshot.
    pub change: ListDiff,
    /// Statistics of the sessions.
    pub stats: ListStats,
    /// Rows that were read one by one after the list.
    pub rows: RowReads,
}

/// Maximum number of sessions of two lists that are compared. Two lists of one proxy have most sessions in common.
pub(super) const MAX_COMPARED: usize = 1_000;

/// Result of searching a snapshot for a session.
#[derive(Clone, Copy, Debug)]
pub enum Lookup<'a> {
    /// The session is listed.
    Same(&'a Session),
    /// The id belongs to another session.
    Other(&'a Session),
    /// The id is not listed, or the key is of another endpoint.
    Missing,
}

impl Snapshot {
    /// Returns a list without sessions.
    #[cfg(test)]
    pub(crate) fn empty(dialect: Dialect) -> Self {
        Self {
            endpoint: EndpointId(0),
            dialect,
            instance: None,
            number: 1,
            asked_at: Now::default(),
            taken_at: Timestamp::UNIX_EPOCH,
            cost: Duration::ZERO,
            decode_time: Duration::ZERO,
            least_interval: Duration::ZERO,
            bytes: 0,
            sessions: Vec::new(),
            blanked: 0,
            dropped: 0,
            change: ListDiff::default(),
            stats: ListStats::default(),
            rows: RowReads::default(),
        }
    }

    /// Returns the process start; `None` if unknown.
    pub fn process(&self) -> Option<&ProcessStart> {
        self.instance
            .as_ref()
            .and_then(|instance| instance.process.as_ref())
    }

    /// Returns the proxy's clock at a time of this machine's clock; `None` if the proxy does not report its
    /// start and uptime. Accurate to about two seconds.
    pub(crate) fn proxy_time(&self, at: Timestamp) -> Option<Timestamp> {
        let instance = self.instance.as_ref()?;
        let started_at = parse_moment(instance.process.as_ref()?.started_at.as_str(), None)?;
        let uptime = jiff::SignedDuration::from_secs(i64::from(instance.uptime?.as_secs()));
        let since_list = at.duration_since(self.taken_at);
        started_at.checked_add(uptime).ok()?.checked_add(since_list).ok()
    }

    /// Returns one of its sessions as an observation.
    pub(crate) fn observation(&self, session: &Session) -> SessionObservation {
        SessionObservation {
            endpoint: self.endpoint,
            process: self.process().cloned(),
            other_process: None,
            asked_at: self.asked_at,
            taken_at: self.taken_at,
            detail: SessionDetail::of(session.clone()),
        }
    }

    /// Returns the session with this id.
    pub(crate) fn get(&self, id: SessionId) -> Option<&Session> {
        self.position(id).and_then(|index| self.sessions.get(index))
    }

    /// Returns the index of the session with this id.
    pub(crate) fn position(&self, id: SessionId) -> Option<usize> {
        self.sessions.binary_search_by_key(&id, |session| session.id).ok()
    }

    /// Returns the row key of one of its sessions.
    pub(crate) fn key(&self, session: &Session) -> RowKey {
        RowKey::new(self.endpoint, self.process(), session)
    }

    /// Returns the identity of one of its sessions.
    pub(crate) fn identity(&self, session: &Session) -> Identity {
        Identity::new(self.endpoint, self.process(), session)
    }

    /// Whether both snapshots are certainly of one process and have a session in common.
    ///
    /// Two containers may have the same start time, data directory and node name, but not the same client.
    pub(crate) fn is_of_same_proxy(&self, other: &Self) -> bool {
        let processes = self.process().zip(other.process());
        processes.is_some_and(|(one, other)| one.is_certainly(other))
            && self.sample().any(|session| {
                let listed = other.get(session.id);
                listed.is_some_and(|listed| session.is_certainly(listed))
            })
    }

    /// Returns some sessions, evenly distributed over the list.
    pub(super) fn sample(&self) -> impl Iterator<Item = &Session> {
        self.sessions
            .iter()
            .step_by(self.sessions.len() / MAX_COMPARED + 1)
    }

    /// Whether both snapshots have a process start, and these differ.
    pub(crate) fn is_of_another_process(&self, other: &Self) -> bool {
        let processes = self.process().zip(other.process());
        processes.is_some_and(|(one, other)| one != other)
    }

    /// Searches for the session with this key.
    pub(crate) fn find(&self, key: &RowKey) -> Lookup<'_> {
        match self.get(key.id) {
            Some(session) if key.matches(self.endpoint, self.process(), session) => Lookup::Same(session),
            Some(session) if key.endpoint == self.endpoint => Lookup::Other(session),
            _ => Lookup::Missing,
        }
    }
}

/// One session as a GET by id returned it, with its process and time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SessionObservation {
    /// Endpoint that replied.
    pub endpoint: EndpointId,
    /// Process start, read along with it; `None` if the dialect does not report it.
    pub process: Option<ProcessStart>,
    /// A different process start, read during the same check: the proxy restarted at that moment, or
    /// several proxies answer at the address.
    pub other_process: Option<ProcessStart>,
    /// Time before the first request of the check was written.
    pub asked_at: Now,
    /// Time at which the reply was complete, by this machine's clock.
    pub taken_at: Timestamp,
    /// The session with its details.
    pub detail: SessionDetail,
}

/// A check that found no session with this id: the admin API's own 404.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Absence {
    /// Process start, read at the same address after the 404; `None` if it could not be read.
    pub process: Option<ProcessStart>,
    /// A different process start, read during the same check.
    pub other_process: Option<ProcessStart>,
}

impl SessionObservation {
    /// Returns the identity of the session.
    pub(crate) fn identity(&self) -> Identity {
        Identity::new(self.endpoint, self.process.as_ref(), &self.detail.session)
    }
}
