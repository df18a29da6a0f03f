//! Sessions that weigh far more than others of their service.

use super::case::Case;
use super::evidence::Evidence;
use super::judgment::Judgment;
use super::severity::Severity;
use super::surroundings::{USUAL_COMMANDS, USUAL_MEMORY};

/// Far more memory than usual in its service.
pub(super) fn memory(case: &Case<'_>) -> Judgment {
    let Some(bytes) = case.session.extra.as_ref().and_then(|extra| extra.memory) else {
        return Judgment::Unjudged;
    };
    let times = u64::from(case.limits.memory);
    if bytes < USUAL_MEMORY.saturating_mul(times) {
        return Judgment::No;
    }
    let Some(usual) = case.surroundings.usual_memory(case.session) else {
        return Judgment::Unjudged;
    };
    if bytes < usual.max(USUAL_MEMORY).saturating_mul(times) {
        return Judgment::No;
    }
    Judgment::Found(Severity::Look, Evidence::Memory { bytes, usual })
}

/// A far longer history of session commands than usual in its service.
pub(super) fn history(case: &Case<'_>) -> Judgment {
    let Some(commands) = case.session.extra.as_ref().and_then(|extra| extra.history) else {
        return Judgment::Unjudged;
    };
    let times = case.limits.history;
    if commands < USUAL_COMMANDS.saturating_mul(times) {
        return Judgment::No;
    }
    let Some(usual) = case.surroundings.usual_history(case.session) else {
        return Judgment::Unjudged;
    };
    if commands < usual.max(USUAL_COMMANDS).saturating_mul(times) {
        return Judgment::No;
    }
    Judgment::Found(Severity::Look, Evidence::History { commands, usual })
}
