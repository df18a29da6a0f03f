//! One session, and what can be seen of it at a moment.
//!
//! Who may enter: the world makes sessions; replies read [`Moment`]s.

use std::borrow::Cow;
use std::net::IpAddr;
use std::time::Duration;

use super::cast::{Client, Library, Service};
use super::story::Plot;
use super::timeline::{Progress, Rhythm, Timeline, mix};

/// Worker threads of the simulated proxy.
pub(in crate::demo) const WORKERS: u64 = 4;
/// Counted I/O events are those of the last 30 seconds, here in microseconds.
const IO_WINDOW: u64 = 30_000_000;
/// A slow reader fetches one part of a large result after another.
const STREAM: Rhythm = Rhythm {
    period: 15_000,
    statements: 1,
    run: 13_000,
    gap: 300,
};

/// A session as the world keeps it: only what does not follow from its age.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) id: u64,
    pub(super) client: Client,
    pub(super) seed: u64,
    pub(super) born: Duration,
    pub(super) plot: Plot,
    /// The age at which the plot begins.
    trouble: Duration,
    pub(super) expires: Option<Duration>,
}

impl Session {
    pub(super) fn new(id: u64, client: Client, seed: u64, born: Duration) -> Self {
        Self {
            id,
            client,
            seed,
            born,
            plot: Plot::Ordinary,
            trouble: Duration::MAX,
            expires: None,
        }
    }

    pub(super) fn cast(&mut self, plot: Plot, trouble: Duration) {
        self.plot = plot;
        self.trouble = trouble;
    }

    pub(super) fn hand_over(&mut self, user: &str, born: Duration) {
        self.client.user = Cow::Owned(user.to_owned());
        self.born = born;
        self.seed = mix(self.seed, 31);
        self.cast(Plot::Ordinary, Duration::MAX);
    }
}

/// What a session is doing, in no dialect's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Connected, not logged in.
    HalfOpen,
    /// In use.
    Ready,
    /// Told to stop.
    Stopping,
}

/// A statement of a session; times are since the process began.
#[derive(Debug, Clone, Copy)]
pub struct Statement<'a> {
    /// Its text.
    pub text: &'a str,
    /// When it came.
    pub received: Duration,
    /// When it was answered; not yet, if `None`.
    pub completed: Option<Duration>,
    /// The server that answered.
    pub server: &'static str,
}

/// A backend connection of a session.
#[derive(Debug, Clone, Copy)]
pub struct Backend {
    /// The server's name.
    pub server: &'static str,
    /// The id of its thread there.
    pub thread_id: u64,
    /// Packets read from the server.
    pub reads: u64,
    /// Packets written to it.
    pub writes: u64,
    /// Writes that had to wait in a buffer.
    pub buffered_writes: u64,
    /// How often that buffer became too full.
    pub high_water: u64,
    /// How often it drained again.
    pub low_water: u64,
    /// Bytes waiting to be written.
    pub write_queue: u64,
}

/// A session at a moment.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    session: &'a Session,
    uptime: Duration,
    timeline: Timeline,
    progress: Progress,
}

impl<'a> Moment<'a> {
    pub(super) fn of(session: &'a Session, uptime: Duration) -> Self {
        let streams = session.plot == Plot::SlowReader;
        let rhythm = if streams {
            STREAM
        } else {
            session.client.kind.rhythm
        };
        let timeline = Timeline::new(rhythm, session.seed);
        let mut moment = Self {
            session,
            uptime,
            timeline,
            progress: Progress {
                started: 0,
                finished: 0,
            },
        };
        moment.progress = moment.progress_at(micros(moment.age()));
        moment
    }

    fn progress_at(&self, age: u64) -> Progress {
        let trouble = micros(self.session.trouble);
        let before = self.timeline.progress(age.min(trouble));
        match self.session.plot {
            Plot::HalfOpen => Progress {
                started: 0,
                finished: 0,
            },
            Plot::Leaked | Plot::Closing if age >= trouble => Progress {
                started: before.finished,
                ..before
            },
            Plot::Hung | Plot::NoBackend if age >= trouble => Progress {
                started: before.finished + 1,
                ..before
            },
            _ => before,
        }
    }

    /// Start and end of the n-th statement since the session began, in microseconds.
    fn span(&self, number: u64) -> (u64, Option<u64>) {
        let (start, end) = self.timeline.span(number);
        if number < self.progress.finished {
            return (start, Some(end));
        }
        let stuck = matches!(self.session.plot, Plot::Hung | Plot::NoBackend);
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

    /// Its id.
    pub fn id(&self) -> u64 {
        self.session.id
    }

    /// Its user; nobody yet while it is half open.
    pub fn user(&self) -> Option<&'a str> {
        (self.session.plot != Plot::HalfOpen).then_some(&*self.session.client.user)
    }

    /// Where its client is.
    pub fn address(&self) -> IpAddr {
        self.session.client.address
    }

    /// The client's port.
    pub fn port(&self) -> u16 {
        self.session.client.port
    }

