//! Links of the details: the sessions that wait for the session, and the one that it waits for.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::App;
use super::detail::DetailPane;
use super::layers::LinkTarget;
use super::status::Status;
use crate::model::{EndpointId, LockHolder, RowKey, ServerLocks, Session, SessionId, Span, ThreadOwner};

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
    /// Number of waiting sessions between it and the session of the details. 0 if it waits directly.
    pub depth: usize,
}

impl App {
    /// Returns the sessions that wait for that of the details, each before those that wait for it; the longest
    /// wait first. Every session is in the list once.
    pub(crate) fn waiting_for(&self, pane: &DetailPane) -> Vec<WaitingSession> {
        let locks = self.locks_of(pane.identity.endpoint);
        let own = locks.and_then(|locks| locks.session(pane.identity.id));
        let Some((own, server)) = own.and_then(|own| Some((own, locks?.server(&own.server)?))) else {
            return Vec::new();
        };
        let mut lists = self.table.view.snapshots.iter();
        let snapshot = lists.find(|list| list.endpoint == pane.identity.endpoint);
        let sessions = snapshot.map_or(&[][..], |list| &list.sessions);
        let mut found = Vec::new();
        let mut seen = BTreeSet::from([own.thread]);
        let mut open = vec![(own.thread, 0)];
        while let Some((blocker, depth)) = open.pop() {
            let waits = |thread: u64| server.graph.nodes.get(&thread)?.wait.as_ref()?.age;
            // Sessions that wait for a thread without a row have its place in the tree.
            let waiting = waiting_session(server, sessions, blocker, depth);
            let has_row = waiting.is_some() && blocker != own.thread;
            found.extend(waiting);
            let nodes = server.graph.nodes.iter();
            let direct = nodes.filter(|(thread, node)| {
                let wait = node.wait.as_ref();
                wait.is_some_and(|wait| wait.direct.contains(&blocker)) && !seen.contains(*thread)
            });
            let mut direct: Vec<_> = direct.map(|(thread, _)| *thread).collect();
            seen.extend(&direct);
            // The last one is taken first.
            direct.sort_by_key(|thread| (waits(*thread), Reverse(*thread)));
            let below = depth + usize::from(has_row);
            open.extend(direct.into_iter().map(|thread| (thread, below)));
        }
        // The first one is the session of the details.
        found.retain(|waiting| waiting.id != pane.identity.id);
        found
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

    /// Chooses a link of the details, and focuses them.
    pub(super) fn choose_link(&mut self, link: usize) {
        self.detail_focused = !self.areas().table.is_empty();
        if let Some(pane) = &mut self.detail {
            pane.link = Some(link);
        }
    }

    /// Returns the key of a session by its id.
    pub(super) fn session_key(&self, endpoint: EndpointId, id: SessionId) -> Option<RowKey> {
        let mut lists = self.table.view.snapshots.iter();
        let snapshot = lists.find(|snapshot| snapshot.endpoint == endpoint)?;
        Some(snapshot.key(snapshot.sessions.get(snapshot.position(id)?)?))
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

/// Returns the session of a thread that waits; `None` if it has none.
fn waiting_session(
    server: &ServerLocks,
    sessions: &[Session],
    thread: u64,
    depth: usize,
) -> Option<WaitingSession> {
    let Some(ThreadOwner::Session(id)) = server.owners.get(&thread) else {
        return None;
    };
    let place = sessions.binary_search_by_key(id, |session| session.id).ok();
    let session = place.and_then(|place| sessions.get(place));
    let row = server.report.thread(thread);
    let statement = row.and_then(|row| row.statement.as_ref());
    Some(WaitingSession {
        id: *id,
        client: session.map_or_else(String::new, Session::client),
        lasted: server
            .graph
            .nodes
            .get(&thread)?
            .wait
            .as_ref()
            .and_then(|wait| wait.age),
        statement: statement.map_or_else(String::new, ToString::to_string),
        depth,
    })
}
