//! The view of blockers: a tree of waiting threads for each root blocker.

mod doing;
mod kill_statement;
mod root;
mod rows;

use super::App;
use super::keymap::Action;
use super::layers::LinkTarget;
use super::layout::clamp_scroll;
use super::status::Status;
use crate::filter::Filter;
use crate::model::{EndedThread, EndpointId, LockHolder, SessionId, SessionLocks, Span, Text, ThreadOwner};

pub(crate) use self::root::RootBlocker;
pub(crate) use self::rows::BlockerLines;

/// Creates the database user that reads locks, as `maxtop doctor` prints it. The user sets the password.
pub(crate) const CREATE_USER: &str = "CREATE USER 'maxtop'@'MAXSCALE-HOST' IDENTIFIED BY '...'; GRANT PROCESS ON *.* TO 'maxtop'@'MAXSCALE-HOST';";

/// A thread of a server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ThreadKey {
    /// The endpoint that the server belongs to.
    pub endpoint: EndpointId,
    /// The server.
    pub server: Text,
    /// Thread id.
    pub thread: u64,
}

/// A line of the view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BlockerRow {
    /// A thread that blocks or waits.
    Thread(Box<ThreadRow>),
    /// A line under a thread whose session has ended.
    Ended {
        /// Lines of the tree, to the left.
        tree: String,
        /// The endpoint of the session.
        endpoint: EndpointId,
        /// The session.
        ended: EndedThread,
        /// Whether the thread still runs a statement.
        runs: bool,
    },
    /// A line under a thread, on which the cursor never is.
    Note {
        /// Lines of the tree, to the left.
        tree: String,
        /// The text.
        text: String,
    },
}

/// A thread that blocks or waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ThreadRow {
    /// The thread.
    pub key: ThreadKey,
    /// Its session, if it is one of this proxy.
    pub session: Option<SessionId>,
    /// The thread at the top of its tree; `None` for that thread itself.
    pub root: Option<ThreadKey>,
    /// Lines of the tree, to the left.
    pub tree: String,
    /// Session id with user and address, or the thread.
    pub name: String,
    /// Age of its transaction.
    pub transaction: Option<Span>,
    /// Time that it has waited.
    pub wait: Option<Span>,
    /// Its statement, or that it is idle.
    pub doing: String,
    /// Number of threads that wait for it.
    pub blocks: usize,
}

/// State of the open view.
#[derive(Clone, Debug, Default)]
pub(crate) struct BlockersPane {
    /// The thread under the cursor; `None` until there is one.
    pub cursor: Option<ThreadKey>,
    /// The first line shown.
    pub top: usize,
    /// Number of lines of the list, once it has been drawn.
    pub lines: Option<usize>,
}

impl BlockersPane {
    /// Returns the position of the cursor: its thread, or the first one until a thread is chosen. `None` if the chosen
    /// thread is gone: another one must not get the keys that were meant for it.
    pub(crate) fn position(&self, rows: &[BlockerRow]) -> Option<usize> {
        let own = |row: &BlockerRow| {
            row.thread()
                .is_some_and(|thread| Some(&thread.key) == self.cursor.as_ref())
        };
        match self.cursor {
            Some(_) => rows.iter().position(own),
            None => rows.iter().position(|row| row.thread().is_some()),
        }
    }

    /// Returns the thread under the cursor.
    pub(crate) fn chosen<'a>(&self, rows: &'a [BlockerRow]) -> Option<&'a ThreadRow> {
        rows.get(self.position(rows)?)?.thread()
    }

    /// Moves the cursor by threads.
    fn step(&mut self, rows: &[BlockerRow], threads: isize, height: usize) {
        let places: Vec<_> = (0..rows.len())
            .filter(|place| rows.get(*place).is_some_and(|row| row.thread().is_some()))
            .collect();
        let now = self.position(rows);
        let index = now.and_then(|now| places.iter().position(|place| *place == now));
        let last = places.len().saturating_sub(1);
        let next = index.map_or(0, |index| index.saturating_add_signed(threads).min(last));
        if let Some(place) = places.get(next) {
            self.choose(rows, *place, height);
        }
    }

    /// Moves the cursor to the thread at a position.
    fn choose(&mut self, rows: &[BlockerRow], place: usize, height: usize) {
        let Some(thread) = rows.get(place).and_then(BlockerRow::thread) else {
            return;
        };
        self.cursor = Some(thread.key.clone());
        // The line above a thread belongs to it if it is the first one.
        let top = if place == 0 { 0 } else { self.top };
        // The lines below it belong to it too, up to the next thread.
        let below = rows.iter().skip(place + 1);
        let lines = below.take_while(|row| row.thread().is_none()).count();
        let top = clamp_scroll(top, place + lines, rows.len(), height);
        self.top = clamp_scroll(top, place, rows.len(), height);
    }
}

