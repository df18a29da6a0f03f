//! Answers in which something may be unknown, and Kleene's logic over them.

use std::ops::Not;

/// The answer to a question in which something may be unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ternary {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// A value that it depends on is not known.
    Unknown,
}

impl Ternary {
    /// A certain answer.
    pub const fn of(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }

    /// Whether it certainly does.
    pub const fn is_yes(self) -> bool {
        matches!(self, Self::Yes)
    }

    /// Both: one No is enough for No.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            _ => Self::Unknown,
        }
    }

    /// Either: one Yes is enough for Yes.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::No, Self::No) => Self::No,
            _ => Self::Unknown,
        }
    }
}

/// What is unknown stays unknown.
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
