//! How a field is held against a value: what stands between the two.

/// How a field is held against a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Is,
    IsNot,
    Matches,
    Below,
    AtMost,
    Above,
    AtLeast,
}

impl Operator {
    /// All; one that begins like another stands after it.
    pub(super) const ALL: [Self; 7] = [
        Self::IsNot,
        Self::AtMost,
        Self::AtLeast,
        Self::Is,
        Self::Matches,
        Self::Below,
        Self::Above,
    ];

    pub(super) const fn symbol(self) -> &'static str {
        match self {
            Self::Is => "=",
            Self::IsNot => "!=",
            Self::Matches => "~",
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Above => ">",
            Self::AtLeast => ">=",
        }
    }
}
