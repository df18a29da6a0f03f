//! Whom a filter is asked about: a session, with what only its surroundings know of it.

use super::form::TextForm;
use crate::model::Session;

/// A session with what only its surroundings know of it. What is `None` is unknown.
#[derive(Clone, Copy, Debug)]
pub struct FilterInput<'a> {
    /// The session.
    pub session: &'a Session,
    /// The endpoint that it is listed at, by name.
    pub endpoint: Option<&'a str>,
    /// The fingerprint of its identity. It costs a hash: see [`Filter::asks`](super::Filter::uses).
    pub key: Option<&'a str>,
    /// Why it is stuck, as far as that was judged.
    pub reasons: Option<Reasons<'a>>,
    /// Reads from servers, over all its connections.
    pub reads: Option<u64>,
    /// Writes to servers, over all its connections.
    pub writes: Option<u64>,
    /// The form of its texts that is compared.
    pub form: TextForm,
}

/// Why a session is stuck: reasons by name.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reasons<'a> {
    /// Those that hold.
    pub found: &'a [&'a str],
    /// Those that nobody could judge: one snapshot does not tell them.
    pub unjudged: &'a [&'a str],
}

/// The same, owned: for whoever has to remember them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReasonNames {
    /// Those that hold.
    pub found: Vec<&'static str>,
    /// Those that nobody could judge.
    pub unjudged: Vec<&'static str>,
}

impl ReasonNames {
    /// As a filter asks for them.
    pub fn as_reasons(&self) -> Reasons<'_> {
        Reasons {
            found: &self.found,
            unjudged: &self.unjudged,
        }
    }

    /// What holds by a look that can tell less than the one before: what it cannot judge is as it was.
    #[must_use]
    pub fn confirmed_by(&self, look: &Self) -> Self {
        let still = |name: &&&'static str| look.unjudged.contains(*name) && !look.found.contains(*name);
        let found = look.found.iter().chain(self.found.iter().filter(still));
        let found: Vec<_> = found.copied().collect();
        let open = look.unjudged.iter().filter(|name| !found.contains(name));
        Self {
            unjudged: open.copied().collect(),
            found,
        }
    }
}

impl<'a> FilterInput<'a> {
    /// A session of which nothing else is known.
    pub const fn new(session: &'a Session) -> Self {
        Self {
            session,
            endpoint: None,
            key: None,
            reasons: None,
            reads: None,
            writes: None,
            form: TextForm::Raw,
        }
    }
}
