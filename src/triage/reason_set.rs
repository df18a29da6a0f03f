//! Some of the reasons.

use super::reasons::REASONS;

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
