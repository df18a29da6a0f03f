//! After the DELETE: what its reply means, and how it is seen that the session is gone.

use std::time::Duration;

use super::{Attempt, Next, Reply};
use crate::kill::Outcome;
use crate::kill::stage::{Stage, Watch};
use crate::model::{Fault, Now, Sighting, Verdict};

/// How long a session is watched after its DELETE before it counts as still there, or as unknown.
pub(in crate::kill) const WATCH: Duration = Duration::from_secs(10);
/// So long one of which nothing is known is still looked for.
const SEARCH: Duration = Duration::from_mins(5);
/// The first look comes soon: 24.02 has removed a session before it replies.
const FIRST_LOOK: Duration = Duration::from_millis(20);
/// Between two looks at a session that should be gone.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// Between two looks once its time is over.
const SEARCH_AGAIN: Duration = Duration::from_secs(5);

impl Attempt {
    /// Ended at once is only what is certain: refused by the server, or never sent. For all else,
    /// a 404 included (before 22.08 it says that there is no DELETE), the session is watched.
    pub(in crate::kill) fn deleted(&mut self, answer: Result<(), Fault>, now: Now) -> Next {
        let Stage::Deleting {
            sent,
            unchecked,
            tries,
        } = &mut self.stage
        else {
            return Next::Rest;
        };
        let sent = *sent;
        let reply = match answer {
            Ok(()) => None,
            // Nothing was sent, so another check and DELETE may follow.
            Err(Fault::CheckExpired | Fault::Unsent) => {
                let (unchecked, tries) = (std::mem::take(unchecked), *tries);
                return self.repeat_slow_check(unchecked, tries);
            }
            Err(fault) if fault.is_not_allowed() => return self.finish(Outcome::NotAllowed(fault)),
            Err(fault) if was_never_done(&fault) => return self.finish(Outcome::Failed(fault)),
            Err(fault) => Some(fault),
        };
        self.stage = Stage::Watching(Watch::new(sent, reply));
        Next::LookAt(now.elapsed + FIRST_LOOK)
    }

    /// Handles a check after the DELETE. The session is gone if its own process answers with a 404, or
    /// has another session under its id.
    pub(super) fn seen_after_delete(&mut self, reply: Reply, now: Now) -> Next {
        let is_gone = match &reply {
            Reply::Seen(sighting) => self.is_replaced(sighting),
            Reply::Missing(absence) => self.is_of_same_process(absence) == Some(true),
            Reply::Failed(_) => false,
        };
        let (Stage::Watching(watch) | Stage::Unsure(watch, _)) = &mut self.stage else {
            return Next::Rest;
        };
        watch.alive = false;
        match reply {
            _ if is_gone => return self.gone(now),
            // Lists show later whether it is gone; another rejected login may lock the account.
            Reply::Failed(fault) if fault.is_refused_password() => {
                watch.unseen = Some(fault);
                return Next::Rest;
            }
            Reply::Failed(fault) => watch.unseen = Some(fault),
            Reply::Missing(_) => watch.unseen = Some(Fault::MixedProcesses),
            Reply::Seen(_) => {
                watch.alive = true;
                watch.unseen = None;
            }
        }
        self.give_up_in_time(now);
        match &self.stage {
            Stage::Watching(_) => Next::LookAt(now.elapsed + LOOK_AGAIN),
            Stage::Unsure(..) => Next::LookAt(now.elapsed + SEARCH_AGAIN),
            _ => Next::Rest,
        }
    }

    /// Whether the victim's id belongs to another session of the same process. Another process proves
    /// nothing: lists show whether it is the same proxy after a restart.
    fn is_replaced(&self, sighting: &Sighting) -> bool {
        let victims = &self.victim.identity;
        let is_same_process = victims.process.is_none() || sighting.process == victims.process;
        is_same_process
            && sighting.other_process.is_none()
            && matches!(victims.compare(&sighting.identity()), Verdict::Different(_))
    }

    /// It is gone. After a 404 to the DELETE it was not this DELETE that ended it.
    fn gone(&mut self, now: Now) -> Next {
        let (Stage::Watching(watch) | Stage::Unsure(watch, _)) = &self.stage else {
            return Next::Rest;
        };
        let after = now.elapsed.saturating_sub(watch.sent);
        let by_itself = matches!(watch.reply, Some(Fault::NotFound));
        self.finish(if by_itself {
            Outcome::AlreadyGone
        } else {
            Outcome::Killed { after }
        })
    }

    /// Missing from one list proves nothing (a list is no snapshot), from two in a row it does.
    pub(in crate::kill) fn listed(&mut self, present: bool, now: Now) {
        let (Stage::Watching(watch) | Stage::Unsure(watch, _)) = &mut self.stage else {
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
        let (Stage::Watching(watch) | Stage::Unsure(watch, _)) = &self.stage else {
            return;
        };
        let after = now.elapsed.saturating_sub(watch.sent);
        if after < WATCH {
            return;
        }
        let told = watch.unseen.as_ref().or(watch.reply.as_ref());
        // One unknown is said once, whatever fault each further look brings.
        let unknown = match &self.stage {
            Stage::Unsure(_, unknown) => unknown.clone(),
            _ => Outcome::Unknown(told.cloned().unwrap_or(Fault::TimedOut(WATCH))),
        };
        self.stage = if watch.alive {
            Stage::Done(Outcome::StillThere { after })
        } else if after < SEARCH {
            Stage::Unsure(watch.clone(), unknown)
        } else {
            Stage::Done(unknown)
        };
    }

    /// When it has to hear the time, at the latest.
    pub(in crate::kill) fn gives_up_at(&self) -> Option<Duration> {
        match &self.stage {
            Stage::Watching(watch) => Some(watch.sent + WATCH),
            Stage::Unsure(watch, _) => Some(watch.sent + SEARCH),
            _ => None,
        }
    }
}

/// Faults after which it is certain that nothing was ended: no request left, or the server has read
/// it and said no.
const fn was_never_done(fault: &Fault) -> bool {
    match fault {
        Fault::Refused
        | Fault::Resolve(_)
        | Fault::Connect(_)
        | Fault::LoginEnded
        | Fault::ReadOnly
        | Fault::Redirected(_) => true,
        // A gateway may answer these after it has passed the request on.
        Fault::Status {
            status: 404 | 408 | 412 | 425 | 429 | 499,
            ..
        } => false,
        Fault::Status { status, .. } => matches!(status, 400..=499),
        _ => false,
    }
}
