//! Texts about a thread: its name, its statement, its locks.

use std::time::Duration;

use crate::app::App;
use crate::kill::KillOutcome;
use crate::model::{
    EndedThread, EndpointId, LockHolder, ServerThread, Span, ThreadNode, ThreadOwner, WaitKind, counted,
    table_name,
};

/// Returns the statement of a thread, or that it is idle.
pub(super) fn doing(thread: Option<&ServerThread>, id: u64) -> String {
    if id == 0 {
        return "prepared XA transaction: XA RECOVER shows its id".to_owned();
    }
    let Some(thread) = thread else {
        return "unknown".to_owned();
    };
    if is_idle(thread) {
        let time = thread.time.map(|time| format!(" {time}")).unwrap_or_default();
        return format!("idle{time} in its transaction");
    }
    let text = thread
        .statement
        .as_ref()
        .or(thread.state.as_ref())
        .or(thread.command.as_ref());
    text.map_or_else(|| "unknown".to_owned(), |text| text.as_str().to_owned())
}

/// Whether a thread runs no statement.
pub(super) fn is_idle(thread: &ServerThread) -> bool {
    let command = thread.command.as_ref();
    command.is_some_and(|command| command.raw().is("Sleep"))
}

/// Returns the name of a thread: `1042 etl@10.0.3.7`, or `thread 77 root@localhost`.
pub(super) fn name(holder: &LockHolder, thread: Option<&ServerThread>) -> String {
    match holder {
        LockHolder::Session { id, client } => format!("{id} {client}"),
        LockHolder::PreparedXa => "prepared XA".to_owned(),
        LockHolder::EndedSession { id, thread } => format!("thread {thread} of session {id}"),
        LockHolder::Thread(id) | LockHolder::UnknownSession(id) => {
            let user = thread.and_then(|thread| thread.user.as_ref());
            let host = thread.and_then(|thread| thread.host.as_ref());
            let text = |text: Option<&crate::model::Text>| text.map_or("?", |text| text.as_str()).to_owned();
            format!("thread {id} {}@{}", text(user), text(host))
        }
    }
}

/// Returns the origin of a thread without a session; `None` if it has one, or had one that has ended.
pub(super) fn origin(owner: Option<&ThreadOwner>, id: u64, server: &str) -> Option<String> {
    match owner {
        Some(ThreadOwner::Session(_) | ThreadOwner::Ended(_)) => None,
        _ if id == 0 => Some(format!("on {server}, without a thread: no KILL ends it")),
        Some(ThreadOwner::Unknown) => Some(format!("on {server}, its session is unknown")),
        Some(ThreadOwner::NotThisProxy) | None => Some(format!("on {server}, of no session of this proxy")),
    }
}

/// Returns the locks that a thread holds, from the locks that its waiters request, and what its
/// transaction has changed.
pub(super) fn holds<'a>(node: &ThreadNode, waiters: impl Iterator<Item = &'a ThreadNode>) -> Option<String> {
    let mut parts = Vec::new();
    let queues = node
        .wait
        .as_ref()
        .is_some_and(|wait| wait.kind == WaitKind::MetadataLock);
    for wait in waiters.filter_map(|waiter| waiter.wait.as_ref()) {
        let text = match (&wait.lock, wait.kind) {
            (Some(lock), _) => {
                let index = lock.index.as_ref().map(|index| format!(" {index}"));
                let mode = lock.mode.as_ref().map(|mode| format!(" ({mode})"));
                let table = table_name(&lock.table);
                format!("{table}{}{}", index.unwrap_or_default(), mode.unwrap_or_default())
            }
            // Readers wait behind a change of the table that itself waits.
            (None, WaitKind::MetadataLock) if queues => continue,
            (None, WaitKind::MetadataLock) => "a metadata lock".to_owned(),
            (None, WaitKind::UserLock) => "a user lock".to_owned(),
            (None, WaitKind::RowLock) => continue,
        };
        if !parts.contains(&text) {
            parts.push(text);
        }
    }
    parts.truncate(MAX_LOCKS);
    let locks = (!parts.is_empty()).then(|| format!("holds {}", parts.join(", ")));
    let rows = node.transaction.map(|transaction| {
        let locked = transaction
            .rows_locked
            .map(|rows| format!("{} locked", counted(rows, "row")));
        let changed = transaction.rows_modified.map(|rows| format!("{rows} changed"));
        locked.into_iter().chain(changed).collect::<Vec<_>>().join(", ")
    });
    let rows = rows.filter(|rows| !rows.is_empty());
    let text = locks.into_iter().chain(rows).collect::<Vec<_>>().join(" · ");
    (!text.is_empty()).then_some(text)
}

/// Maximum number of locks named for one thread.
const MAX_LOCKS: usize = 2;

impl App {
    /// Returns how the session of a thread has ended, and what continues:
    /// `session 12 was killed 3s ago; its statement still runs`.
    pub(crate) fn ended_text(&self, endpoint: EndpointId, ended: &EndedThread, runs: bool) -> String {
        let mut log = self.kills.log.iter().rev();
        let killed = log.find(|entry| {
            let identity = &entry.identity;
            let is_own = identity.endpoint == endpoint && identity.id == ended.session;
            is_own && matches!(entry.outcome, KillOutcome::Killed { .. })
        });
        let (verb, at) = killed.map_or(("ended", ended.ended_at), |entry| ("was killed", entry.at));
        let ago = Duration::try_from(self.now.wall.duration_since(at)).unwrap_or_default();
        let ago = Span::from_secs(i64::try_from(ago.as_secs()).unwrap_or(i64::MAX));
        let rest = if runs {
            "its statement still runs"
        } else {
            "its transaction is still open"
        };
        format!("session {} {verb} {ago} ago; {rest}", ended.session)
    }
}
