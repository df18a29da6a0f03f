//! The servers as their own tables show them: threads, transactions and locks.

use std::time::Duration;

use super::World;
use super::incidents::DIRECT_THREAD;
use super::locks::{DepartedThread, Lock, LockKind, LockParty, Owner};
use super::session::{SimSessionAt, Statement};
use super::topology::SERVERS;

/// State of a thread that waits for a metadata lock.
const METADATA_WAIT: &str = "Waiting for table metadata lock";
/// Database of all tables.
const SCHEMA: &str = "shop";
/// Address of the proxy, as the servers see it.
pub(in crate::demo) const PROXY_ADDRESS: &str = "10.0.0.5";

/// A thread of a server.
#[derive(Debug, Clone)]
pub(in crate::demo) struct WorldThread {
    /// Thread id.
    pub(in crate::demo) id: u64,
    /// Session of the thread, if it has one.
    pub(in crate::demo) session: Option<u64>,
    /// User.
    pub(in crate::demo) user: String,
    /// Address and port of the client.
    pub(in crate::demo) host: String,
    /// Default database.
    pub(in crate::demo) database: Option<&'static str>,
    /// Command, such as `Sleep`.
    pub(in crate::demo) command: &'static str,
    /// Time in the current command.
    pub(in crate::demo) time: Duration,
    /// State of the thread.
    pub(in crate::demo) state: &'static str,
    /// Running statement, if any.
    pub(in crate::demo) info: Option<String>,
    /// Id of the last statement.
    pub(in crate::demo) query_id: u64,
}

/// A transaction of `InnoDB`.
#[derive(Debug, Clone)]
pub(in crate::demo) struct ServerTransaction {
    /// Thread of the transaction. 0 if it is prepared.
    pub(in crate::demo) thread_id: u64,
    /// Time since it started.
    pub(in crate::demo) age: Duration,
    /// How long it has waited for a row lock, if it waits.
    pub(in crate::demo) waits: Option<Duration>,
    /// Number of locked rows.
    pub(in crate::demo) rows_locked: u64,
    /// Number of changed rows.
    pub(in crate::demo) rows_modified: u64,
    /// Running statement, if any.
    pub(in crate::demo) query: Option<String>,
}

/// A transaction that waits for a row lock, and one that holds it.
#[derive(Debug, Clone, Copy)]
pub(in crate::demo) struct ServerLockWait {
    /// Thread that waits.
    pub(in crate::demo) waiter: u64,
    /// Thread that holds the lock.
    pub(in crate::demo) blocker: u64,
    /// Whether the holder waits for a lock, too.
    pub(in crate::demo) blocker_waits: bool,
    /// Table of the row.
    pub(in crate::demo) table: &'static str,
    /// Mode of the requested lock.
    pub(in crate::demo) mode: &'static str,
    /// Key of the row.
    pub(in crate::demo) row: u32,
    /// How long the waiter has waited.
    pub(in crate::demo) waits: Duration,
    /// Time since the holder's transaction started.
    pub(in crate::demo) blocker_age: Duration,
}

/// A granted metadata lock.
#[derive(Debug, Clone, Copy)]
pub(in crate::demo) struct ServerMetadataLock {
    /// Thread that holds the lock.
    pub(in crate::demo) thread_id: u64,
    /// Mode of the lock.
    pub(in crate::demo) mode: &'static str,
    /// Table of the lock.
    pub(in crate::demo) table: &'static str,
}

impl World {
    /// Returns the threads of a server, except those that `/v1/sql` opened.
    pub(in crate::demo) fn threads(&self, server: &str) -> Vec<WorldThread> {
        let mut threads = self.system_threads(server);
        threads.extend(
            self.sessions()
                .filter_map(|session| self.session_thread(&session, server)),
        );
        let now = self.uptime();
        let departed = self
            .locks
            .departed
            .iter()
            .filter(|thread| thread.server == server && thread.ends.is_none_or(|ends| ends > now));
        threads.extend(departed.map(|thread| self.departed_thread(thread)));
        threads
    }

