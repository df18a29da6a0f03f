//! What was found of one session: which reasons hold, how much each matters, and what nobody knows.

use super::evidence::Evidence;
use super::reason::Reason;
use super::reason_set::ReasonSet;
use super::severity::Severity;
use crate::model::Session;

/// A reason that holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Which.
    pub reason: &'static Reason,
    /// How much it matters here.
    pub severity: Severity,
    /// What it rests on.
    pub evidence: Evidence,
}

impl Finding {
    /// In a few words, for a cell of the table: `idle, holds db-01`.
    pub fn short(&self, session: &Session) -> String {
        self.evidence.short(session)
    }

    /// In full: `idle 4h 12m, holds db-01; the other 3 of its pool are in use`.
    pub fn words(&self, session: &Session) -> String {
        self.evidence.words(session)
    }
}

/// The strongest first; among equals, in the order of the table of reasons.
pub(super) fn order(findings: &mut [Finding]) {
    findings.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.reason.place()));
}

/// What was found of one session, borrowed. By default nothing, and nothing was judged.
#[derive(Clone, Copy, Debug)]
pub struct Verdict<'a> {
    /// The reasons that hold, the strongest first.
    pub found: &'a [Finding],
    /// The reasons that nobody could judge.
    pub unjudged: ReasonSet,
}

impl Default for Verdict<'_> {
    fn default() -> Self {
        Self {
            found: &[],
            unjudged: ReasonSet::ALL,
        }
    }
}

impl<'a> Verdict<'a> {
    /// The strongest reason.
    pub const fn strongest(&self) -> Option<&'a Finding> {
        self.found.first()
    }

    /// How much the strongest reason matters.
    pub fn severity(&self) -> Option<Severity> {
        self.strongest().map(|finding| finding.severity)
    }

    /// Nothing could be judged at all.
    pub fn is_unknown(&self) -> bool {
        self.found.is_empty() && self.unjudged == ReasonSet::ALL
    }
}
