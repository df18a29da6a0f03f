//! Who is to be ended, frozen as it stood when it was asked for.

use std::sync::Arc;

use super::RefusalReason;
use crate::diagnosis::{Diagnosis, DiagnosisInput, Samples, Thresholds, diagnose};
use crate::filter::{Filter, ReasonNames};
use crate::model::{Dialect, Identity, Instance, Session, SessionObservation};

/// One session that is to be ended.
#[derive(Clone, Debug)]
pub struct Victim {
    /// Who is meant.
    pub identity: Identity,
    /// How it stood in the list.
    pub session: Session,
    /// The name of its endpoint, as filters ask for it.
    pub endpoint: Arc<str>,
    /// In which dialect its endpoint speaks.
    pub dialect: Dialect,
    /// The process that its endpoint had by then, as far as it tells.
    pub instance: Option<Instance>,
    /// Why it was stuck by then, for a filter that asks.
    pub reasons: ReasonNames,
    /// The filter that it was taken by, if nobody pointed at it: it is asked again before the DELETE.
    pub taken_by: Option<Filter>,
    /// Why it cannot be ended, if that is known before anything is asked.
    pub refused: Option<RefusalReason>,
}

impl Victim {
    /// Why it is stuck by a fresh look at it alone. What that cannot tell is as it was when it was
    /// asked for.
    pub(super) fn reasons_by(&self, observation: &SessionObservation, limits: &Thresholds) -> ReasonNames {
        let look = DiagnosisInput {
            dialect: self.dialect,
            instance: self.instance.as_ref(),
            taken_at: observation.taken_at,
            is_after_restart: false,
            sessions: std::slice::from_ref(&observation.detail.session),
        };
        let diagnoses = diagnose(None, look, limits, &Samples::new());
        self.reasons.confirmed_by(&reason_names(&diagnoses.diagnosis(0)))
    }

    /// `17 bob@10.0.0.9:4711`, for one line.
    pub fn name(&self) -> String {
        format!("{} {}", self.identity.id, self.identity.client())
    }
}

/// The names of what was found, as a filter asks for them.
pub fn reason_names(diagnosis: &Diagnosis<'_>) -> ReasonNames {
    ReasonNames {
        found: diagnosis
            .found
            .iter()
            .map(|finding| finding.reason.name)
            .collect(),
        unjudged: diagnosis.unjudged.names().collect(),
    }
}

/// Whether a filter asks why a session is stuck: only then that has to be known.
pub fn asks_why(filter: &Filter) -> bool {
    filter.uses("stuck") || filter.uses("reason")
}
