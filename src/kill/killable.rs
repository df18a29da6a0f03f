//! Checks whether a session may be killed, before a dialog opens.
//!
//! [`Rules`] apply to all victims of a batch.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::RefusalReason;
use super::victim::unknown_lock_fields;
use crate::diagnosis::DiagnosisSettings;
use crate::filter::{Filter, FilterInput, Ternary};
use crate::model::{Dialect, EndpointId, Part, ServerReports, SessionId, Version, visible};

/// The rights of the account at its endpoint, and the version of the proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authority {
    /// Whether `--read-only` is set, or the endpoint has rejected a kill by this account.
    pub read_only: bool,
    /// The endpoint has reported that this account may only read.
    pub may_only_read: bool,
    /// Several proxies answer at the address of the endpoint.
    pub several_proxies: bool,
    /// The dialect; unknown before the first reply.
    pub dialect: Option<Dialect>,
    /// The release. `None` if it could not be read.
    pub version: Option<Version>,
}

/// Largest id that `atoi` can parse. Up to 23.08 a larger id would kill another session.
const LARGEST_ATOI_ID: SessionId = SessionId(i32::MAX as u64);

/// Checks whether this session can be killed. `protect` matches the sessions that must
/// never be killed; an empty filter protects none.
///
/// # Errors
///
/// Returns the first [`RefusalReason`] that applies.
pub(crate) fn check_killable(
    subject: &FilterInput<'_>,
    authority: Authority,
    protect: &Filter,
) -> Result<(), RefusalReason> {
    let session = subject.session;
    if authority.may_only_read {
        return Err(RefusalReason::MayOnlyRead);
    }
    if authority.read_only {
        return Err(RefusalReason::ReadOnly);
    }
    if authority.several_proxies {
        return Err(RefusalReason::SeveralProxies);
    }
    if authority.dialect == Some(Dialect::JsonApi)
        && let Some(version) = authority.version
    {
        if version < Version::FIRST_WITH_DELETE {
            return Err(RefusalReason::TooOld(version));
        }
        if version < Version::FIRST_WITH_STRICT_IDS && session.id > LARGEST_ATOI_ID {
            return Err(RefusalReason::IdTooLarge(version));
        }
    }
    let required = [
        (Part::Connected, session.connected.is_some()),
        (Part::User, session.user.is_some()),
        (Part::Address, session.address.is_some()),
    ];
    if let Some((part, _)) = required.into_iter().find(|(_, known)| !known) {
        return Err(RefusalReason::Unknown(part));
    }
    match protection(protect, subject) {
        Some(refusal) => Err(refusal),
        None => Ok(()),
    }
}

/// Returns why a session that `protect` matches, or may match, is not killed. Refuses the kill also if
/// `protect` uses a field that this endpoint does not report. All spellings of a text are compared, so a
/// protection applies regardless of how its names were written.
pub(crate) fn protection(protect: &Filter, subject: &FilterInput<'_>) -> Option<RefusalReason> {
    if protect.is_empty() {
        return None;
    }
    match protect.evaluate_in_any_form(subject) {
        Ternary::No => None,
        Ternary::Yes => Some(RefusalReason::Protected(None)),
        Ternary::Unknown => Some(RefusalReason::PerhapsProtected {
            filter: visible(protect.text().trim()).into_owned(),
            lock_fields: unknown_lock_fields(protect, subject),
        }),
    }
}

/// The rules that apply to all victims of a batch.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules {
    /// Filter of the sessions that must never be killed. An empty filter protects none.
    pub protect: Filter,
    /// Origin of that filter, if known: `config.toml line 3`.
    pub protect_origin: Option<String>,
    /// Settings of the diagnosis, for filters that use reasons.
    pub diagnosis: DiagnosisSettings,
    /// The latest reports of the servers of each endpoint, for filters that use locks.
    pub reports: BTreeMap<EndpointId, Arc<ServerReports>>,
    /// Whether the running statements of killed sessions are ended too.
    pub kills_statements: bool,
}

impl Rules {
    /// Returns the filter of protected sessions. `None` if it is empty, because an empty filter matches
    /// every session.
    pub(super) fn protects(&self) -> Option<&Filter> {
        Some(&self.protect).filter(|filter| !filter.is_empty())
    }

    /// Adds filter and origin to a refusal because of `protect`, if the origin is known.
    pub(crate) fn explain(&self, refusal: RefusalReason) -> RefusalReason {
        match (refusal, &self.protect_origin) {
            (RefusalReason::Protected(_), Some(origin)) => {
                let filter = visible(self.protect.text().trim());
                RefusalReason::Protected(Some(format!("'{filter}' ({origin})")))
            }
            (refusal, _) => refusal,
        }
    }
}
