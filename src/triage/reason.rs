//! What an entry of the table of reasons is.

use std::fmt;

use super::case::Case;
use super::evidence::Evidence;
use super::finding::Severity;
use super::reasons::REASONS;
use super::sample::ConnectionSample;
use super::thresholds::Thresholds;

/// A reason to look at a session. From its entry come judging, filters, the README and JSON.
pub struct Reason {
    /// The name in filters and in JSON.
    pub name: &'static str,
    /// What it says.
    pub about: &'static str,
    /// How much it can matter, the weaker first.
    pub severities: &'static [Severity],
    /// From when on it holds, in words.
    pub limit: fn(&Thresholds) -> String,
    /// How it is judged.
    pub(super) judge: Judge,
}

/// What a reason is judged by.
#[derive(Clone, Copy)]
pub(super) enum Judge {
    /// A session of a list, its history and its surroundings.
    List(fn(&Case<'_>) -> Judgment),
    /// Its connections, where they were looked at.
    Connections(fn(&ConnectionSample) -> Judgment),
}

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

impl Reason {
    /// The reason with this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        REASONS.iter().find(|reason| reason.name == name)
    }

    /// Its place in the table: of equally severe reasons the first explains most.
    pub fn place(&self) -> usize {
        REASONS
            .iter()
            .position(|reason| reason.name == self.name)
            .unwrap_or(REASONS.len())
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

/// Some of the reasons, by their places in the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReasonSet(u16);

impl ReasonSet {
    /// No reason.
    pub const NONE: Self = Self(0);
    /// Every reason.
    pub const ALL: Self = Self((1 << REASONS.len()) - 1);

    /// Puts the reason at this place in.
    pub(super) const fn insert(&mut self, place: usize) {
        self.0 |= 1 << place;
    }

    /// Takes the reason at this place out.
    pub(super) const fn remove(&mut self, place: usize) {
        self.0 &= !(1 << place);
    }

    /// Whether it is the empty set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the reason with this name is in it.
    pub fn has(self, name: &str) -> bool {
        self.names().any(|known| known == name)
    }

    /// The names of the reasons in it.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let named = REASONS.iter().enumerate();
        named
            .filter(move |(place, _)| self.0 & (1 << place) != 0)
            .map(|(_, reason)| reason.name)
    }
}
