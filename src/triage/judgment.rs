//! What came of judging one reason.

use super::evidence::Evidence;
use super::severity::Severity;

/// What came of judging one reason.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Judgment {
    /// It cannot be told, or not yet.
    Unjudged,
    /// It does not hold.
    No,
    /// It holds.
    Found(Severity, Evidence),
}
