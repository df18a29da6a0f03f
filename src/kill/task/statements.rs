//! After the session is gone: finds out which of its statements still run, and ends them if that was
//! confirmed.

use std::time::Duration;

use super::{KillTask, NextStep};
use crate::kill::state::{KillState, StatementWatch};
use crate::kill::statements::{EndAttempt, StatementDoubt, StatementState};
use crate::kill::{KillOutcome, Rules};
use crate::model::{Now, ServerAccessFault, ServerThreads, Text};

/// Maximum time in which the statements delay the outcome.
const RESULT_TIME: Duration = Duration::from_secs(3);
/// Time between two readings until then.
const RESULT_INTERVAL: Duration = Duration::from_millis(150);
/// Maximum time to watch a statement that still runs.
const WATCH_TIME: Duration = Duration::from_mins(10);
/// Time between two readings while a statement is watched.
const WATCH_INTERVAL: Duration = Duration::from_secs(2);

impl KillTask {
    /// Handles a reading of the threads.
    pub(in crate::kill) fn threads_read(
        &mut self,
        readings: Vec<ServerThreads>,
        rules: &Rules,
        now: Now,
    ) -> NextStep {
        match &self.state {
            KillState::Checking { .. } => {
                self.statements.on_first_reading(readings);
                if self.needs_locks(rules) {
                    NextStep::ReadLocks
                } else {
                    NextStep::Check
                }
            }
            KillState::EndingStatements(_) => {
                self.statements.on_later_reading(&readings);
                if rules.kills_statements {
                    let killable = self.statements.killable();
                    for index in &killable {
                        self.statements.set_attempt(*index, EndAttempt::Logging);
                    }
                    if !killable.is_empty() {
                        return NextStep::LogStatements;
                    }
                }
                self.conclude(now)
            }
            KillState::WatchingStatements(..) => {
                self.statements.on_later_reading(&readings);
                self.conclude(now)
            }
            _ => NextStep::Rest,
        }
    }

    /// Starts the second reading after the session is gone. `is_confirmed` is whether a 404 has shown it.
    pub(super) fn gone_with_statements(&mut self, after: Duration, is_confirmed: bool, now: Now) -> NextStep {
        if !is_confirmed {
            self.statements.doubt(&StatementDoubt::NotConfirmed);
        }
        if !is_confirmed || !self.statements.has_statements() {
            let outcome = self.killed(after);
            return self.finish(outcome);
        }
        self.state = KillState::EndingStatements(StatementWatch {
            after,
            since: now.elapsed,
        });
        NextStep::ReadThreads
    }

    /// Returns the outcome with the current results.
    fn killed(&self, after: Duration) -> KillOutcome {
        KillOutcome::Killed {
            after,
            statements: Box::new(self.statements.results().clone()),
        }
    }

    /// Handles the result of logging the intents of the KILLs. This is the only place where a KILL is
    /// ordered.
    pub(in crate::kill) fn statements_logged(
        &mut self,
        answer: &Result<(), Text>,
        rules: &Rules,
        now: Now,
    ) -> NextStep {
        if !matches!(self.state, KillState::EndingStatements(_)) {
            return self.conclude(now);
        }
        let refused = match answer {
            Ok(()) if rules.kills_statements => None,
            Ok(()) => Some("the kill was stopped"),
            Err(_) => Some("its intent could not be logged"),
        };
        if let Some(why) = refused {
            for index in self.statements.being_logged() {
                self.statements.set_attempt(index, EndAttempt::LeftAlone(why));
            }
        }
        self.next_kill(now)
    }

    /// Orders the KILL of the next statement whose intent is logged, and each only once.
    fn next_kill(&mut self, now: Now) -> NextStep {
        match self.statements.being_logged().first() {
            Some(index) => {
                self.statements.set_attempt(*index, EndAttempt::Sent);
                NextStep::EndStatement(*index)
            }
            None => self.conclude(now),
        }
    }

    /// Handles the reply to a KILL.
    pub(in crate::kill) fn statement_ended(
        &mut self,
        index: usize,
        reply: Result<(), ServerAccessFault>,
        rules: &Rules,
        now: Now,
    ) -> NextStep {
        self.statements.on_kill_reply(index, reply);
        self.statements_logged(&Ok(()), rules, now)
    }

    /// Decides whether the results are final, or when the threads are read again.
    fn conclude(&mut self, now: Now) -> NextStep {
        let (watch, is_watched) = match &self.state {
            KillState::EndingStatements(watch) => (*watch, false),
            KillState::WatchingStatements(watch, _) => (*watch, true),
            _ => return NextStep::Rest,
        };
        let results = self.statements.results();
        let is_open = results.statements.iter().any(|statement| match &statement.state {
            StatementState::Running => {
                matches!(statement.attempt, EndAttempt::Sent | EndAttempt::Failed(_))
            }
            StatementState::Unknown(doubt) => doubt.is_passing(),
            StatementState::Ended => false,
        });
        let passed = now.elapsed.saturating_sub(watch.since);
        if !is_watched && is_open && passed < RESULT_TIME {
            return NextStep::CheckAt(now.elapsed + RESULT_INTERVAL);
        }
        let may_change = is_open || results.runs();
        let outcome = self.killed(watch.after);
        if !may_change || passed >= WATCH_TIME {
            return self.finish(outcome);
        }
        // An outcome is reported once while nothing changes.
        self.state = KillState::WatchingStatements(watch, outcome);
        NextStep::CheckAt(now.elapsed + WATCH_INTERVAL)
    }

    /// Whether the session is gone and its statements are still read.
    pub(in crate::kill) const fn follows_statements(&self) -> bool {
        matches!(
            self.state,
            KillState::EndingStatements(_) | KillState::WatchingStatements(..)
        )
    }

    /// Whether a DELETE was ordered and a KILL of a statement may follow.
    pub(in crate::kill) fn may_end_statements(&self) -> bool {
        let is_open = self.is_in_flight() || matches!(self.state, KillState::EndingStatements(_));
        is_open && self.statements.may_end()
    }

    /// Finishes the task if its time has passed.
    pub(super) fn give_up_statements(&mut self, now: Now) {
        match &self.state {
            KillState::EndingStatements(watch) if now.elapsed >= watch.since + RESULT_TIME * 2 => {
                let watch = *watch;
                for index in self.statements.being_logged() {
                    self.statements
                        .set_attempt(index, EndAttempt::LeftAlone("the audit log takes too long"));
                }
                let outcome = self.killed(watch.after);
                self.state = KillState::WatchingStatements(watch, outcome);
            }
            KillState::WatchingStatements(watch, outcome) if now.elapsed >= watch.since + WATCH_TIME => {
                self.state = KillState::Done(outcome.clone());
            }
            _ => {}
        }
    }

    /// Returns the time at which [`Self::give_up_statements`] must run.
    pub(super) fn gives_up_statements_at(&self) -> Option<Duration> {
        match &self.state {
            KillState::EndingStatements(watch) => Some(watch.since + RESULT_TIME * 2),
            KillState::WatchingStatements(watch, _) => Some(watch.since + WATCH_TIME),
            _ => None,
        }
    }

    /// Finishes the task because the program exits.
    pub(super) fn abandon_statements(&mut self) {
        if let KillState::EndingStatements(watch) = &self.state {
            let after = watch.after;
            self.statements.doubt(&StatementDoubt::Exiting);
            self.state = KillState::Done(self.killed(after));
        } else if let KillState::WatchingStatements(_, outcome) = &self.state {
            self.state = KillState::Done(outcome.clone());
        }
    }
}
