//! The table of all statements.
//!
//! Every statement begins with a comment that names maxtop, for the server's own process list and logs. A
//! SELECT ends after one second at the latest, even on MaxScale versions that ignore `timeout`. Ages are
//! computed by the server, in its own time zone: `INNODB_TRX` has times of the system's zone.

/// Maximum number of rows of one result. Statements request one more, to show that there are more.
pub const MAX_ROWS: usize = 1_000;

/// One statement of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatementEntry {
    /// The statement.
    pub statement: Statement,
    /// Name in the comment.
    pub name: &'static str,
    /// Text after the comment. `SELECT` stands for the limited form.
    text: &'static str,
}

/// A statement that maxtop may send. All but `Kill` only read or change the own connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statement {
    /// Prepares a new connection.
    Setup,
    /// Identifies the server process.
    Server,
    /// Privileges of the own account.
    Grants,
    /// Running threads, and sleeping ones with a transaction.
    Threads,
    /// Open transactions.
    Transactions,
    /// Number of waiting transactions.
    LockCount,
    /// Each waiting thread with its blockers.
    LockWaits,
    /// Each waiting thread with the blockers that do not wait themselves. For more waiters than
    /// [`Self::LockWaits`] can return.
    LockRoots,
    /// Whether `METADATA_LOCK_INFO` is loaded.
    MetadataPlugin,
    /// Granted metadata locks.
    MetadataLocks,
}

/// The pairs of a waiter and its blocker.
///
/// All waiters of one row are in one queue, and each is reported as a blocker of those after it. Such a pair
/// is left out if the waiter has another pair with a lock that is granted: the blocking lock is then not one
/// that a transaction waits for.
///
/// The pairs are selected before they are joined, and joined by hash. A plain join takes a second for 100
/// waiters beside 500 open transactions.
const LOCK_WAITS: &str = "SELECT r.trx_mysql_thread_id AS waiter, b.trx_mysql_thread_id AS blocker, \
     l.lock_table AS lock_table, l.lock_index AS lock_index, l.lock_mode AS lock_mode \
     FROM (SELECT w.requesting_trx_id AS requester, w.blocking_trx_id AS holder, \
     w.requested_lock_id AS lock_id FROM information_schema.INNODB_LOCK_WAITS w \
     WHERE w.blocking_lock_id NOT IN (SELECT t.trx_requested_lock_id FROM information_schema.INNODB_TRX t \
     WHERE t.trx_requested_lock_id IS NOT NULL) \
     OR w.requesting_trx_id NOT IN (SELECT v.requesting_trx_id \
     FROM information_schema.INNODB_LOCK_WAITS v \
     WHERE v.blocking_lock_id NOT IN (SELECT u.trx_requested_lock_id FROM information_schema.INNODB_TRX u \
     WHERE u.trx_requested_lock_id IS NOT NULL)) LIMIT 1001) p \
     JOIN information_schema.INNODB_TRX r ON r.trx_id = p.requester \
     JOIN information_schema.INNODB_TRX b ON b.trx_id = p.holder \
     LEFT JOIN information_schema.INNODB_LOCKS l ON l.lock_id = p.lock_id";
/// The pairs of a waiter and a blocker that does not wait itself.
const LOCK_ROOTS: &str = "SELECT r.trx_mysql_thread_id AS waiter, b.trx_mysql_thread_id AS blocker, \
     NULL AS lock_table, NULL AS lock_index, NULL AS lock_mode \
     FROM (SELECT w.requesting_trx_id AS requester, w.blocking_trx_id AS holder \
     FROM information_schema.INNODB_LOCK_WAITS w \
     WHERE w.blocking_trx_id NOT IN (SELECT t.trx_id FROM information_schema.INNODB_TRX t \
     WHERE t.trx_state = 'LOCK WAIT') LIMIT 1001) p \
     JOIN information_schema.INNODB_TRX r ON r.trx_id = p.requester \
     JOIN information_schema.INNODB_TRX b ON b.trx_id = p.holder";

