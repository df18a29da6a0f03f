//! Input and result of rules.

use super::baseline::Baseline;
use super::capabilities::Capabilities;
use super::evidence::{Evidence, Lasted};
use super::finding::Severity;
use super::history::{HeldFor, SessionHistory};
use super::server_time::ServerTime;
use super::thresholds::Thresholds;
use crate::model::{LockKnowledge, Session, Span};

/// A session with everything that a rule may use.
pub(super) struct RuleInput<'a> {
    pub(super) session: &'a Session,
    pub(super) history: &'a SessionHistory,
    pub(super) baseline: &'a Baseline<'a>,
    pub(super) capabilities: Capabilities,
    pub(super) server: ServerTime,
    pub(super) limits: &'a Thresholds,
    pub(super) locks: LockKnowledge<'a>,
}

/// Reports the finding once the condition has held for `limit`.
///
/// Before that returns `No`, or `Unknown` if the condition already held when first observed.
pub(super) fn once_lasted(
    lasting: HeldFor,
    limit: Span,
    found: impl FnOnce(Lasted) -> RuleResult,
) -> RuleResult {
    if lasting.millis() >= limit.as_millis() {
        found(Lasted {
            span: span(lasting.millis()),
            is_least: lasting.is_open(),
        })
    } else if lasting.is_open() {
        RuleResult::Unknown
    } else {
        RuleResult::No
    }
}

/// Rounds milliseconds down to whole seconds for display.
pub(super) fn span(millis: u64) -> Span {
    Span::from_secs(i64::try_from(millis / 1000).unwrap_or(i64::MAX))
}

/// Whether the rule has found its reason.
pub(super) const fn is_found(result: &RuleResult) -> bool {
    matches!(result, RuleResult::Found(..))
}

/// Result of one rule.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum RuleResult {
    /// There is not enough data, or not yet.
    Unknown,
    /// The reason does not apply.
    No,
    /// The reason applies.
    Found(Severity, Evidence),
}
