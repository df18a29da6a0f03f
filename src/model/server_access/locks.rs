//! Transactions and locks of the sessions of one endpoint.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::super::{ServerConnection, Session, SessionId, Span, Text};
use super::ended::{EndedThreads, ended_threads, low_bits};
use super::lock_holder::{LockHolder, client_text};
use super::{
    EndedThread, ServerActivity, ServerReport, ServerThread, ThreadNode, ThreadOwner, ThreadOwners,
    Transaction, Wait, WaitGraph, WaitKind,
};

/// Minimum age at which a report is no longer used.
const MIN_REPORT_AGE: Duration = Duration::from_secs(5);

/// The latest report of each server of an endpoint.
pub type ServerReports = BTreeMap<Text, Arc<ServerReport>>;

/// Transactions and locks of the sessions of one endpoint, from one session list and the latest reports.
#[derive(Clone, Debug, Default)]
pub struct EndpointLocks {
    /// The servers, by name.
    pub servers: Vec<ServerLocks>,
    sessions: BTreeMap<SessionId, SessionLocks>,
    /// Whether no server had to be read, because the sessions use none.
    needs_no_server: bool,
    /// Threads of sessions that have ended.
    pub(super) ended: EndedThreads,
}

/// The locks of one server.
#[derive(Clone, Debug)]
pub struct ServerLocks {
    /// The report.
    pub report: Arc<ServerReport>,
    /// Threads with their waits. Empty if the report has no activity.
    pub graph: WaitGraph,
    /// The owner of each thread of the graph.
    pub owners: BTreeMap<u64, ThreadOwner>,
    /// Threads whose sessions have ended, also those without a transaction.
    pub ended: BTreeMap<u64, EndedThread>,
    /// The sessions with a thread that runs a statement. Empty if the report is too old.
    pub running: BTreeSet<SessionId>,
    /// Whether the report is too old to be used.
    pub is_outdated: bool,
}

/// Knowledge about a session's locks.
#[derive(Clone, Copy, Debug, Default)]
pub enum LockKnowledge<'a> {
    /// No server is read: there is no database user.
    #[default]
    NoAccess,
    /// A server that the session uses has no current report.
    Unknown,
    /// All servers of the session are known. `None` if it has no transaction and no lock.
    Known(Option<&'a SessionLocks>),
}

/// Transactions and locks of one session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionLocks {
    /// Server of the thread that explains most.
    pub server: Text,
    /// Id of that thread.
    pub thread: u64,
    /// Its open transaction.
    pub transaction: Option<Transaction>,
    /// Time since its last statement; `None` while one runs.
    pub idle: Option<Span>,
    /// Its wait for a lock.
    pub wait: Option<SessionWait>,
    /// Number of threads that wait for it, directly or through others. Without those of ended sessions.
    pub blocks: u64,
    /// Whether it blocks others and does not wait itself.
    pub is_root_blocker: bool,
    /// Whether `blocks` is a minimum, because the server has more rows.
    pub has_more: bool,
    /// The longest wait for it.
    pub longest_blocked: Option<Span>,
}

/// A session's wait for a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionWait {
    /// The kind of lock.
    pub kind: WaitKind,
    /// Time since the wait began.
    pub age: Option<Span>,
    /// The root blocker of its chain, or the most likely one.
    pub blocker: Option<LockHolder>,
    /// Whether the blocker is only likely.
    pub is_likely: bool,
    /// Whether its chains end in a cycle, in which every thread waits.
    pub is_cycle: bool,
    /// Number of further root blockers.
    pub others: usize,
    /// Table of the lock, if known: `shop.orders`.
    pub table: Option<String>,
}

impl SessionLocks {
    /// Whether a statement runs. The wait for a lock is part of a statement.
    pub const fn runs(&self) -> bool {
        self.idle.is_none()
    }
}

impl SessionWait {
    /// Whether its certain root blocker is a session of the proxy, listed or just ended. The locks are older than the
    /// list, so an ended session may have freed them already.
    pub fn is_blocked_by_session(&self) -> bool {
        let is_certain = !self.is_likely && !self.is_cycle;
        let is_session = matches!(
            self.blocker,
            Some(LockHolder::Session { .. } | LockHolder::EndedSession { .. })
        );
        is_certain && is_session
    }
}