/// All statements.
const TABLE: [StatementEntry; 10] = [
    StatementEntry {
        statement: Statement::Setup,
        name: "setup",
        text: "SET SESSION wait_timeout=60, time_zone='SYSTEM'",
    },
    StatementEntry {
        statement: Statement::Server,
        name: "server",
        text: "SELECT @@hostname AS hostname, @@port AS port, @@server_id AS server_id, \
             @@version AS version, UNIX_TIMESTAMP() AS server_time, \
             (SELECT s.VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS s \
             WHERE s.VARIABLE_NAME = 'UPTIME') AS uptime, CONNECTION_ID() AS own_thread, \
             (SELECT p.HOST FROM information_schema.PROCESSLIST p WHERE p.ID = CONNECTION_ID()) AS own_host, \
             CURRENT_USER() AS account",
    },
    StatementEntry {
        statement: Statement::Grants,
        name: "grants",
        text: "SHOW GRANTS",
    },
    StatementEntry {
        statement: Statement::Threads,
        name: "threads",
        text: "SELECT p.ID AS thread, p.USER AS user, p.HOST AS host, p.DB AS default_database, \
             p.COMMAND AS command, p.TIME_MS AS time_ms, p.STATE AS state, p.QUERY_ID AS query_id, \
             LEFT(p.INFO, 4096) AS statement FROM information_schema.PROCESSLIST p \
             WHERE p.ID <> CONNECTION_ID() AND (p.COMMAND <> 'Sleep' OR p.ID IN \
             (SELECT t.trx_mysql_thread_id FROM information_schema.INNODB_TRX t)) \
             ORDER BY p.TIME_MS DESC LIMIT 1001",
    },
    StatementEntry {
        statement: Statement::Transactions,
        name: "transactions",
        text: "SELECT t.trx_mysql_thread_id AS thread, t.trx_state AS state, \
             TIMESTAMPDIFF(SECOND, t.trx_started, NOW()) AS age, \
             TIMESTAMPDIFF(SECOND, t.trx_wait_started, NOW()) AS wait_age, \
             t.trx_rows_locked AS rows_locked, t.trx_rows_modified AS rows_modified \
             FROM information_schema.INNODB_TRX t ORDER BY t.trx_started LIMIT 1001",
    },
    StatementEntry {
        statement: Statement::LockCount,
        name: "lock-count",
        text: "SELECT COUNT(*) AS waiting, \
             MAX(TIMESTAMPDIFF(SECOND, t.trx_wait_started, NOW())) AS longest \
             FROM information_schema.INNODB_TRX t WHERE t.trx_state = 'LOCK WAIT'",
    },
    StatementEntry {
        statement: Statement::LockWaits,
        name: "lock-waits",
        text: LOCK_WAITS,
    },
    StatementEntry {
        statement: Statement::LockRoots,
        // The same rows, but fewer.
        name: "lock-waits",
        text: LOCK_ROOTS,
    },
    StatementEntry {
        statement: Statement::MetadataPlugin,
        name: "metadata-plugin",
        text: "SELECT COUNT(*) AS loaded FROM information_schema.PLUGINS g \
             WHERE g.PLUGIN_NAME = 'METADATA_LOCK_INFO' AND g.PLUGIN_STATUS = 'ACTIVE'",
    },
    StatementEntry {
        statement: Statement::MetadataLocks,
        name: "metadata-locks",
        text: "SELECT m.THREAD_ID AS thread, m.LOCK_MODE AS lock_mode, m.LOCK_TYPE AS lock_type, \
             m.TABLE_SCHEMA AS table_schema, m.TABLE_NAME AS table_name \
             FROM information_schema.METADATA_LOCK_INFO m \
             WHERE m.LOCK_TYPE IN ('Table metadata lock', 'User lock') LIMIT 1001",
    },
];

impl Statement {
    /// Returns the table, in the order in which a round sends the statements.
    pub const fn table() -> &'static [StatementEntry] {
        &TABLE
    }

    /// Returns the complete text.
    pub fn text(self) -> SqlText {
        let entry = TABLE.iter().find(|entry| entry.statement == self);
        SqlText(entry.map(StatementEntry::text).unwrap_or_default())
    }
}

impl StatementEntry {
    fn text(&self) -> String {
        let (name, text) = (self.name, self.text);
        if text.starts_with("SELECT ") {
            format!("/* maxtop {name} */ SET STATEMENT max_statement_time=1, join_cache_level=4 FOR {text}")
        } else {
            format!("/* maxtop {name} */ {text}")
        }
    }
}

/// The complete text of a built-in statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlText(String);

impl SqlText {
    /// Returns the statement that ends one running statement. Its id is never reused in one run of a server,
    /// so no other statement can be ended.
    pub fn kill(query_id: u64) -> Self {
        Self(format!("/* maxtop kill */ KILL SOFT QUERY ID {query_id}"))
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
