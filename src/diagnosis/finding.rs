//! What was found of one session: which reasons hold, how much each matters, and what nobody knows.
//!
//! How much a reason matters.
//!
//! Some of the reasons.

use super::evidence::Evidence;
use super::reason::Reason;
use super::reasons::REASONS;
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
    findings.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.reason.index()));
}

/// What was found of one session, borrowed. By default nothing, and nothing was judged.
#[derive(Clone, Copy, Debug)]
pub struct Diagnosis<'a> {
    /// The reasons that hold, the strongest first.
    pub found: &'a [Finding],
    /// The reasons that nobody could judge.
    pub unjudged: ReasonSet,
}

impl Default for Diagnosis<'_> {
    fn default() -> Self {
        Self {
            found: &[],
            unjudged: ReasonSet::ALL,
        }
    }
}

impl<'a> Diagnosis<'a> {
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

/// How much a reason matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Look at it.
    Look,
    /// Act.
    Act,
}

impl Severity {
    /// Both, the stronger first.
    pub const ALL: [Self; 2] = [Self::Act, Self::Look];

    /// The word in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::Act => "act",
        }
    }

    /// The sign in the table, one cell wide.
    pub const fn glyph(self) -> &'static str {
        match self {
            Self::Look => "●",
            Self::Act => "▲",
        }
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
