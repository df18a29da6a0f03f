//! Locks on the primary: the transactions that hold them, those that wait, and what a kill ends.

use std::time::Duration;

use super::World;
use super::session::{SimSession, SimSessionAt};
use super::topology::SERVERS;

/// Mode of the metadata lock that no other metadata lock of the table is compatible with.
const EXCLUSIVE: &str = "MDL_EXCLUSIVE";

/// Kind of a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LockKind {
    /// On one row, until the transaction ends.
    Row,
    /// On the definition of a table.
    Metadata,
}

/// A lock in the database `shop`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Lock {
    pub(super) kind: LockKind,
    pub(super) table: &'static str,
    pub(super) mode: &'static str,
    /// Key of the row in the primary index.
    pub(super) row: u32,
}

impl Lock {
    /// Whether two transactions cannot have both locks.
    fn conflicts(&self, other: &Self) -> bool {
        let same = self.kind == other.kind && self.table == other.table;
        same && match self.kind {
            LockKind::Row => self.row == other.row,
            LockKind::Metadata => self.mode == EXCLUSIVE || other.mode == EXCLUSIVE,
        }
    }
}

/// Owner of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// A session of the proxy.
    Session(u64),
    /// A thread whose session was killed. Its statement continues.
    Departed,
    /// A client that is connected to the server directly.
    Direct,
    /// None: the transaction is prepared (XA).
    Prepared,
}

/// A transaction with locks. All are on the primary.
#[derive(Debug, Clone, Copy)]
pub(super) struct LockParty {
    pub(super) owner: Owner,
    /// Thread of the transaction. 0 if it is prepared.
    pub(super) thread_id: u64,
    /// Uptime of the proxy when the transaction started.
    pub(super) started: Duration,
    pub(super) rows_locked: u64,
    pub(super) rows_modified: u64,
    pub(super) holds: &'static [Lock],
    /// The lock that the transaction waits for, and since when.
    pub(super) waits: Option<(&'static Lock, Duration)>,
}

/// A thread that continues on a server after its session was killed.
#[derive(Debug, Clone)]
pub(super) struct DepartedThread {
    pub(super) server: &'static str,
    pub(super) thread_id: u64,
    pub(super) user: String,
    pub(super) text: &'static str,
    pub(super) since: Duration,
    pub(super) query_id: u64,
    /// When the statement completes. `None` if it waits until a kill or a lock ends it.
    pub(super) ends: Option<Duration>,
}

/// All transactions with locks, and the threads without a session.
#[derive(Debug, Default)]
pub(super) struct LockTable {
    pub(super) parties: Vec<LockParty>,
    pub(super) departed: Vec<DepartedThread>,
}

impl LockTable {
    /// Returns the transactions that prevent this one from getting its lock: those that hold a conflicting
    /// one, and those that have requested one before.
    fn blockers(&self, waiter: usize) -> impl Iterator<Item = &LockParty> {
        let wanted = self.parties.get(waiter).and_then(|party| party.waits);
        let others = self.parties.iter().enumerate();
        others.filter_map(move |(place, other)| {
            let (lock, since) = wanted.filter(|_| place != waiter)?;
            let queued = other
                .waits
                .is_some_and(|(earlier, at)| (at, place) < (since, waiter) && lock.conflicts(earlier));
            (queued || other.blocks(lock)).then_some(other)
        })
    }

    /// Removes and returns a transaction that waits for nothing any more.
    fn next_granted(&mut self) -> Option<LockParty> {
        let waiting = (0..self.parties.len()).filter(|place| {
            let party = self.parties.get(*place);
            party.is_some_and(|party| party.waits.is_some())
        });
        let free: Vec<usize> = waiting
            .filter(|place| self.blockers(*place).next().is_none())
            .collect();
        free.first().map(|place| self.parties.remove(*place))
    }

    fn remove(&mut self, thread_id: u64) -> Option<LockParty> {
        let place = self
            .parties
            .iter()
            .position(|party| party.thread_id == thread_id)?;
        Some(self.parties.remove(place))
    }
}

impl LockParty {
    /// Whether this transaction holds a lock that conflicts with the wanted one.
    pub(super) fn blocks(&self, wanted: &Lock) -> bool {
        self.holds.iter().any(|held| held.conflicts(wanted))
    }
}

impl World {
    /// Handles the end of a killed session on the servers.
    ///
    /// A transaction between two statements is rolled back. A running statement continues.
    pub(super) fn leave_servers(&mut self, session: &SimSession) {
        let now = self.uptime;
        self.locks
            .departed
            .retain(|thread| thread.ends.is_none_or(|ends| ends > now));
        let departed = SimSessionAt::of(session, now).departed_thread();
        self.locks.departed.extend(departed);
        let own = Owner::Session(session.id);
        if let Some(party) = self.locks.parties.iter_mut().find(|party| party.owner == own) {
            if party.waits.is_some() {
                party.owner = Owner::Departed;
            } else {
                let thread_id = party.thread_id;
                self.locks.remove(thread_id);
                self.grant_locks();
            }
        }
    }

    /// Ends the statement with this query id, as `KILL SOFT QUERY ID` does. The transaction ends with it.
    ///
    /// Returns `false` if no such statement runs on the server.
    pub(in crate::demo) fn kill_query(&mut self, server: &str, query_id: u64) -> bool {
        let threads = self.threads(server);
        let Some(thread) = threads
            .iter()
            .find(|thread| thread.query_id == query_id && thread.info.is_some())
        else {
            return false;
        };
        let (thread_id, session) = (thread.id, thread.session);
        drop(threads);
        let on_primary = SERVERS.first().is_some_and(|primary| primary.name == server);
        if on_primary {
            self.locks.remove(thread_id);
        }
        self.locks
            .departed
            .retain(|thread| thread.server != server || thread.thread_id != thread_id);
        if let Some(session) = session.and_then(|id| self.sessions.get_mut(&id)) {
            session.end_wait(self.uptime);
        }
        self.grant_locks();
        self.changed = self.uptime;
        true
    }

    /// Ends all transactions and statements of a restarted server.
    pub(super) fn end_transactions(&mut self, server: &str) {
        self.locks.departed.retain(|thread| thread.server != server);
        if SERVERS.first().is_some_and(|primary| primary.name == server) {
            for party in std::mem::take(&mut self.locks.parties) {
                if let Owner::Session(id) = party.owner
                    && let Some(session) = self.sessions.get_mut(&id)
                {
                    session.end_wait(self.uptime);
                }
            }
        }
    }

    /// Removes the locks of a session that continues to exist.
    pub(super) fn drop_locks(&mut self, id: u64) {
        self.locks
            .parties
            .retain(|party| party.owner != Owner::Session(id));
        self.grant_locks();
    }

    /// Gives locks to the transactions that can have them. Each completes its statement and ends.
    fn grant_locks(&mut self) {
        while let Some(granted) = self.locks.next_granted() {
            match granted.owner {
                Owner::Session(id) => {
                    if let Some(session) = self.sessions.get_mut(&id) {
                        session.end_wait(self.uptime);
                    }
                }
                Owner::Departed => self
                    .locks
                    .departed
                    .retain(|thread| thread.thread_id != granted.thread_id),
                Owner::Direct | Owner::Prepared => {}
            }
        }
    }
}

#[cfg(test)]
mod tests;
