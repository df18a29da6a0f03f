//! The endpoint behind the socket: the world with its clock, who may ask, what was asked and what goes wrong.
//!
//! The world is looked at under a lock that no `await` crosses. Who may enter: `routing` and the dialects.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;

use super::accounts::Accounts;
use super::faults::{Faults, InjectedFault};
use super::http::SimRequest;
use super::profile::VersionProfile;
use super::settings::ProxyOverrides;
use super::spec::{ServeSpec, ServedDialects};
use super::world::World;

/// So many requests are remembered.
const LOG_LENGTH: usize = 100_000;

/// A request that was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestLine {
    /// `GET`, `DELETE`, …
    pub method: String,
    /// Path and query as sent.
    pub target: String,
    /// The status of the reply, which may still be held back; 0 if none is sent.
    pub status: u16,
    /// What went wrong on purpose. It tells whether the request was carried out, which the status then does not.
    pub fault: Option<InjectedFault>,
}

#[derive(Debug)]
struct Clocked {
    world: World,
    since: Instant,
}

/// Everything that a request needs.
#[derive(Debug)]
pub(super) struct SimEndpoint {
    pub(super) dialects: ServedDialects,
    pub(super) profile: &'static VersionProfile,
    /// Who may enter.
    pub(super) accounts: Accounts,
    /// How the proxy is set up.
    pub(super) settings: ProxyOverrides,
    /// The zone of dates that do not name theirs.
    pub(super) zone: TimeZone,
    speed: f64,
    /// How much later requests about one session are answered.
    pub(super) delay: Duration,
    faults: Option<Faults>,
    /// How many requests could have met a fault.
    exposed: AtomicU64,
    clocked: Mutex<Clocked>,
    log: Mutex<VecDeque<RequestLine>>,
}

impl SimEndpoint {
    pub(super) fn new(spec: ServeSpec) -> Self {
        let mut settings = spec.settings.clone();
        let asks = settings.proxy.entry("admin_auth");
        asks.or_insert(spec.auth.is_some().into());
        Self {
            dialects: spec.dialects,
            accounts: Accounts::new(&spec),
            settings,
            profile: spec.profile,
            zone: spec.zone,
            speed: spec.speed,
            delay: spec.delay,
            faults: spec.faults,
            exposed: AtomicU64::default(),
            clocked: Mutex::new(Clocked {
                world: World::new(&spec.world),
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
        self.accounts.forget_tokens();
        *lock(&self.clocked) = Clocked {
            world: next,
            since: Instant::now(),
        };
    }

    /// What this request meets, and how long silence lasts. To be asked once for each.
    pub(super) fn fault(&self, request: &SimRequest) -> Option<(InjectedFault, Duration)> {
        let faults = self.faults.as_ref().filter(|faults| faults.includes(request))?;
        let fault = faults.nth(self.exposed.fetch_add(1, Ordering::Relaxed))?;
        Some((fault, faults.hold()))
    }

    pub(super) fn remember(&self, request: &SimRequest, status: u16, fault: Option<InjectedFault>) {
        let query = if request.query.is_empty() { "" } else { "?" };
        let line = RequestLine {
            method: request.method.to_string(),
            target: format!("{}{query}{}", request.path, request.query),
            status,
            fault,
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
