//! Entries of the table of reasons.

use std::fmt;
use std::time::Duration;

use super::finding::Severity;
use super::rule::RuleInput;
use super::rule::RuleResult;
use super::sample::ConnectionSample;
use super::thresholds::Thresholds;
use crate::model::{Dialect, Span};

/// Time between two samples of the connections of a session of the draft.
const SAMPLE_INTERVAL: Duration = Duration::from_secs(5);

/// A named cause for marking a session. Diagnosis, filters, help, `docs/reasons.md` and JSON use its entry.
pub struct Reason {
    /// Name in filters and in JSON.
    pub name: &'static str,
    /// Description, for help and documentation.
    pub about: &'static str,
    /// Dialect and versions that report the data this rule needs.
    pub requires: &'static str,
    /// Lists of the draft from which it is known.
    pub draft: ListNeed,
    /// Lists of JSON:API from which it is known.
    pub json_api: ListNeed,
    /// Possible severities, weaker first.
    pub severities: &'static [Severity],
    /// Returns the threshold as text.
    pub limit: fn(&Thresholds) -> String,
    /// Order of its sessions in the table, among those of the same severity.
    pub rank: Rank,
    /// The rule that checks it.
    pub(super) rule: RuleFn,
}

/// The lists from which a reason is known.
#[derive(Clone, Copy, Debug)]
pub enum ListNeed {
    /// The dialect does not report what it needs.
    Never,
    /// One list.
    One,
    /// This number of samples of connections.
    Samples(u32),
    /// Lists for this time.
    Time(fn(&Thresholds) -> Span),
}

impl ListNeed {
    /// Returns the time for which lists are needed. `None` if one list is enough, or if no number of lists is.
    pub(crate) fn time(self, limits: &Thresholds) -> Option<Duration> {
        match self {
            Self::Never | Self::One => None,
            Self::Samples(count) => Some(SAMPLE_INTERVAL * count),
            Self::Time(limit) => Some(Duration::from_millis(limit(limits).as_millis())),
        }
    }
}

impl Reason {
    /// Returns the lists of a dialect from which the reason is known.
    pub(crate) const fn need(&self, dialect: Dialect) -> ListNeed {
        match dialect {
            Dialect::Draft => self.draft,
            Dialect::JsonApi => self.json_api,
        }
    }

    /// Whether the draft reports what the reason needs.
    pub(crate) const fn is_in_draft(&self) -> bool {
        !matches!(self.draft, ListNeed::Never)
    }
}

/// Order of sessions of the same severity, by their strongest reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Below all others: anyone who can reach the listener can cause it.
    Last,
    /// By idle time.
    Usual,
    /// Above all others: it causes their trouble.
    First,
}

/// The function that checks a reason, by the input that it needs.
#[derive(Clone, Copy)]
pub(super) enum RuleFn {
    /// Checks a session of a list with its history and baseline.
    List(fn(&RuleInput<'_>) -> RuleResult),
    /// Checks a sample of the session's connections. `Unknown` without one.
    Connections(fn(&ConnectionSample) -> RuleResult),
    /// Checks a sample of the session's connections, otherwise the session of the list.
    Either {
        /// Rule for a sample.
        connections: fn(&ConnectionSample) -> RuleResult,
        /// Rule for a list.
        list: fn(&RuleInput<'_>) -> RuleResult,
    },
}

impl RuleFn {
    /// Returns the rule for a sample of connections, if any.
    pub(super) fn connection_rule(self) -> Option<fn(&ConnectionSample) -> RuleResult> {
        match self {
            Self::List(_) => None,
            Self::Connections(rule)
            | Self::Either {
                connections: rule, ..
            } => Some(rule),
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
