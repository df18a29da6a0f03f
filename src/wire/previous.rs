//! The previous list of an endpoint. What did not change is shared with it.

use crate::model::{Session, SessionId};

/// Number of rows after the expected one that are inspected before the whole list is searched. Lists of several
/// workers are sorted in parts.
const NEAR: usize = 8;

/// A previous list, read in about the same order as the new one.
#[derive(Clone, Copy, Debug, Default)]
pub struct PreviousList<'a> {
    /// Sessions in ascending order of id.
    sessions: &'a [Session],
    /// Index of the row after the last one that was found.
    next: usize,
}

impl<'a> PreviousList<'a> {
    /// Creates the previous list from its sessions, in ascending order of id.
    pub const fn new(sessions: &'a [Session]) -> Self {
        Self { sessions, next: 0 }
    }

    /// Continues after the row at `next`.
    pub(super) const fn from(sessions: &'a [Session], next: usize) -> Self {
        Self { sessions, next }
    }

    /// Returns the index of the row after the last one that was found.
    pub(super) const fn next(&self) -> usize {
        self.next
    }

    /// Returns the session with this id.
    pub(super) fn find(&mut self, id: SessionId) -> Option<&'a Session> {
        let near = self
            .sessions
            .get(self.next..)
            .unwrap_or_default()
            .iter()
            .take(NEAR);
        let near = near.take_while(|session| session.id <= id).count();
        let likely = (self.next + near).checked_sub(1).filter(|_| near > 0);
        let is_found = |at: &usize| self.sessions.get(*at).is_some_and(|session| session.id == id);
        let at = likely.filter(is_found).or_else(|| {
            let found = self.sessions.binary_search_by_key(&id, |session| session.id);
            found.ok()
        })?;
        self.next = at + 1;
        self.sessions.get(at)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_session_is_found_in_any_order(ids in prop::collection::btree_set(0_u64..50, 0..30), asked in prop::collection::vec(0_u64..50, 0..60)) {
            let sessions: Vec<_> = ids.iter().map(|id| Session::bare(SessionId(*id))).collect();
            let mut previous = PreviousList::new(&sessions);
            for id in asked {
                let found = previous.find(SessionId(id)).map(|session| session.id.0);
                prop_assert_eq!(found, ids.get(&id).copied());
            }
        }
    }
}
