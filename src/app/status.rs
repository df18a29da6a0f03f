//! The status line: what happened last, until the next key.
//!
//! How often to poll: the steps of `+` and `-`.

use std::time::Duration;

use crate::kill::KillOutcome;
use crate::model::Identity;

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusLevel {
    /// Good to know.
    Note,
    /// What was asked for is done.
    Done,
    /// Something did not go as asked.
    Warning,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// What it says.
    pub text: String,
    /// How much it matters.
    pub level: StatusLevel,
}

impl Status {
    /// Good to know.
    pub const fn note(text: String) -> Self {
        Self {
            text,
            level: StatusLevel::Note,
        }
    }

    /// What was asked for is done.
    pub const fn done(text: String) -> Self {
        Self {
            text,
            level: StatusLevel::Done,
        }
    }

    /// Something did not go as asked.
    pub const fn warning(text: String) -> Self {
        Self {
            text,
            level: StatusLevel::Warning,
        }
    }

    /// Something that nobody asked for, behind what was said before.
    pub fn warning_after(before: Option<Self>, text: String) -> Self {
        match before {
            Some(before) if !before.text.ends_with(&text) => {
                Self::warning(format!("{}; {text}", before.text))
            }
            _ => Self::warning(text),
        }
    }

    /// What came of a kill.
    pub fn outcome(outcome: &KillOutcome, identity: &Identity) -> Self {
        let level = if outcome.is_gone() {
            StatusLevel::Done
        } else {
            StatusLevel::Warning
        };
        Self {
            text: outcome.words(identity),
            level,
        }
    }
}

/// The intervals that the keys step through.
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

/// The next slower (`by` > 0) or faster interval; the ends stay where they are.
pub(super) fn step(interval: Duration, by: isize) -> Duration {
    let next = if by > 0 {
        INTERVAL_STEPS.iter().find(|step| **step > interval)
    } else {
        INTERVAL_STEPS.iter().rev().find(|step| **step < interval)
    };
    next.copied().unwrap_or(interval)
}
