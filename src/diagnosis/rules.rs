//! Sessions that weigh far more than others of their service.
//!
//! Sessions that were told to stop and do not.
//!
//! Sessions that nobody uses and that keep a server busy all the same.
//!
//! Statements that take too long: how long, whether anything moves, and whether there is a server.

use super::baseline::{MIN_TYPICAL_COMMANDS, MIN_TYPICAL_MEMORY};
use super::evidence::Evidence;
use super::finding::Severity;
use super::rule::{RuleInput, RuleResult, once_lasted, span};
use crate::model::SessionPhase;

/// Far more memory than usual in its service.
pub(super) fn memory(input: &RuleInput<'_>) -> RuleResult {
    let Some(bytes) = input.session.extra.as_ref().and_then(|extra| extra.memory) else {
        return RuleResult::Unknown;
    };
    let times = u64::from(input.limits.memory);
    if bytes < MIN_TYPICAL_MEMORY.saturating_mul(times) {
        return RuleResult::No;
    }
    let Some(usual) = input.baseline.typical_memory(input.session) else {
        return RuleResult::Unknown;
    };
    if bytes < usual.max(MIN_TYPICAL_MEMORY).saturating_mul(times) {
        return RuleResult::No;
    }
    RuleResult::Found(Severity::Look, Evidence::Memory { bytes, usual })
}

/// A far longer history of session commands than usual in its service.
pub(super) fn history(input: &RuleInput<'_>) -> RuleResult {
    let Some(commands) = input.session.extra.as_ref().and_then(|extra| extra.history) else {
        return RuleResult::Unknown;
    };
    let times = input.limits.history;
    if commands < MIN_TYPICAL_COMMANDS.saturating_mul(times) {
        return RuleResult::No;
    }
    let Some(usual) = input.baseline.typical_history(input.session) else {
        return RuleResult::Unknown;
    };
    if commands < usual.max(MIN_TYPICAL_COMMANDS).saturating_mul(times) {
        return RuleResult::No;
    }
    RuleResult::Found(Severity::Look, Evidence::History { commands, usual })
}

/// Stopping for long.
pub(super) fn closing(input: &RuleInput<'_>) -> RuleResult {
    match input.session.phase() {
        None => RuleResult::Unknown,
        Some(SessionPhase::Stopping) => once_lasted(input.history.phase, input.limits.closing, |lasted| {
            RuleResult::Found(Severity::Look, Evidence::Closing(lasted))
        }),
        Some(_) => RuleResult::No,
    }
}

/// Idle for long while it holds a server (where the list tells which it holds). A pool of idle
/// connections is normal: only one that is unlike the rest of its pool was probably forgotten.
pub(super) fn idle(input: &RuleInput<'_>) -> RuleResult {
    let Some(idle) = input.session.idle else {
        return RuleResult::Unknown;
    };
    let holds_nothing = input.session.server_connections().is_some_and(<[_]>::is_empty);
    let is_at_work = input.capabilities.is_running(input.session) == Some(true);
    if idle < input.limits.idle || holds_nothing || is_at_work {
        return RuleResult::No;
    }
    let others = input.baseline.others_in_use(input.history.pool);
    let severity = if others.is_some() {
        Severity::Act
    } else {
        Severity::Look
    };
    RuleResult::Found(severity, Evidence::Idle { idle, others })
}

/// One statement has been running for long: since we first saw it, or, if it ran before we looked,
/// by its time of receipt.
pub(super) fn query(input: &RuleInput<'_>) -> RuleResult {
    match input.capabilities.is_running(input.session) {
        None => return RuleResult::Unknown,
        Some(false) => return RuleResult::No,
        Some(true) => {}
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
    let lasted = span(millis);
    RuleResult::Found(severity, Evidence::Query { lasted, is_least })
}

/// A statement runs and nothing moves.
pub(super) fn silent(input: &RuleInput<'_>) -> RuleResult {
    match input.capabilities.is_quiet(input.session) {
        None => RuleResult::Unknown,
        Some(false) => RuleResult::No,
        Some(true) => once_lasted(input.history.quiet, input.limits.silent, |lasted| {
            RuleResult::Found(Severity::Look, Evidence::Silent(lasted))
        }),
    }
}

/// A statement waits and there is no connection to a server.
pub(super) fn no_backend(input: &RuleInput<'_>) -> RuleResult {
    match input.capabilities.is_bare(input.session) {
        None => RuleResult::Unknown,
        Some(false) => RuleResult::No,
        Some(true) => once_lasted(input.history.bare, input.limits.no_backend, |lasted| {
            RuleResult::Found(Severity::Look, Evidence::NoBackend(lasted))
        }),
    }
}
