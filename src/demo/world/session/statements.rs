//! Statements of a session.

use std::time::Duration;

use super::SimSessionAt;
use crate::demo::world::locks::DepartedThread;
use crate::demo::world::servers::query_id;
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
        let (start, end) = self.activity.span(number);
        (start, end.filter(|_| number < self.progress.finished))
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

    /// Returns when the scripted statements start and when the problem begins, as uptimes of the process.
    pub(in crate::demo::world) fn incident_times(&self) -> (Duration, Duration) {
        let since = |age| self.since_birth(age);
        (since(self.activity.script_start()), since(self.activity.trouble))
    }

    /// Returns the thread that continues if the session is killed now. `None` if no statement runs.
    pub(in crate::demo::world) fn departed_thread(&self) -> Option<DepartedThread> {
        let number = self.progress.finished;
        let statement = self.statements(1).last().filter(|_| self.is_running())?;
        let connection = self.connections().find(|held| held.server == statement.server)?;
        let (_, end) = self.activity.span(number);
        Some(DepartedThread {
            server: statement.server,
            thread_id: connection.thread_id,
            user: self.user().unwrap_or_default().to_owned(),
            text: self.text(number),
            since: statement.received,
            query_id: query_id(self.id(), &statement),
            ends: end.map(|end| self.since_birth(end)),
        })
    }

    fn statement(&self, number: u64) -> Statement<'a> {
        let (start, end) = self.span(number);
        Statement {
            text: self.text(number),
            received: self.since_birth(start),
            completed: end.map(|end| self.since_birth(end)),
            server: self.server_of(number),
        }
    }

    fn text(&self, number: u64) -> &'static str {
        let client = &self.session.client;
        if let Some(hostile) = client.hostile {
            return hostile.statement;
        }
        let texts = client.kind.statements;
        let choice =
            usize::try_from(mix(self.session.seed, number) % (texts.len() as u64).max(1)).unwrap_or(0);
        let usual = texts.get(choice).copied().unwrap_or_default();
        self.activity.text(number).unwrap_or(usual)
    }
}
