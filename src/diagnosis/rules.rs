//! Rules for sessions of a list.
//!
//! They find sessions that take far more memory or session commands than is typical, that do not finish
//! closing, that hold a server while idle, and statements that run long, do not move, or have
//! no server.

use super::baseline::{MIN_TYPICAL_COMMANDS, MIN_TYPICAL_MEMORY};
use super::evidence::{Evidence, Lasted};
use super::finding::Severity;
use super::locking;
use super::rule::{RuleInput, RuleResult, is_found, once_lasted, span};
use crate::model::SessionPhase;

/// Minimum number of readings after the first that show no I/O events.
const MIN_QUIET_READS: u8 = 2;

/// Checks for far more memory than is typical of its service.
pub(super) fn memory(input: &RuleInput<'_>) -> RuleResult {
    let Some(bytes) = input.session.extra.as_ref().and_then(|extra| extra.memory) else {
        return RuleResult::Unknown;
    };
    let times = u64::from(input.limits.memory);
    if bytes < MIN_TYPICAL_MEMORY.saturating_mul(times) {
        return RuleResult::No;
    }
    let Some(typical) = input.baseline.typical_memory(input.session) else {
        return RuleResult::Unknown;
    };
    if bytes < typical.max(MIN_TYPICAL_MEMORY).saturating_mul(times) {
        return RuleResult::No;
    }
    RuleResult::Found(Severity::Look, Evidence::Memory { bytes, typical })
}

/// Checks for far more session commands than is typical of its service.
pub(super) fn history(input: &RuleInput<'_>) -> RuleResult {
    let Some(commands) = input.session.extra.as_ref().and_then(|extra| extra.history) else {
        return RuleResult::Unknown;
    };
    let times = input.limits.history;
    if commands < MIN_TYPICAL_COMMANDS.saturating_mul(times) {
        return RuleResult::No;
    }
    let Some(typical) = input.baseline.typical_history(input.session) else {
        return RuleResult::Unknown;
    };
    if commands < typical.max(MIN_TYPICAL_COMMANDS).saturating_mul(times) {
        return RuleResult::No;
    }
    RuleResult::Found(Severity::Look, Evidence::History { commands, typical })
}

/// Checks for a session that has been closing for too long.
pub(super) fn closing(input: &RuleInput<'_>) -> RuleResult {
    match input.session.phase() {
        None => RuleResult::Unknown,
        Some(SessionPhase::Stopping) => once_lasted(input.history.phase, input.limits.closing, |lasted| {
            RuleResult::Found(Severity::Look, Evidence::Closing(lasted))
        }),
        Some(_) => RuleResult::No,
    }
}

/// Checks for a session that holds a server (if the list reports servers) while it is idle for too long.
///
/// A pool of idle connections is normal. A session that is idle while its pool is in use was probably
/// forgotten, so it is marked ▲. It stays marked while other sessions of the pool come and go, until it is used or
/// most of the pool is idle too. If [`locking::transaction`] or [`locking::blocks`] finds
/// the same trouble, that finding explains more.
pub(super) fn idle(input: &RuleInput<'_>) -> RuleResult {
    let Some(idle) = input.session.idle else {
        return RuleResult::Unknown;
    };
    let holds_nothing = input.session.server_connections().is_some_and(<[_]>::is_empty);
    let is_at_work = input.capabilities.is_running(input.session) == Some(true);
    if idle < input.limits.idle || holds_nothing || is_at_work {
        return RuleResult::No;
    }
    if is_found(&locking::transaction(input)) || is_found(&locking::blocks(input)) {
        return RuleResult::No;
    }
    let pool = input.history.pool;
    let others = input.baseline.others_in_use(pool);
    let stays = input.history.is_forgotten && !input.baseline.are_others_idle(pool);
    let severity = if others.is_some() || stays {
        Severity::Act
    } else {
        Severity::Look
    };
    RuleResult::Found(severity, Evidence::Idle { idle, others })
}

/// Checks for a statement that has been running for too long.
///
/// Measured from the first snapshot with it or, if it was already running in the first snapshot, from its
/// time of receipt.
pub(super) fn query(input: &RuleInput<'_>) -> RuleResult {
    match input.capabilities.is_running(input.session) {
        None => return RuleResult::Unknown,
        Some(false) => return RuleResult::No,
        Some(true) => {}
    }
    if locking::is_waiting(input) {
        return RuleResult::No;
    }
    let running = input
        .session
        .extra
        .as_ref()
        .and_then(|extra| extra.running.as_ref());
    let watched = input.history.statement;
    let ran = running
        .filter(|_| watched.is_open())
        .and_then(|running| input.server.ran(input.session, running));
    let (millis, is_least) = match ran {
        Some(ran) => (ran.millis.max(watched.millis()), ran.is_least),
        None => (watched.millis(), watched.is_open()),
    };
    let severity = if millis >= input.limits.query_act.as_millis() {
        Severity::Act
    } else if millis >= input.limits.query_look.as_millis() {
        Severity::Look
    } else if is_least {
        return RuleResult::Unknown;
    } else {
        return RuleResult::No;
    };
    let quiet_ms = input.history.quiet.millis();
    let is_quiet =
        quiet_ms >= input.limits.silent_look.as_millis() && input.history.quiet_reads >= MIN_QUIET_READS;
    RuleResult::Found(
        severity,
        Evidence::Query {
            lasted: Lasted {
                span: span(millis),
                is_least,
            },
            quiet: is_quiet.then(|| span(quiet_ms)),
        },
    )
}

/// Checks for an answer that does not come, without I/O events. If [`query`] finds the same trouble, that
/// finding says so. Every reading ages the counter of I/O events, so a few readings are needed.
pub(super) fn silent(input: &RuleInput<'_>) -> RuleResult {
    match input.capabilities.is_quiet(input.session) {
        None => return RuleResult::Unknown,
        Some(false) => return RuleResult::No,
        Some(true) => {}
    }
    if locking::is_waiting(input) || is_found(&query(input)) {
        return RuleResult::No;
    }
    once_lasted(input.history.quiet, input.limits.silent_look, |lasted| {
        if input.history.quiet_reads < MIN_QUIET_READS {
            return RuleResult::Unknown;
        }
        let severity = if lasted.span >= input.limits.silent_act {
            Severity::Act
        } else {
            Severity::Look
        };
        RuleResult::Found(severity, Evidence::Silent(lasted))
    })
}

/// Checks for a statement that waits without a server connection.
pub(super) fn no_backend(input: &RuleInput<'_>) -> RuleResult {
    match input.capabilities.is_bare(input.session) {
        None => RuleResult::Unknown,
        Some(false) => RuleResult::No,
        Some(true) => once_lasted(input.history.bare, input.limits.no_backend, |lasted| {
            RuleResult::Found(Severity::Look, Evidence::NoBackend(lasted))
        }),
    }
}

/// Checks for a client that is connected but does not log in. MaxScale never closes such a connection.
pub(super) fn login(input: &RuleInput<'_>) -> RuleResult {
    if input.session.user.is_some() || input.session.phase() == Some(SessionPhase::Stopping) {
        return RuleResult::No;
    }
    match input.session.age {
        None => RuleResult::Unknown,
        Some(age) if age < input.limits.login => RuleResult::No,
        Some(age) => RuleResult::Found(Severity::Look, Evidence::Login(age)),
    }
}
