//! The two checks before a DELETE: the one that opens Yes, and the one right before.

use std::sync::Arc;
use std::time::Duration;

use super::{ASK_AGAIN, Attempt, Look, Next};
use crate::kill::permit::protection;
use crate::kill::stage::{FirstCheck, Stage};
use crate::kill::{Outcome, Refusal, asks_why};
use crate::model::{Dialect, Fault, Identity, Now, Part, Phase, Sighting, Verdict, visible};
use crate::query::{ReasonNames, Subject};

/// An answer that has waited longer than this to be heard (the program was stopped meanwhile)
/// proves nothing any more.
const FRESH: Duration = Duration::from_secs(1);
/// So often the check right before the DELETE is tried: it only reads.
const TRIES: u8 = 3;

impl Attempt {
    /// The check while a person is asked: it opens Yes, or ends the matter.
    pub(super) fn first_seen(&mut self, look: Look<'_>, now: Now) -> Next {
        match self.judge(look) {
            Ok((sighting, unchecked)) => {
                self.stage = Stage::Asked(FirstCheck::Passed { sighting, unchecked });
                Next::Rest
            }
            // Asking again with a refused password may lock the account.
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

    /// The check right before the DELETE: the only place where one is ordered.
    pub(super) fn seen_before_delete(&mut self, look: Look<'_>, now: Now) -> Next {
        let Stage::Checking { unchecked, tries } = &mut self.stage else {
            return Next::Rest;
        };
        let (before, tries) = (std::mem::take(unchecked), *tries);
        let is_stale = look
            .answer
            .as_ref()
            .is_ok_and(|sighting| now.since(sighting.taken_at) > FRESH);
        let again = |tries| Stage::Queued {
            unchecked: before.clone(),
            tries,
        };
        if is_stale {
            self.stage = again(tries);
            return Next::Queue;
        }
        let weaker = |unchecked: &[Part]| unchecked.iter().copied().find(|part| !before.contains(part));
        match self.judge(look).map(|(_, unchecked)| weaker(&unchecked)) {
            Ok(None) => {
                self.stage = Stage::Deleting { sent: now.elapsed };
                Next::Delete
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

    /// Whether the session seen is the one that was asked for, and still to be ended; if not, how
    /// the attempt ends.
    fn judge(&self, look: Look<'_>) -> Result<(Arc<Sighting>, Vec<Part>), Outcome> {
        let sighting = look.answer.map_err(|fault| match fault {
            Fault::NotFound => self.not_found(),
            fault => Outcome::Refused(Refusal::Unreadable(fault)),
        })?;
        let session = &sighting.detail.session;
        let process = sighting.process.as_ref().or(look.process);
        let seen = Identity::new(sighting.endpoint, process, session);
        let unchecked = match self.victim.identity.compare(&seen) {
            Verdict::Same { unchecked } => unchecked,
            Verdict::Different(differences) => return Err(Outcome::Refused(Refusal::Changed(differences))),
            Verdict::Unknown(part) => return Err(Outcome::Refused(Refusal::Unknown(part))),
        };
        let filters = [look.rules.protects(), self.victim.taken_by.as_ref()];
        let why = filters.into_iter().flatten().any(asks_why);
        let reasons = why.then(|| self.victim.reasons_by(&sighting, &look.rules.thresholds));
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

    /// What a 404 to a check means: 24.02 finds only sessions that have started and do not stop.
    fn not_found(&self) -> Outcome {
        match (self.victim.dialect, self.victim.session.phase()) {
            (Dialect::JsonApi, Some(Phase::Starting)) => Outcome::Refused(Refusal::NotKillableYet),
            (Dialect::JsonApi, Some(Phase::Stopping)) => Outcome::Refused(Refusal::Closing),
            _ => Outcome::AlreadyGone,
        }
    }
}
