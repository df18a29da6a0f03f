//! One session and its visible state at a given time.

mod activity;
mod backends;
mod statements;

use std::borrow::Cow;
use std::net::IpAddr;
use std::time::Duration;

use self::activity::Activity;
use self::backends::thread_id;
use super::population::{Library, SimClient};
use super::scenario::{NO_SCRIPT, Script, SessionTrouble};
use super::timeline::{Progress, Rhythm, Timeline, mix};
use super::topology::Service;

pub use backends::SimConnection;
pub use statements::Statement;

/// Number of worker threads of the simulated proxy.
pub(in crate::demo) const WORKERS: u64 = 4;
/// Window in which I/O events are counted: 30 seconds, in microseconds.
const IO_WINDOW: u64 = 30_000_000;
/// Rhythm of a slow reader, which fetches one part of a large result after another.
const STREAM: Rhythm = Rhythm {
    period: 15_000,
    statements: 1,
    run: 13_000,
    gap: 300,
};

/// A session as the world stores it. Everything else follows from its age.
#[derive(Debug)]
pub(super) struct SimSession {
    pub(super) id: u64,
    pub(super) client: SimClient,
    pub(super) seed: u64,
    pub(super) born: Duration,
    pub(super) plot: SessionTrouble,
    /// Age at which the problem begins.
    trouble: Duration,
    /// Age at which the problem ended, if it did.
    ended: Option<Duration>,
    pub(super) script: &'static Script,
    /// Thread id of the first server connection, if it comes from a pool.
    pub(super) pooled_thread: Option<u64>,
    pub(super) expires: Option<Duration>,
}

impl SimSession {
    pub(super) fn new(id: u64, client: SimClient, seed: u64, born: Duration) -> Self {
        Self {
            id,
            client,
            seed,
            born,
            plot: SessionTrouble::Ordinary,
            trouble: Duration::MAX,
            ended: None,
            script: &NO_SCRIPT,
            pooled_thread: None,
            expires: None,
        }
    }

    pub(super) fn set_trouble(&mut self, plot: SessionTrouble, trouble: Duration) {
        self.plot = plot;
        self.trouble = trouble;
        self.ended = None;
    }

    /// Returns the thread id of the first server connection.
    pub(super) fn first_thread_id(&self) -> u64 {
        self.pooled_thread.unwrap_or_else(|| thread_id(self.id, 0))
    }

    /// Ends the running statement of a session that waits. Its client then continues as usual.
    pub(super) fn end_wait(&mut self, uptime: Duration) {
        if self.plot.is_waiting() && self.ended.is_none() {
            self.ended = Some(uptime.saturating_sub(self.born));
        }
    }

    pub(super) fn reassign(&mut self, user: &str, born: Duration) {
        self.client.user = Cow::Owned(user.to_owned());
        self.born = born;
        self.seed = mix(self.seed, 31);
        self.script = &NO_SCRIPT;
        self.set_trouble(SessionTrouble::Ordinary, Duration::MAX);
    }
}

/// State of a session, independent of the dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Connected, but not logged in.
    HalfOpen,
    /// In use.
    Ready,
    /// Requested to stop.
    Stopping,
}

/// A session at a given time.
#[derive(Debug, Clone, Copy)]
pub struct SimSessionAt<'a> {
    session: &'a SimSession,
    uptime: Duration,
    activity: Activity,
    progress: Progress,
}

impl<'a> SimSessionAt<'a> {
    pub(super) fn of(session: &'a SimSession, uptime: Duration) -> Self {
        let streams = session.plot == SessionTrouble::SlowReader;
        let rhythm = if streams {
            STREAM
        } else {
            session.client.kind.rhythm
        };
        let activity = Activity {
            timeline: Timeline::new(rhythm, session.seed),
            plot: session.plot,
            trouble: micros(session.trouble),
            ended: session.ended.map(micros),
            script: session.script,
        };
        Self {
            session,
            uptime,
            activity,
            progress: activity.progress(micros(uptime.saturating_sub(session.born))),
        }
    }

    /// Whether the scripted problem has begun and has not ended.
    fn is_troubled(&self) -> bool {
        self.age() >= self.session.trouble && self.session.ended.is_none_or(|ended| self.age() < ended)
    }

