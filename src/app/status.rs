//! The status line: the last event, until the next key.
//!
//! Also the polling intervals that `+` and `-` step through.

use std::time::Duration;

use crate::kill::{KillOutcome, StatementResults};
use crate::model::Identity;

/// Importance of a status line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StatusLevel {
    /// Information.
    Note,
    /// A request is done.
    Done,
    /// A problem.
    Warning,
}

/// A status line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Status {
    /// The text.
    pub text: String,
    /// Importance of the text.
    pub level: StatusLevel,
    /// Whether the kill log has the text too.
    pub is_logged: bool,
    /// The batch of several kills that the text is the result of.
    pub batch: Option<u32>,
}

impl Status {
    /// Creates a note.
    pub(crate) const fn note(text: String) -> Self {
        Self {
            text,
            level: StatusLevel::Note,
            is_logged: false,
            batch: None,
        }
    }

    /// Creates a line for a finished request.
    pub(crate) const fn done(text: String) -> Self {
        Self {
            text,
            level: StatusLevel::Done,
            is_logged: false,
            batch: None,
        }
    }

    /// Creates a warning.
    pub(crate) const fn warning(text: String) -> Self {
        Self {
            text,
            level: StatusLevel::Warning,
            is_logged: false,
            batch: None,
        }
    }

    /// Creates a warning that the user did not cause, appended to the line that was shown before.
    pub(crate) fn warning_after(before: Option<Self>, text: String) -> Self {
        match before {
            Some(before) if !before.text.ends_with(&text) => {
                Self::warning(format!("{}; {text}", before.text))
            }
            _ => Self::warning(text),
        }
    }

    /// Returns the line appended to another one, so that both are read.
    pub(crate) fn after(self, before: &Self) -> Self {
        Self {
            text: format!("{}; {}", before.text, self.text),
            ..self
        }
    }

    /// Creates the line for the outcome of a kill. With several endpoints it names the endpoint, because
    /// ids repeat between them.
    pub(crate) fn outcome(outcome: &KillOutcome, identity: &Identity, endpoint: Option<&str>) -> Self {
        let runs = outcome.statements().is_some_and(StatementResults::may_run);
        let level = if outcome.is_gone() && !runs {
            StatusLevel::Done
        } else {
            StatusLevel::Warning
        };
        Self {
            text: match endpoint {
                Some(name) => format!("{name}: {}", outcome.words(identity)),
                None => outcome.words(identity),
            },
            level,
            is_logged: true,
            batch: None,
        }
    }
}

/// Intervals that the keys step through.
const INTERVAL_STEPS: [Duration; 9] = [
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(30),
    Duration::from_mins(1),
    Duration::from_mins(5),
];

/// Returns the next slower (`by` > 0) or faster interval. At the ends the interval stays the same.
pub(super) fn step(interval: Duration, by: isize) -> Duration {
    let next = if by > 0 {
        INTERVAL_STEPS.iter().find(|step| **step > interval)
    } else {
        INTERVAL_STEPS.iter().rev().find(|step| **step < interval)
    };
    next.copied().unwrap_or(interval)
}
