//! The table of answers: names, columns, and the rows of the simulated servers.

use std::time::Duration;

use super::{Answer, AnswerContext, Cell, column};
use crate::demo::world::{ServerLockWait, ServerMetadataLock, ServerTransaction, WorldThread, host_of};

/// Age of the servers when the proxy started, in seconds.
const OLDER_THAN_PROXY: i64 = 86_400;

/// All statements with rows. The order of the cells is the order of the columns.
pub(super) static ANSWERS: [Answer; 8] = [
    Answer {
        name: "server",
        needs_process: false,
        columns: &[
            column(&["hostname", "host", "@@hostname"]),
            column(&["port", "@@port"]),
            column(&["server_id", "@@server_id"]),
            column(&["started", "start", "server_start", "started_at", "start_time"]),
            column(&["uptime", "uptime_seconds"]),
            column(&["server_time", "unix_timestamp()"]),
            column(&["connection_id", "thread_id", "own_thread", "connection_id()"]),
            column(&["version", "@@version", "version()"]),
            column(&["version_comment", "@@version_comment"]),
            column(&["user", "account", "current_user", "current_user()"]),
            column(&["own_host", "p.host"]),
        ],
        rows: server,
    },
    Answer {
        name: "grants",
        needs_process: false,
        columns: &[column(&[""])],
        rows: grants,
    },
    Answer {
        name: "threads",
        needs_process: false,
        columns: &[
            column(&["id", "thread_id", "thread", "p.id"]),
            column(&["user", "user_name"]),
            column(&["host", "client"]),
            column(&["db", "database", "default_database", "schema"]),
            column(&["command"]),
            column(&["time_ms", "millis", "milliseconds"]),
            column(&["time", "seconds"]),
            column(&["state"]),
            column(&["info", "statement", "query", "sql_text", "text"]),
            column(&["query_id"]),
        ],
        rows: threads,
    },
    Answer {
        name: "transactions",
        needs_process: true,
        columns: &[
            column(&["thread_id", "thread", "id", "trx_mysql_thread_id"]),
            column(&["state", "trx_state"]),
            column(&["age", "trx_age", "age_seconds", "open_seconds", "trx_started"]),
            column(&["wait", "waits", "wait_age", "wait_seconds", "trx_wait_started"]),
            column(&["rows_locked", "trx_rows_locked"]),
            column(&["rows_modified", "trx_rows_modified"]),
            column(&["query", "statement", "trx_query"]),
        ],
        rows: transactions,
    },
    Answer {
        name: "lock-count",
        needs_process: true,
        columns: &[column(&["longest", "trx_wait_started"]), column(&[""])],
        rows: lock_count,
    },
    Answer {
        name: "lock-waits",
        needs_process: true,
        columns: &[
            column(&[
                "waiter",
                "waiting",
                "waiting_thread",
                "waiter_thread",
                "r.trx_mysql_thread_id",
            ]),
            column(&[
                "blocker",
                "blocking",
                "blocking_thread",
                "blocker_thread",
                "b.trx_mysql_thread_id",
            ]),
            column(&["table", "lock_table", "table_name"]),
            column(&["index", "lock_index", "index_name"]),
            column(&["mode", "lock_mode"]),
            column(&["type", "lock_type"]),
            column(&["data", "lock_data"]),
            column(&["waits", "wait", "wait_age", "wait_seconds", "trx_wait_started"]),
            column(&["trx_age", "age", "blocker_age", "trx_started"]),
            column(&["blocker_state", "trx_state", "b.trx_state"]),
        ],
        rows: lock_waits,
    },
    Answer {
        name: "metadata-plugin",
        needs_process: false,
        columns: &[
            column(&["plugin_name", "name"]),
            column(&["plugin_status", "status"]),
            column(&[""]),
        ],
        rows: metadata_plugin,
    },
    Answer {
        name: "metadata-locks",
        needs_process: false,
        columns: &[
            column(&["thread_id", "thread", "id"]),
            column(&["lock_mode", "mode"]),
            column(&["lock_duration", "duration"]),
            column(&["lock_type", "type"]),
            column(&["table_schema", "schema", "database"]),
            column(&["table_name", "table"]),
        ],
        rows: metadata_locks,
    },
];

fn server(context: &AnswerContext<'_>) -> Vec<Vec<Cell>> {
    let (world, server) = (context.world, context.execution.server);
    let changed = world.last_server_change(server.name);
    let started = if changed.is_zero() {
        world.started_unix().saturating_sub(OLDER_THAN_PROXY)
    } else {
        world.wall_at(changed).0
    };
    let uptime = world.wall().0.saturating_sub(started);
    let number = |number: i64| Cell::Number(u64::try_from(number).unwrap_or(0));
    let user = format!("{}@%", context.execution.settings.user);
    vec![vec![
        Cell::text(server.name),
        Cell::Number(3_306),
        Cell::Number(u64::from(server.number)),
        number(started),
        // A variable is a text.
        Cell::Text(uptime.to_string()),
        number(world.wall().0),
        Cell::Number(context.execution.thread_id),
        Cell::text("10.11.9-MariaDB-log"),
        Cell::text("MariaDB Server"),
        Cell::Text(user),
        Cell::Text(host_of(context.execution.thread_id)),
    ]]
}

fn grants(context: &AnswerContext<'_>) -> Vec<Vec<Cell>> {
    let settings = context.execution.settings;
    let named = [
        ("PROCESS", settings.process),
        ("CONNECTION ADMIN", settings.connection_admin),
    ];
    let granted: Vec<_> = named
        .into_iter()
        .filter_map(|(name, granted)| granted.then_some(name))
        .collect();
    let privileges = if granted.is_empty() {
        "USAGE".to_owned()
    } else {
        granted.join(", ")
    };
    let user = &settings.user;
    let grant = format!("GRANT {privileges} ON *.* TO `{user}`@`%` IDENTIFIED BY PASSWORD '<secret>'");
    vec![vec![Cell::Text(grant)]]
}

