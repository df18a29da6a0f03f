//! Whom a filter is asked about: a session, with what only its surroundings know of it.

use crate::model::Session;

/// A session with what only its surroundings know of it. What is `None` is unknown.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The session.
    pub session: &'a Session,
    /// The endpoint that it is listed at, by name.
    pub endpoint: Option<&'a str>,
    /// The fingerprint of its identity. It costs a hash: see [`Filter::asks`](super::Filter::asks).
    pub key: Option<&'a str>,
    /// Why it is stuck, as far as that was judged.
    pub reasons: Option<Reasons<'a>>,
    /// Reads from servers, over all its connections.
    pub reads: Option<u64>,
    /// Writes to servers, over all its connections.
    pub writes: Option<u64>,
}

/// Why a session is stuck: reasons by name.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reasons<'a> {
    /// Those that hold.
    pub found: &'a [&'a str],
    /// Those that nobody could judge: one snapshot does not tell them.
    pub unjudged: &'a [&'a str],
}

impl<'a> Subject<'a> {
    /// A session of which nothing else is known.
    pub const fn new(session: &'a Session) -> Self {
        Self {
            session,
            endpoint: None,
            key: None,
            reasons: None,
            reads: None,
            writes: None,
        }
    }
}
