//! Whether a kill may be asked for at all, before any dialog opens.
//!
//! What holds for every victim of a question, whoever asks it.

use super::RefusalReason;
use crate::diagnosis::Thresholds;
use crate::filter::{Filter, FilterInput, Ternary};
use crate::model::{Dialect, Part, SessionId, Version, visible};

/// What is known of who asks, and of whom.
#[derive(Clone, Copy, Debug)]
pub struct Authority {
    /// `--read-only`, or the endpoint has said that this account may not.
    pub read_only: bool,
    /// The endpoint has reported that this account may only read.
    pub may_only_read: bool,
    /// Several proxies answer at the address of the endpoint.
    pub several_proxies: bool,
    /// The dialect; unknown before the first reply.
    pub dialect: Option<Dialect>,
    /// The release, where it could be read.
    pub version: Option<Version>,
}

/// Up to 23.08 ids are parsed with `atoi`: a larger one would end another session.
const LARGEST_ATOI_ID: SessionId = SessionId(i32::MAX as u64);

/// Why this session cannot be killed, if so. `protect` names those who must never be; an empty one
/// names nobody.
pub fn check_killable(
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

/// Returns why a session that `protect` matches, or may match, is not killed. All forms of its texts
/// count, so a protection holds however its names were written down.
pub(super) fn protection(protect: &Filter, subject: &FilterInput<'_>) -> Option<RefusalReason> {
    if protect.is_empty() {
        return None;
    }
    match protect.evaluate_in_any_form(subject) {
        Ternary::No => None,
        Ternary::Yes => Some(RefusalReason::Protected),
        Ternary::Unknown => Some(RefusalReason::PerhapsProtected(
            visible(protect.text().trim()).into_owned(),
        )),
    }
}

/// What holds for every victim of a question.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Who must never be ended; an empty one is nobody.
    pub protect: Filter,
    /// From when on a session is stuck, for filters that ask for it.
    pub thresholds: Thresholds,
}

impl Rules {
    /// The filter of those who must never be ended, if there is one: an empty filter lets everybody
    /// through.
    pub(super) fn protects(&self) -> Option<&Filter> {
        Some(&self.protect).filter(|filter| !filter.is_empty())
    }
}
