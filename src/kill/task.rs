//! The kill of one victim, from the dialog to the outcome.
//!
//! Interprets the replies and decides which request is next. [`KillBatch`](super::KillBatch) decides when
//! it is sent.

mod checks;
mod filters;
mod follow_up;
mod locks;
mod statements;

use std::sync::Arc;
use std::time::Duration;

use self::locks::NewLocks;
use super::event::{CheckPurpose, KillRequest, Ticket};
use super::request_scheduler::RequestKind;
use super::state::{FirstCheck, KillState};
use super::statements::{self as session_statements, StatementTracker};
use super::{KillOutcome, RefusalReason, Rules, StatementEnd, Victim};
use crate::model::{Absence, Now, RequestError, Session, SessionObservation};

#[cfg(test)]
pub(super) use follow_up::{FOLLOW_UP_TIME, LAST_REPLY_TIME};

pub(crate) use checks::MAX_CHECK_AGE;

/// Time between two tries of a first check that failed.
pub(super) const RECHECK_DELAY: Duration = Duration::from_secs(1);

/// The kill of one victim.
#[derive(Clone, Debug)]
pub(crate) struct KillTask {
    /// The session to kill, with its identity as of when the dialog opened.
    pub victim: Victim,
    state: KillState,
    ticket: Ticket,
    /// Purpose of the pending request. `None` if there is none.
    waits: Option<RequestKind>,
    struck: bool,
    /// Whether one of its checks has read two process starts.
    mixed_processes: bool,
    /// The statements of the session at its servers.
    statements: StatementTracker,
    /// The locks that were read for the check in progress. `None` if no filter depends on them.
    new_locks: Option<NewLocks>,
}

/// The next step of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NextStep {
    /// No next step.
    Rest,
    /// Send a follow-up or check at this time, since the program started.
    CheckAt(Duration),
    /// Queue the task again: its check has to be repeated.
    Queue,
    /// Send the check now: the servers are read.
    Check,
    /// Read the transactions and locks of the servers now.
    ReadLocks,
    /// Read the threads of the servers now.
    ReadThreads,
    /// Log the intents of the KILLs now.
    LogStatements,
    /// End this statement now, by its index.
    EndStatement(usize),
    /// Send the DELETE now, right after the check's reply.
    Delete {
        /// Time before the first request of the check was written.
        checked_at: Now,
    },
}

/// The reply to a check.
#[derive(Clone, Debug)]
pub(super) enum SessionReply {
    Seen(Arc<SessionObservation>),
    /// The admin API's own 404.
    Missing(Absence),
    Failed(RequestError),
}

impl SessionReply {
    pub(super) const fn fault(&self) -> Option<&RequestError> {
        match self {
            Self::Failed(fault) => Some(fault),
            Self::Seen(_) | Self::Missing(_) => None,
        }
    }
}

impl From<Result<Arc<SessionObservation>, RequestError>> for SessionReply {
    fn from(reply: Result<Arc<SessionObservation>, RequestError>) -> Self {
        reply.map_or_else(Self::Failed, Self::Seen)
    }
}

/// The reply to a check, with what is needed to evaluate it.
#[derive(Clone, Debug)]
pub(super) struct CheckReply<'a> {
    pub(super) reply: SessionReply,
    /// The rules that apply to all victims.
    pub(super) rules: &'a Rules,
}

impl KillTask {
    pub(super) fn new(kill: u32, victim: Victim) -> Self {
        let refused = victim.refused.clone();
        let pending = KillState::Unconfirmed(FirstCheck::Pending);
        Self {
            state: refused.map_or(pending, |refusal| KillState::Done(KillOutcome::Refused(refusal))),
            victim,
            ticket: Ticket::before_first(kill),
            waits: None,
            struck: false,
            mixed_processes: false,
            statements: StatementTracker::default(),
            new_locks: None,
        }
    }

    /// Returns the state.
    pub(crate) const fn state(&self) -> &KillState {
        &self.state
    }

    /// Returns when the first check was sent, since the program started; `None` before it has passed.
    pub(crate) fn passed_at(&self) -> Option<Duration> {
        match &self.state {
            KillState::Unconfirmed(FirstCheck::Passed { observation, .. }) => {
                Some(observation.asked_at.elapsed)
            }
            _ => None,
        }
    }

    /// Returns the number of the kill within the run.
    pub(crate) const fn number(&self) -> u32 {
        self.ticket.number()
    }

    /// Whether the user has removed the victim from the batch.
    pub(crate) const fn is_removed(&self) -> bool {
        self.struck
    }

