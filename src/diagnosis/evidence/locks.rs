//! Texts of the evidence that servers report: locks and transactions.

use super::Evidence;
use crate::model::{LockHolder, SessionWait, Span, Text, WaitKind, counted};

/// Returns a short text for a table cell. Empty for other evidence.
pub(super) fn short(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Blocks {
            count,
            has_more,
            longest,
            ..
        } => format!("blocks {count}{} for {longest}", if *has_more { "+" } else { "" }),
        Evidence::LockWait { lasted, wait, .. } => waits_short(*lasted, wait),
        Evidence::OpenTransaction { age, .. } => format!("transaction {age}"),
        _ => String::new(),
    }
}

/// Returns the full text. Empty for other evidence.
pub(super) fn words(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Blocks {
            count,
            has_more,
            longest,
            transaction,
            idle,
            rows_locked,
        } => {
            let at_least = if *has_more { "at least " } else { "" };
            let sessions = counted(*count, "session");
            let parts = [
                transaction.map(|age| format!("; transaction open for {age}")),
                idle.map(|_| ", idle since its last statement".to_owned()),
                locked(*rows_locked),
            ];
            let parts: String = parts.into_iter().flatten().collect();
            format!("blocks {at_least}{sessions}, the longest for {longest}{parts}")
        }
        Evidence::LockWait { server, lasted, wait } => waits(server, *lasted, wait),
        Evidence::OpenTransaction {
            server,
            age,
            idle,
            rows_locked,
            rows_modified,
        } => {
            let parts = [
                idle.map(|idle| format!(", idle for {idle} since its last statement")),
                locked(*rows_locked),
                rows_modified.map(|rows| format!(", {rows} changed")),
            ];
            let parts: String = parts.into_iter().flatten().collect();
            format!("transaction open for {age} on {server}{parts}")
        }
        _ => String::new(),
    }
}

fn locked(rows: Option<u64>) -> Option<String> {
    rows.map(|rows| format!(", {} locked", counted(rows, "row")))
}

/// Returns the text of a wait: `waits 48s on db-01 for session 1042 etl@10.0.3.7, lock on shop.orders`.
fn waits(server: &Text, lasted: Span, wait: &SessionWait) -> String {
    let likely = if wait.is_likely { "likely " } else { "" };
    let blocker = wait.blocker.as_ref();
    let blocker = blocker.map_or_else(
        || ", blocker unknown".to_owned(),
        |blocker| format!(" for {likely}{blocker}"),
    );
    let others = match wait.others {
        0 => String::new(),
        others => format!(" and {others} more"),
    };
    let lock = match (&wait.table, wait.kind) {
        (Some(table), _) => format!(", lock on {table}"),
        (None, WaitKind::RowLock) => String::new(),
        (None, WaitKind::MetadataLock) => ", metadata lock".to_owned(),
        (None, WaitKind::UserLock) => ", user lock".to_owned(),
    };
    format!("waits {lasted} on {server}{blocker}{others}{lock}")
}

/// Returns the short text of a wait: `waits 48s for 1042`.
fn waits_short(lasted: Span, wait: &SessionWait) -> String {
    match (&wait.blocker, wait.is_likely) {
        (Some(LockHolder::Session { id, .. }), false) => format!("waits {lasted} for {id}"),
        (Some(LockHolder::Thread(thread) | LockHolder::UnknownSession(thread)), false) => {
            format!("waits {lasted} for thread {thread}")
        }
        (Some(LockHolder::EndedSession { id, .. }), false) => {
            format!("waits {lasted}, {id} ended")
        }
        (Some(LockHolder::PreparedXa), false) => format!("waits {lasted} for XA"),
        (Some(_), true) | (None, _) => format!("waits {lasted} for a lock"),
    }
}

/// Returns the finding as a sentence. Empty for other evidence.
pub(super) fn sentence(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Blocks {
            count,
            has_more,
            longest,
            transaction,
            idle,
            rows_locked,
        } => {
            let at_least = if *has_more { "at least " } else { "" };
            let waiting = match count {
                1 => "1 session waits".to_owned(),
                count => format!("{count} sessions wait"),
            };
            let parts = [
                transaction.map(|age| format!("; its transaction has been open for {age}")),
                idle.map(|idle| format!(", and the client has sent nothing for {idle}")),
                locked(rows_locked.filter(|rows| *rows > 0)),
            ];
            let parts: String = parts.into_iter().flatten().collect();
            format!("{at_least}{waiting} for its locks, the longest for {longest}{parts}")
        }
        Evidence::LockWait { server, lasted, wait } => wait_sentence(server, *lasted, wait),
        Evidence::OpenTransaction {
            server,
            age,
            idle,
            rows_locked,
            rows_modified,
        } => {
            let parts = [
                idle.map(|idle| format!(", and the client has sent nothing for {idle}")),
                locked(rows_locked.filter(|rows| *rows > 0)),
                rows_modified
                    .filter(|rows| *rows > 0)
                    .map(|rows| format!(", {rows} changed")),
            ];
            let parts: String = parts.into_iter().flatten().collect();
            format!("its transaction on {server} has been open for {age}{parts}")
        }
        _ => String::new(),
    }
}

fn wait_sentence(server: &Text, lasted: Span, wait: &SessionWait) -> String {
    let lock = match (&wait.table, wait.kind) {
        (Some(table), WaitKind::MetadataLock) => format!("a metadata lock on {table}"),
        (Some(table), _) => format!("a lock on {table}"),
        (None, WaitKind::RowLock) => "a row lock".to_owned(),
        (None, WaitKind::MetadataLock) => "a metadata lock".to_owned(),
        (None, WaitKind::UserLock) => "a user lock".to_owned(),
    };
    let others = match wait.others {
        0 => String::new(),
        others => format!(" and {others} more"),
    };
    let holder = match (&wait.blocker, wait.is_likely) {
        (None, _) => "; the holder is unknown".to_owned(),
        (Some(blocker), false) => format!(", blocked by {blocker}{others}"),
        (Some(blocker), true) => format!(", probably blocked by {blocker}{others}"),
    };
    format!("it has waited for {lasted} on {server} for {lock}{holder}")
}
