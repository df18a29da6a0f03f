//! After the DELETE: interprets its reply and waits until the session is gone.

use std::time::Duration;

use super::{KillTask, NextStep, SessionReply};
use crate::kill::state::{FollowUp, KillState};
use crate::kill::{KillOutcome, RefusalReason};
use crate::model::{Absence, Difference, IdentityMatch, Now, Part, RequestError, SessionObservation};

/// Time to follow a session after its DELETE. A session that a later request shows is still there. Otherwise the
/// outcome is unknown.
pub(in crate::kill) const FOLLOW_UP_TIME: Duration = Duration::from_secs(10);
/// Maximum time to wait for the reply to a request that is sent after [`FOLLOW_UP_TIME`], if the last one has shown
/// the session.
pub(in crate::kill) const LAST_REPLY_TIME: Duration = Duration::from_secs(2);
/// Maximum time to search for a session whose outcome is unknown.
const SEARCH_TIME: Duration = Duration::from_mins(5);
/// Delay of the first follow-up. Short, because 24.02 removes a session before it replies.
const FIRST_FOLLOW_UP_DELAY: Duration = Duration::from_millis(20);
/// Time between two follow-ups.
const FOLLOW_UP_INTERVAL: Duration = Duration::from_millis(250);
/// Time between two follow-ups after [`FOLLOW_UP_TIME`].
const SEARCH_INTERVAL: Duration = Duration::from_secs(5);

impl KillTask {
    /// Handles the reply to the DELETE.
    ///
    /// Finishes at once only if the server rejected it or it was never sent. Otherwise waits for the
    /// session to disappear, after a 404 too: before 22.08 it means that DELETE does not exist.
    pub(in crate::kill) fn deleted(&mut self, answer: Result<(), RequestError>, now: Now) -> NextStep {
        let KillState::Deleting {
            sent,
            unchecked,
            tries,
            withdrawn,
        } = &mut self.state
        else {
            return NextStep::Rest;
        };
        let sent = *sent;
        let reply = match answer {
            Ok(()) => None,
            // Nothing was sent, so another check and DELETE may follow, unless the kill was stopped.
            Err(RequestError::CheckExpired | RequestError::Unsent) => {
                if let Some(outcome) = withdrawn.take() {
                    return self.finish(outcome);
                }
                let (unchecked, tries) = (std::mem::take(unchecked), *tries);
                return self.repeat_check(unchecked, tries, RefusalReason::SlowEndpoint);
            }
            Err(fault) if fault.is_not_allowed() => return self.finish(KillOutcome::NotAllowed(fault)),
            Err(fault) if was_never_done(&fault) => return self.finish(KillOutcome::Failed(fault)),
            Err(fault) => Some(fault),
        };
        self.state = KillState::FollowingUp(FollowUp::new(sent, reply));
        NextStep::CheckAt(now.elapsed + FIRST_FOLLOW_UP_DELAY)
    }

    /// Handles a check after the DELETE. The session is gone if its own process answers with a 404, or
    /// has a session with another connect time under its id.
    pub(super) fn seen_after_delete(&mut self, reply: SessionReply, now: Now) -> NextStep {
        let (is_gone, unproven) = match &reply {
            SessionReply::Seen(observation) => self.seen_again(observation),
            SessionReply::Missing(absence) => (
                self.is_of_same_process(absence) == Some(true),
                Some(self.unproven(404, absence)),
            ),
            SessionReply::Failed(_) => (false, None),
        };
        let (KillState::FollowingUp(watch) | KillState::Unclear(watch, _)) = &mut self.state else {
            return NextStep::Rest;
        };
        match reply {
            _ if is_gone => return self.gone(matches!(reply, SessionReply::Missing(_)), now),
            // Lists show later whether it is gone; another rejected login may lock the account.
            SessionReply::Failed(fault) if fault.is_refused_password() => {
                watch.unseen = Some(fault);
                return NextStep::Rest;
            }
            SessionReply::Failed(fault) => watch.unseen = Some(fault),
            SessionReply::Missing(_) => watch.unseen = unproven,
            SessionReply::Seen(observation) => {
                if unproven.is_none() {
                    watch.on_sighting(observation.asked_at.elapsed);
                }
                watch.unseen = unproven;
            }
        }
        self.give_up_in_time(now);
        match &self.state {
            KillState::FollowingUp(_) => NextStep::CheckAt(now.elapsed + FOLLOW_UP_INTERVAL),
            KillState::Unclear(..) => NextStep::CheckAt(now.elapsed + SEARCH_INTERVAL),
            _ => NextStep::Rest,
        }
    }