    /// Returns the threads that the server itself or its administrator started.
    fn system_threads(&self, server: &str) -> Vec<WorldThread> {
        let primary = is_primary(server);
        let uptime = self.uptime();
        let thread = |id, user: &str, host: &str, command, state| WorldThread {
            id,
            session: None,
            user: user.to_owned(),
            host: host.to_owned(),
            database: None,
            command,
            time: uptime,
            state,
            info: None,
            query_id: 0,
        };
        if !primary {
            let state = "Slave has read all relay log; waiting for more updates";
            return vec![
                thread(
                    5,
                    "system user",
                    "",
                    "Slave_IO",
                    "Waiting for master to send event",
                ),
                thread(6, "system user", "", "Slave_SQL", state),
            ];
        }
        let sent = "Master has sent all binlog to slave; waiting for more updates";
        let mut threads = vec![
            thread(
                5,
                "event_scheduler",
                "localhost",
                "Daemon",
                "Waiting for next activation",
            ),
            thread(11, "repl", "10.0.9.12:41810", "Binlog Dump", sent),
            thread(12, "repl", "10.0.9.13:52094", "Binlog Dump", sent),
        ];
        let mut direct = thread(DIRECT_THREAD, "root", "localhost", "Sleep", "");
        direct.database = Some(SCHEMA);
        direct.time = Duration::from_mins(12) + uptime.saturating_sub(self.uptime_at_start);
        direct.query_id = 4_711;
        threads.push(direct);
        threads
    }

    fn session_thread(&self, session: &SimSessionAt<'_>, server: &str) -> Option<WorldThread> {
        let connection = session.connections().find(|held| held.server == server)?;
        let last = session.statements(1).last();
        let running = last.filter(|statement| statement.completed.is_none() && statement.server == server);
        let since = running.map_or_else(|| session.last_activity(), |statement| statement.received);
        let waits = self
            .party(connection.thread_id, server)
            .and_then(|party| party.waits);
        let state = match (running, waits) {
            (Some(_), Some((lock, _))) if lock.kind == LockKind::Metadata => METADATA_WAIT,
            (Some(statement), _) => state_of(statement.text),
            (None, _) => "",
        };
        Some(WorldThread {
            id: connection.thread_id,
            session: Some(session.id()),
            user: session.user().unwrap_or_default().to_owned(),
            host: host_of(connection.thread_id),
            database: Some(SCHEMA),
            command: if running.is_some() { "Query" } else { "Sleep" },
            time: self.uptime().saturating_sub(since),
            state,
            info: running.map(|statement| statement.text.to_owned()),
            query_id: last.map_or(0, |statement| query_id(session.id(), &statement)),
        })
    }

    fn departed_thread(&self, departed: &DepartedThread) -> WorldThread {
        let waits = self
            .party(departed.thread_id, departed.server)
            .and_then(|party| party.waits);
        WorldThread {
            id: departed.thread_id,
            session: None,
            user: departed.user.clone(),
            host: host_of(departed.thread_id),
            database: Some(SCHEMA),
            command: "Query",
            time: self.uptime().saturating_sub(departed.since),
            state: match waits {
                Some((lock, _)) if lock.kind == LockKind::Metadata => METADATA_WAIT,
                _ => state_of(departed.text),
            },
            info: Some(departed.text.to_owned()),
            query_id: departed.query_id,
        }
    }

    /// Returns the transactions of a server, as `INNODB_TRX` has them.
    pub(in crate::demo) fn transactions(&self, server: &str) -> Vec<ServerTransaction> {
        let now = self.uptime();
        let threads = self.threads(server);
        let own = if is_primary(server) {
            &self.locks.parties[..]
        } else {
            &[]
        };
        let with_locks = own.iter().filter_map(|party| {
            let thread = threads.iter().find(|thread| thread.id == party.thread_id);
            let row = party.waits.filter(|(lock, _)| lock.kind == LockKind::Row);
            // The statement that waits for a metadata lock has not opened its transaction yet.
            let begun = row.is_some() || party.waits.is_none();
            begun.then(|| ServerTransaction {
                thread_id: party.thread_id,
                age: now.saturating_sub(party.started),
                waits: row.map(|(_, since)| now.saturating_sub(since)),
                rows_locked: party.rows_locked,
                rows_modified: party.rows_modified,
                query: thread.and_then(|thread| thread.info.clone()),
            })
        });
        let writes = threads.iter().filter(|thread| {
            let text = thread.info.as_deref().unwrap_or_default();
            changes_rows(text) && self.party(thread.id, server).is_none()
        });
        let brief = writes.map(|thread| ServerTransaction {
            thread_id: thread.id,
            age: thread.time,
            waits: None,
            rows_locked: 1,
            rows_modified: 1,
            query: thread.info.clone(),
        });
        with_locks.chain(brief).collect()
    }

