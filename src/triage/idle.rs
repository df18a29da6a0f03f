//! Sessions that nobody uses and that keep a server busy all the same.

use super::case::Case;
use super::evidence::Evidence;
use super::judgment::Judgment;
use super::severity::Severity;

/// Idle for long while it holds a server (where the list tells which it holds). A pool of idle
/// connections is normal: only one that is unlike the rest of its pool was probably forgotten.
pub(super) fn idle(case: &Case<'_>) -> Judgment {
    let Some(idle) = case.session.idle else {
        return Judgment::Unjudged;
    };
    let holds_nothing = case.session.backends().is_some_and(<[_]>::is_empty);
    let is_at_work = case.knowledge.is_running(case.session) == Some(true);
    if idle < case.limits.idle || holds_nothing || is_at_work {
        return Judgment::No;
    }
    let others = case.surroundings.others_in_use(case.history.pool);
    let severity = if others.is_some() {
        Severity::Act
    } else {
        Severity::Look
    };
    Judgment::Found(severity, Evidence::Idle { idle, others })
}
