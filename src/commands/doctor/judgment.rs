//! What a check comes to.

use super::facts::Missing;
use crate::model::{Fault, Remedy};

/// How it stands with one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// As it should be.
    Ok,
    /// It works, but somebody should know.
    Warning,
    /// It does not work.
    Failure,
    /// It could not be looked at.
    Skipped,
}

impl Verdict {
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
pub(super) struct Judgment {
    pub(super) verdict: Verdict,
    pub(super) found: String,
    /// One line for each thing to do.
    pub(super) advice: Vec<String>,
}

impl Judgment {
    fn new(verdict: Verdict, found: impl Into<String>) -> Self {
        Self {
            verdict,
            found: found.into(),
            advice: Vec::new(),
        }
    }

    pub(super) fn ok(found: impl Into<String>) -> Self {
        Self::new(Verdict::Ok, found)
    }

    pub(super) fn warning(found: impl Into<String>) -> Self {
        Self::new(Verdict::Warning, found)
    }

    pub(super) fn failure(found: impl Into<String>) -> Self {
        Self::new(Verdict::Failure, found)
    }

    pub(super) fn skipped(why: impl Into<String>) -> Self {
        Self::new(Verdict::Skipped, why)
    }

    /// A failure by a fault, with what can be done about it.
    pub(super) fn fault(fault: &Fault) -> Self {
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
impl From<&Missing> for Judgment {
    fn from(missing: &Missing) -> Self {
        match missing {
            Missing::Fault(fault) => Self::skipped(format!("not known: {fault}")),
            Missing::Untold(why) => Self::skipped(*why),
        }
    }
}
