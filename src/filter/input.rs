//! Input of a filter: a session and its context.

use super::form::TextForm;
use crate::model::{EndpointId, EndpointNames, Identity, LockNumbers, ProcessStart, Session};

/// A session and its context (endpoint, reasons, counters), as input of a filter. `None` for unknown values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FilterInput<'a> {
    /// The session.
    pub session: &'a Session,
    /// Name of the endpoint that lists it.
    pub endpoint: Option<&'a str>,
    /// URL and other names of that endpoint.
    pub names: Option<&'a EndpointNames>,
    /// Process start of its proxy, which is a part of its key.
    pub process: Option<&'a ProcessStart>,
    /// Result of its diagnosis.
    pub reasons: Option<Reasons<'a>>,
    /// Number of reads from servers, over all its connections.
    pub reads: Option<u64>,
    /// Number of writes to servers, over all its connections.
    pub writes: Option<u64>,
    /// Numbers of its transaction and locks.
    pub locks: LockNumbers,
    /// Form of its texts that is compared.
    pub form: TextForm,
    /// Whether a reason that could not be evaluated is unknown. Otherwise it counts as not found.
    pub is_strict: bool,
}

/// Diagnosis of a session as names of reasons.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reasons<'a> {
    /// Reasons that apply.
    pub found: &'a [&'a str],
    /// Reasons without enough data, for example from one snapshot only.
    pub unjudged: &'a [&'a str],
}

/// [`Reasons`] with owned lists, to be stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ReasonNames {
    /// Reasons that apply.
    pub found: Vec<&'static str>,
    /// Reasons without enough data.
    pub unjudged: Vec<&'static str>,
}

impl ReasonNames {
    /// Borrows the names as input of a filter.
    pub(crate) fn as_reasons(&self) -> Reasons<'_> {
        Reasons {
            found: &self.found,
            unjudged: &self.unjudged,
        }
    }

    /// Merges a newer diagnosis with less data into this one.
    ///
    /// Reasons that it could not evaluate keep their old result.
    #[must_use]
    pub(crate) fn confirmed_by(&self, newer: &Self) -> Self {
        let still = |name: &&&'static str| newer.unjudged.contains(*name) && !newer.found.contains(*name);
        let found = newer.found.iter().chain(self.found.iter().filter(still));
        let found: Vec<_> = found.copied().collect();
        let open = newer.unjudged.iter().filter(|name| !found.contains(name));
        Self {
            unjudged: open.copied().collect(),
            found,
        }
    }
}

impl<'a> FilterInput<'a> {
    /// Creates the input for a session without context.
    pub(crate) const fn new(session: &'a Session) -> Self {
        Self {
            session,
            endpoint: None,
            names: None,
            process: None,
            reasons: None,
            reads: None,
            writes: None,
            locks: LockNumbers::NONE,
            form: TextForm::Raw,
            is_strict: false,
        }
    }

    /// Returns the fingerprint of the identity; `None` if the URL is unknown.
    pub(super) fn key(&self) -> Option<String> {
        let url = self.names?.url.as_deref()?;
        // The hash does not contain the number of the endpoint.
        Some(Identity::new(EndpointId(0), self.process, self.session).fingerprint(url))
    }

    /// Makes reasons that could not be evaluated unknown. For kills, which need certainty.
    #[must_use]
    pub(crate) const fn strict(self) -> Self {
        Self {
            is_strict: true,
            ..self
        }
    }
}
