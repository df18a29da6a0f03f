//! Finds out which threads hold the metadata locks that others wait for.
//!
//! The server lists granted locks only. Which lock a thread waits for follows from the locks that it holds
//! already (an `ALTER` holds an upgradable one), otherwise from the tables that its statement names.

use std::collections::{BTreeMap, BTreeSet};

use super::super::Text;
use super::activity::{MetadataLock, ServerThread};

/// State of a thread that waits for a metadata lock of a table.
const TABLE_WAIT: &str = "Waiting for table metadata lock";
/// State of a thread that waits in `GET_LOCK`.
const USER_WAIT: &str = "User lock";
/// Type of a granted lock of a table.
const TABLE_KIND: &str = "Table metadata lock";
/// Type of a granted user lock.
const USER_KIND: &str = "User lock";
/// Modes of readers and writers. They conflict only with changes of the table.
const WEAK_MODES: [&str; 5] = [
    "MDL_SHARED",
    "MDL_SHARED_HIGH_PRIO",
    "MDL_SHARED_READ",
    "MDL_SHARED_WRITE",
    "MDL_SHARED_READ_ONLY",
];
/// Modes of a statement that changes the table once it has an exclusive lock.
const UPGRADABLE_MODES: [&str; 3] = ["MDL_SHARED_UPGRADABLE", "MDL_SHARED_NO_WRITE", "MDL_EXCLUSIVE"];
/// First words of statements that change or lock a whole table.
const EXCLUSIVE_WORDS: [&str; 8] = [
    "ALTER", "DROP", "TRUNCATE", "RENAME", "CREATE", "OPTIMIZE", "REPAIR", "LOCK",
];

/// A wait for a lock other than a row lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MetadataWait {
    /// A metadata lock of a table.
    Table,
    /// A user lock.
    User,
}

/// Returns what a thread waits for, if it waits for a metadata lock.
pub(super) fn wait_of(thread: &ServerThread) -> Option<MetadataWait> {
    let state = thread.state.as_ref()?.raw();
    if state.is(TABLE_WAIT) {
        Some(MetadataWait::Table)
    } else if state.is(USER_WAIT) {
        Some(MetadataWait::User)
    } else {
        None
    }
}

impl ServerThread {
    /// Whether it waits for a metadata lock of a table or for a user lock.
    pub fn waits_for_metadata_lock(&self) -> bool {
        wait_of(self).is_some()
    }
}

/// Name of a lock: type, database, table.
type LockName<'a> = (bool, &'a str, &'a str);

/// A thread that waits.
struct Waiter<'a> {
    id: u64,
    wants: BTreeSet<LockName<'a>>,
    is_exclusive: bool,
}

/// Returns the pairs of a waiting thread and one that it waits for.
pub(super) fn pairs(threads: &[ServerThread], locks: &[MetadataLock]) -> Vec<(u64, u64)> {
    let mut holders: BTreeMap<LockName<'_>, Vec<(u64, &MetadataLock)>> = BTreeMap::new();
    for lock in locks {
        if let Some(name) = name_of(lock) {
            holders.entry(name).or_default().push((lock.thread, lock));
        }
    }
    let waiters: Vec<_> = threads
        .iter()
        .filter_map(|thread| Some(waiter(thread, wait_of(thread)?, &holders)))
        .collect();
    let mut pairs = BTreeSet::new();
    for waiter in &waiters {
        for name in &waiter.wants {
            let held = holders.get(name).map(Vec::as_slice).unwrap_or_default();
            let conflicting = held.iter().filter(|(thread, lock)| {
                *thread != waiter.id && (waiter.is_exclusive || name.0 || !is_weak(lock.mode.as_ref()))
            });
            pairs.extend(conflicting.map(|(thread, _)| (waiter.id, *thread)));
            if !waiter.is_exclusive {
                // Readers and writers queue behind a change that waits.
                let before = waiters.iter().filter(|other| {
                    other.id != waiter.id && other.is_exclusive && other.wants.contains(name)
                });
                pairs.extend(before.map(|other| (waiter.id, other.id)));
            }
        }
    }
    pairs.into_iter().collect()
}

fn waiter<'a>(
    thread: &ServerThread,
    wait: MetadataWait,
    holders: &BTreeMap<LockName<'a>, Vec<(u64, &'a MetadataLock)>>,
) -> Waiter<'a> {
    let statement = thread.statement.as_ref().map_or("", |text| text.raw().kept());
    let wants_user_lock = wait == MetadataWait::User;
    let candidates = || holders.iter().filter(|(name, _)| name.0 == wants_user_lock);
    let upgrades: BTreeSet<_> = candidates()
        .filter(|(_, held)| {
            let mut own = held.iter().filter(|(holder, _)| *holder == thread.id);
            own.any(|(_, lock)| is_mode(lock.mode.as_ref(), &UPGRADABLE_MODES))
        })
        .map(|(name, _)| *name)
        .collect();
    if !wants_user_lock && !upgrades.is_empty() {
        return Waiter {
            id: thread.id,
            wants: upgrades,
            is_exclusive: true,
        };
    }
    let named = candidates()
        .map(|(name, _)| *name)
        .filter(|(is_user, schema, table)| {
            let name = if *is_user { schema } else { table };
            names(statement, name) && (*is_user || is_in_schema(thread.database.as_ref(), statement, schema))
        });
    Waiter {
        id: thread.id,
        wants: named.collect(),
        is_exclusive: !wants_user_lock && is_exclusive(statement),
    }
}

/// Returns the name of a lock; `None` for other types.
fn name_of(lock: &MetadataLock) -> Option<LockName<'_>> {
    let (kind, schema) = (lock.kind.as_ref()?.raw(), lock.schema.as_ref()?.raw().kept());
    if kind.is(USER_KIND) {
        return Some((true, schema, ""));
    }
    let table = lock.table.as_ref()?.raw().kept();
    (kind.is(TABLE_KIND) && !table.is_empty()).then_some((false, schema, table))
}

fn is_mode(mode: Option<&Text>, modes: &[&str]) -> bool {
    mode.is_some_and(|mode| modes.iter().any(|known| mode.raw().is(known)))
}

/// Whether a lock conflicts only with changes of its table. An upgradable lock of a thread that does not
/// wait is such a lock too.
fn is_weak(mode: Option<&Text>) -> bool {
    is_mode(mode, &WEAK_MODES) || is_mode(mode, &["MDL_SHARED_UPGRADABLE"])
}

fn is_exclusive(statement: &str) -> bool {
    let first = words(statement).next().unwrap_or_default();
    EXCLUSIVE_WORDS
        .iter()
        .any(|word| first.eq_ignore_ascii_case(word))
}

/// Whether a statement contains a name as a word.
fn names(statement: &str, name: &str) -> bool {
    let is_plain = name.chars().all(is_name_char);
    if is_plain {
        words(statement).any(|word| word.eq_ignore_ascii_case(name))
    } else {
        statement.contains(name)
    }
}

/// Whether a table of this database can be the one that a statement names: its default database, or one that
/// the statement names too.
fn is_in_schema(database: Option<&Text>, statement: &str, schema: &str) -> bool {
    database.is_some_and(|database| database.raw().is(schema)) || names(statement, schema)
}

fn words(statement: &str) -> impl Iterator<Item = &str> {
    statement
        .split(|c| !is_name_char(c))
        .filter(|word| !word.is_empty())
}

fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}
