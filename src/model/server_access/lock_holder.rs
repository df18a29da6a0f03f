//! The holder of a lock: a session, or a thread without a known one.

use std::fmt;

use super::super::{Session, SessionId};

/// A thread that holds a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LockHolder {
    /// A session of this proxy.
    Session {
        /// Its id.
        id: SessionId,
        /// User and address: `etl@10.0.3.7`.
        client: String,
    },
    /// A thread that does not use this proxy.
    Thread(u64),
    /// A thread of a session that has ended.
    EndedSession {
        /// Id of the session.
        id: SessionId,
        /// Thread id.
        thread: u64,
    },
    /// A thread of this proxy without a known session: more than one session lists it, or its user is
    /// another one, such as the service's with `SET SESSION AUTHORIZATION`.
    UnknownSession(u64),
    /// A prepared XA transaction.
    PreparedXa,
}

impl fmt::Display for LockHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Session { id, client } => write!(f, "session {id} {client}"),
            Self::Thread(thread) => write!(f, "thread {thread}, of no session of this proxy"),
            Self::EndedSession { id, thread } => {
                write!(f, "thread {thread} of session {id}, which has ended")
            }
            Self::UnknownSession(thread) => write!(f, "thread {thread}, its session is unknown"),
            Self::PreparedXa => f.write_str("a prepared XA transaction"),
        }
    }
}

/// Returns user and address: `etl@10.0.3.7`.
pub(super) fn client_text(session: &Session) -> String {
    session.client_without_port()
}
