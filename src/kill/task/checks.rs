//! The two checks before a DELETE: the one that opens Yes, and the one right before the DELETE.

use std::sync::Arc;
use std::time::Duration;

use super::{CheckReply, KillTask, NextStep, RECHECK_DELAY, SessionReply};
use crate::kill::open_work::OpenWork;
use crate::kill::state::{FirstCheck, KillState};
use crate::kill::{KillOutcome, RefusalReason};
use crate::model::{
    Absence, Dialect, Identity, IdentityMatch, Now, Part, ProcessStart, RequestError, SessionObservation,
    SessionPhase, Text, TextLimit,
};

/// Maximum age of a check when its DELETE is written, by both clocks.
///
/// The age is measured from before the check's first request was written, because a reply can be as
/// old as the time it took to arrive.
pub(crate) const MAX_CHECK_AGE: Duration = Duration::from_secs(1);
/// Maximum number of tries of the check right before the DELETE if it gets no usable reply.
const MAX_TRIES: u8 = 3;
/// Maximum number of repeats of that check because it was too old.
const REPEATS_WHEN_SLOW: u8 = 3;

impl KillTask {
    /// Handles the check that opens Yes.
    pub(super) fn first_seen(&mut self, check: CheckReply<'_>, now: Now) -> NextStep {
        match self.evaluate(check) {
            Ok((observation, unchecked)) => {
                self.state = KillState::Unconfirmed(FirstCheck::Passed {
                    observation,
                    unchecked,
                });
                NextStep::Rest
            }
            // A second try with a refused password may lock the account.
            Err(KillOutcome::Refused(RefusalReason::Unreadable(fault))) if fault.is_refused_password() => {
                self.finish(KillOutcome::NotAllowed(fault))
            }
            Err(KillOutcome::Refused(RefusalReason::Unreadable(fault))) => {
                self.state = KillState::Unconfirmed(FirstCheck::NoAnswer(fault));
                NextStep::CheckAt(now.elapsed + RECHECK_DELAY)
            }
            Err(outcome) => self.finish(outcome),
        }
    }

    /// Handles the check right before the DELETE. This is the only place where a DELETE is ordered.
    pub(super) fn seen_before_delete(&mut self, check: CheckReply<'_>, now: Now) -> NextStep {
        let KillState::Checking { unchecked, tries } = &mut self.state else {
            return NextStep::Rest;
        };
        let (before, tries) = (std::mem::take(unchecked), *tries);
        let again = |tries| KillState::Queued {
            unchecked: before.clone(),
            tries,
        };
        let asked_at = match &check.reply {
            SessionReply::Seen(observation) => Some(observation.asked_at),
            SessionReply::Missing(_) | SessionReply::Failed(_) => None,
        };
        if asked_at.is_some_and(|asked_at| !now.is_within(MAX_CHECK_AGE, &asked_at)) {
            return self.repeat_check(before, tries, RefusalReason::SlowEndpoint);
        }
        if let Some(age) = self.age_of_old_locks(now).filter(|_| asked_at.is_some()) {
            return self.repeat_check(before, tries, RefusalReason::OldLocks(age));
        }
        let expected = check.rules.diagnosis.expected.clone();
        let evaluated = self.evaluate(check).map(|(observation, unchecked)| {
            let session = &observation.detail.session;
            let is_expected = expected.matches(session, Some(&self.victim.endpoint));
            if self.victim.has_server_access {
                self.statements.on_check(session, is_expected);
            } else {
                let work = OpenWork::by_api(session, (self.victim.dialect, self.victim.instance.as_ref()));
                self.statements.on_check_without_access(work.statement);
            }
            // A part that the victim never had was not compared by the first check either.
            let identity = &self.victim.identity;
            let mut weaker = unchecked.into_iter().filter(|part| !before.contains(part));
            weaker.find(|part| identity.has(*part))
        });
        match evaluated {
            Ok(None) => {
                self.state = KillState::Deleting {
                    sent: now.elapsed,
                    unchecked: before,
                    tries,
                    withdrawn: None,
                };
                asked_at.map_or(NextStep::Rest, |checked_at| NextStep::Delete { checked_at })
            }
            Ok(Some(part)) => self.finish(KillOutcome::Refused(RefusalReason::Unknown(part))),
            Err(KillOutcome::Refused(RefusalReason::Unreadable(fault))) if fault.is_not_allowed() => {
                self.finish(KillOutcome::NotAllowed(fault))
            }
            Err(KillOutcome::Refused(RefusalReason::Unreadable(_))) if tries < MAX_TRIES => {
                self.state = again(tries);
                NextStep::Queue
            }
            Err(outcome) => self.finish(outcome),
        }
    }

