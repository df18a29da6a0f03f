//! The simulated fleet: which sessions exist at a given world time.
//!
//! What moves within a session is a function of its age (`timeline`); what changes the fleet is an event on the
//! schedule. So the world depends on its seed and the time alone, not on how often somebody looked. Who may
//! enter: the replies of both dialects, through [`SimSessionAt`], and `server`, which brings the time.

mod changes;
mod event_queue;
mod fleet;
mod hostile_texts;
mod population;
mod scenario;
mod session;
mod timeline;
mod topology;

use std::collections::BTreeMap;
use std::time::Duration;

use fastrand::Rng;

use event_queue::EventQueue;
use population::SimClient;
use session::SimSession;

pub use population::Library;
#[cfg(test)]
pub(super) use scenario::SessionTrouble;
pub(super) use session::WORKERS;
pub use session::{SimConnection, SimSessionAt, State, Statement};
pub(super) use timeline::mix;
pub(super) use topology::{SERVERS, SERVICES, Server};
pub use topology::{ServerTrouble, Service, TroubledServer};

/// How long the simulated process had been running when the world began.
const UPTIME_AT_START: Duration = Duration::from_secs(3 * 86_400 + 4 * 3_600 + 512);
/// The same after a restart: the clients are back within seconds.
const UPTIME_AFTER_RESTART: Duration = Duration::from_secs(2);

/// What a world is made from.
#[derive(Debug, Clone)]
pub struct WorldSpec {
    /// About how many clients are logged in at any time; exactly so many at the start.
    pub sessions: usize,
    /// The same seed gives the same world.
    pub seed: u64,
    /// Sessions opened, and closed, per second; `None` is a hundredth of the fleet, at most 20.
    pub churn: Option<f64>,
    /// The wall clock at the start, in whole seconds since 1970.
    pub now_unix: i64,
    /// Some sessions carry control characters and other traps in their texts.
    pub hostile: bool,
    /// The name of the machine that the proxy runs on.
    pub node: String,
    /// One connection has not logged in yet. Only JSON:API lists it, beyond the number in `sessions`.
    pub half_open: bool,
    /// Every killed client comes back after about 0.4 s, on a new connection. Without it a few of a pool do,
    /// later, and only if anybody comes at all.
    pub returning: bool,
    /// One server is not well, from the start on.
    pub troubled_server: Option<TroubledServer>,
}

impl WorldSpec {
    /// A fleet of that many sessions, with everything else as usual.
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
        }
    }
}

/// The fleet at one moment. It moves on by [`World::advance`], never back.
#[derive(Debug)]
pub struct World {
    spec: WorldSpec,
    uptime_at_start: Duration,
    /// Time since the process began; sessions are dated on this scale.
    uptime: Duration,
    sessions: BTreeMap<u64, SimSession>,
    /// Those that are left out of lists, and of how many more.
    hidden: BTreeMap<u64, u32>,
    schedule: EventQueue,
    next_id: u64,
    churn: f64,
    /// Mean life of a short-lived session, such that `churn` keeps the fleet at its size.
    brief_life: Duration,
    arrivals: Rng,
    /// When a session last came, went or changed hands.
    changed: Duration,
}

impl World {
    /// The fleet at world time zero.
    pub fn new(spec: &WorldSpec) -> Self {
        Self::begun(spec.clone(), UPTIME_AT_START)
    }

    /// The fleet of the next process: ids from 1 again, another start time and data directory.
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
            schedule: EventQueue::default(),
            next_id: 1,
            churn,
            brief_life: Duration::ZERO,
            changed: uptime,
        };
        fleet::populate(&mut world);
        world
    }

    /// Moves to a world time; an earlier one changes nothing.
    pub fn advance(&mut self, world_time: Duration) {
        let target = self.uptime_at_start.saturating_add(world_time);
        while let Some((at, event)) = self.schedule.next_until(target) {
            self.uptime = self.uptime.max(at);
            fleet::happen(self, at, event);
        }
        self.uptime = self.uptime.max(target);
    }

    /// Every session, by id, as it is now. Half-open ones are among them.
    pub fn sessions(&self) -> impl Iterator<Item = SimSessionAt<'_>> {
        self.sessions
            .values()
            .map(|session| SimSessionAt::of(session, self.uptime))
    }

    /// The sessions that a list of this moment names.
    pub fn listed_sessions(&self) -> impl Iterator<Item = SimSessionAt<'_>> {
        self.sessions()
            .filter(|session| !self.hidden.contains_key(&session.id()))
    }

    /// One session as it is now.
    pub fn session(&self, id: u64) -> Option<SimSessionAt<'_>> {
        self.sessions
            .get(&id)
            .map(|session| SimSessionAt::of(session, self.uptime))
    }

    /// How many sessions there are.
    pub fn len(&self) -> usize {
        self.sessions.len()
    }

    /// Whether nobody is connected.
    pub fn is_empty(&self) -> bool {
        self.sessions.is_empty()
    }

    /// The wall clock: whole seconds since 1970 and nanoseconds.
    pub fn wall(&self) -> (i64, u32) {
        self.wall_at(self.uptime)
    }

    /// The wall clock when the process began.
    pub fn started_unix(&self) -> i64 {
        self.spec
            .now_unix
            .saturating_sub_unsigned(self.uptime_at_start.as_secs())
    }

    /// The wall clock at a moment of the process' life.
    pub fn wall_at(&self, uptime: Duration) -> (i64, u32) {
        (
            self.started_unix().saturating_add_unsigned(uptime.as_secs()),
            uptime.subsec_nanos(),
        )
    }

    /// Time since the process began.
    pub fn uptime(&self) -> Duration {
        self.uptime
    }

    /// When a session last came, went or changed hands, on the scale of `uptime`.
    pub fn changed(&self) -> Duration {
        self.changed
    }

    /// How many sessions the process has seen.
    pub fn total_sessions(&self) -> u64 {
        self.next_id.saturating_sub(1)
    }

    /// From now on this server is not well, and all others are; `None` is none. It lasts across restarts.
    pub fn trouble_server(&mut self, troubled: Option<TroubledServer>) {
        self.spec.troubled_server = troubled;
    }

    /// What is wrong with a server.
    pub(super) fn trouble_of(&self, server: &str) -> Option<ServerTrouble> {
        let troubled = self.spec.troubled_server.as_ref();
        troubled
            .filter(|troubled| troubled.name == server)
            .map(|troubled| troubled.trouble)
    }

    /// The name of the machine.
    pub fn node(&self) -> &str {
        &self.spec.node
    }

    /// The process id, another one after each restart.
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