    /// Returns the session id.
    pub fn id(&self) -> u64 {
        self.session.id
    }

    /// Returns the user. `None` while the session is half-open.
    pub fn user(&self) -> Option<&'a str> {
        (self.session.plot != SessionTrouble::HalfOpen).then_some(&*self.session.client.user)
    }

    /// Returns the address of the client.
    pub fn address(&self) -> IpAddr {
        self.session.client.address
    }

    /// Returns the port of the client.
    pub fn port(&self) -> u16 {
        self.session.client.port
    }

    /// Returns the name of the program, as the client reports it.
    pub fn program(&self) -> &'a str {
        self.session
            .client
            .hostile
            .map_or(self.session.client.kind.program, |hostile| hostile.program)
    }

    /// Returns the client's process id, which is the same for all sessions of a program at an address.
    pub fn pid(&self) -> u64 {
        let last = match self.address() {
            IpAddr::V4(address) => address.octets()[3],
            IpAddr::V6(address) => address.octets()[15],
        };
        1_200 + mix(u64::from(last), self.program().len() as u64) % 30_000
    }

    /// Returns the client library.
    pub fn library(&self) -> &'static Library {
        self.session.client.kind.library
    }

    /// Returns the service.
    pub fn service(&self) -> &'static Service {
        self.session.client.kind.service
    }

    /// Returns the scripted problem.
    #[cfg(test)]
    pub(in crate::demo) const fn plot(&self) -> SessionTrouble {
        self.session.plot
    }

    /// Returns the state.
    pub fn state(&self) -> State {
        match self.session.plot {
            SessionTrouble::HalfOpen => State::HalfOpen,
            SessionTrouble::Closing if self.is_troubled() => State::Stopping,
            _ => State::Ready,
        }
    }

    /// Returns when the session was opened, as an uptime of the process.
    pub fn connected(&self) -> Duration {
        self.session.born
    }

    /// Returns the time since the session was opened.
    pub fn age(&self) -> Duration {
        self.uptime.saturating_sub(self.session.born)
    }

    /// Returns the number of the worker thread.
    pub fn worker(&self) -> u64 {
        mix(self.session.seed, 41) % WORKERS
    }

    /// Returns a number that puts lists into an arbitrary order.
    pub fn shuffle(&self) -> u64 {
        mix(self.session.seed, 42)
    }

    /// Whether a statement is running.
    pub fn is_running(&self) -> bool {
        self.progress.started > self.progress.finished
    }

    /// Returns when the client last sent something, as an uptime of the process.
    pub fn last_request(&self) -> Duration {
        self.since_birth(
            self.progress
                .started
                .checked_sub(1)
                .map_or(0, |number| self.span(number).0),
        )
    }

    /// Returns when the session was last active, as an uptime of the process. The current time while a
    /// statement runs.
    pub fn last_activity(&self) -> Duration {
        if self.is_running() || self.session.plot == SessionTrouble::HalfOpen {
            return self.uptime;
        }
        let last = self
            .progress
            .finished
            .checked_sub(1)
            .and_then(|number| self.span(number).1);
        self.since_birth(last.unwrap_or(0)).min(self.uptime)
    }

    fn since_birth(&self, micros: u64) -> Duration {
        self.session.born.saturating_add(Duration::from_micros(micros))
    }

    /// Returns the number of I/O events in the last 30 s.
    pub fn io_activity(&self) -> u64 {
        let age = micros(self.age());
        if self.session.plot == SessionTrouble::HalfOpen {
            return 1;
        }
        let login = if age < IO_WINDOW { 8 } else { 0 };
        let then = age.checked_sub(IO_WINDOW).map_or(
            Progress {
                started: 0,
                finished: 0,
            },
            |age| self.activity.progress(age),
        );
        let now = self.progress;
        let streaming = if self.session.plot == SessionTrouble::SlowReader {
            60 + age / 700_000 % 40
        } else {
            0
        };
        login
            + streaming
            + 2 * (now.started.saturating_sub(then.started) + now.finished.saturating_sub(then.finished))
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
