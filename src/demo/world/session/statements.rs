//! Statements of a session.

use std::time::Duration;

use super::{SimSessionAt, micros};
use crate::demo::world::scenario::SessionTrouble;
use crate::demo::world::timeline::mix;

/// A statement of a session. Times are uptimes of the process.
#[derive(Debug, Clone, Copy)]
pub struct Statement<'a> {
    /// SQL text.
    pub text: &'a str,
    /// When the statement was received.
    pub received: Duration,
    /// When the statement completed. `None` while it is running.
    pub completed: Option<Duration>,
    /// Server that ran the statement.
    pub server: &'static str,
}

impl<'a> SimSessionAt<'a> {
    /// Returns start and end of the `number`-th statement, from 0, in microseconds since the session was
    /// opened. The end is `None` while it is running.
    pub(super) fn span(&self, number: u64) -> (u64, Option<u64>) {
        let (start, end) = self.timeline.span(number);
        if number < self.progress.finished {
            return (start, Some(end));
        }
        let stuck = matches!(
            self.session.plot,
            SessionTrouble::Hung | SessionTrouble::NoBackend
        );
        let trouble = micros(self.session.trouble);
        (
            if stuck && micros(self.age()) >= trouble {
                trouble
            } else {
                start
            },
            None,
        )
    }

    /// Returns the number of statements sent so far.
    pub fn statement_count(&self) -> u64 {
        self.progress.started
    }

    /// Returns the last `at_most` statements, oldest first.
    pub fn statements(&self, at_most: u64) -> impl Iterator<Item = Statement<'a>> + use<'a> {
        let moment = *self;
        let first = self.progress.started.saturating_sub(at_most);
        (first..self.progress.started).map(move |number| moment.statement(number))
    }

    fn statement(&self, number: u64) -> Statement<'a> {
        let (start, end) = self.span(number);
        let texts = self.session.client.kind.statements;
        let choice =
            usize::try_from(mix(self.session.seed, number) % (texts.len() as u64).max(1)).unwrap_or(0);
        let text = texts.get(choice).copied().unwrap_or_default();
        Statement {
            text: self
                .session
                .client
                .hostile
                .map_or(text, |hostile| hostile.statement),
            received: self.since_birth(start),
            completed: end.map(|end| self.since_birth(end)),
            server: self.server_of(number),
        }
    }
}