/// Numbers of one session's locks, for columns and filters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LockNumbers {
    /// Age of the open transaction.
    pub transaction_age: Option<Span>,
    /// Number of threads that wait for it.
    pub blocks: Option<u64>,
    /// Time that it has waited for a lock.
    pub wait: Option<Span>,
    /// Number of rows locked.
    pub rows_locked: Option<u64>,
}

impl LockNumbers {
    /// No number is known.
    pub const NONE: Self = Self {
        transaction_age: None,
        blocks: None,
        wait: None,
        rows_locked: None,
    };
}

impl ServerReport {
    /// Whether the report is too old for data of this time.
    pub fn is_outdated_at(&self, at: Timestamp) -> bool {
        let max = self.period.saturating_mul(3).max(MIN_REPORT_AGE);
        let age = at.duration_since(self.taken_at);
        Duration::try_from(age).is_ok_and(|age| age > max)
    }

    /// Returns a thread.
    pub fn thread(&self, id: u64) -> Option<&ServerThread> {
        let activity = self.activity.as_ref().ok()?;
        activity.threads.rows.iter().find(|thread| thread.id == id)
    }
}

impl EndpointLocks {
    /// Finds the sessions of all threads. `at` is the time of the session list.
    pub fn new(reports: &ServerReports, sessions: &[Session], at: Timestamp) -> Self {
        Self::following(None, reports, sessions, at)
    }

    /// Finds the sessions of all threads, also those that have ended since the locks and the list before.
    pub fn following(
        before: Option<(&Self, &[Session])>,
        reports: &ServerReports,
        sessions: &[Session],
        at: Timestamp,
    ) -> Self {
        if reports.is_empty() {
            return Self::default();
        }
        let owners = ThreadOwners::new(sessions);
        let ended = before.map(|before| ended_threads(before, reports, sessions, at));
        let ended = ended.unwrap_or_default();
        let servers: Vec<_> = reports
            .values()
            .map(|report| ServerLocks::new(report, &owners, &ended, at))
            .collect();
        let mut found = BTreeMap::new();
        for server in &servers {
            server.add_sessions(sessions, &mut found);
        }
        Self {
            servers,
            sessions: found,
            needs_no_server: false,
            ended,
        }
    }

    /// Returns the locks of sessions that use no server: they have none.
    pub fn without_servers() -> Self {
        Self {
            needs_no_server: true,
            ..Self::default()
        }
    }

    /// Whether no server is read.
    pub const fn is_empty(&self) -> bool {
        self.servers.is_empty()
    }

    /// Whether all servers were read completely. What is then unknown about a session has changed between its list
    /// and the reading of the servers.
    pub fn were_read(&self) -> bool {
        !self.is_empty() && self.servers.iter().all(ServerLocks::is_complete)
    }

    /// Returns what is known about a session.
    pub fn of(&self, session: &Session) -> LockKnowledge<'_> {
        if self.servers.is_empty() && !self.needs_no_server {
            return LockKnowledge::NoAccess;
        }
        if let Some(found) = self.sessions.get(&session.id) {
            return LockKnowledge::Known(Some(found));
        }
        let Some(connections) = session.server_connections() else {
            return LockKnowledge::Unknown;
        };
        let is_known = |connection: &ServerConnection| {
            let mut servers = self.servers.iter();
            servers.any(|server| {
                let is_server = server.report.server == connection.server && server.is_complete();
                is_server && !server.has_unknown_owner(connection.thread_id)
            })
        };
        if connections.iter().all(is_known) {
            LockKnowledge::Known(None)
        } else {
            LockKnowledge::Unknown
        }
    }

    /// Returns the sessions that have a transaction, a lock or a wait.
    pub fn sessions(&self) -> impl Iterator<Item = (SessionId, &SessionLocks)> {
        self.sessions.iter().map(|(id, locks)| (*id, locks))
    }

    /// Returns the locks of a session, if it has any.
    pub fn session(&self, id: SessionId) -> Option<&SessionLocks> {
        self.sessions.get(&id)
    }

    /// Returns a server.
    pub fn server(&self, name: &Text) -> Option<&ServerLocks> {
        self.servers.iter().find(|server| server.report.server == *name)
    }
}