impl ThreadRow {
    /// Whether it blocks others and does not wait itself.
    pub(crate) const fn is_root(&self) -> bool {
        self.blocks > 0 && self.wait.is_none()
    }
}

impl BlockerRow {
    /// Returns the thread, if the line is one.
    pub(crate) fn thread(&self) -> Option<&ThreadRow> {
        match self {
            Self::Thread(thread) => Some(thread),
            Self::Ended { .. } | Self::Note { .. } => None,
        }
    }
}

impl App {
    /// Returns the session that keys act on: that of the details, or that of the row under the cursor.
    fn session_of_keys(&self) -> Option<(EndpointId, SessionId)> {
        if let Some(detail) = self.detail.as_ref().filter(|_| self.detail_has_keys()) {
            return Some((detail.identity.endpoint, detail.identity.id));
        }
        if self.shows_view() || self.table.shows_groups() {
            return None;
        }
        let row = self.table.view.row(self.table.cursor.position())?;
        Some((row.snapshot.endpoint, row.session.id))
    }

    /// `b`: opens the view. The cursor is put on the session of the details or of the row that it was opened from.
    pub(super) fn open_blockers(&mut self) {
        self.modal.close();
        let mut pane = BlockersPane::default();
        let from = self.session_of_keys();
        if let Some((endpoint, id)) = from {
            let rows = self.table.view.blockers.rows.iter();
            let mut threads = rows.filter_map(BlockerRow::thread);
            let own = threads.find(|row| (row.key.endpoint, row.session) == (endpoint, Some(id)));
            let row = self.table.view.row(self.table.cursor.position());
            let has_ended = self.detail.as_ref().is_some_and(|detail| detail.ended.is_some())
                || row.is_some_and(|row| row.has_ended());
            let is_chosen = self.detail_has_keys() || self.table.cursor.chosen_key().is_some();
            let is_chosen = is_chosen && !has_ended;
            if own.is_none() && is_chosen && !self.table.view.blockers.rows.is_empty() {
                let text = format!("session {id} blocks no other and waits for none");
                self.status = Some(Status::note(text));
            }
            pane.cursor = own.map(|row| row.key.clone());
        }
        self.leave_view();
        self.blockers = Some(pane);
        self.step_blocker(0);
        if let Some((endpoint, id)) = from
            && self.waits_outside(endpoint, id)
        {
            self.go_to_blocker_of(endpoint, id);
        }
    }

    /// Whether a session waits for a thread outside the proxy: that thread has to end, and `y` copies its KILL.
    fn waits_outside(&self, endpoint: EndpointId, id: SessionId) -> bool {
        let locks = self.locks_of(endpoint).and_then(|locks| locks.session(id));
        let wait = locks.and_then(|locks| locks.wait.as_ref());
        wait.is_some_and(|wait| {
            let is_listed = matches!(wait.blocker, Some(LockHolder::Session { .. }));
            wait.blocker.is_some() && !is_listed && !wait.is_likely
        })
    }

    /// Puts the cursor on the root blocker that a session waits for.
    fn go_to_blocker_of(&mut self, endpoint: EndpointId, id: SessionId) {
        let rows = self.table.view.blockers.rows.iter();
        let mut threads = rows.filter_map(BlockerRow::thread);
        let own = threads.find(|row| (row.key.endpoint, row.session) == (endpoint, Some(id)));
        let root = own.and_then(|row| row.root.clone());
        if let Some(pane) = self.blockers.as_mut().filter(|_| root.is_some()) {
            pane.cursor = root;
            self.step_blocker(0);
        }
    }

    /// Returns the number of lines of the view that show threads.
    pub(crate) fn blocker_lines(&self) -> usize {
        if let Some(lines) = self.blockers.as_ref().and_then(|pane| pane.lines) {
            return lines.max(1);
        }
        // The title, the headings and the lines below the list.
        usize::from(self.areas().table.height.max(self.areas().detail.height))
            .saturating_sub(5)
            .max(1)
    }

    /// Moves the cursor of the view.
    pub(super) fn step_blocker(&mut self, threads: isize) {
        let height = self.blocker_lines();
        let rows = &self.table.view.blockers.rows;
        if let Some(pane) = &mut self.blockers {
            pane.step(rows, threads, height);
        }
    }

    /// Moves the cursor of the view to the thread at a position.
    pub(super) fn choose_blocker(&mut self, position: usize) {
        let height = self.blocker_lines();
        let rows = &self.table.view.blockers.rows;
        if let Some(pane) = &mut self.blockers {
            pane.choose(rows, position, height);
        }
    }

    /// Returns the thread under the cursor of the view.
    pub(super) fn chosen_blocker(&self) -> Option<ThreadRow> {
        let rows = &self.table.view.blockers.rows;
        self.blockers.as_ref()?.chosen(rows).cloned()
    }

