//! Opens and closes sessions: creates the first fleet and handles each event.

use std::time::Duration;

use fastrand::Rng;

use super::World;
use super::event_queue::FleetEvent;
use super::hostile_texts::HOSTILE_TEXTS;
use super::incidents::{self, FILLING_PERIOD, INCIDENTS, IncidentSession};
use super::population::{ClientProfile, Life, POPULATION, REPORT, SimClient};
use super::scenario::{HALF_OPEN, OLD_TROUBLES, SCENARIO, ScenarioSession, SessionTrouble};
use super::session::SimSession;
use super::timeline::mix;

/// Mean time after which a pool closes a connection.
const POOLED_LIFE: Duration = Duration::from_hours(8);
/// One in this many killed clients of a pool reconnects.
const RECONNECT_ONE_IN: u64 = 4;

/// A session that exists at the start.
struct InitialSession {
    age: Duration,
    client: SimClient,
    seed: u64,
    role: Option<&'static ScenarioSession>,
    incident: Option<&'static IncidentSession>,
}

impl InitialSession {
    /// Creates a session with a scripted problem.
    fn of(role: &'static ScenarioSession, rng: &mut Rng) -> Self {
        Self {
            age: Duration::from_secs(role.age),
            client: SimClient::of(role.kind, rng),
            seed: rng.u64(..),
            role: Some(role),
            incident: None,
        }
    }
}

/// Creates the sessions that exist at the start. The oldest get the lowest ids.
pub(super) fn populate(world: &mut World) {
    let mut rng = Rng::with_seed(world.spec.seed);
    let roles = SCENARIO.iter().take(world.spec.sessions);
    let ordinary = world.spec.sessions.saturating_sub(SCENARIO.len());
    world.brief_life = brief_life(ordinary, world.churn);

    let mut present: Vec<InitialSession> = Vec::with_capacity(world.spec.sessions.saturating_add(1));
    for role in roles.chain(world.spec.half_open.then_some(&HALF_OPEN)) {
        present.push(InitialSession::of(role, &mut rng));
    }
    for place in 0..ordinary {
        let kind = kind_at(place, ordinary);
        let mut client = SimClient::of(kind, &mut rng);
        client.hostile = HOSTILE_TEXTS.get(place).filter(|_| world.spec.hostile);
        if let Some(hostile) = client.hostile {
            client.user = hostile.user.into();
        }
        let seed = rng.u64(..);
        present.push(InitialSession {
            age: first_age(world, kind, &mut rng),
            client,
            seed,
            role: None,
            incident: None,
        });
    }
    if world.spec.incidents {
        add_incidents(world, &mut present, &mut rng);
    }
    if world.spec.old_troubles {
        present.extend(OLD_TROUBLES.iter().map(|role| InitialSession::of(role, &mut rng)));
    }
    within_uptime(&mut present, world.uptime);
    present.sort_by_cached_key(|one| std::cmp::Reverse(one.age));
    for one in present {
        enter(world, one);
    }
    if world.churn > 0.0 {
        schedule_arrival(world, world.uptime);
    }
}

/// Adds the sessions of the incidents, and schedules the arrivals at the service that fills up.
fn add_incidents(world: &mut World, present: &mut Vec<InitialSession>, rng: &mut Rng) {
    present.extend(INCIDENTS.iter().map(|incident| InitialSession {
        incident: Some(incident),
        ..InitialSession::of(&incident.role, rng)
    }));
    incidents::add_outsiders(world);
    let first = world.uptime.saturating_add(FILLING_PERIOD);
    world.schedule.add(first, FleetEvent::Fill);
}

/// Returns the profile of the client at `place` among `count`, by the shares of the profiles.
fn kind_at(place: usize, count: usize) -> &'static ClientProfile {
    let total: usize = POPULATION.iter().map(|kind| kind.share as usize).sum();
    let mut point = (2 * place + 1) * total / (2 * count.max(1));
    for kind in &POPULATION {
        match point.checked_sub(kind.share as usize) {
            Some(rest) => point = rest,
            None => return kind,
        }
    }
    &POPULATION[0]
}

/// Returns the mean lifetime of short-lived sessions that balances arrivals and departures.
fn brief_life(ordinary: usize, churn: f64) -> Duration {
    let brief = (0..ordinary)
        .filter(|place| kind_at(*place, ordinary).life == Life::Brief)
        .count();
    let brief = f64::from(u32::try_from(brief.max(1)).unwrap_or(u32::MAX));
    Duration::try_from_secs_f64(brief / churn).unwrap_or(Duration::MAX)
}

fn first_age(world: &World, kind: &ClientProfile, rng: &mut Rng) -> Duration {
    if kind.life == Life::Brief {
        let oldest = Duration::from_secs(u64::from(kind.oldest));
        return exponential(world.brief_life.min(oldest / 2), rng).min(oldest);
    }
    Duration::from_secs(u64::from(kind.oldest)).mul_f64(rng.f64())
}

/// Scales all ages down so that no session is older than the process.
fn within_uptime(present: &mut [InitialSession], uptime: Duration) {
    let oldest = present.iter().map(|one| one.age).max().unwrap_or_default();
    if oldest > uptime {
        let factor = uptime.as_secs_f64() / oldest.as_secs_f64();
        for one in present {
            one.age = one.age.mul_f64(factor);
        }
    }
}