    /// Returns whether the victim's id belongs to another session of the same process, so that the victim is
    /// gone, and why the reply proves neither that nor that the victim is still there. Another process proves
    /// nothing: lists show whether it is the same proxy after a restart.
    fn seen_again(&self, observation: &SessionObservation) -> (bool, Option<RequestError>) {
        let answered = Absence {
            process: observation.process.clone(),
            other_process: observation.other_process.clone(),
        };
        // The user of a session can change (COM_CHANGE_USER), its connect time cannot.
        let proves_other =
            |difference: &Difference| matches!(difference.part, Part::Connected | Part::Process);
        let is_other = match self.victim.identity.compare(&observation.identity()) {
            IdentityMatch::Different(differences) => differences.iter().any(proves_other),
            IdentityMatch::Same { .. } | IdentityMatch::Unknown(_) => false,
        };
        let is_mixed = answered.other_process.is_some();
        let is_same_process = !is_mixed && self.is_of_same_process(&answered) == Some(true);
        let is_proof = !is_mixed && (is_same_process || !is_other);
        let unproven = (!is_proof).then(|| self.unproven(200, &answered));
        (is_same_process && is_other, unproven)
    }

    /// Finishes the task of a session that is gone, or looks for its statements. After a 404 to the DELETE,
    /// something else has closed it. `is_confirmed` is whether a 404 to a GET has shown it.
    fn gone(&mut self, is_confirmed: bool, now: Now) -> NextStep {
        let (KillState::FollowingUp(watch) | KillState::Unclear(watch, _)) = &self.state else {
            return NextStep::Rest;
        };
        let after = now.elapsed.saturating_sub(watch.sent);
        let by_itself = matches!(watch.reply, Some(RequestError::NotFound));
        if by_itself {
            self.finish(KillOutcome::AlreadyGone)
        } else {
            self.gone_with_statements(after, is_confirmed, now)
        }
    }

    /// Handles a list that was requested at `asked_at`, since the program started. One from before the DELETE proves
    /// nothing. Missing from one list proves nothing, because a list is not atomic; missing from two in a row does.
    pub(in crate::kill) fn on_list(&mut self, present: bool, asked_at: Duration, now: Now) {
        let (KillState::FollowingUp(watch) | KillState::Unclear(watch, _)) = &mut self.state else {
            return;
        };
        if asked_at < watch.sent {
            return;
        }
        if present {
            watch.on_sighting(asked_at);
            watch.missing = 0;
        } else {
            watch.missing = watch.missing.saturating_add(1);
        }
        if watch.missing >= 2 {
            self.gone(false, now);
        } else {
            self.give_up_in_time(now);
        }
    }

    /// Finishes the task if its time has passed.
    pub(in crate::kill) fn give_up_in_time(&mut self, now: Now) {
        self.give_up_statements(now);
        let (KillState::FollowingUp(watch) | KillState::Unclear(watch, _)) = &self.state else {
            return;
        };
        let after = now.elapsed.saturating_sub(watch.sent);
        if is_still_there(watch) {
            self.state = KillState::Done(KillOutcome::StillThere { after });
            return;
        }
        if after < follow_up_time(watch) {
            return;
        }
        let cause = watch.unseen.as_ref().or(watch.reply.as_ref());
        // An unknown outcome is reported once, regardless of the errors of later follow-ups.
        let unknown = match &self.state {
            KillState::Unclear(_, unknown) => unknown.clone(),
            _ => KillOutcome::Unknown(cause.cloned().unwrap_or(RequestError::TimedOut(FOLLOW_UP_TIME))),
        };
        self.state = if after < SEARCH_TIME {
            KillState::Unclear(watch.clone(), unknown)
        } else {
            KillState::Done(unknown)
        };
    }

    /// Returns the time at which [`Self::give_up_in_time`] must run.
    pub(in crate::kill) fn gives_up_at(&self) -> Option<Duration> {
        match &self.state {
            KillState::FollowingUp(watch) => Some(watch.sent + follow_up_time(watch)),
            KillState::Unclear(watch, _) => Some(watch.sent + SEARCH_TIME),
            _ => self.gives_up_statements_at(),
        }
    }
}

/// Whether a session is still there although its DELETE was accepted. Earlier sightings do not show it: MaxScale may
/// need some time to close a session. Without the reply, the DELETE may be executed later.
fn is_still_there(watch: &FollowUp) -> bool {
    let is_late = |seen_at: Duration| seen_at >= watch.sent + FOLLOW_UP_TIME;
    watch.reply.is_none() && watch.seen_at.is_some_and(is_late)
}

/// Returns the time from the DELETE to an outcome. Longer if the next follow-up may show that the session is still
/// there, so that the outcome is not unknown first.
fn follow_up_time(watch: &FollowUp) -> Duration {
    if watch.reply.is_none() && watch.seen_at.is_some() && watch.unseen.is_none() {
        FOLLOW_UP_TIME + LAST_REPLY_TIME
    } else {
        FOLLOW_UP_TIME
    }
}

/// Whether it is certain that the server did not execute the DELETE: it was not sent, or the server has
/// rejected it.
const fn was_never_done(fault: &RequestError) -> bool {
    match fault {
        RequestError::Refused
        | RequestError::Resolve(_)
        | RequestError::Connect(_)
        | RequestError::LoginEnded
        | RequestError::ReadOnly
        | RequestError::Redirected(_) => true,
        // A gateway may send these after it has forwarded the request.
        RequestError::Status {
            status: 404 | 408 | 412 | 425 | 429 | 499,
            ..
        } => false,
        RequestError::Status { status, .. } => matches!(status, 400..=499),
        _ => false,
    }
}
