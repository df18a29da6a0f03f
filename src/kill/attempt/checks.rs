//! The two checks before a DELETE: the one that opens Yes, and the one right before the DELETE.

use std::sync::Arc;
use std::time::Duration;

use super::{ASK_AGAIN, Attempt, CheckReply, Next, Reply};
use crate::kill::permit::protection;
use crate::kill::stage::{FirstCheck, Stage};
use crate::kill::{Outcome, Refusal, asks_why};
use crate::model::{
    Absence, Dialect, Fault, Identity, Limit, Now, Part, Phase, ProcessStart, Sighting, Text, Verdict,
    visible,
};
use crate::query::{ReasonNames, Subject};

/// Maximum age of a check when its DELETE is written, by both clocks.
///
/// The age is measured from before the check's first request was written, because a reply can be as
/// old as the time it took to arrive.
pub const MAX_CHECK_AGE: Duration = Duration::from_secs(1);
/// How often the check right before the DELETE is tried when it brings no usable reply.
const TRIES: u8 = 3;
/// How often that check is repeated because it was too old.
const REPEATS_WHEN_SLOW: u8 = 3;

impl Attempt {
    /// Handles the check that opens Yes.
    pub(super) fn first_seen(&mut self, check: CheckReply<'_>, now: Now) -> Next {
        match self.evaluate(check) {
            Ok((sighting, unchecked)) => {
                self.stage = Stage::Asked(FirstCheck::Passed { sighting, unchecked });
                Next::Rest
            }
            // A second try with a refused password may lock the account.
            Err(Outcome::Refused(Refusal::Unreadable(fault))) if fault.is_refused_password() => {
                self.finish(Outcome::NotAllowed(fault))
            }
            Err(Outcome::Refused(Refusal::Unreadable(fault))) => {
                self.stage = Stage::Asked(FirstCheck::NoAnswer(fault));
                Next::LookAt(now.elapsed + ASK_AGAIN)
            }
            Err(outcome) => self.finish(outcome),
        }
    }

    /// Handles the check right before the DELETE. This is the only place where a DELETE is ordered.
    pub(super) fn seen_before_delete(&mut self, check: CheckReply<'_>, now: Now) -> Next {
        let Stage::Checking { unchecked, tries } = &mut self.stage else {
            return Next::Rest;
        };
        let (before, tries) = (std::mem::take(unchecked), *tries);
        let again = |tries| Stage::Queued {
            unchecked: before.clone(),
            tries,
        };
        let asked_at = match &check.reply {
            Reply::Seen(sighting) => Some(sighting.asked_at),
            Reply::Missing(_) | Reply::Failed(_) => None,
        };
        if asked_at.is_some_and(|asked_at| !now.is_within(MAX_CHECK_AGE, &asked_at)) {
            return self.repeat_slow_check(before, tries);
        }
        let weaker = |unchecked: &[Part]| unchecked.iter().copied().find(|part| !before.contains(part));
        match self.evaluate(check).map(|(_, unchecked)| weaker(&unchecked)) {
            Ok(None) => {
                self.stage = Stage::Deleting {
                    sent: now.elapsed,
                    unchecked: before,
                    tries,
                };
                asked_at.map_or(Next::Rest, |checked_at| Next::Delete { checked_at })
            }
            Ok(Some(part)) => self.finish(Outcome::Refused(Refusal::Unknown(part))),
            Err(Outcome::Refused(Refusal::Unreadable(fault))) if fault.is_not_allowed() => {
                self.finish(Outcome::NotAllowed(fault))
            }
            Err(Outcome::Refused(Refusal::Unreadable(_))) if tries < TRIES => {
                self.stage = again(tries);
                Next::Queue
            }
            Err(outcome) => self.finish(outcome),
        }
    }

    /// Repeats a check that was too old when its DELETE could have been written, a limited number of
    /// times.
    pub(super) fn repeat_slow_check(&mut self, unchecked: Vec<Part>, tries: u8) -> Next {
        if tries > REPEATS_WHEN_SLOW {
            return self.finish(Outcome::Refused(Refusal::SlowEndpoint));
        }
        self.stage = Stage::Queued { unchecked, tries };
        Next::Queue
    }

