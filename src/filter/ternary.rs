//! Three-valued logic (Kleene).

use std::ops::Not;

/// Result of a test on values that may be unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ternary {
    /// Certainly true.
    Yes,
    /// Certainly false.
    No,
    /// Depends on a value that is unknown.
    Unknown,
}

impl Ternary {
    /// Converts a certain result.
    pub(crate) const fn of(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }

    /// Whether the result is `Yes`.
    pub(crate) const fn is_yes(self) -> bool {
        matches!(self, Self::Yes)
    }

    /// Returns the conjunction. `No` if either is `No`.
    #[must_use]
    pub(crate) const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            _ => Self::Unknown,
        }
    }

    /// Returns the disjunction. `Yes` if either is `Yes`.
    #[must_use]
    pub(crate) const fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::No, Self::No) => Self::No,
            _ => Self::Unknown,
        }
    }
}

/// Negates `Yes` and `No`. `Unknown` stays `Unknown`.
impl Not for Ternary {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
        }
    }
}
