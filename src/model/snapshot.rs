//! One list of one endpoint, and what taking it cost.

use std::time::Duration;

use jiff::Timestamp;

use super::{
    Dialect, EndpointId, Identity, Instance, ListDiff, ListStats, Now, ProcessStart, RowKey, Session,
    SessionDetail, SessionId,
};

/// One good list. Sessions are in ascending order of id, each id once.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Where it came from.
    pub endpoint: EndpointId,
    /// In which dialect.
    pub dialect: Dialect,
    /// The process that answered, where it could be read.
    pub instance: Option<Instance>,
    /// Ascending from 1: which list of its endpoint this is.
    pub number: u64,
    /// Before its request was written.
    pub asked_at: Now,
    /// When the reply was complete, by this machine's clock.
    pub taken_at: Timestamp,
    /// From the request sent to the first byte of the reply.
    pub cost: Duration,
    /// Shortest time between two such lists that the configured share of the server's time allows.
    pub least_interval: Duration,
    /// The size of the body in bytes.
    pub bytes: usize,
    /// Ascending by id.
    pub sessions: Vec<Session>,
    /// Fields of a wrong type, left blank.
    pub blanked: u32,
    /// Rows without a valid id, left out.
    pub dropped: u32,
    /// How it differs from the list before it.
    pub change: ListDiff,
    /// It in a few numbers.
    pub stats: ListStats,
}

/// What a list says of one session.
#[derive(Clone, Copy, Debug)]
pub enum Lookup<'a> {
    /// It is there.
    Same(&'a Session),
    /// Its id belongs to another one now.
    Other(&'a Session),
    /// Its id is not in the list, or the process is another.
    Missing,
}

impl Snapshot {
    /// The process that answered.
    pub fn process(&self) -> Option<&ProcessStart> {
        self.instance
            .as_ref()
            .and_then(|instance| instance.process.as_ref())
    }

    /// One of its sessions as if it had been asked for by itself.
    pub fn observation(&self, session: &Session) -> SessionObservation {
        SessionObservation {
            endpoint: self.endpoint,
            process: self.process().cloned(),
            other_process: None,
            asked_at: self.asked_at,
            taken_at: self.taken_at,
            detail: SessionDetail::of(session.clone()),
        }
    }

    /// The session with this id.
    pub fn get(&self, id: SessionId) -> Option<&Session> {
        self.position(id).and_then(|index| self.sessions.get(index))
    }

    /// Where the session with this id stands.
    pub fn position(&self, id: SessionId) -> Option<usize> {
        self.sessions.binary_search_by_key(&id, |session| session.id).ok()
    }

    /// The key of one of its sessions.
    pub fn key(&self, session: &Session) -> RowKey {
        RowKey::new(self.endpoint, self.process(), session)
    }

    /// The full identity of one of its sessions.
    pub fn identity(&self, session: &Session) -> Identity {
        Identity::new(self.endpoint, self.process(), session)
    }

    /// Whether both lists are certainly of one process, and have a session in common.
    ///
    /// Containers may be equal in start time, data directory and node name; a client has one connection.
    pub fn is_of_same_proxy(&self, other: &Self) -> bool {
        let processes = self.process().zip(other.process());
        processes.is_some_and(|(one, other)| one.is_certainly(other))
            && self.sessions.iter().any(|session| {
                let there = other.get(session.id);
                there.is_some_and(|there| session.is_certainly(there))
            })
    }

    /// Whether both lists tell their processes, and these differ.
    pub fn is_of_another_process(&self, other: &Self) -> bool {
        let processes = self.process().zip(other.process());
        processes.is_some_and(|(one, other)| one != other)
    }

    /// Looks for the session that a key names. A key of another endpoint is not in this list.
    pub fn find(&self, key: &RowKey) -> Lookup<'_> {
        match self.get(key.id) {
            Some(session) if key.matches(self.endpoint, self.process(), session) => Lookup::Same(session),
            Some(session) if key.endpoint == self.endpoint => Lookup::Other(session),
            _ => Lookup::Missing,
        }
    }
}

/// One session as a GET by its id gave it, with the process that was asked.
#[derive(Clone, Debug)]
pub struct SessionObservation {
    /// Where it was asked for.
    pub endpoint: EndpointId,
    /// The process, read beside it; `None` where the dialect does not report it.
    pub process: Option<ProcessStart>,
    /// A different process start that was read during the same check: the proxy restarted at that
    /// moment, or several proxies answer at the address.
    pub other_process: Option<ProcessStart>,
    /// Before the first request of the check was written.
    pub asked_at: Now,
    /// When the reply was complete, by this machine's clock.
    pub taken_at: Timestamp,
    /// The session.
    pub detail: SessionDetail,
}

/// A check that found no session with this id: the admin API's own 404.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Absence {
    /// The process, read at the same address after the 404; `None` where it could not be read.
    pub process: Option<ProcessStart>,
    /// A different process start that was read during the same check.
    pub other_process: Option<ProcessStart>,
}

impl SessionObservation {
    /// Who it is.
    pub fn identity(&self) -> Identity {
        Identity::new(self.endpoint, self.process.as_ref(), &self.detail.session)
    }
}
