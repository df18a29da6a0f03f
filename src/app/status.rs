//! The status line: what happened last, until the next key.

use crate::kill::Outcome;
use crate::model::Identity;

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
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
    pub level: Level,
}

impl Status {
    /// Good to know.
    pub const fn note(text: String) -> Self {
        Self {
            text,
            level: Level::Note,
        }
    }

    /// What was asked for is done.
    pub const fn done(text: String) -> Self {
        Self {
            text,
            level: Level::Done,
        }
    }

    /// Something did not go as asked.
    pub const fn warning(text: String) -> Self {
        Self {
            text,
            level: Level::Warning,
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
    pub fn outcome(outcome: &Outcome, identity: &Identity) -> Self {
        let level = if outcome.is_gone() {
            Level::Done
        } else {
            Level::Warning
        };
        Self {
            text: outcome.words(identity),
            level,
        }
    }
}
