//! How much a reason matters.

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