/// Returns the threads that run a statement or have an open transaction.
fn threads(context: &AnswerContext<'_>) -> Vec<Vec<Cell>> {
    let execution = context.execution;
    let name = execution.server.name;
    let in_transaction: Vec<u64> = context
        .world
        .transactions(name)
        .iter()
        .map(|transaction| transaction.thread_id)
        .collect();
    let others = if execution.settings.process {
        context.world.threads(name)
    } else {
        Vec::new()
    };
    let without_own = context.statement.text.contains("<> CONNECTION_ID()");
    let all = others.iter().chain(execution.own);
    let mut shown: Vec<_> = all
        .filter(|thread| thread.command != "Sleep" || in_transaction.contains(&thread.id))
        .filter(|thread| !without_own || thread.id != execution.thread_id)
        .collect();
    shown.sort_by_key(|thread| std::cmp::Reverse(thread.time));
    shown.into_iter().map(thread).collect()
}

fn thread(thread: &WorldThread) -> Vec<Cell> {
    vec![
        Cell::Number(thread.id),
        Cell::text(&thread.user),
        Cell::text(&thread.host),
        Cell::known(thread.database, Cell::text),
        Cell::text(thread.command),
        Cell::Millis(thread.time),
        Cell::Number(thread.time.as_secs()),
        Cell::text(thread.state),
        Cell::known(thread.info.as_deref(), Cell::text),
        Cell::Number(thread.query_id),
    ]
}

fn transactions(context: &AnswerContext<'_>) -> Vec<Vec<Cell>> {
    let mut transactions = context.world.transactions(context.execution.server.name);
    transactions.sort_by_key(|transaction| std::cmp::Reverse(transaction.age));
    let row = |transaction: &ServerTransaction| {
        let state = if transaction.waits.is_some() {
            "LOCK WAIT"
        } else {
            "RUNNING"
        };
        vec![
            Cell::Number(transaction.thread_id),
            Cell::text(state),
            Cell::Age(transaction.age),
            Cell::known(transaction.waits, Cell::Age),
            Cell::Number(transaction.rows_locked),
            Cell::Number(transaction.rows_modified),
            Cell::known(transaction.query.as_deref(), Cell::text),
        ]
    };
    transactions.iter().map(row).collect()
}

fn lock_count(context: &AnswerContext<'_>) -> Vec<Vec<Cell>> {
    let transactions = context.world.transactions(context.execution.server.name);
    let waits: Vec<Duration> = transactions.iter().filter_map(|one| one.waits).collect();
    let longest = Cell::known(waits.iter().max().copied(), Cell::Age);
    vec![vec![longest, Cell::Number(waits.len() as u64)]]
}

/// Returns the pairs of waiter and holder. If only roots are selected, holders that wait are left out.
fn lock_waits(context: &AnswerContext<'_>) -> Vec<Vec<Cell>> {
    let text = context.statement.text.to_ascii_uppercase();
    let roots_only = text.contains("<> 'LOCK WAIT'") && !text.contains(" OR ") && !text.contains("UNION");
    let pairs = context.world.lock_waits(context.execution.server.name);
    let pairs = pairs.iter().filter(|pair| !roots_only || !pair.blocker_waits);
    let row = |pair: &ServerLockWait| {
        let state = if pair.blocker_waits {
            "LOCK WAIT"
        } else {
            "RUNNING"
        };
        vec![
            Cell::Number(pair.waiter),
            Cell::Number(pair.blocker),
            Cell::Text(format!("`shop`.`{}`", pair.table)),
            Cell::text("PRIMARY"),
            Cell::text(pair.mode),
            Cell::text("RECORD"),
            Cell::Text(pair.row.to_string()),
            Cell::Age(pair.waits),
            Cell::Age(pair.blocker_age),
            Cell::text(state),
        ]
    };
    pairs.map(row).collect()
}

fn metadata_plugin(context: &AnswerContext<'_>) -> Vec<Vec<Cell>> {
    let row = |count| {
        vec![
            Cell::text("METADATA_LOCK_INFO"),
            Cell::text("ACTIVE"),
            Cell::Number(count),
        ]
    };
    let text = context.statement.text.to_ascii_uppercase();
    let counts = ["COUNT(", "EXISTS("].iter().any(|word| text.contains(word));
    match (context.execution.settings.metadata_plugin, counts) {
        (true, _) => vec![row(1)],
        (false, true) => vec![row(0)],
        (false, false) => Vec::new(),
    }
}

fn metadata_locks(context: &AnswerContext<'_>) -> Vec<Vec<Cell>> {
    let locks = context.world.metadata_locks(context.execution.server.name);
    let row = |lock: &ServerMetadataLock| {
        vec![
            Cell::Number(lock.thread_id),
            Cell::text(lock.mode),
            Cell::Null,
            Cell::text("Table metadata lock"),
            Cell::text("shop"),
            Cell::text(lock.table),
        ]
    };
    locks.iter().map(row).collect()
}

/// Returns the thread of a connection of `/v1/sql`.
pub(in crate::demo) fn own_thread(id: u64, user: &str, sql: Option<&str>, time: Duration) -> WorldThread {
    WorldThread {
        id,
        session: None,
        user: user.to_owned(),
        host: host_of(id),
        database: None,
        command: if sql.is_some() { "Query" } else { "Sleep" },
        time,
        state: if sql.is_some() { "Filling schema table" } else { "" },
        info: sql.map(str::to_owned),
        query_id: id,
    }
}
