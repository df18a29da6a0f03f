//! What an entry of the table of reasons is.

use std::fmt;

use super::finding::Severity;
use super::rule::RuleInput;
use super::rule::RuleResult;
use super::sample::ConnectionSample;
use super::thresholds::Thresholds;

/// A reason to look at a session. From its entry come judging, filters, `docs/reasons.md` and JSON.
pub struct Reason {
    /// The name in filters and in JSON.
    pub name: &'static str,
    /// What it says.
    pub about: &'static str,
    /// Which dialects and versions tell enough for it.
    pub told_by: &'static str,
    /// How much it can matter, the weaker first.
    pub severities: &'static [Severity],
    /// From when on it holds, in words.
    pub limit: fn(&Thresholds) -> String,
    /// How it is judged.
    pub(super) judge: RuleFn,
}

/// What a reason is judged by.
#[derive(Clone, Copy)]
pub(super) enum RuleFn {
    /// A session of a list, its history and its surroundings.
    List(fn(&RuleInput<'_>) -> RuleResult),
    /// Its connections, where they were looked at.
    Connections(fn(&ConnectionSample) -> RuleResult),
    /// Its connections, where they were looked at, else what its list tells of them.
    Either {
        /// The closer look.
        connections: fn(&ConnectionSample) -> RuleResult,
        /// The list.
        list: fn(&RuleInput<'_>) -> RuleResult,
    },
}

impl RuleFn {
    /// How connections that were looked at are judged.
    pub(super) fn connection_rule(self) -> Option<fn(&ConnectionSample) -> RuleResult> {
        match self {
            Self::List(_) => None,
            Self::Connections(judge)
            | Self::Either {
                connections: judge, ..
            } => Some(judge),
        }
    }
}

impl PartialEq for Reason {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Reason {}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
