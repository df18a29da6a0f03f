//! Statements that take too long: how long, whether anything moves, and whether there is a server.

use super::case::{Case, once_lasted, span};
use super::evidence::Evidence;
use super::judgment::Judgment;
use super::severity::Severity;

/// One statement has been running for long: since we first saw it, or, if it ran before we looked,
/// by its time of receipt.
pub(super) fn query(case: &Case<'_>) -> Judgment {
    match case.knowledge.is_running(case.session) {
        None => return Judgment::Unjudged,
        Some(false) => return Judgment::No,
        Some(true) => {}
    }
    let running = case
        .session
        .extra
        .as_ref()
        .and_then(|extra| extra.running.as_ref());
    let watched = case.history.statement;
    let ran = running
        .filter(|_| watched.is_open())
        .and_then(|running| case.server.ran(case.session, running));
    let (millis, is_least) = match ran {
        Some(ran) => (ran.millis.max(watched.millis()), ran.is_least),
        None => (watched.millis(), watched.is_open()),
    };
    let severity = if millis >= case.limits.query_act.as_millis() {
        Severity::Act
    } else if millis >= case.limits.query_look.as_millis() {
        Severity::Look
    } else if is_least {
        return Judgment::Unjudged;
    } else {
        return Judgment::No;
    };
    let lasted = span(millis);
    Judgment::Found(severity, Evidence::Query { lasted, is_least })
}

/// A statement runs and nothing moves.
pub(super) fn silent(case: &Case<'_>) -> Judgment {
    match case.knowledge.is_quiet(case.session) {
        None => Judgment::Unjudged,
        Some(false) => Judgment::No,
        Some(true) => once_lasted(case.history.quiet, case.limits.silent, |lasted| {
            Judgment::Found(Severity::Look, Evidence::Silent(lasted))
        }),
    }
}

/// A statement waits and there is no connection to a server.
pub(super) fn no_backend(case: &Case<'_>) -> Judgment {
    match case.knowledge.is_bare(case.session) {
        None => Judgment::Unjudged,
        Some(false) => Judgment::No,
        Some(true) => once_lasted(case.history.bare, case.limits.no_backend, |lasted| {
            Judgment::Found(Severity::Look, Evidence::NoBackend(lasted))
        }),
    }
}