impl<'a> LockKnowledge<'a> {
    /// Whether all servers of the session are known.
    pub const fn is_known(self) -> bool {
        matches!(self, Self::Known(_))
    }

    /// Returns the locks, if the session has any.
    pub const fn locks(self) -> Option<&'a SessionLocks> {
        match self {
            Self::Known(locks) => locks,
            Self::NoAccess | Self::Unknown => None,
        }
    }

    /// Returns the numbers for columns and filters.
    pub fn numbers(self) -> LockNumbers {
        match self {
            Self::NoAccess | Self::Unknown => LockNumbers::default(),
            Self::Known(None) => LockNumbers {
                blocks: Some(0),
                rows_locked: Some(0),
                ..LockNumbers::default()
            },
            Self::Known(Some(locks)) => LockNumbers {
                transaction_age: locks.transaction.and_then(|transaction| transaction.age),
                blocks: Some(locks.blocks),
                wait: locks.wait.as_ref().and_then(|wait| wait.age),
                rows_locked: locks
                    .transaction
                    .map_or(Some(0), |transaction| transaction.rows_locked),
            },
        }
    }
}

/// Returns the sessions with a thread that runs a statement. The API has only the low 32 bits of a thread id, so a
/// thread belongs to a session only if no other thread of the server has the same.
fn running_sessions(
    report: &ServerReport,
    activity: &ServerActivity,
    known: &ThreadOwners<'_>,
) -> BTreeSet<SessionId> {
    let threads = &activity.threads.rows;
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for thread in threads {
        *counts.entry(low_bits(thread.id)).or_default() += 1;
    }
    let running = threads.iter().filter(|thread| {
        thread.statement.is_some() && counts.get(&low_bits(thread.id)).is_some_and(|count| *count == 1)
    });
    let owners = running.map(|thread| known.find(&report.server, thread.id, thread.user.as_ref()));
    let sessions = owners.filter_map(|owner| match owner {
        ThreadOwner::Session(id) => Some(id),
        ThreadOwner::Unknown | ThreadOwner::Ended(_) | ThreadOwner::NotThisProxy => None,
    });
    sessions.collect()
}

impl ServerLocks {
    fn new(
        report: &Arc<ServerReport>,
        known: &ThreadOwners<'_>,
        ended: &EndedThreads,
        at: Timestamp,
    ) -> Self {
        let is_outdated = report.is_outdated_at(at);
        let activity = report.activity.as_ref().ok().filter(|_| !is_outdated);
        let users: BTreeMap<_, _> = activity
            .into_iter()
            .flat_map(|activity| &activity.threads.rows)
            .map(|thread| (thread.id, thread.user.as_ref()))
            .collect();
        let user_of = |id: &u64| users.get(id).copied().flatten();
        let owner_of = |id: &u64| known.find(&report.server, *id, user_of(id));
        let ended_of = |id: &u64| {
            let thread = ended.get(&(report.server.clone(), low_bits(*id)));
            let thread = thread.filter(|thread| thread.user.is_some() && thread.user.as_ref() == user_of(id));
            thread.filter(|_| owner_of(id) == ThreadOwner::NotThisProxy)
        };
        let is_ended = |id| ended_of(&id).is_some();
        let graph = activity.map(|activity| WaitGraph::new(activity, is_ended));
        let graph = graph.unwrap_or_default();
        let mut owners: BTreeMap<_, _> = graph.nodes.keys().map(|id| (*id, owner_of(id))).collect();
        let mut own_ended = BTreeMap::new();
        for id in graph.nodes.keys().chain(users.keys()) {
            if let Some(thread) = ended_of(id) {
                owners.insert(*id, ThreadOwner::Ended(thread.session));
                own_ended.insert(*id, thread.clone());
            }
        }
        let running = activity.map(|activity| running_sessions(report, activity, known));
        Self {
            owners,
            ended: own_ended,
            running: running.unwrap_or_default(),
            report: Arc::clone(report),
            graph,
            is_outdated,
        }
    }