    /// The program as the client names it.
    pub fn program(&self) -> &'a str {
        self.session
            .client
            .guise
            .map_or(self.session.client.kind.program, |guise| guise.program)
    }

    /// The client's process id: one for all sessions of a program at an address.
    pub fn pid(&self) -> u64 {
        let last = match self.address() {
            IpAddr::V4(address) => address.octets()[3],
            IpAddr::V6(address) => address.octets()[15],
        };
        1_200 + mix(u64::from(last), self.program().len() as u64) % 30_000
    }

    /// The client's library.
    pub fn library(&self) -> &'static Library {
        self.session.client.kind.library
    }

    /// Its service.
    pub fn service(&self) -> &'static Service {
        self.session.client.kind.service
    }

    /// What it is doing.
    pub fn state(&self) -> State {
        match self.session.plot {
            Plot::HalfOpen => State::HalfOpen,
            Plot::Closing if self.age() >= self.session.trouble => State::Stopping,
            _ => State::Ready,
        }
    }

    /// When it began, since the process began.
    pub fn connected(&self) -> Duration {
        self.session.born
    }

    /// How old it is.
    pub fn age(&self) -> Duration {
        self.uptime.saturating_sub(self.session.born)
    }

    /// The worker that serves it.
    pub fn worker(&self) -> u64 {
        mix(self.session.seed, 41) % WORKERS
    }

    /// A number that gives lists an order of no meaning.
    pub fn shuffle(&self) -> u64 {
        mix(self.session.seed, 42)
    }

    /// Whether a statement waits for its answer.
    pub fn is_running(&self) -> bool {
        self.progress.started > self.progress.finished
    }

    /// When the client last sent something, since the process began.
    pub fn last_request(&self) -> Duration {
        self.since_birth(
            self.progress
                .started
                .checked_sub(1)
                .map_or(0, |number| self.span(number).0),
        )
    }

    /// When the session last had something to do; now, while a statement runs.
    pub fn last_activity(&self) -> Duration {
        if self.is_running() || self.session.plot == Plot::HalfOpen {
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

    /// I/O events of the last 30 seconds.
    pub fn io_activity(&self) -> u64 {
        let age = micros(self.age());
        if self.session.plot == Plot::HalfOpen {
            return 1;
        }
        let login = if age < IO_WINDOW { 8 } else { 0 };
        let then = age.checked_sub(IO_WINDOW).map_or(
            Progress {
                started: 0,
                finished: 0,
            },
            |age| self.progress_at(age),
        );
        let now = self.progress;
        let streaming = if self.session.plot == Plot::SlowReader {
            60 + age / 700_000 % 40
        } else {
            0
        };
        login
            + streaming
            + 2 * (now.started.saturating_sub(then.started) + now.finished.saturating_sub(then.finished))
    }

    /// How many statements it has sent.
    pub fn statement_count(&self) -> u64 {
        self.progress.started
    }

    /// The last statements, oldest first.
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
            text: self.session.client.guise.map_or(text, |guise| guise.statement),
            received: self.since_birth(start),
            completed: end.map(|end| self.since_birth(end)),
            server: self.server_of(number),
        }
    }

    /// Every fourth statement is a write and goes to the first server; the others are read from the second.
    fn server_of(&self, number: u64) -> &'static str {
        let place = if number.is_multiple_of(4) {
            0
        } else {
            self.server_count().saturating_sub(1)
        };
        self.server(place)
    }

    fn server_count(&self) -> usize {
        match self.session.plot {
            Plot::HalfOpen => 0,
            Plot::NoBackend if self.age() >= self.session.trouble => 0,
            Plot::Leaked => 1,
            _ => self.service().held,
        }
    }

    /// The first server of the service takes the writes; which of the others is used differs.
    fn server(&self, place: usize) -> &'static str {
        let service = self.service();
        let (first, rest) = service.servers.split_first().unwrap_or((&"", &[]));
        let chosen = usize::try_from(mix(self.session.seed, 43) % 64).unwrap_or(0);
        if service.held == 1 {
            return service
                .servers
                .get(chosen % service.servers.len().max(1))
                .unwrap_or(first);
        }
        if place == 0 {
            first
        } else {
            rest.get(chosen % rest.len().max(1)).unwrap_or(first)
        }
    }

    /// Its backend connections.
    pub fn backends(&self) -> impl Iterator<Item = Backend> + use<'a> {
        let (moment, count) = (*self, self.server_count());
        (0..count).map(move |place| moment.backend(place, count))
    }

    fn backend(&self, place: usize, count: usize) -> Backend {
        let share = |total: u64| match (count, place) {
            (1, _) => total,
            (_, 0) => total.div_ceil(4),
            _ => total - total.div_ceil(4),
        };
        let (asked, answered) = (share(self.progress.started), share(self.progress.finished));
        let mut backend = Backend {
            server: self.server(place),
            thread_id: 31 + self.session.id * 2 + place as u64 + mix(self.session.seed, 44) % 2 * 40,
            reads: 4 + answered * 2,
            writes: 3 + asked,
            buffered_writes: asked / 900,
            high_water: asked / 20_000,
            low_water: asked / 20_000,
            write_queue: 0,
        };
        if self.session.plot == Plot::SlowReader && place + 1 == count {
            self.press(&mut backend);
        }
        backend
    }

    /// Back-pressure: the buffer fills more often than it drains, in bursts of 20 seconds.
    fn press(&self, backend: &mut Backend) {
        let seconds = self.age().as_secs();
        backend.high_water = 3 + seconds / 6;
        backend.low_water = seconds / 9;
        backend.buffered_writes = seconds / 20 * 48 + (seconds % 20).min(8) * 6;
        backend.reads += seconds * 45;
        backend.write_queue = 16_384 * (1 + seconds % 5);
    }

    /// Bytes that the client has not taken yet.
    pub fn client_write_queue(&self) -> u64 {
        if self.session.plot == Plot::SlowReader {
            65_536 + self.age().as_secs() % 13 * 8_192
        } else {
            0
        }
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
