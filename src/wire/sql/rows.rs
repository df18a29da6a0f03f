//! Rows of each statement. Columns are found by name, so a missing one leaves its field blank.

use super::result::{Cell, ResultSet};
use crate::model::{
    BoundedRows, Grants, LockCount, LockWait, MetadataLock, RowLock, ServerProcess, ServerThread, Text,
    TextLimit, Transaction, TransactionState,
};
use crate::wire::Decoder;

const MILLIS: f64 = 1_000.0;
const SECONDS: f64 = 1.0;

/// States of `INNODB_TRX`.
const STATES: [(&str, TransactionState); 4] = [
    ("RUNNING", TransactionState::Running),
    ("LOCK WAIT", TransactionState::LockWait),
    ("ROLLING BACK", TransactionState::RollingBack),
    ("COMMITTING", TransactionState::Committing),
];

fn name(cell: Option<&Cell<'_>>, decoder: &mut Decoder<'_>) -> Option<Text> {
    Some(decoder.interner.name(cell?.text()?))
}

/// Returns a name that is not empty.
fn filled(cell: Option<&Cell<'_>>, decoder: &mut Decoder<'_>) -> Option<Text> {
    name(cell, decoder).filter(|text| !text.as_str().is_empty())
}

fn number(cell: Option<&Cell<'_>>) -> Option<u64> {
    cell?.number()
}

/// Ignores the result of a statement without rows.
pub fn nothing(_: &ResultSet<'_>, _: &mut Decoder<'_>) {}

/// Reads the server process. `None` if there is no row.
pub fn server(result: &ResultSet<'_>, decoder: &mut Decoder<'_>) -> Option<ServerProcess> {
    let columns = [
        "hostname",
        "port",
        "server_id",
        "version",
        "server_time",
        "uptime",
        "own_thread",
        "own_host",
        "account",
    ];
    let read = result.each(
        columns,
        |[hostname, port, id, version, now, uptime, thread, host, account]| {
            let started = || number(now)?.checked_sub(number(uptime)?);
            Some(ServerProcess {
                hostname: name(hostname, decoder),
                port: number(port),
                server_id: number(id),
                version: name(version, decoder),
                started: started(),
                own_thread: number(thread),
                own_host: name(host, decoder),
                account: name(account, decoder),
            })
        },
    );
    read.rows.into_iter().next()
}

/// Reads the privileges from the lines of `SHOW GRANTS`.
pub fn grants(result: &ResultSet<'_>, _: &mut Decoder<'_>) -> Grants {
    let mut found = Grants::default();
    for line in result.first_texts() {
        // Other lines are about one database, or name a role.
        let Some((privileges, _)) = line
            .strip_prefix("GRANT ")
            .and_then(|rest| rest.split_once(" ON *.* TO "))
        else {
            continue;
        };
        for privilege in privileges.split(',').map(str::trim) {
            let is = |wanted: &str| privilege.eq_ignore_ascii_case(wanted);
            let is_all = is("ALL PRIVILEGES") || is("ALL");
            found.may_see_all |= is_all || is("PROCESS");
            found.may_kill |= is_all || is("CONNECTION ADMIN") || is("SUPER");
        }
    }
    found
}

/// Reads the threads.
pub fn threads(result: &ResultSet<'_>, decoder: &mut Decoder<'_>) -> BoundedRows<ServerThread> {
    let columns = [
        "thread",
        "user",
        "host",
        "default_database",
        "command",
        "time_ms",
        "state",
        "query_id",
        "statement",
    ];
    result.each(
        columns,
        |[id, user, host, database, command, time, state, query, statement]| {
            Some(ServerThread {
                id: number(id)?,
                user: name(user, decoder),
                host: name(host, decoder),
                database: filled(database, decoder),
                command: name(command, decoder),
                time: time.and_then(|time| time.span(MILLIS)),
                state: filled(state, decoder),
                query_id: number(query),
                statement: statement
                    .and_then(Cell::text)
                    .filter(|text| !text.is_empty())
                    .map(|text| decoder.interner.text(text, TextLimit::Sql)),
            })
        },
    )
}

/// Reads the open transactions.
pub fn transactions(result: &ResultSet<'_>, _: &mut Decoder<'_>) -> BoundedRows<Transaction> {
    let columns = [
        "thread",
        "state",
        "age",
        "wait_age",
        "rows_locked",
        "rows_modified",
    ];
    result.each(columns, |[thread, state, age, wait, locked, modified]| {
        let state = state.and_then(Cell::text).unwrap_or_default();
        let state = STATES.iter().find(|(known, _)| *known == state);
        Some(Transaction {
            thread: number(thread)?,
            state: state.map_or(TransactionState::Other, |(_, state)| *state),
            age: age.and_then(|age| age.span(SECONDS)),
            wait: wait.and_then(|wait| wait.span(SECONDS)),
            rows_locked: number(locked),
            rows_modified: number(modified),
        })
    })
}

/// Reads the number of waiting transactions.
pub fn lock_count(result: &ResultSet<'_>, _: &mut Decoder<'_>) -> LockCount {
    let counts = result.each(["waiting", "longest"], |[waiting, longest]| {
        Some(LockCount {
            waiting: number(waiting)?,
            longest: longest.and_then(|longest| longest.span(SECONDS)),
        })
    });
    counts.rows.into_iter().next().unwrap_or_default()
}

/// Reads each waiter with its blockers.
pub fn lock_waits(result: &ResultSet<'_>, decoder: &mut Decoder<'_>) -> BoundedRows<LockWait> {
    let columns = ["waiter", "blocker", "lock_table", "lock_index", "lock_mode"];
    result.each(columns, |[waiter, blocker, table, index, mode]| {
        let lock = filled(table, decoder).map(|table| RowLock {
            table,
            index: filled(index, decoder),
            mode: filled(mode, decoder),
        });
        Some(LockWait {
            waiter: number(waiter)?,
            blocker: number(blocker)?,
            lock,
        })
    })
}

/// Reads whether `METADATA_LOCK_INFO` is loaded.
pub fn metadata_plugin(result: &ResultSet<'_>, _: &mut Decoder<'_>) -> bool {
    let loaded = result.each(["loaded"], |[loaded]| number(loaded));
    loaded.rows.first().is_some_and(|loaded| *loaded > 0)
}

/// Reads the granted metadata locks.
pub fn metadata_locks(result: &ResultSet<'_>, decoder: &mut Decoder<'_>) -> BoundedRows<MetadataLock> {
    let columns = ["thread", "lock_mode", "lock_type", "table_schema", "table_name"];
    result.each(columns, |[thread, mode, kind, schema, table]| {
        Some(MetadataLock {
            thread: number(thread)?,
            mode: filled(mode, decoder),
            kind: filled(kind, decoder),
            schema: name(schema, decoder),
            table: name(table, decoder),
        })
    })
}
