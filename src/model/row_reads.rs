//! Rows of a snapshot that were read one by one after the list.
//!
//! A list is expensive for a proxy with thousands of sessions; one session is not. Between two lists the poller
//! reads the rows on the screen and the stuck ones by their ids, and puts them into the last snapshot.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::{Dialect, Instance, Session, SessionId, SessionPhase, Snapshot, Version};

/// The rows of a snapshot that are newer than its list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowReads {
    /// Interval at which rows are read one by one; `None` if only lists are read.
    pub interval: Option<Duration>,
    /// Number of times that rows were put into the snapshot.
    pub revision: u32,
    /// Time of each row that is newer than the list, by this machine's clock.
    pub read_at: BTreeMap<SessionId, Timestamp>,
}

/// Result of reading one session by its id.
#[derive(Clone, Debug)]
pub struct RowRead {
    /// The requested session.
    pub id: SessionId,
    /// Time at which the reply was complete, by this machine's clock.
    pub taken_at: Timestamp,
    /// The session; `None` if there is none with this id.
    pub session: Option<Session>,
}

impl Snapshot {
    /// Whether single sessions are cheap to read: their connections (draft), or the sessions (24.02 and later).
    pub(crate) fn may_read_rows(&self) -> bool {
        let release = || self.instance.as_ref().and_then(Instance::release);
        self.dialect == Dialect::Draft
            || release().is_some_and(|release| release >= Version::FIRST_WITH_CHEAP_ROWS)
    }

    /// Whether both are the same list of an endpoint with the same newer rows.
    pub(crate) const fn has_rows_of(&self, other: &Self) -> bool {
        self.number == other.number && self.rows.revision == other.rows.revision
    }

    /// Returns the snapshot with newer rows. Number, statistics and changes remain those of the list.
    ///
    /// Ignores a row whose id belongs to another session now. Removes a started session that does not
    /// exist any more, if at least one other row was found: otherwise the reply may be of another proxy.
    pub(crate) fn with_rows(&self, reads: Vec<RowRead>) -> Self {
        let mut newer = self.clone();
        newer.rows.revision = newer.rows.revision.wrapping_add(1);
        let mut gone = Vec::new();
        let mut found = 0_usize;
        for read in reads {
            let Some(row) = newer.position(read.id) else {
                continue;
            };
            let Some(listed) = newer.sessions.get_mut(row) else {
                continue;
            };
            match read.session {
                Some(session) if session.id == read.id && is_same(listed, &session) => {
                    *listed = session;
                    newer.rows.read_at.insert(read.id, read.taken_at);
                    found += 1;
                }
                // From 24.02 a session that is not started, or is closing, has no reply although it is listed.
                None if listed.phase() == Some(SessionPhase::Ready) => gone.push(read.id),
                _ => {}
            }
        }
        if found > 0 {
            gone.sort_unstable();
            for id in &gone {
                newer.rows.read_at.remove(id);
            }
            newer
                .sessions
                .retain(|session| gone.binary_search(&session.id).is_err());
        }
        newer
    }
}

/// Whether both are one session: neither the connect time nor the user differs.
fn is_same(listed: &Session, read: &Session) -> bool {
    let connected = |session: &Session| session.connected.as_ref().map(|connected| connected.sent.clone());
    let same_user = listed.user.is_none() || listed.user == read.user;
    same_user && connected(listed) == connected(read)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{Connected, Text, TextLimit};

    fn session(id: u64, user: &str, state: &str) -> Session {
        let text = |text: &str| Text::clean(text, TextLimit::Name);
        Session {
            user: Some(text(user)),
            state: Some(text(state)),
            connected: Some(Arc::new(Connected {
                sent: text("Mon, 23 Nov 2026 15:20:00 GMT"),
                at: None,
            })),
            ..Session::bare(SessionId(id))
        }
    }

    fn list() -> Snapshot {
        Snapshot {
            sessions: [1, 2, 3].map(|id| session(id, "app", "Session started")).into(),
            ..Snapshot::empty(Dialect::JsonApi)
        }
    }

    fn read(id: u64, session: Option<Session>) -> RowRead {
        RowRead {
            id: SessionId(id),
            taken_at: Timestamp::from_second(5).unwrap_or_default(),
            session,
        }
    }

    fn ids(list: &Snapshot) -> Vec<u64> {
        list.sessions.iter().map(|session| session.id.0).collect()
    }

    #[test]
    fn a_row_replaces_that_of_the_list_and_has_its_own_time() {
        let newer = list().with_rows(vec![read(2, Some(session(2, "app", "Stopping session")))]);
        let states: Vec<_> = newer.sessions.iter().filter_map(Session::phase).collect();
        assert_eq!(
            states,
            [SessionPhase::Ready, SessionPhase::Stopping, SessionPhase::Ready]
        );
        assert_eq!(
            newer.rows.read_at.keys().copied().collect::<Vec<_>>(),
            [SessionId(2)]
        );
        assert!(!newer.has_rows_of(&list()));
        assert_eq!((newer.number, newer.taken_at), (1, list().taken_at));
    }

    #[test]
    fn a_session_that_only_has_the_id_is_ignored() {
        let newer = list().with_rows(vec![
            read(2, Some(session(2, "root", "Stopping session"))),
            read(3, Some(session(7, "app", "Stopping session"))),
            read(9, Some(session(9, "app", "Session started"))),
        ]);
        assert_eq!(newer.sessions, list().sessions);
        assert_eq!(newer.rows.read_at.len(), 0);
    }

    #[test]
    fn an_ended_session_leaves_if_the_reply_is_surely_of_this_proxy() {
        let found = || read(1, Some(session(1, "app", "Session started")));
        assert_eq!(ids(&list().with_rows(vec![read(3, None), found()])), [1, 2]);
        assert_eq!(ids(&list().with_rows(vec![read(3, None)])), [1, 2, 3]);
        let mut closing = list();
        closing.sessions[2] = session(3, "app", "Stopping session");
        let newer = closing.with_rows(vec![found(), read(3, None)]);
        assert_eq!(ids(&newer), [1, 2, 3], "a closing session has no reply");
    }
}
