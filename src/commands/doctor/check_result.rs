//! The result of a check.

use super::facts::{NOT_ALLOWED, Unavailable};
use crate::model::{Remedy, RequestError};

/// Status of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CheckStatus {
    /// No problem.
    Ok,
    /// It works, with a problem that the user should know.
    Warning,
    /// It does not work.
    Failure,
    /// The check could not be made.
    Skipped,
}

impl CheckStatus {
    /// Returns the name for text and JSON.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failure => "failure",
            Self::Skipped => "skipped",
        }
    }
}

/// A status, what was found, and advice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CheckResult {
    pub(super) verdict: CheckStatus,
    pub(super) found: String,
    /// Advice, one line each.
    pub(super) advice: Vec<String>,
}

impl CheckResult {
    fn new(verdict: CheckStatus, found: impl Into<String>) -> Self {
        Self {
            verdict,
            found: found.into(),
            advice: Vec::new(),
        }
    }

    pub(super) fn ok(found: impl Into<String>) -> Self {
        Self::new(CheckStatus::Ok, found)
    }

    pub(super) fn warning(found: impl Into<String>) -> Self {
        Self::new(CheckStatus::Warning, found)
    }

    pub(super) fn failure(found: impl Into<String>) -> Self {
        Self::new(CheckStatus::Failure, found)
    }

    pub(super) fn skipped(why: impl Into<String>) -> Self {
        Self::new(CheckStatus::Skipped, why)
    }

    /// Creates a failure from a request error, with its remedy as advice.
    pub(super) fn fault(fault: &RequestError) -> Self {
        let remedy = fault.remedy().map(|Remedy(what)| what.to_owned());
        Self {
            advice: remedy.into_iter().collect(),
            ..Self::failure(fault.to_string())
        }
    }

    /// Adds a line of advice.
    #[must_use]
    pub(super) fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice.push(advice.into());
        self
    }
}

/// A check without the data that it needs is skipped.
impl From<&Unavailable> for CheckResult {
    fn from(missing: &Unavailable) -> Self {
        match missing {
            Unavailable::Fault(fault) if fault.is_not_allowed() => (&NOT_ALLOWED).into(),
            Unavailable::Fault(fault) => Self::skipped(format!("unknown: {fault}")),
            Unavailable::NotReported(why) => Self::skipped(*why),
        }
    }
}
