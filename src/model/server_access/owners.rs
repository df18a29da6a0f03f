//! Finds the session that a server's thread works for.

use std::collections::BTreeMap;

use super::super::{Session, SessionId, Text};

/// The session of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThreadOwner {
    /// Exactly one session lists the thread, with the same user.
    Session(SessionId),
    /// More than one session lists the thread, or its user differs or is unknown.
    Unknown,
    /// The session that listed the thread has ended.
    Ended(SessionId),
    /// No session lists the thread.
    NotThisProxy,
}

/// Sessions by server and thread id, from one session list.
///
/// The API sends the low 32 bits of a thread id, so the ids are compared as such.
#[derive(Debug, Default)]
pub struct ThreadOwners<'a> {
    by_thread: BTreeMap<(&'a Text, u32), Listed<'a>>,
}

#[derive(Debug)]
struct Listed<'a> {
    session: SessionId,
    user: Option<&'a Text>,
    /// Whether another session lists the same thread.
    is_shared: bool,
}

impl<'a> ThreadOwners<'a> {
    /// Collects the server connections of all sessions.
    pub fn new(sessions: impl IntoIterator<Item = &'a Session>) -> Self {
        let mut by_thread: BTreeMap<_, Listed<'a>> = BTreeMap::new();
        for session in sessions {
            for connection in session.server_connections().unwrap_or_default() {
                // 0 means that the id is not known yet.
                let Some(thread) = connection.thread_id.filter(|id| *id != 0) else {
                    continue;
                };
                by_thread
                    .entry((&connection.server, thread))
                    .and_modify(|listed| listed.is_shared |= listed.session != session.id)
                    .or_insert(Listed {
                        session: session.id,
                        user: session.user.as_ref(),
                        is_shared: false,
                    });
            }
        }
        Self { by_thread }
    }

    /// Returns the owner of a thread. `user` is the thread's user.
    pub fn find(&self, server: &Text, thread: u64, user: Option<&Text>) -> ThreadOwner {
        if thread == 0 {
            // A prepared XA transaction has no thread.
            return ThreadOwner::NotThisProxy;
        }
        let Some(low) = low_bits(thread) else {
            return ThreadOwner::Unknown;
        };
        match self.by_thread.get(&(server, low)) {
            None => ThreadOwner::NotThisProxy,
            Some(listed) if !listed.is_shared && user.is_some() && listed.user == user => {
                ThreadOwner::Session(listed.session)
            }
            Some(_) => ThreadOwner::Unknown,
        }
    }
}

/// Returns the low 32 bits of a thread id, as the API sends them. `None` if they are 0.
fn low_bits(thread: u64) -> Option<u32> {
    u32::try_from(thread & u64::from(u32::MAX))
        .ok()
        .filter(|low| *low != 0)
}