fn enter(world: &mut World, one: InitialSession) {
    let (born, seed, life) = (
        world.uptime.saturating_sub(one.age),
        one.seed,
        one.client.kind.life,
    );
    let session = world.open(one.client, seed, born);
    let id = session.id;
    match one.role {
        Some(role) => {
            let trouble = one.age.saturating_sub(Duration::from_secs(role.trouble));
            session.set_trouble(role.plot, trouble);
            if let Some(incident) = one.incident {
                incidents::join(world, id, incident);
            }
        }
        None => schedule_end(world, id, life, seed, world.uptime),
    }
}

/// Handles one event.
pub(super) fn handle(world: &mut World, at: Duration, event: FleetEvent) {
    match event {
        FleetEvent::Arrive => {
            let client = SimClient::of(brief_kind(&mut world.arrivals), &mut world.arrivals);
            let seed = world.arrivals.u64(..);
            open(world, client, seed, at);
            schedule_arrival(world, at);
        }
        FleetEvent::Open(client, seed) => open(world, *client, seed, at),
        FleetEvent::End(id) => {
            let Some(session) = world.sessions.remove(&id) else {
                return;
            };
            world.changed = at;
            if session.client.kind.life == Life::Pooled {
                reopen(world, &session, at, 0);
            }
        }
        FleetEvent::Expire(id) => {
            let due = world
                .sessions
                .get(&id)
                .is_some_and(|session| session.expires == Some(at));
            if let Some(session) = due.then(|| world.sessions.remove(&id)).flatten() {
                world.leave_servers(&session);
                world.changed = at;
            }
        }
        FleetEvent::Fill => {
            if !world.is_full() {
                let client = SimClient::of(REPORT, &mut world.arrivals);
                let seed = world.arrivals.u64(..);
                open(world, client, seed, at);
            }
            world
                .schedule
                .add(at.saturating_add(FILLING_PERIOD), FleetEvent::Fill);
        }
    }
}

fn open(world: &mut World, client: SimClient, seed: u64, at: Duration) {
    let life = client.kind.life;
    let id = world.open(client, seed, at).id;
    schedule_end(world, id, life, seed, at);
}

/// Schedules the reconnect of a killed client.
///
/// With `returning` every logged-in client reconnects after 350 to 450 ms. Otherwise, unless churn is 0, one
/// in four long-lived clients does after 300 to 1,200 ms.
pub(super) fn schedule_reconnect(world: &mut World, killed: &SimSession) {
    if world.spec.returning {
        if killed.plot != SessionTrouble::HalfOpen {
            reopen(world, killed, world.uptime, 350 + mix(killed.seed, 22) % 101);
        }
        return;
    }
    let returns = mix(killed.seed, 21).is_multiple_of(RECONNECT_ONE_IN);
    let ordinary = matches!(killed.plot, SessionTrouble::Ordinary | SessionTrouble::Leaked);
    if world.churn > 0.0 && returns && ordinary && killed.client.kind.life != Life::Brief {
        reopen(world, killed, world.uptime, 300 + mix(killed.seed, 22) % 900);
    }
}

fn reopen(world: &mut World, left: &SimSession, at: Duration, after_millis: u64) {
    let seed = mix(left.seed, 23);
    let client = left.client.again(&mut Rng::with_seed(seed));
    let at = at.saturating_add(Duration::from_millis(after_millis));
    world.schedule.add(at, FleetEvent::Open(Box::new(client), seed));
}

fn schedule_arrival(world: &mut World, from: Duration) {
    let mean = Duration::try_from_secs_f64(1.0 / world.churn).unwrap_or(Duration::MAX);
    let at = from.saturating_add(exponential(mean, &mut world.arrivals));
    world.schedule.add(at, FleetEvent::Arrive);
}

fn schedule_end(world: &mut World, id: u64, life: Life, seed: u64, from: Duration) {
    if world.churn <= 0.0 {
        return;
    }
    let mean = match life {
        Life::Brief => world.brief_life,
        Life::Pooled => POOLED_LIFE,
        Life::Lasting => return,
    };
    let at = from.saturating_add(exponential(mean, &mut Rng::with_seed(mix(seed, 24))));
    world.schedule.add(at, FleetEvent::End(id));
}

fn brief_kind(rng: &mut Rng) -> &'static ClientProfile {
    let brief = || POPULATION.iter().filter(|kind| kind.life == Life::Brief);
    let mut point = rng.u32(0..brief().map(|kind| kind.share).sum::<u32>().max(1));
    for kind in brief() {
        match point.checked_sub(kind.share) {
            Some(rest) => point = rest,
            None => return kind,
        }
    }
    &POPULATION[0]
}

/// Returns an exponentially distributed time, at most five times the mean.
fn exponential(mean: Duration, rng: &mut Rng) -> Duration {
    let times = (-(1.0 - rng.f64()).ln()).clamp(0.001, 5.0);
    Duration::try_from_secs_f64(mean.as_secs_f64() * times).unwrap_or(Duration::MAX)
}
