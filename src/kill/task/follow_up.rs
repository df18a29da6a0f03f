//! After the DELETE: what its reply means, and how it is seen that the session is gone.

use std::time::Duration;

use super::{KillTask, NextStep, SessionReply};
use crate::kill::KillOutcome;
use crate::kill::state::{FollowUp, KillState};
use crate::model::{IdentityMatch, Now, RequestError, SessionObservation};

/// How long a session is watched after its DELETE before it counts as still there, or as unknown.
pub(in crate::kill) const FOLLOW_UP_TIME: Duration = Duration::from_secs(10);
/// So long one of which nothing is known is still looked for.
const SEARCH_TIME: Duration = Duration::from_mins(5);
/// The first look comes soon: 24.02 has removed a session before it replies.
const FIRST_FOLLOW_UP_DELAY: Duration = Duration::from_millis(20);
/// Between two looks at a session that should be gone.
const FOLLOW_UP_INTERVAL: Duration = Duration::from_millis(250);
/// Between two looks once its time is over.
const SEARCH_INTERVAL: Duration = Duration::from_secs(5);

impl KillTask {
    /// Ended at once is only what is certain: refused by the server, or never sent. For all else,
    /// a 404 included (before 22.08 it says that there is no DELETE), the session is watched.
    pub(in crate::kill) fn deleted(&mut self, answer: Result<(), RequestError>, now: Now) -> NextStep {
        let KillState::Deleting {
            sent,
            unchecked,
            tries,
        } = &mut self.stage
        else {
            return NextStep::Rest;
        };
        let sent = *sent;
        let reply = match answer {
            Ok(()) => None,
            // Nothing was sent, so another check and DELETE may follow.
            Err(RequestError::CheckExpired | RequestError::Unsent) => {
                let (unchecked, tries) = (std::mem::take(unchecked), *tries);
                return self.repeat_slow_check(unchecked, tries);
            }
            Err(fault) if fault.is_not_allowed() => return self.finish(KillOutcome::NotAllowed(fault)),
            Err(fault) if was_never_done(&fault) => return self.finish(KillOutcome::Failed(fault)),
            Err(fault) => Some(fault),
        };
        self.stage = KillState::FollowingUp(FollowUp::new(sent, reply));
        NextStep::LookAt(now.elapsed + FIRST_FOLLOW_UP_DELAY)
    }

    /// Handles a check after the DELETE. The session is gone if its own process answers with a 404, or
    /// has another session under its id.
    pub(super) fn seen_after_delete(&mut self, reply: SessionReply, now: Now) -> NextStep {
        let (is_gone, unproven) = match &reply {
            SessionReply::Seen(observation) => (self.is_replaced(observation), None),
            SessionReply::Missing(absence) => (
                self.is_of_same_process(absence) == Some(true),
                Some(self.unproven_404(absence)),
            ),
            SessionReply::Failed(_) => (false, None),
        };
        let (KillState::FollowingUp(watch) | KillState::Unclear(watch, _)) = &mut self.stage else {
            return NextStep::Rest;
        };
        watch.alive = false;
        match reply {
            _ if is_gone => return self.gone(now),
            // Lists show later whether it is gone; another rejected login may lock the account.
            SessionReply::Failed(fault) if fault.is_refused_password() => {
                watch.unseen = Some(fault);
                return NextStep::Rest;
            }
            SessionReply::Failed(fault) => watch.unseen = Some(fault),
            SessionReply::Missing(_) => watch.unseen = unproven,
            SessionReply::Seen(_) => {
                watch.alive = true;
                watch.unseen = None;
            }
        }
        self.give_up_in_time(now);
        match &self.stage {
            KillState::FollowingUp(_) => NextStep::LookAt(now.elapsed + FOLLOW_UP_INTERVAL),
            KillState::Unclear(..) => NextStep::LookAt(now.elapsed + SEARCH_INTERVAL),
            _ => NextStep::Rest,
        }
    }

    /// Whether the victim's id belongs to another session of the same process. Another process proves
    /// nothing: lists show whether it is the same proxy after a restart.
    fn is_replaced(&self, observation: &SessionObservation) -> bool {
        let victims = &self.victim.identity;
        let is_same_process = victims.process.is_none() || observation.process == victims.process;
        is_same_process
            && observation.other_process.is_none()
            && matches!(
                victims.compare(&observation.identity()),
                IdentityMatch::Different(_)
            )
    }

    /// It is gone. After a 404 to the DELETE it was not this DELETE that ended it.
    fn gone(&mut self, now: Now) -> NextStep {
        let (KillState::FollowingUp(watch) | KillState::Unclear(watch, _)) = &self.stage else {
            return NextStep::Rest;
        };
        let after = now.elapsed.saturating_sub(watch.sent);
        let by_itself = matches!(watch.reply, Some(RequestError::NotFound));
        self.finish(if by_itself {
            KillOutcome::AlreadyGone
        } else {
            KillOutcome::Killed { after }
        })
    }

    /// Missing from one list proves nothing (a list is no snapshot), from two in a row it does.
    pub(in crate::kill) fn on_list(&mut self, present: bool, now: Now) {
        let (KillState::FollowingUp(watch) | KillState::Unclear(watch, _)) = &mut self.stage else {
            return;
        };
        watch.alive |= present;
        watch.missing = if present {
            0
        } else {
            watch.missing.saturating_add(1)
        };
        if watch.missing >= 2 {
            self.gone(now);
        } else {
            self.give_up_in_time(now);
        }
    }

    /// Time has passed.
    pub(in crate::kill) fn give_up_in_time(&mut self, now: Now) {
        let (KillState::FollowingUp(watch) | KillState::Unclear(watch, _)) = &self.stage else {
            return;
        };
        let after = now.elapsed.saturating_sub(watch.sent);
        if after < FOLLOW_UP_TIME {
            return;
        }
        let told = watch.unseen.as_ref().or(watch.reply.as_ref());
        // One unknown is said once, whatever fault each further look brings.
        let unknown = match &self.stage {
            KillState::Unclear(_, unknown) => unknown.clone(),
            _ => KillOutcome::Unknown(told.cloned().unwrap_or(RequestError::TimedOut(FOLLOW_UP_TIME))),
        };
        self.stage = if watch.alive {
            KillState::Done(KillOutcome::StillThere { after })
        } else if after < SEARCH_TIME {
            KillState::Unclear(watch.clone(), unknown)
        } else {
            KillState::Done(unknown)
        };
    }

    /// When it has to hear the time, at the latest.
    pub(in crate::kill) fn gives_up_at(&self) -> Option<Duration> {
        match &self.stage {
            KillState::FollowingUp(watch) => Some(watch.sent + FOLLOW_UP_TIME),
            KillState::Unclear(watch, _) => Some(watch.sent + SEARCH_TIME),
            _ => None,
        }
    }
}

/// Faults after which it is certain that nothing was ended: no request left, or the server has read
/// it and said no.
const fn was_never_done(fault: &RequestError) -> bool {
    match fault {
        RequestError::Refused
        | RequestError::Resolve(_)
        | RequestError::Connect(_)
        | RequestError::LoginEnded
        | RequestError::ReadOnly
        | RequestError::Redirected(_) => true,
        // A gateway may answer these after it has passed the request on.
        RequestError::Status {
            status: 404 | 408 | 412 | 425 | 429 | 499,
            ..
        } => false,
        RequestError::Status { status, .. } => matches!(status, 400..=499),
        _ => false,
    }
}