    /// Returns the outcome, if there is one. An unknown outcome may still become known.
    pub(crate) const fn outcome(&self) -> Option<&KillOutcome> {
        match &self.state {
            KillState::Done(outcome)
            | KillState::Unclear(_, outcome)
            | KillState::WatchingStatements(_, outcome) => Some(outcome),
            _ => None,
        }
    }

    /// Whether the outcome is final.
    pub(crate) const fn is_finished(&self) -> bool {
        self.struck || matches!(self.state, KillState::Done(_))
    }

    /// Whether the first check has passed and nothing is confirmed yet.
    pub(crate) const fn may_be_confirmed(&self) -> bool {
        !self.struck && matches!(self.state, KillState::Unconfirmed(FirstCheck::Passed { .. }))
    }

    /// Whether the result of the first check is still open.
    pub(super) const fn is_undecided(&self) -> bool {
        !self.struck
            && matches!(
                self.state,
                KillState::Unconfirmed(FirstCheck::Pending | FirstCheck::NoAnswer(_))
            )
    }

    /// Whether a list without the session that was requested at this time shows that it ended before the
    /// confirmation.
    pub(super) fn is_ended_by_list(&self, asked_at: Duration) -> bool {
        let is_open = matches!(self.state, KillState::Unconfirmed(_));
        is_open && self.passed_at().is_none_or(|passed_at| passed_at < asked_at)
    }

    /// Whether a DELETE is in flight, or its result is unknown.
    pub(crate) const fn is_in_flight(&self) -> bool {
        matches!(
            self.state,
            KillState::Deleting { .. } | KillState::FollowingUp(_) | KillState::Unclear(..)
        )
    }

    /// Returns the session as of the first check; before that, as of the list.
    pub(crate) fn session(&self) -> &Session {
        match &self.state {
            KillState::Unconfirmed(FirstCheck::Passed { observation, .. }) => &observation.detail.session,
            _ => &self.victim.session,
        }
    }

    pub(super) const fn toggle_removed(&mut self) {
        self.struck = !self.struck;
    }

    /// Finishes the task if nothing was sent yet. Once a DELETE was ordered, only later replies decide: if it
    /// was not written, the task is finished then. Returns `true` if the task was finished.
    pub(super) fn withdraw(&mut self, outcome: KillOutcome) -> bool {
        if let KillState::Deleting { withdrawn, .. } = &mut self.state {
            withdrawn.get_or_insert(outcome);
            return false;
        }
        let may = matches!(
            self.state,
            KillState::Unconfirmed(_) | KillState::Queued { .. } | KillState::Checking { .. }
        );
        if may {
            self.state = KillState::Done(outcome);
        }
        may
    }

    /// Replaces what the first check has found, if nothing was confirmed yet.
    pub(super) fn refuse_check(&mut self, refusal: RefusalReason) {
        let is_check = matches!(
            self.state,
            KillState::Unconfirmed(_)
                | KillState::Done(
                    KillOutcome::AlreadyGone
                        | KillOutcome::Refused(
                            RefusalReason::Changed(_)
                                | RefusalReason::Restarted
                                | RefusalReason::Unreadable(_)
                        )
                )
        );
        if is_check {
            self.state = KillState::Done(KillOutcome::Refused(refusal));
        }
    }

    /// Finishes the task because the program exits. The result of a DELETE that was sent stays unknown.
    pub(super) fn abandon(&mut self, fault: &RequestError) {
        if self.is_in_flight() {
            self.state = KillState::Done(KillOutcome::Unknown(fault.clone()));
        }
        self.abandon_statements();
    }

    /// Queues the task after the user's confirmation. Returns `true` if it is queued.
    pub(super) fn confirm(&mut self) -> bool {
        if !self.may_be_confirmed() {
            return false;
        }
        if let KillState::Unconfirmed(FirstCheck::Passed {
            unchecked,
            observation,
        }) = &self.state
        {
            self.victim.session = observation.detail.session.clone();
            self.state = KillState::Queued {
                unchecked: unchecked.clone(),
                tries: 0,
            };
        }
        true
    }

    /// Starts the check right before the DELETE.
    pub(super) fn begin(&mut self) {
        if let KillState::Queued { unchecked, tries } = &mut self.state {
            self.new_locks = None;
            self.state = KillState::Checking {
                unchecked: std::mem::take(unchecked),
                tries: *tries + 1,
            };
        }
    }

    /// Marks a request as pending and returns its ticket.
    pub(super) const fn start_request(&mut self, kind: RequestKind) -> Ticket {
        self.ticket = self.ticket.next();
        self.waits = Some(kind);
        self.ticket
    }

    /// Returns the purpose of the pending request if `ticket` belongs to it, and clears it.
    pub(super) fn accept_reply(&mut self, ticket: Ticket) -> Option<RequestKind> {
        if self.ticket == ticket {
            self.waits.take()
        } else {
            None
        }
    }

