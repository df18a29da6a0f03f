//! Rules for transactions and locks: root blockers, waiters, and transactions that are open while idle.

use super::evidence::Evidence;
use super::finding::Severity;
use super::rule::{RuleInput, RuleResult, is_found};
use crate::model::{LockKnowledge, SessionLocks, Span, WaitKind};

/// Checks for a root blocker: others wait for its locks, and it does not wait itself.
pub(super) fn blocks(input: &RuleInput<'_>) -> RuleResult {
    with_locks(input, |locks| {
        let longest = locks.longest_blocked.unwrap_or(Span::from_secs(0));
        if !locks.is_root_blocker || longest < input.limits.blocks {
            return RuleResult::No;
        }
        let transaction = locks.transaction;
        RuleResult::Found(
            Severity::Act,
            Evidence::Blocks {
                count: locks.blocks,
                has_more: locks.has_more,
                longest,
                transaction: transaction.and_then(|transaction| transaction.age),
                idle: locks.idle,
                rows_locked: transaction.and_then(|transaction| transaction.rows_locked),
            },
        )
    })
}

/// Checks for a wait for a row lock or a user lock.
pub(super) fn lock_wait(input: &RuleInput<'_>) -> RuleResult {
    let (look, act) = (input.limits.lock_wait_look, input.limits.lock_wait_act);
    with_locks(input, |locks| {
        wait(locks, |kind| kind != WaitKind::MetadataLock, look, act)
    })
}

/// Checks for a wait for a metadata lock.
pub(super) fn metadata_lock(input: &RuleInput<'_>) -> RuleResult {
    let (look, act) = (input.limits.metadata_lock_look, input.limits.metadata_lock_act);
    with_locks(input, |locks| {
        wait(locks, |kind| kind == WaitKind::MetadataLock, look, act)
    })
}

/// Whether one of the rules for waits has found its reason.
pub(super) fn is_waiting(input: &RuleInput<'_>) -> bool {
    is_found(&lock_wait(input)) || is_found(&metadata_lock(input))
}

/// Checks for a transaction that is open while its client sends no statement.
///
/// It holds its locks until the client continues, so the limit is far below that of `idle`. What a server
/// reports is certain. Without it the statements that MaxScale keeps decide. If [`blocks`] finds the same
/// trouble, that finding explains more.
pub(super) fn transaction(input: &RuleInput<'_>) -> RuleResult {
    if is_found(&blocks(input)) {
        return RuleResult::No;
    }
    match input.locks {
        LockKnowledge::Known(locks) => locks.map_or(RuleResult::No, |locks| open(input, locks)),
        LockKnowledge::NoAccess | LockKnowledge::Unknown => inferred(input),
    }
}

/// Checks a transaction that a server reports, by its age while it is idle.
fn open(input: &RuleInput<'_>, locks: &SessionLocks) -> RuleResult {
    let Some(age) = locks.transaction.and_then(|transaction| transaction.age) else {
        return RuleResult::No;
    };
    let limits = input.limits;
    match (
        locks.idle,
        severity(age, limits.transaction_look, limits.transaction_act),
    ) {
        (Some(idle), Some(severity)) => RuleResult::Found(
            severity,
            Evidence::OpenTransaction {
                server: locks.server.clone(),
                age,
                idle: Some(idle),
                rows_locked: locks.transaction.and_then(|transaction| transaction.rows_locked),
                rows_modified: locks
                    .transaction
                    .and_then(|transaction| transaction.rows_modified),
            },
        ),
        _ => RuleResult::No,
    }
}

/// Checks the statements that MaxScale keeps.
fn inferred(input: &RuleInput<'_>) -> RuleResult {
    let Some(idle) = input.session.idle else {
        return RuleResult::Unknown;
    };
    let limits = input.limits;
    let Some(severity) = severity(idle, limits.transaction_look, limits.transaction_act) else {
        return RuleResult::No;
    };
    let extra = input.session.extra.as_ref();
    let in_transaction = extra.and_then(|extra| extra.in_transaction);
    match (in_transaction, input.capabilities.is_running(input.session)) {
        (Some(false), _) | (_, Some(true)) => RuleResult::No,
        (Some(true), _) => RuleResult::Found(severity, Evidence::Transaction(idle)),
        (None, _) => RuleResult::Unknown,
    }
}

/// Checks the locks of a session. Without a database user the reason does not apply; without a current
/// report it is unknown.
fn with_locks(input: &RuleInput<'_>, rule: impl FnOnce(&SessionLocks) -> RuleResult) -> RuleResult {
    match input.locks {
        LockKnowledge::NoAccess | LockKnowledge::Known(None) => RuleResult::No,
        LockKnowledge::Unknown => RuleResult::Unknown,
        LockKnowledge::Known(Some(locks)) => rule(locks),
    }
}

/// Checks how long a session has waited. It is ● at most while its root blocker is a session: that one is marked ▲,
/// and to free the waiters it has to end, not they.
fn wait(locks: &SessionLocks, is_kind: fn(WaitKind) -> bool, look: Span, act: Span) -> RuleResult {
    let Some(wait) = locks.wait.as_ref().filter(|wait| is_kind(wait.kind)) else {
        return RuleResult::No;
    };
    let Some(lasted) = wait.age else {
        return RuleResult::Unknown;
    };
    let most = if wait.is_blocked_by_session() {
        Severity::Look
    } else {
        Severity::Act
    };
    severity(lasted, look, act).map_or(RuleResult::No, |severity| {
        let severity = severity.min(most);
        let evidence = Evidence::LockWait {
            server: locks.server.clone(),
            lasted,
            wait: Box::new(wait.clone()),
        };
        RuleResult::Found(severity, evidence)
    })
}

fn severity(lasted: Span, look: Span, act: Span) -> Option<Severity> {
    if lasted >= act {
        Some(Severity::Act)
    } else {
        (lasted >= look).then_some(Severity::Look)
    }
}
