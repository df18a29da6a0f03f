//! The endpoint behind the socket: the world with its clock, accounts, the log of requests, and faults.
//!
//! A lock protects the world, another one the connections of `/v1/sql`, which is taken first. No `await` happens while it is locked.

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
use super::sql::SqlConnections;
use super::world::World;

/// Maximum number of requests in the log.
const LOG_LENGTH: usize = 100_000;

/// A request that was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestLine {
    /// Method, such as `GET`.
    pub method: String,
    /// Path and query as sent.
    pub target: String,
    /// Status of the reply, which may still be held back. 0 if no reply is sent.
    pub status: u16,
    /// The injected fault, if any. It shows whether the request was carried out, which the status then does
    /// not.
    pub fault: Option<InjectedFault>,
}

#[derive(Debug)]
struct Clocked {
    world: World,
    since: Instant,
    /// World time at `since`.
    head_start: Duration,
}

impl Clocked {
    /// Starts a world whose clock already shows `head_start`.
    fn with_head_start(spec: &ServeSpec) -> Self {
        let mut begun = spec.world.clone();
        begun.now_unix = begun.now_unix.saturating_sub_unsigned(spec.head_start.as_secs());
        Self {
            world: World::new(&begun),
            since: Instant::now(),
            head_start: spec.head_start,
        }
    }

    /// Starts the clock of a new world.
    fn starting(world: World) -> Self {
        Self {
            world,
            since: Instant::now(),
            head_start: Duration::ZERO,
        }
    }

    /// Returns the current world time.
    fn world_time(&self, speed: f64) -> Duration {
        let passed = Duration::try_from_secs_f64(self.since.elapsed().as_secs_f64() * speed);
        self.head_start.saturating_add(passed.unwrap_or(Duration::MAX))
    }
}

/// State that all requests share.
#[derive(Debug)]
pub(super) struct SimEndpoint {
    pub(super) dialects: ServedDialects,
    pub(super) profile: &'static VersionProfile,
    /// Accounts of the admin API.
    pub(super) accounts: Accounts,
    /// Settings of the simulated proxy.
    pub(super) settings: ProxyOverrides,
    /// Time zone of dates without a zone.
    pub(super) zone: TimeZone,
    speed: f64,
    /// Delay of replies to requests about one session.
    pub(super) delay: Duration,
    faults: Option<Faults>,
    /// Number of requests so far that were eligible for a fault.
    exposed: AtomicU64,
    clocked: Mutex<Clocked>,
    sql: Mutex<SqlConnections>,
    log: Mutex<VecDeque<RequestLine>>,
    /// Number of lists that were requested. The log has only the last requests.
    lists: AtomicU64,
}

impl SimEndpoint {
    pub(super) fn new(spec: ServeSpec) -> Self {
        let mut settings = spec.settings.clone();
        let admin_auth = settings.proxy.entry("admin_auth");
        admin_auth.or_insert(spec.auth.is_some().into());
        let clocked = Clocked::with_head_start(&spec);
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
            clocked: Mutex::new(clocked),
            sql: Mutex::new(SqlConnections::new(spec.sql)),
            log: Mutex::default(),
            lists: AtomicU64::new(0),
        }
    }

    /// Runs `look` on the world at the current time. It may change the world.
    pub(super) fn with_world<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        let mut clocked = lock(&self.clocked);
        let world_time = clocked.world_time(self.speed);
        clocked.world.advance(world_time);
        look(&mut clocked.world)
    }

    /// Runs `look` on the connections of `/v1/sql`. Must not be called while the world is locked.
    pub(super) fn with_sql<T>(&self, look: impl FnOnce(&mut SqlConnections) -> T) -> T {
        look(&mut lock(&self.sql))
    }

    /// Simulates a restart of the process.
    pub(super) fn restart(&self) {
        let next = self.with_world(|world| world.restarted());
        self.accounts.forget_tokens();
        self.with_sql(SqlConnections::restart);
        *lock(&self.clocked) = Clocked::starting(next);
    }

    /// Returns the fault to inject and how long to hold the reply. Call once per request: it advances the
    /// sequence.
    pub(super) fn next_fault(&self, request: &SimRequest) -> Option<(InjectedFault, Duration)> {
        let faults = self.faults.as_ref().filter(|faults| faults.includes(request))?;
        let fault = faults.fault_for(self.exposed.fetch_add(1, Ordering::Relaxed))?;
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
        if line.method == "GET" && request.path.ends_with("/sessions") {
            self.lists.fetch_add(1, Ordering::Relaxed);
        }
        let mut log = lock(&self.log);
        if log.len() >= LOG_LENGTH {
            log.pop_front();
        }
        log.push_back(line);
    }

    /// Returns the number of lists that were requested.
    pub(super) fn list_count(&self) -> u64 {
        self.lists.load(Ordering::Relaxed)
    }

    pub(super) fn log(&self) -> Vec<RequestLine> {
        lock(&self.log).iter().cloned().collect()
    }
}

/// Locks the mutex, and ignores poisoning: a panic elsewhere must not make the world unusable.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
