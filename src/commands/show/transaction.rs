//! The open transaction of the session and its locks, with its blocker and its waiters.

use std::io::{self, Write};

use serde::Serialize;

use crate::commands::paragraph::labelled;

use crate::model::{
    EndpointLocks, LockHolder, LockNumbers, ServerLocks, Session, SessionLocks, Span, Text, Transaction,
    counted,
};

/// Maximum number of waiters as text. JSON has all.
const MAX_SHOWN_WAITERS: usize = 10;

/// Locks of the session, as its servers report them.
#[derive(Debug, Default)]
pub(super) struct ShownLocks {
    pub(super) numbers: LockNumbers,
    /// `None` if it has no transaction and no lock, or none is known.
    pub(super) own: Option<OwnLocks>,
    /// All servers of its endpoint. Empty if none was read.
    pub(super) servers: Vec<ServerLocks>,
    /// Why no server could be read, although there is a database user.
    pub(super) fault: Option<String>,
}

/// The locks of the session, with its waiters.
#[derive(Debug)]
pub(super) struct OwnLocks {
    locks: SessionLocks,
    /// Threads that wait for it directly or at the end of their chain, longest first.
    waiters: Vec<Waiter>,
}

#[derive(Debug)]
struct Waiter {
    who: LockHolder,
    wait: Option<Span>,
}

impl ShownLocks {
    /// Finds the locks of a session. `sessions` are those of the same proxy, to name the others.
    pub(super) fn new(locks: &EndpointLocks, session: &Session, sessions: &[Session]) -> Self {
        let found = locks.of(session);
        Self {
            numbers: found.numbers(),
            own: found.locks().map(|own| OwnLocks {
                waiters: waiters(locks, own, sessions),
                locks: own.clone(),
            }),
            servers: locks.servers.clone(),
            fault: None,
        }
    }
}

fn waiters(locks: &EndpointLocks, own: &SessionLocks, sessions: &[Session]) -> Vec<Waiter> {
    let Some(server) = locks.server(&own.server) else {
        return Vec::new();
    };
    let waiting = server.graph.nodes.iter().filter_map(|(thread, node)| {
        let wait = node.wait.as_ref()?;
        let waits_for_it = wait.direct.contains(&own.thread) || wait.roots.contains(&own.thread);
        (waits_for_it && *thread != own.thread).then(|| Waiter {
            who: server.holder(*thread, sessions),
            wait: wait.age,
        })
    });
    let mut waiters: Vec<_> = waiting.collect();
    waiters.sort_by_key(|waiter| std::cmp::Reverse(waiter.wait));
    waiters
}

/// Writes the section.
pub(super) fn write(out: &mut impl Write, own: &OwnLocks) -> io::Result<()> {
    let OwnLocks { locks, waiters } = own;
    writeln!(out, "\nTRANSACTION  on {}, thread {}", locks.server, locks.thread)?;
    let age = locks.transaction.and_then(|transaction| transaction.age);
    let idle = locks.idle.map(|idle| format!("{idle} since its last statement"));
    let facts = [
        ("open", age.map(|age| age.to_string())),
        ("idle", idle),
        ("rows", locks.transaction.and_then(rows)),
        ("waits", waits(locks)),
        ("blocks", blocks(locks)),
    ];
    for (label, value) in facts {
        if let Some(value) = value {
            labelled(out, &format!("  {label:<10} "), &value)?;
        }
    }
    for waiter in waiters.iter().take(MAX_SHOWN_WAITERS) {
        let wait = waiter.wait.map(|wait| format!("{wait}  ")).unwrap_or_default();
        labelled(out, &format!("  {:<10} ", ""), &format!("{wait}{}", waiter.who))?;
    }
    match waiters.len().saturating_sub(MAX_SHOWN_WAITERS) {
        0 => Ok(()),
        more => writeln!(out, "  {:<10} and {more} more", ""),
    }
}