    /// Returns the transactions that wait for a row lock, each with those that hold it.
    ///
    /// The transactions that requested the same lock earlier are left out.
    pub(in crate::demo) fn lock_waits(&self, server: &str) -> Vec<ServerLockWait> {
        let now = self.uptime();
        let parties = if is_primary(server) {
            &self.locks.parties[..]
        } else {
            &[]
        };
        let waiting = parties.iter().filter_map(|party| {
            let (lock, since) = party.waits?;
            (lock.kind == LockKind::Row).then_some((party, lock, since))
        });
        let pairs = waiting.flat_map(|(party, lock, since)| {
            let holders = parties
                .iter()
                .filter(move |other| other.thread_id != party.thread_id && other.blocks(lock));
            holders.map(move |holder| ServerLockWait {
                waiter: party.thread_id,
                blocker: holder.thread_id,
                blocker_waits: holder.waits.is_some(),
                table: lock.table,
                mode: lock.mode,
                row: lock.row,
                waits: now.saturating_sub(since),
                blocker_age: now.saturating_sub(holder.started),
            })
        });
        pairs.collect()
    }

    /// Returns the granted metadata locks of a server.
    pub(in crate::demo) fn metadata_locks(&self, server: &str) -> Vec<ServerMetadataLock> {
        let parties = if is_primary(server) {
            &self.locks.parties[..]
        } else {
            &[]
        };
        let mut locks = Vec::new();
        for party in parties.iter().filter(|party| party.owner != Owner::Prepared) {
            let wanted = party.waits.map(|(lock, _)| lock);
            let row = wanted.into_iter().filter(|lock| lock.kind == LockKind::Row);
            let mut own: Vec<ServerMetadataLock> = party
                .holds
                .iter()
                .chain(row)
                .map(|lock| metadata_lock(party.thread_id, lock))
                .collect();
            own.dedup_by_key(|lock| (lock.table, lock.mode));
            locks.append(&mut own);
        }
        locks
    }

    fn party(&self, thread_id: u64, server: &str) -> Option<&LockParty> {
        let mut parties = self.locks.parties.iter();
        parties
            .find(|party| party.thread_id == thread_id)
            .filter(|_| is_primary(server))
    }
}

/// Returns the metadata lock that belongs to a lock: a transaction with row locks has one on the table.
fn metadata_lock(thread_id: u64, lock: &Lock) -> ServerMetadataLock {
    ServerMetadataLock {
        thread_id,
        mode: match lock.kind {
            LockKind::Row => "MDL_SHARED_WRITE",
            LockKind::Metadata => lock.mode,
        },
        table: lock.table,
    }
}

fn is_primary(server: &str) -> bool {
    SERVERS.first().is_some_and(|primary| primary.name == server)
}

/// Returns the address and port from which the proxy opened a thread.
pub(in crate::demo) fn host_of(thread_id: u64) -> String {
    format!("{PROXY_ADDRESS}:{}", 33_000 + thread_id % 20_000)
}

/// Returns the id of a statement on its server. Later statements have higher ids.
pub(super) fn query_id(session: u64, statement: &Statement<'_>) -> u64 {
    let micros = u64::try_from(statement.received.as_micros()).unwrap_or(u64::MAX);
    micros.saturating_add(session % 1_000)
}

fn changes_rows(text: &str) -> bool {
    ["UPDATE", "INSERT", "DELETE"]
        .iter()
        .any(|verb| text.starts_with(verb))
}

/// Returns the state of a thread that runs this statement.
fn state_of(text: &str) -> &'static str {
    let states = [
        ("UPDATE", "Updating"),
        ("DELETE", "Updating"),
        ("INSERT", "Update"),
        ("SELECT", "Sending data"),
        ("COMMIT", "Commit"),
    ];
    let state = states.iter().find(|(verb, _)| text.starts_with(verb));
    state.map_or("executing", |(_, state)| state)
}