    /// Repeats a check that was too old when its DELETE could have been written, a limited number of
    /// times. The last time refuses the kill for this reason.
    pub(super) fn repeat_check(
        &mut self,
        unchecked: Vec<Part>,
        tries: u8,
        refusal: RefusalReason,
    ) -> NextStep {
        if tries > REPEATS_WHEN_SLOW {
            return self.finish(KillOutcome::Refused(refusal));
        }
        self.state = KillState::Queued { unchecked, tries };
        NextStep::Queue
    }

    /// Returns the session if it is the confirmed one and still to be killed, with the parts of its
    /// identity that could not be compared. Otherwise returns the outcome.
    fn evaluate(
        &mut self,
        check: CheckReply<'_>,
    ) -> Result<(Arc<SessionObservation>, Vec<Part>), KillOutcome> {
        let observation = match check.reply {
            SessionReply::Seen(observation) => observation,
            SessionReply::Missing(absence) => return Err(self.absent(&absence)),
            SessionReply::Failed(fault) => {
                return Err(KillOutcome::Refused(RefusalReason::Unreadable(fault)));
            }
        };
        self.compare_processes(observation.process.as_ref(), observation.other_process.as_ref())?;
        let unchecked = match self.victim.identity.compare(&observation.identity()) {
            IdentityMatch::Same { unchecked } => unchecked,
            IdentityMatch::Different(differences) => {
                return Err(KillOutcome::Refused(RefusalReason::Changed(differences)));
            }
            IdentityMatch::Unknown(part) => return Err(KillOutcome::Refused(RefusalReason::Unknown(part))),
        };
        self.apply_filters(&observation, check.rules)?;
        Ok((observation, unchecked))
    }

    /// Detects several proxies behind one address. Two process starts in one check mean a restart at
    /// that moment or several proxies; the victim's own process seen after another one means several.
    fn compare_processes(
        &mut self,
        process: Option<&ProcessStart>,
        other: Option<&ProcessStart>,
    ) -> Result<(), KillOutcome> {
        let is_victims =
            |seen: Option<&ProcessStart>| seen.is_some() && seen == self.victim.identity.process.as_ref();
        let several = if other.is_some() {
            std::mem::replace(&mut self.mixed_processes, true)
        } else {
            self.mixed_processes && is_victims(process)
        };
        if several {
            return Err(KillOutcome::Refused(RefusalReason::SeveralProxies));
        }
        if other.is_some() {
            return Err(KillOutcome::Refused(RefusalReason::Unreadable(
                RequestError::MixedProcesses,
            )));
        }
        Ok(())
    }

    /// Returns the outcome of a 404 to a check. The session is gone only if the process that replied is
    /// still the victim's; 24.02 finds only sessions that have started and do not stop.
    fn absent(&mut self, absence: &Absence) -> KillOutcome {
        let (process, other) = (absence.process.as_ref(), absence.other_process.as_ref());
        if let Err(outcome) = self.compare_processes(process, other) {
            return outcome;
        }
        match self.is_of_same_process(absence) {
            Some(true) => {}
            Some(false) => return KillOutcome::Refused(RefusalReason::Restarted),
            None => return KillOutcome::Refused(RefusalReason::Unreadable(self.unproven(404, absence))),
        }
        match (self.victim.dialect, self.victim.session.phase()) {
            (Dialect::JsonApi, Some(SessionPhase::Starting)) => {
                KillOutcome::Refused(RefusalReason::NotKillableYet)
            }
            (Dialect::JsonApi, Some(SessionPhase::Stopping)) => KillOutcome::Refused(RefusalReason::Closing),
            _ => KillOutcome::AlreadyGone,
        }
    }

    /// Why a reply with this status proves nothing about the session, by the processes that have answered.
    pub(super) fn unproven(&self, status: u16, answered: &Absence) -> RequestError {
        let detail = match self.is_of_same_process(answered) {
            None => "the process start could not be read after it",
            Some(_) if answered.other_process.is_some() => return RequestError::MixedProcesses,
            Some(_) => "another MaxScale process answered",
        };
        RequestError::Status {
            status,
            detail: Some(Text::clean(detail, TextLimit::Line)),
        }
    }

    /// Whether a reply comes from the victim's own process. Returns `None` if the process start could not
    /// be read now; a victim whose process was never known has nothing to compare.
    pub(super) fn is_of_same_process(&self, absence: &Absence) -> Option<bool> {
        let Identity { process, .. } = &self.victim.identity;
        match (process, &absence.process) {
            (None, _) => Some(true),
            (Some(_), None) => None,
            (Some(victims), Some(seen)) => Some(victims == seen && absence.other_process.is_none()),
        }
    }
}
