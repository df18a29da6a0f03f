//! One session before its judges.
//!
//! What came of judging one reason.

use super::baseline::Baseline;
use super::capabilities::Capabilities;
use super::evidence::Evidence;
use super::finding::Severity;
use super::history::{HeldFor, SessionHistory};
use super::server_time::ServerTime;
use super::thresholds::Thresholds;
use crate::model::{Session, Span};

/// All that a reason may look at.
pub(super) struct RuleInput<'a> {
    pub(super) session: &'a Session,
    pub(super) history: &'a SessionHistory,
    pub(super) baseline: &'a Baseline<'a>,
    pub(super) capabilities: Capabilities,
    pub(super) server: ServerTime,
    pub(super) limits: &'a Thresholds,
}

/// Something that holds is found once it has lasted. Before that it is none, unless it held already
/// when it was first looked at: then nobody knows.
pub(super) fn once_lasted(
    lasting: HeldFor,
    limit: Span,
    found: impl FnOnce(Span) -> RuleResult,
) -> RuleResult {
    if lasting.millis() >= limit.as_millis() {
        found(span(lasting.millis()))
    } else if lasting.is_open() {
        RuleResult::Unknown
    } else {
        RuleResult::No
    }
}

/// Whole seconds are what people read.
pub(super) fn span(millis: u64) -> Span {
    Span::from_secs(i64::try_from(millis / 1000).unwrap_or(i64::MAX))
}

/// What came of judging one reason.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum RuleResult {
    /// It cannot be told, or not yet.
    Unknown,
    /// It does not hold.
    No,
    /// It holds.
    Found(Severity, Evidence),
}
