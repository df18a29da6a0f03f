//! What is usual around a session: in its pool, and in its service. Looked into only if there is
//! somebody whom it matters for, which is rarely so.

use rustc_hash::FxHashMap;

use super::history::SessionHistory;
use super::thresholds::Thresholds;
use crate::model::{JsonApiFields, Session, Text};

/// Fewer others than this are no pool.
const MIN_OTHERS: u32 = 2;
/// Below this what is usual counts as this. A session holds a buffer of 64 KiB or not, by chance.
pub(super) const MIN_TYPICAL_MEMORY: u64 = 64 * 1024;
/// Every client sets a few things at login.
pub(super) const MIN_TYPICAL_COMMANDS: u32 = 5;
/// Of fewer sessions nobody can say what is usual.
const MIN_SESSIONS: usize = 5;

/// Sessions of one user, address and service.
#[derive(Clone, Copy, Debug, Default)]
struct Pool {
    sessions: u32,
    /// Idle for at least half of what is long.
    idle: u32,
}

/// What is usual around.
#[derive(Debug, Default)]
pub(super) struct Baseline<'a> {
    pools: FxHashMap<u64, Pool>,
    memory: FxHashMap<Option<&'a Text>, u64>,
    history: FxHashMap<Option<&'a Text>, u64>,
}

impl<'a> Baseline<'a> {
    pub(super) fn of(sessions: &'a [Session], histories: &[SessionHistory], limits: &Thresholds) -> Self {
        let is_long = |session: &Session| session.idle.is_some_and(|idle| idle >= limits.idle);
        let pools = if sessions.iter().any(is_long) {
            pools(sessions, histories, limits.idle.as_millis() / 2)
        } else {
            FxHashMap::default()
        };
        Self {
            pools,
            memory: usual(
                sessions,
                MIN_TYPICAL_MEMORY.saturating_mul(u64::from(limits.memory)),
                |extra| extra.memory,
            ),
            history: usual(
                sessions,
                u64::from(MIN_TYPICAL_COMMANDS).saturating_mul(u64::from(limits.history)),
                |extra| extra.history.map(u64::from),
            ),
        }
    }

    /// How many others are in the pool of an idle session, if most of them are in use.
    pub(super) fn others_in_use(&self, pool: u64) -> Option<u32> {
        let pool = self.pools.get(&pool)?;
        let others = pool.sessions.saturating_sub(1);
        let idle = pool.idle.saturating_sub(1);
        (others >= MIN_OTHERS && idle.saturating_mul(3) <= others).then_some(others)
    }

    /// What the sessions of its service take, as the median.
    pub(super) fn typical_memory(&self, session: &Session) -> Option<u64> {
        self.memory.get(&session.service.as_ref()).copied()
    }

    /// How long the histories of its service are, as the median.
    pub(super) fn typical_history(&self, session: &Session) -> Option<u32> {
        let usual = self.history.get(&session.service.as_ref())?;
        Some(u32::try_from(*usual).unwrap_or(u32::MAX))
    }
}

fn pools(sessions: &[Session], histories: &[SessionHistory], idle_ms: u64) -> FxHashMap<u64, Pool> {
    let mut pools: FxHashMap<u64, Pool> = FxHashMap::default();
    for (session, history) in sessions.iter().zip(histories) {
        let pool = pools.entry(history.pool).or_default();
        let is_idle = session.idle.is_some_and(|idle| idle.as_millis() >= idle_ms);
        pool.sessions = pool.sessions.saturating_add(1);
        pool.idle = pool.idle.saturating_add(u32::from(is_idle));
    }
    pools
}

/// The median of each service in which somebody is above `worth`.
fn usual(
    sessions: &[Session],
    worth: u64,
    value: fn(&JsonApiFields) -> Option<u64>,
) -> FxHashMap<Option<&Text>, u64> {
    let value = |session: &Session| value(session.extra.as_ref()?);
    let mut services: FxHashMap<Option<&Text>, Vec<u64>> = FxHashMap::default();
    if !sessions.iter().filter_map(value).any(|value| value >= worth) {
        return FxHashMap::default();
    }
    for session in sessions {
        services
            .entry(session.service.as_ref())
            .or_default()
            .extend(value(session));
    }
    let known = services
        .into_iter()
        .filter(|(_, values)| values.len() >= MIN_SESSIONS);
    known
        .map(|(service, mut values)| {
            let middle = values.len() / 2;
            let (_, median, _) = values.select_nth_unstable(middle);
            (service, *median)
        })
        .collect()
}
