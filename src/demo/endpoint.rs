//! The endpoint behind the socket: the world with its clock, who may ask, and what was asked.
//!
//! The world is looked at under a lock that no `await` crosses. Who may enter: `routing` and the dialects.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use secrecy::{ExposeSecret as _, SecretString};

use super::http::{self, Reply, Request};
use super::world::World;

/// So many requests are remembered.
const LOG_LENGTH: usize = 10_000;

/// Which dialects are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialects {
    /// `/v1/…` is JSON:API, everything else the draft.
    #[default]
    Both,
    /// The draft only: `/v1/…` is an unknown resource.
    Draft,
    /// JSON:API only, with `/v1` or without, as MaxScale 24.02 has it.
    JsonApi,
}

/// A request that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestLine {
    /// `GET`, `DELETE`, …
    pub method: String,
    /// Path and query as sent.
    pub target: String,
    /// The status of the reply.
    pub status: u16,
}

#[derive(Debug)]
struct Clocked {
    world: World,
    since: Instant,
}

/// Everything that a request needs.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) dialects: Dialects,
    /// The only accepted `Authorization`; without one nobody is asked.
    authorization: Option<SecretString>,
    /// The zone of dates that do not name theirs.
    pub(super) zone: TimeZone,
    speed: f64,
    clocked: Mutex<Clocked>,
    log: Mutex<VecDeque<RequestLine>>,
}

impl Endpoint {
    pub(super) fn new(
        world: World,
        dialects: Dialects,
        auth: Option<&(String, SecretString)>,
        speed: f64,
    ) -> Self {
        Self {
            dialects,
            authorization: auth.map(|(user, password)| http::basic(user, password.expose_secret()).into()),
            zone: TimeZone::system(),
            speed,
            clocked: Mutex::new(Clocked {
                world,
                since: Instant::now(),
            }),
            log: Mutex::default(),
        }
    }

    /// Looks at the world as it is now, or changes it.
    pub(super) fn with_world<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        let mut clocked = lock(&self.clocked);
        let seconds = clocked.since.elapsed().as_secs_f64() * self.speed;
        clocked
            .world
            .advance(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
        look(&mut clocked.world)
    }

    /// The process ends and another one begins.
    pub(super) fn restart(&self) {
        let next = self.with_world(|world| world.restarted());
        *lock(&self.clocked) = Clocked {
            world: next,
            since: Instant::now(),
        };
    }

    pub(super) fn is_authorized(&self, request: &Request) -> bool {
        let sent = request.header(&axum::http::header::AUTHORIZATION);
        self.authorization
            .as_ref()
            .is_none_or(|expected| sent == Some(expected.expose_secret()))
    }

    pub(super) fn remember(&self, request: &Request, reply: &Reply) {
        let query = if request.query.is_empty() { "" } else { "?" };
        let line = RequestLine {
            method: request.method.to_string(),
            target: format!("{}{query}{}", request.path, request.query),
            status: reply.status.as_u16(),
        };
        let mut log = lock(&self.log);
        if log.len() >= LOG_LENGTH {
            log.pop_front();
        }
        log.push_back(line);
    }

    pub(super) fn log(&self) -> Vec<RequestLine> {
        lock(&self.log).iter().cloned().collect()
    }
}

/// A panic elsewhere does not make the world unusable.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
