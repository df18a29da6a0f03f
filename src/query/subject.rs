//! Whom a filter is asked about, and what it can answer.

use crate::model::Session;

/// A session with what only its surroundings know of it.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The session.
    pub session: &'a Session,
}

impl<'a> Subject<'a> {
    /// A session of which nothing else is known.
    pub const fn new(session: &'a Session) -> Self {
        Self { session }
    }
}

/// The answer to a question in which something may be unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// A value that it depends on is not known.
    Unknown,
}

impl Truth {
    /// A certain answer.
    pub const fn of(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }

    /// Whether it certainly does.
    pub const fn is_yes(self) -> bool {
        matches!(self, Self::Yes)
    }
}
