//! What a check comes to.

use super::facts::{NOT_ALLOWED, Unavailable};
use crate::model::{Remedy, RequestError};

/// How it stands with one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CheckStatus {
    /// As it should be.
    Ok,
    /// It works, but somebody should know.
    Warning,
    /// It does not work.
    Failure,
    /// It could not be looked at.
    Skipped,
}

impl CheckStatus {
    /// As it is written, in text and in JSON.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failure => "failure",
            Self::Skipped => "skipped",
        }
    }
}

/// A verdict, on what it rests, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CheckResult {
    pub(super) verdict: CheckStatus,
    pub(super) found: String,
    /// One line for each thing to do.
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

    /// A failure by a fault, with what can be done about it.
    pub(super) fn fault(fault: &RequestError) -> Self {
        let remedy = fault.remedy().map(|Remedy(what)| what.to_owned());
        Self {
            advice: remedy.into_iter().collect(),
            ..Self::failure(fault.to_string())
        }
    }

    /// One more thing to do.
    #[must_use]
    pub(super) fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice.push(advice.into());
        self
    }
}

/// A check that rests on what is not known is skipped, whatever the reason.
impl From<&Unavailable> for CheckResult {
    fn from(missing: &Unavailable) -> Self {
        match missing {
            Unavailable::Fault(fault) if fault.is_not_allowed() => (&NOT_ALLOWED).into(),
            Unavailable::Fault(fault) => Self::skipped(format!("not known: {fault}")),
            Unavailable::Untold(why) => Self::skipped(*why),
        }
    }
}