    /// Whether all transactions and locks of the server are known.
    fn is_complete(&self) -> bool {
        let may_see_all = self.report.grants.is_none_or(|grants| grants.may_see_all);
        self.report.activity.is_ok() && !self.is_outdated && may_see_all && !self.graph.has_more
    }

    /// Whether a thread with these low 32 bits has a transaction or lock, but no known session.
    fn has_unknown_owner(&self, thread: Option<u32>) -> bool {
        let is_thread = |id: u64| thread.is_some_and(|low| id & u64::from(u32::MAX) == u64::from(low));
        let mut owners = self.owners.iter();
        owners.any(|(id, owner)| is_thread(*id) && *owner == ThreadOwner::Unknown)
    }

    fn add_sessions(&self, sessions: &[Session], found: &mut BTreeMap<SessionId, SessionLocks>) {
        for (thread, node) in &self.graph.nodes {
            let Some(ThreadOwner::Session(id)) = self.owners.get(thread) else {
                continue;
            };
            let locks = self.locks_of(*thread, node, sessions);
            let is_weaker = |known: &SessionLocks| known.weight() < locks.weight();
            if found.get(id).is_none_or(is_weaker) {
                found.insert(*id, locks);
            }
        }
    }

    fn locks_of(&self, thread: u64, node: &ThreadNode, sessions: &[Session]) -> SessionLocks {
        let row = self.report.thread(thread);
        let sleeps = row.filter(|row| row.command.as_ref().is_some_and(|text| text.raw().is("Sleep")));
        SessionLocks {
            server: self.report.server.clone(),
            thread,
            transaction: node.transaction,
            idle: sleeps.and_then(|row| row.time),
            wait: node.wait.as_ref().map(|wait| self.wait_of(wait, sessions)),
            blocks: node.blocks as u64,
            is_root_blocker: node.is_root_blocker(),
            has_more: self.graph.has_more,
            longest_blocked: node.longest_blocked,
        }
    }

    fn wait_of(&self, wait: &Wait, sessions: &[Session]) -> SessionWait {
        let is_likely = wait.roots.is_empty();
        let roots = if is_likely { &wait.likely } else { &wait.roots };
        SessionWait {
            kind: wait.kind,
            age: wait.age,
            blocker: roots.first().map(|root| self.holder(*root, sessions)),
            is_likely,
            is_cycle: wait.is_cycle,
            others: roots.len().saturating_sub(1),
            table: wait.lock.as_ref().map(|lock| table_name(&lock.table)),
        }
    }

    /// Returns the holder of a lock by its thread.
    pub fn holder(&self, thread: u64, sessions: &[Session]) -> LockHolder {
        if thread == 0 {
            return LockHolder::PreparedXa;
        }
        match self.owners.get(&thread) {
            Some(ThreadOwner::Session(id)) => {
                let place = sessions.binary_search_by_key(id, |session| session.id).ok();
                let session = place.and_then(|place| sessions.get(place));
                LockHolder::Session {
                    id: *id,
                    client: session.map(client_text).unwrap_or_default(),
                }
            }
            Some(ThreadOwner::Unknown) => LockHolder::UnknownSession(thread),
            Some(ThreadOwner::Ended(id)) => LockHolder::EndedSession { id: *id, thread },
            Some(ThreadOwner::NotThisProxy) | None => LockHolder::Thread(thread),
        }
    }
}

impl SessionLocks {
    /// Order of several threads of one session: the one that explains most is the greatest.
    fn weight(&self) -> impl Ord + use<> {
        let wait = self.wait.as_ref().map(|wait| wait.age);
        let age = self.transaction.map(|transaction| transaction.age);
        (self.is_root_blocker, self.blocks, wait, age)
    }
}

/// Returns a table's name without quotes: `shop.orders`.
pub fn table_name(sent: &Text) -> String {
    sent.as_str().replace('`', "")
}
