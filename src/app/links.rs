//! Links of the details: the sessions that wait for the session, and the one that it waits for.

use super::App;
use super::detail::DetailPane;
use super::layers::LinkTarget;
use super::status::Status;
use crate::model::{LockHolder, SessionId, Span, ThreadOwner};

/// Maximum number of waiting sessions shown.
pub(crate) const MAX_WAITING: usize = 5;

/// A session that waits for the session of the details.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WaitingSession {
    /// Its id.
    pub id: SessionId,
    /// User and address.
    pub client: String,
    /// Time that it has waited.
    pub lasted: Option<Span>,
    /// Its statement.
    pub statement: String,
}

impl App {
    /// Returns the sessions that wait directly for that of the details, the longest wait first.
    pub(crate) fn waiting_for(&self, pane: &DetailPane) -> Vec<WaitingSession> {
        let Some(locks) = self.locks_of(pane.identity.endpoint) else {
            return Vec::new();
        };
        let Some(own) = locks.session(pane.identity.id) else {
            return Vec::new();
        };
        let Some(server) = locks.server(&own.server) else {
            return Vec::new();
        };
        let lists = self.table.view.snapshots.iter();
        let mut lists = lists.filter(|list| list.endpoint == pane.identity.endpoint);
        let snapshot = lists.next();
        let waiting = server.graph.nodes.iter().filter_map(|(thread, node)| {
            let wait = node.wait.as_ref()?;
            let Some(ThreadOwner::Session(id)) = server.owners.get(thread) else {
                return None;
            };
            if !wait.direct.contains(&own.thread) {
                return None;
            }
            let session = snapshot.and_then(|list| list.sessions.get(list.position(*id)?));
            let thread = server.report.thread(*thread);
            let statement = thread.and_then(|thread| thread.statement.as_ref());
            Some(WaitingSession {
                id: *id,
                client: session.map_or_else(String::new, crate::model::Session::client),
                lasted: wait.age,
                statement: statement.map_or_else(String::new, ToString::to_string),
            })
        });
        let mut waiting: Vec<_> = waiting.collect();
        waiting.sort_by_key(|one| (std::cmp::Reverse(one.lasted), one.id));
        waiting
    }

    /// Returns the session that the details link to, from top to bottom: the blocker, then the waiters.
    pub(crate) fn links(&self) -> Vec<SessionId> {
        let Some(pane) = self.detail.as_ref().filter(|pane| pane.ended.is_none()) else {
            return Vec::new();
        };
        let locks = self.locks_of(pane.identity.endpoint);
        let own = locks.and_then(|locks| locks.session(pane.identity.id));
        let blocker = own.and_then(|own| match own.wait.as_ref()?.blocker {
            Some(LockHolder::Session { id, .. }) => Some(id),
            _ => None,
        });
        let waiting = self.waiting_for(pane).into_iter().take(MAX_WAITING);
        blocker
            .into_iter()
            .chain(waiting.map(|waiting| waiting.id))
            .collect()
    }

    /// Tab: goes to the next link of the details; after the last to the other pane.
    pub(super) fn step_link(&mut self, step: isize) {
        let count = self.links().len();
        let is_beside = !self.areas().table.is_empty();
        let Some(pane) = &mut self.detail else { return };
        let next = match (pane.link, step > 0) {
            (None, true) => Some(0),
            (None, false) => count.checked_sub(1),
            (Some(link), true) => Some(link + 1),
            (Some(link), false) => link.checked_sub(1),
        };
        pane.link = next.filter(|next| *next < count);
        if pane.link.is_none() {
            if is_beside {
                self.detail_focused = false;
            } else if count == 0 {
                self.status = Some(Status::note("no links to other sessions here".to_owned()));
            }
        }
    }

    /// Enter: opens the session of the chosen link.
    pub(super) fn open_link(&mut self) {
        let chosen = self.detail.as_ref().and_then(|pane| pane.link);
        let Some(link) = chosen.and_then(|link| self.links().get(link).copied()) else {
            return;
        };
        let Some(endpoint) = self.detail.as_ref().map(|pane| pane.identity.endpoint) else {
            return;
        };
        let key = self.session_key(endpoint, link);
        match key.and_then(|key| self.table.view.position(&key)) {
            Some(position) => {
                self.leave_for(LinkTarget::Details);
                let page = self.page();
                if self.table.go_to(position, page) {
                    self.rebuild_view();
                }
                self.open_detail();
            }
            None => self.status = Some(Status::note(format!("the filter hides session {link}"))),
        }
    }
}
