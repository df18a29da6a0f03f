//! The simulated fleet: the sessions that exist at a given world time.
//!
//! Activity within a session is a function of its age (`timeline`). Changes of the fleet are scheduled
//! events. So the world depends only on its seed and the time, not on how often it is read.

mod changes;
mod event_queue;
mod fleet;
mod hostile_texts;
mod incidents;
mod locks;
mod population;
mod scenario;
mod servers;
mod session;
mod timeline;
mod topology;

use std::collections::BTreeMap;
use std::time::Duration;

use fastrand::Rng;

use event_queue::EventQueue;
use incidents::{FILLING_ROOM, FILLING_SERVICE};
use locks::LockTable;
use population::SimClient;
use session::SimSession;

pub use population::Library;
#[cfg(test)]
pub(super) use scenario::SessionTrouble;
pub(super) use servers::{ServerLockWait, ServerMetadataLock, ServerTransaction, WorldThread, host_of};
pub(super) use session::WORKERS;
pub use session::{SimConnection, SimSessionAt, State, Statement};
pub(super) use timeline::mix;
pub(super) use topology::{SERVERS, SERVICES, Server};
pub use topology::{ServerTrouble, Service, TroubledServer};

/// Uptime of the simulated process when the world starts.
const UPTIME_AT_START: Duration = Duration::from_secs(3 * 86_400 + 4 * 3_600 + 512);
/// Uptime when the world starts after a restart. The clients reconnect within seconds.
const UPTIME_AFTER_RESTART: Duration = Duration::from_secs(2);

/// Parameters of a world.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools)]
pub struct WorldSpec {
    /// Number of logged-in clients: exact at the start, approximate later.
    pub sessions: usize,
    /// Seed of the world. The same seed gives the same world.
    pub seed: u64,
    /// Number of sessions opened, and closed, per second. Defaults to 1 % of the fleet, at most 20.
    pub churn: Option<f64>,
    /// Wall clock at the start, in seconds since 1970.
    pub now_unix: i64,
    /// Whether some sessions have control characters and other traps in their texts.
    pub hostile: bool,
    /// Name of the machine that runs the proxy.
    pub node: String,
    /// Whether one connection has not logged in yet. It is in addition to `sessions`, and only JSON:API lists
    /// it.
    pub half_open: bool,
    /// Whether every killed client reconnects after about 0.4 s.
    ///
    /// Otherwise some clients of pools do so later, unless churn is 0.
    pub returning: bool,
    /// The server with a problem from the start, if any.
    pub troubled_server: Option<TroubledServer>,
    /// Whether some transactions block others, a server fails now and then, and a service fills up.
    ///
    /// The sessions of these incidents are in addition to `sessions`.
    pub incidents: bool,
    /// Whether some sessions have had a problem for hours, in addition to `sessions`. The first lists show it.
    pub old_troubles: bool,
}

impl WorldSpec {
    /// Creates a fleet of this size, with defaults for everything else.
    pub fn new(sessions: usize, seed: u64, now_unix: i64) -> Self {
        Self {
            sessions,
            seed,
            churn: None,
            now_unix,
            hostile: false,
            node: "db-proxy-1".to_owned(),
            half_open: sessions >= scenario::MIN_FLEET_SIZE,
            returning: false,
            troubled_server: None,
            incidents: false,
            old_troubles: false,
        }
    }
}

/// The fleet at one moment. [`World::advance`] moves it forward, never back.
#[derive(Debug)]
pub struct World {
    spec: WorldSpec,
    uptime_at_start: Duration,
    /// Time since the process started. Times of sessions use this scale.
    uptime: Duration,
    sessions: BTreeMap<u64, SimSession>,
    /// Sessions left out of lists, with the number of lists still to skip.
    hidden: BTreeMap<u64, u32>,
    locks: LockTable,
    /// Uptimes of the proxy when servers were restarted, by their names.
    server_starts: BTreeMap<String, Duration>,
    /// Uptimes of the proxy when the problems of servers were set, by their names.
    trouble_changes: BTreeMap<String, Duration>,
    /// Number of sessions at the start of the service that fills up.
    filling_base: usize,
    schedule: EventQueue,
    next_id: u64,
    churn: f64,
    /// Mean lifetime of a short-lived session. Chosen so that `churn` keeps the size of the fleet.
    brief_life: Duration,
    arrivals: Rng,
    /// Uptime when a session was last opened, closed or changed.
    changed: Duration,
}

impl World {
    /// Creates the fleet at world time zero.
    pub fn new(spec: &WorldSpec) -> Self {
        Self::begun(spec.clone(), UPTIME_AT_START)
    }

    /// Creates the fleet of the next process: ids from 1, another start time and data directory.
    #[must_use]
    pub fn restarted(&self) -> Self {
        let (now_unix, _) = self.wall();
        let spec = WorldSpec {
            seed: timeline::mix(self.spec.seed, 1),
            now_unix,
            ..self.spec.clone()
        };
        Self::begun(spec, UPTIME_AFTER_RESTART)
    }

    fn begun(spec: WorldSpec, uptime: Duration) -> Self {
        let churn = spec
            .churn
            .unwrap_or_else(|| default_churn(spec.sessions))
            .clamp(0.0, 100_000.0);
        let churn = if churn.is_nan() { 0.0 } else { churn };
        let mut world = Self {
            arrivals: Rng::with_seed(timeline::mix(spec.seed, 2)),
            spec,
            uptime_at_start: uptime,
            uptime,
            sessions: BTreeMap::new(),
            hidden: BTreeMap::new(),
            locks: LockTable::default(),
            server_starts: BTreeMap::new(),
            trouble_changes: BTreeMap::new(),
            filling_base: 0,
            schedule: EventQueue::default(),
            next_id: 1,
            churn,
            brief_life: Duration::ZERO,
            changed: uptime,
        };
        fleet::populate(&mut world);
        world.filling_base = world.sessions_of(FILLING_SERVICE);
        world
    }

