//! Sessions that were told to stop and do not.

use super::case::{Case, once_lasted};
use super::evidence::Evidence;
use super::judgment::Judgment;
use super::severity::Severity;
use crate::model::Phase;

/// Stopping for long.
pub(super) fn closing(case: &Case<'_>) -> Judgment {
    match case.session.phase() {
        None => Judgment::Unjudged,
        Some(Phase::Stopping) => once_lasted(case.history.phase, case.limits.closing, |lasted| {
            Judgment::Found(Severity::Look, Evidence::Closing(lasted))
        }),
        Some(_) => Judgment::No,
    }
}