    /// Whether a request is pending.
    pub(super) const fn has_request(&self) -> bool {
        self.waits.is_some()
    }

    /// Whether the next request of the task is of this kind. One that is queued twice needs only one check.
    pub(super) const fn needs_request(&self, kind: RequestKind) -> bool {
        match kind {
            RequestKind::Check => self.is_undecided() || self.is_queued(),
            RequestKind::FollowUp => self.is_in_flight() || self.follows_statements(),
        }
    }

    /// Returns what the kill does now: `DELETE sent 4s ago`. `None` if it is finished or not confirmed.
    pub(crate) fn progress_text(&self, now: Duration) -> Option<String> {
        let ago = |sent: Duration| now.saturating_sub(sent).as_secs();
        Some(match &self.state {
            KillState::Queued { .. } | KillState::Checking { .. } => {
                "checked again before its DELETE".to_owned()
            }
            KillState::Deleting { sent, .. } => format!("DELETE sent {}s ago", ago(*sent)),
            KillState::FollowingUp(watch) => {
                format!("DELETE sent {}s ago, waiting for its end", ago(watch.sent))
            }
            KillState::EndingStatements(_) => "ended, its statements are checked".to_owned(),
            KillState::Unconfirmed(_)
            | KillState::Unclear(..)
            | KillState::WatchingStatements(..)
            | KillState::Done(_) => return None,
        })
    }

    /// Whether the task waits for its turn.
    pub(super) const fn is_queued(&self) -> bool {
        matches!(self.state, KillState::Queued { .. })
    }

    /// Returns the purpose of the next check.
    pub(super) const fn check_purpose(&self) -> CheckPurpose {
        match self.state {
            KillState::Unconfirmed(_) => CheckPurpose::Confirm,
            KillState::Queued { .. } | KillState::Checking { .. } | KillState::Deleting { .. } => {
                CheckPurpose::Delete
            }
            KillState::FollowingUp(_)
            | KillState::Unclear(..)
            | KillState::EndingStatements(_)
            | KillState::WatchingStatements(..)
            | KillState::Done(_) => CheckPurpose::FollowUp,
        }
    }

    /// Returns the next request of a task that has its turn.
    pub(super) fn next_request(&self) -> KillRequest {
        match self.state {
            KillState::Checking { .. } if self.victim.has_server_access => {
                let servers = session_statements::servers(&self.victim.session);
                if !servers.is_empty() {
                    return KillRequest::ReadThreads { servers };
                }
            }
            KillState::EndingStatements(_) | KillState::WatchingStatements(..) => {
                return self.read_threads();
            }
            _ => {}
        }
        self.check()
    }

    /// Returns the request of a check.
    pub(super) const fn check(&self) -> KillRequest {
        KillRequest::Check {
            id: self.victim.identity.id,
            purpose: self.check_purpose(),
        }
    }

    /// Returns the request that reads the threads of the session's servers again.
    pub(super) fn read_threads(&self) -> KillRequest {
        KillRequest::ReadThreads {
            servers: self.statements.servers(),
        }
    }

    /// Returns the request that ends a statement.
    pub(super) fn end_statement(&self, index: usize) -> Option<KillRequest> {
        let (statement, connection) = self.statements.statement(index)?;
        Some(KillRequest::EndStatement {
            server: statement.server.clone(),
            connection,
            query_id: statement.query_id,
            index,
        })
    }

    /// Returns the statements whose intent has to be logged.
    pub(super) fn statements_to_log(&self) -> Vec<StatementEnd> {
        let indexes = self.statements.being_logged().into_iter();
        indexes
            .filter_map(|index| Some(self.statements.statement(index)?.0.clone()))
            .collect()
    }

    fn finish(&mut self, outcome: KillOutcome) -> NextStep {
        self.state = KillState::Done(outcome);
        NextStep::Rest
    }

    /// Handles the reply to a check.
    pub(super) fn on_reply(&mut self, check: CheckReply<'_>, now: Now) -> NextStep {
        match &mut self.state {
            KillState::Unconfirmed(_) => self.first_seen(check, now),
            KillState::Checking { .. } => self.seen_before_delete(check, now),
            KillState::FollowingUp(_) | KillState::Unclear(..) => self.seen_after_delete(check.reply, now),
            // A first check that was still in flight at the confirmation. The task waited for this reply.
            KillState::Queued { .. } => NextStep::Queue,
            KillState::Deleting { .. }
            | KillState::EndingStatements(_)
            | KillState::WatchingStatements(..)
            | KillState::Done(_) => NextStep::Rest,
        }
    }
}
