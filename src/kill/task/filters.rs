//! The filters of a check: sessions that are protected, and that which has selected the victim.

use super::KillTask;
use crate::filter::{FilterInput, ReasonNames, Ternary};
use crate::kill::killable::protection;
use crate::kill::outcome::SkipReason;
use crate::kill::victim::undecided_by;
use crate::kill::{KillOutcome, RefusalReason, Rules, asks_why};
use crate::model::SessionObservation;

impl KillTask {
    /// Evaluates the filters for the session that a check has returned. Returns the outcome if it is not to be
    /// killed.
    pub(super) fn apply_filters(
        &self,
        observation: &SessionObservation,
        rules: &Rules,
    ) -> Result<(), KillOutcome> {
        let session = &observation.detail.session;
        let filters = [rules.protects(), self.victim.taken_by.as_ref()];
        let locks = self.locks(observation, rules);
        let needs_new_locks = self.is_last_check() && self.victim.has_server_access;
        let diagnosis = &rules.diagnosis;
        let asks = filters.into_iter().flatten().any(asks_why);
        let reasons = asks.then(|| {
            let victim = &self.victim;
            victim.reasons_by(observation, diagnosis, locks.as_ref(), needs_new_locks)
        });
        let unjudged = reasons
            .as_ref()
            .map_or(&[][..], |names| names.unjudged.as_slice());
        let subject = FilterInput {
            endpoint: Some(&self.victim.endpoint),
            names: Some(&self.victim.names),
            process: self.victim.identity.process.as_ref(),
            reasons: reasons.as_ref().map(ReasonNames::as_reasons),
            locks: locks
                .as_ref()
                .map(|of| of.of(session).numbers())
                .unwrap_or_default(),
            ..FilterInput::new(session)
        };
        let [protect, taken_by] = filters;
        if let Some(refusal) = protect.and_then(|protect| protection(protect, &subject)) {
            return Err(KillOutcome::Refused(rules.explain(refusal)));
        }
        let Some(filter) = taken_by else {
            return Ok(());
        };
        let knows_locks = locks.as_ref().is_some_and(|locks| locks.of(session).is_known());
        let result = filter.evaluate(&subject.strict());
        // The table shows the session, because a reason that is not examined counts as absent there.
        let is_shown = result == Ternary::Unknown && filter.evaluate(&subject).is_yes();
        match self.skip_reason(filter, result, knows_locks) {
            None => Ok(()),
            Some(SkipReason::NoMatch(text)) if is_shown => {
                Err(KillOutcome::Refused(RefusalReason::Undecided {
                    filter: text,
                    reasons: undecided_by(filter, subject, unjudged),
                }))
            }
            Some(reason) => Err(KillOutcome::Skipped(reason)),
        }
    }
}