fn rows(transaction: Transaction) -> Option<String> {
    let part = |number: Option<u64>, what| number.map(|number| format!("{number} {what}"));
    let parts = [
        part(transaction.rows_locked, "locked"),
        part(transaction.rows_modified, "changed"),
    ];
    let known: Vec<_> = parts.into_iter().flatten().collect();
    (!known.is_empty()).then(|| known.join(", "))
}

fn waits(locks: &SessionLocks) -> Option<String> {
    let wait = locks.wait.as_ref()?;
    let age = wait.age.map(|age| format!("{age} ")).unwrap_or_default();
    let likely = if wait.is_likely { ", likely" } else { "" };
    let blocker = wait.blocker.as_ref().map_or_else(
        || "for a lock of an unknown thread".to_owned(),
        |blocker| format!("for {blocker}{likely}"),
    );
    let others = match wait.others {
        0 => String::new(),
        others => format!(" and {}", counted(others, "other thread")),
    };
    let table = wait.table.as_ref().map(|table| format!(", lock on {table}"));
    Some(format!("{age}{blocker}{others}{}", table.unwrap_or_default()))
}

fn blocks(locks: &SessionLocks) -> Option<String> {
    let minimum = if locks.has_more { "at least " } else { "" };
    let longest = locks
        .longest_blocked
        .map(|longest| format!(", the longest for {longest}"));
    (locks.blocks > 0).then(|| {
        format!(
            "{minimum}{}{}",
            counted(locks.blocks, "thread"),
            longest.unwrap_or_default()
        )
    })
}

/// The transaction as JSON.
#[derive(Debug, Serialize)]
pub(super) struct TransactionRecord<'a> {
    server: &'a Text,
    thread: u64,
    idle_seconds: Option<f64>,
    rows_modified: Option<u64>,
    waits_for: Option<WaitRecord<'a>>,
    waiters: Vec<ThreadRecord<'a>>,
}

#[derive(Debug, Serialize)]
struct WaitRecord<'a> {
    #[serde(flatten)]
    blocker: ThreadRecord<'a>,
    is_likely: bool,
    table: Option<&'a str>,
}

/// A thread that waits or is waited for.
#[derive(Debug, Serialize)]
struct ThreadRecord<'a> {
    /// Session id; `null` if it is not a session of this proxy.
    session: Option<u64>,
    client: Option<&'a str>,
    /// Thread id; `null` for a session and for a prepared XA transaction.
    thread: Option<u64>,
    waits: Option<f64>,
}

impl<'a> From<&'a OwnLocks> for TransactionRecord<'a> {
    fn from(own: &'a OwnLocks) -> Self {
        let OwnLocks { locks, waiters } = own;
        let wait = locks.wait.as_ref();
        Self {
            server: &locks.server,
            thread: locks.thread,
            idle_seconds: locks.idle.map(Span::as_secs_f64),
            rows_modified: locks
                .transaction
                .and_then(|transaction| transaction.rows_modified),
            waits_for: wait.and_then(|wait| {
                Some(WaitRecord {
                    blocker: thread(wait.blocker.as_ref()?, wait.age),
                    is_likely: wait.is_likely,
                    table: wait.table.as_deref(),
                })
            }),
            waiters: waiters
                .iter()
                .map(|waiter| thread(&waiter.who, waiter.wait))
                .collect(),
        }
    }
}

fn thread(who: &LockHolder, wait: Option<Span>) -> ThreadRecord<'_> {
    let (session, client, thread) = match who {
        LockHolder::Session { id, client } => (Some(id.0), Some(client.as_str()), None),
        LockHolder::Thread(thread)
        | LockHolder::UnknownSession(thread)
        | LockHolder::EndedSession { thread, .. } => (None, None, Some(*thread)),
        LockHolder::PreparedXa => (None, None, None),
    };
    ThreadRecord {
        session,
        client,
        thread,
        waits: wait.map(Span::as_secs_f64),
    }
}
