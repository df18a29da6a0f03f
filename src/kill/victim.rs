//! A session selected for a kill, as of when it was selected.

use std::sync::Arc;

use super::RefusalReason;
use crate::diagnosis::{
    Diagnosis, DiagnosisInput, DiagnosisSettings, REASONS, SERVER_ACCESS, Samples, diagnose,
};
use crate::filter::{Filter, FilterInput, ReasonNames, Reasons, Ternary};
use crate::model::{
    Dialect, EndpointLocks, EndpointNames, Identity, Instance, LockKnowledge, Session, SessionObservation,
    SessionPhase,
};

/// A session selected for a kill.
#[derive(Clone, Debug)]
pub(crate) struct Victim {
    /// The identity that the checks compare.
    pub identity: Identity,
    /// The session as the list had it.
    pub session: Session,
    /// Name of its endpoint, as used in filters.
    pub endpoint: Arc<str>,
    /// Whether there are other endpoints. Ids and clients may repeat there.
    pub is_among_several: bool,
    /// URL and other names of its endpoint.
    pub names: Arc<EndpointNames>,
    /// Dialect of its endpoint.
    pub dialect: Dialect,
    /// The process of its endpoint at that time, if known.
    pub instance: Option<Instance>,
    /// Reasons why it was stuck at that time, for filters that use them.
    pub reasons: ReasonNames,
    /// Filter that selected the session, evaluated again before the DELETE. `None` if the session was
    /// selected directly.
    pub taken_by: Option<Filter>,
    /// Whether the threads of its servers can be read (`/v1/sql`).
    pub has_server_access: bool,
    /// Why the session cannot be killed, if known before the first request.
    pub refused: Option<RefusalReason>,
}

impl Victim {
    /// Returns the reasons why the session is stuck, from a single fresh observation. Reasons that need
    /// more data keep the result they had when the session was selected. With `needs_new_locks`, reasons that
    /// come from locks do not: without a new reading they are unknown.
    pub(super) fn reasons_by(
        &self,
        observation: &SessionObservation,
        settings: &DiagnosisSettings,
        locks: Option<&EndpointLocks>,
        needs_new_locks: bool,
    ) -> ReasonNames {
        let look = DiagnosisInput {
            dialect: self.dialect,
            endpoint: Some(&self.endpoint),
            instance: self.instance.as_ref(),
            taken_at: observation.taken_at,
            is_after_restart: false,
            rows: None,
            locks,
            sessions: std::slice::from_ref(&observation.detail.session),
        };
        let diagnoses = diagnose(None, look, settings, &Samples::new());
        let session = &observation.detail.session;
        let own = locks.map(|locks| locks.of(session)).unwrap_or_default();
        let mut before = self.reasons.clone();
        if needs_new_locks && !own.is_known() {
            before.found.retain(|name| !LOCK_REASONS.contains(name));
        }
        before.confirmed_by(&reason_names(&diagnoses.diagnosis(0), own))
    }

    /// Returns the session in one line: `17 bob@10.0.0.9:4711`.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.identity.id, self.identity.client())
    }

    /// Returns the session in one line, with its endpoint if there are others: `17 bob@10.0.0.9 on proxy-1`.
    pub(crate) fn name_with_endpoint(&self) -> String {
        if self.is_among_several {
            format!("{} on {}", self.name(), self.endpoint)
        } else {
            self.name()
        }
    }
}

/// Returns the names of the reasons found, as used in filters. If the locks of the session are not known, the reasons that
/// need them are unknown: a kill must not take their absence for granted.
pub(crate) fn reason_names(diagnosis: &Diagnosis<'_>, locks: LockKnowledge<'_>) -> ReasonNames {
    let found = diagnosis.found.iter().map(|finding| finding.reason.name);
    ReasonNames {
        found: found.collect(),
        unjudged: diagnosis.for_filter(locks).unjudged.names().collect(),
    }
}

/// Returns the names of the reasons that only the locks of the servers show.
fn lock_reasons() -> impl Iterator<Item = &'static str> {
    let need_locks = REASONS.iter().filter(|reason| reason.requires == SERVER_ACCESS);
    need_locks.map(|reason| reason.name)
}

/// Reasons that come from the locks of the servers, or may do so.
const LOCK_REASONS: [&str; 4] = ["blocks", "lock-wait", "metadata-lock", "transaction"];

/// Filter fields of transactions and locks.
pub(crate) const LOCK_FIELDS: [&str; 4] = ["trx", "blocks", "waits", "rows_locked"];

/// Whether the result of a filter depends on transactions and locks. Some reasons do.
pub(crate) fn depends_on_locks(filter: &Filter) -> bool {
    LOCK_FIELDS.iter().any(|field| filter.uses(field)) || asks_why(filter)
}

/// Whether a filter uses the reasons why a session is stuck. Otherwise they need not be computed.
pub(crate) fn asks_why(filter: &Filter) -> bool {
    filter.uses("stuck") || filter.uses("reason")
}

/// Whether it is unknown whether a session matches a filter, because the locks of the session are unknown.
pub(crate) fn is_undecided(filter: &Filter, subject: &FilterInput<'_>) -> bool {
    let uses_locks = LOCK_FIELDS.iter().any(|field| filter.uses(field));
    // The number of blocked threads is known if the locks are.
    uses_locks && subject.locks.blocks.is_none() && filter.evaluate(subject) == Ternary::Unknown
}

/// Returns the fields of a filter that need the locks of the session, if these are unknown. `stuck` and `reason` do if
/// reasons that need locks decide.
pub(super) fn unknown_lock_fields(filter: &Filter, subject: &FilterInput<'_>) -> Vec<&'static str> {
    if subject.locks.blocks.is_some() {
        return Vec::new();
    }
    let names: Vec<_> = lock_reasons().collect();
    let decides = || !undecided_by(filter, *subject, &names).is_empty();
    let of_reasons: &[_] = if decides() { &["stuck", "reason"] } else { &[] };
    let all = LOCK_FIELDS.iter().chain(of_reasons).copied();
    all.filter(|field| filter.uses(field)).collect()
}

/// Whether a kill cannot decide whether a session matches a filter, for any cause. A session before its login has
/// no fields yet, and does not count.
pub(crate) fn is_uncertain(filter: &Filter, subject: &FilterInput<'_>) -> bool {
    let is_starting = subject.session.phase() == Some(SessionPhase::Starting);
    !is_starting && filter.evaluate(&subject.strict()) == Ternary::Unknown
}

/// Returns the reasons that could not be examined and make the result of a filter unknown.
pub(super) fn undecided_by<'n>(
    filter: &Filter,
    subject: FilterInput<'_>,
    unjudged: &[&'n str],
) -> Vec<&'n str> {
    let found = subject.reasons.map_or(&[][..], |reasons| reasons.found);
    let decides = |name: &&'n str| {
        let only = Reasons {
            found,
            unjudged: &[*name],
        };
        let subject = FilterInput {
            reasons: Some(only),
            ..subject
        };
        filter.evaluate(&subject.strict()) == Ternary::Unknown
    };
    let unjudged = unjudged.iter().copied().filter(|_| asks_why(filter));
    unjudged.filter(decides).collect()
}