    /// Returns the session if it is the confirmed one and still to be killed, with the parts of its
    /// identity that could not be compared; otherwise how the attempt ends.
    fn evaluate(&mut self, check: CheckReply<'_>) -> Result<(Arc<Sighting>, Vec<Part>), Outcome> {
        let sighting = match check.reply {
            Reply::Seen(sighting) => sighting,
            Reply::Missing(absence) => return Err(self.absent(&absence)),
            Reply::Failed(fault) => return Err(Outcome::Refused(Refusal::Unreadable(fault))),
        };
        self.compare_processes(sighting.process.as_ref(), sighting.other_process.as_ref())?;
        let session = &sighting.detail.session;
        let unchecked = match self.victim.identity.compare(&sighting.identity()) {
            Verdict::Same { unchecked } => unchecked,
            Verdict::Different(differences) => return Err(Outcome::Refused(Refusal::Changed(differences))),
            Verdict::Unknown(part) => return Err(Outcome::Refused(Refusal::Unknown(part))),
        };
        let filters = [check.rules.protects(), self.victim.taken_by.as_ref()];
        let why = filters.into_iter().flatten().any(asks_why);
        let reasons = why.then(|| self.victim.reasons_by(&sighting, &check.rules.thresholds));
        let subject = Subject {
            endpoint: Some(&self.victim.endpoint),
            reasons: reasons.as_ref().map(ReasonNames::as_reasons),
            ..Subject::new(session)
        };
        let [protect, taken_by] = filters;
        if let Some(refusal) = protect.and_then(|protect| protection(protect, &subject)) {
            return Err(Outcome::Refused(refusal));
        }
        match taken_by {
            Some(filter) if !filter.judge(&subject).is_yes() => {
                Err(Outcome::Skipped(visible(filter.text().trim()).into_owned()))
            }
            _ => Ok((sighting, unchecked)),
        }
    }

    /// Detects several proxies behind one address. Two process starts in one check mean a restart at
    /// that moment or several proxies; the victim's own process seen after another one means several.
    fn compare_processes(
        &mut self,
        process: Option<&ProcessStart>,
        other: Option<&ProcessStart>,
    ) -> Result<(), Outcome> {
        let is_victims =
            |seen: Option<&ProcessStart>| seen.is_some() && seen == self.victim.identity.process.as_ref();
        let several = if other.is_some() {
            std::mem::replace(&mut self.mixed_processes, true)
        } else {
            self.mixed_processes && is_victims(process)
        };
        if several {
            return Err(Outcome::Refused(Refusal::SeveralProxies));
        }
        if other.is_some() {
            return Err(Outcome::Refused(Refusal::Unreadable(Fault::MixedProcesses)));
        }
        Ok(())
    }

    /// What a 404 to a check means. The session is gone only if the process that was asked still runs;
    /// 24.02 finds only sessions that have started and do not stop.
    fn absent(&mut self, absence: &Absence) -> Outcome {
        let (process, other) = (absence.process.as_ref(), absence.other_process.as_ref());
        if let Err(outcome) = self.compare_processes(process, other) {
            return outcome;
        }
        match self.is_of_same_process(absence) {
            Some(true) => {}
            Some(false) => return Outcome::Refused(Refusal::Restarted),
            None => {
                let detail = "the process start could not be read after it";
                return Outcome::Refused(Refusal::Unreadable(Fault::Status {
                    status: 404,
                    detail: Some(Text::clean(detail, Limit::Line)),
                }));
            }
        }
        match (self.victim.dialect, self.victim.session.phase()) {
            (Dialect::JsonApi, Some(Phase::Starting)) => Outcome::Refused(Refusal::NotKillableYet),
            (Dialect::JsonApi, Some(Phase::Stopping)) => Outcome::Refused(Refusal::Closing),
            _ => Outcome::AlreadyGone,
        }
    }

    /// Whether a 404 comes from the victim's own process. Returns `None` if the process start could not
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