    /// Advances to a world time. Ignores a time in the past.
    pub fn advance(&mut self, world_time: Duration) {
        let target = self.uptime_at_start.saturating_add(world_time);
        while let Some((at, event)) = self.schedule.next_until(target) {
            self.uptime = self.uptime.max(at);
            fleet::handle(self, at, event);
        }
        self.uptime = self.uptime.max(target);
    }

    /// Returns every session at the current time, by id, including half-open ones.
    pub fn sessions(&self) -> impl Iterator<Item = SimSessionAt<'_>> {
        self.sessions
            .values()
            .map(|session| SimSessionAt::of(session, self.uptime))
    }

    /// Returns the sessions that a list contains at the current time.
    pub fn listed_sessions(&self) -> impl Iterator<Item = SimSessionAt<'_>> {
        self.sessions()
            .filter(|session| !self.hidden.contains_key(&session.id()))
    }

    /// Returns one session at the current time.
    pub fn session(&self, id: u64) -> Option<SimSessionAt<'_>> {
        self.sessions
            .get(&id)
            .map(|session| SimSessionAt::of(session, self.uptime))
    }

    /// Returns the number of sessions.
    pub fn len(&self) -> usize {
        self.sessions.len()
    }

    /// Whether there are no sessions.
    pub fn is_empty(&self) -> bool {
        self.sessions.is_empty()
    }

    /// Returns the wall clock: seconds since 1970 and nanoseconds.
    pub fn wall(&self) -> (i64, u32) {
        self.wall_at(self.uptime)
    }

    /// Returns the wall clock at the start of the process, in seconds since 1970.
    pub fn started_unix(&self) -> i64 {
        self.spec
            .now_unix
            .saturating_sub_unsigned(self.uptime_at_start.as_secs())
    }

    /// Returns the wall clock at an uptime of the process.
    pub fn wall_at(&self, uptime: Duration) -> (i64, u32) {
        (
            self.started_unix().saturating_add_unsigned(uptime.as_secs()),
            uptime.subsec_nanos(),
        )
    }

    /// Returns the time since the process started.
    pub fn uptime(&self) -> Duration {
        self.uptime
    }

    /// Returns the uptime when a session was last opened, closed or changed.
    pub fn changed(&self) -> Duration {
        self.changed
    }

    /// Returns the number of sessions since the process started.
    pub fn total_sessions(&self) -> u64 {
        self.next_id.saturating_sub(1)
    }

    /// Gives this server a problem and repairs all others; `None` repairs all. Kept across restarts.
    pub fn trouble_server(&mut self, troubled: Option<TroubledServer>) {
        let before = self.spec.troubled_server.take();
        for server in before.iter().chain(&troubled) {
            self.trouble_changes.insert(server.name.clone(), self.uptime);
        }
        self.spec.troubled_server = troubled;
    }

    /// Returns the problem of a server, if any.
    pub(super) fn trouble_of(&self, server: &str) -> Option<ServerTrouble> {
        let troubled = self.spec.troubled_server.as_ref();
        let set = troubled
            .filter(|troubled| troubled.name == server)
            .map(|troubled| troubled.trouble);
        let played = || incidents::trouble_at(server, self.world_time()).filter(|_| self.spec.incidents);
        set.or_else(played)
    }

    /// Returns the uptime when the state of a server last changed. 0 if it has not changed.
    pub(super) fn last_server_change(&self, server: &str) -> Duration {
        let change = incidents::last_change(server, self.world_time()).filter(|_| self.spec.incidents);
        let change = change.map_or(Duration::ZERO, |at| self.uptime_at_start.saturating_add(at));
        let started = self.server_starts.get(server).copied().unwrap_or_default();
        let set = self.trouble_changes.get(server).copied().unwrap_or_default();
        change.max(started).max(set)
    }

    /// Returns the maximum number of sessions of a service. 0 means that it is not limited.
    pub(super) fn max_connections(&self, service: &str) -> usize {
        if self.spec.incidents && service == FILLING_SERVICE {
            self.filling_base + FILLING_ROOM
        } else {
            0
        }
    }

    fn is_full(&self) -> bool {
        self.sessions_of(FILLING_SERVICE) >= self.max_connections(FILLING_SERVICE)
    }

    fn sessions_of(&self, service: &str) -> usize {
        let sessions = self.sessions.values();
        sessions
            .filter(|session| session.client.kind.service.name == service)
            .count()
    }

    fn world_time(&self) -> Duration {
        self.uptime.saturating_sub(self.uptime_at_start)
    }

    /// Returns the name of the machine.
    pub fn node(&self) -> &str {
        &self.spec.node
    }

    /// Returns the process id. Each restart changes it.
    pub fn pid(&self) -> u64 {
        1_000 + timeline::mix(self.spec.seed, 3) % 30_000
    }

    fn open(&mut self, client: SimClient, seed: u64, born: Duration) -> &mut SimSession {
        let id = self.next_id;
        self.next_id = id.saturating_add(1);
        self.changed = self.changed.max(born);
        self.sessions
            .entry(id)
            .or_insert(SimSession::new(id, client, seed, born))
    }
}

fn default_churn(sessions: usize) -> f64 {
    (f64::from(u32::try_from(sessions).unwrap_or(u32::MAX)) / 100.0).min(20.0)
}