    /// Enter: opens the details of the session under the cursor.
    pub(super) fn open_blocker(&mut self) {
        let Some(row) = self.chosen_blocker() else {
            return;
        };
        let key = row.session.and_then(|id| self.session_key(row.key.endpoint, id));
        match key.and_then(|key| self.table.view.position(&key)) {
            Some(position) => {
                self.leave_for(LinkTarget::Details);
                self.blockers = None;
                let page = self.page();
                let left_departed_row = self.table.go_to(position, page);
                if left_departed_row {
                    self.rebuild_view();
                }
                self.open_detail();
            }
            None if row.session.is_some() => {
                self.status = Some(Status::note("the filter hides this session".to_owned()));
            }
            None => self.status = Some(Status::note(format!("{} has no details here", row.name))),
        }
    }

    /// `K` in the view: opens the kill dialog for the session under the cursor.
    pub(super) fn kill_blocker(&mut self) {
        let Some(row) = self.chosen_blocker() else {
            self.status = Some(Status::note("no session waits for a lock".to_owned()));
            return;
        };
        if let Some(pane) = &mut self.blockers {
            pane.cursor = Some(row.key.clone());
        }
        if let Some(why) = self.blocker_refusal(&row) {
            self.status = Some(Status::warning(why));
        } else if let Some(id) = row.session {
            let role = if row.is_root() {
                LockRole::Blocker
            } else {
                LockRole::Waiter
            };
            match self.listed_key(row.key.endpoint, id) {
                Some(key) => self.ask_to_kill_waiting(&key, role),
                None => self.status = Some(Status::note(format!("{id} has already ended"))),
            }
        }
    }

    /// Returns why the session of a thread cannot be killed here, and what to do instead. `None` if it can.
    pub(crate) fn blocker_refusal(&self, row: &ThreadRow) -> Option<String> {
        if let Some(id) = row.session {
            let latest = self.endpoints.get(row.key.endpoint)?.latest.as_ref()?;
            let Some(session) = latest.position(id).and_then(|place| latest.sessions.get(place)) else {
                return Some(format!("{id} has already ended"));
            };
            let victim = self.victim(latest.identity(session), session.clone())?;
            return Some(format!("session {id}: {}", victim.refused?.words()));
        }
        let what = match self.thread_owner(&row.key) {
            _ if row.key.thread == 0 => "a prepared XA transaction has no session".to_owned(),
            Some(ThreadOwner::Ended(id)) => format!("session {id} has already ended"),
            Some(ThreadOwner::Unknown) => format!("{}: its session is unknown", row.name),
            _ => format!("{} does not use this proxy", row.name),
        };
        let copy = match self.kill_statement(&row.key) {
            Ok(_) if row.key.thread == 0 => "y copies the statement that lists it".to_owned(),
            Ok(_) => "y copies the KILL of the thread".to_owned(),
            Err(why) => why,
        };
        Some(format!("{what}: {copy}"))
    }

    /// Returns what to do about the root blocker under the cursor of the view, for the status line.
    pub(crate) fn blocker_step(&self) -> Option<String> {
        let row = self.chosen_blocker().filter(ThreadRow::is_root)?;
        if self.past.is_some() || self.is_replay() {
            return None;
        }
        let refusal = self.blocker_refusal(&row);
        refusal.or_else(|| {
            let id = row.session?;
            let frees = match row.blocks {
                1 => "1 session that waits for it continues".to_owned(),
                count => format!("{count} sessions that wait for it continue"),
            };
            let locks = self.locks_of(row.key.endpoint)?.session(id);
            let when = if locks.is_some_and(SessionLocks::runs) {
                " when its statement ends"
            } else {
                ""
            };
            let place = self.endpoints.name_among_several(row.key.endpoint);
            let place = place.map(|name| format!(" on {name}")).unwrap_or_default();
            Some(format!("K kills {id}{place}: {frees}{when}"))
        })
    }

    /// Whether a key of the view has an effect on the thread under the cursor.
    pub(crate) fn blocker_allows(&self, action: Action) -> bool {
        let Some(row) = self.chosen_blocker() else {
            return false;
        };
        match action {
            Action::Kill => self.blocker_refusal(&row).is_none(),
            Action::Open => row.session.is_some(),
            _ => true,
        }
    }
}

/// Returns the filter that a kill from the view carries. It is evaluated again right before the DELETE.
pub(super) fn filter_of(role: LockRole) -> Option<Filter> {
    Filter::parse(match role {
        LockRole::Blocker => "blocks>0",
        LockRole::Likely => "trx>=0s",
        LockRole::Waiter => "waits>=0s",
    })
    .ok()
}

/// Role of a session that is to be killed from the view of blockers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LockRole {
    /// It blocks others and does not wait itself.
    Blocker,
    /// Its transaction is older than a wait of unknown cause.
    Likely,
    /// It waits.
    Waiter,
}
