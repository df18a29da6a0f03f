//! Typical values of a session's pool and service. Computed only if a session could exceed them, which is rare.

use rustc_hash::FxHashMap;

use super::history::SessionHistory;
use super::thresholds::Thresholds;
use crate::model::{JsonApiFields, Session, Text};

/// Minimum number of other sessions in a pool.
const MIN_OTHERS: u32 = 2;
/// Minimum of the typical memory, in bytes. Whether a session holds a buffer of 64 KiB is chance.
pub(super) const MIN_TYPICAL_MEMORY: u64 = 64 * 1024;
/// Minimum of the typical number of session commands. Every client sends a few at login.
pub(super) const MIN_TYPICAL_COMMANDS: u32 = 5;
/// Minimum number of sessions of a service to compute a median.
const MIN_SESSIONS: usize = 5;

/// Sessions of one user, address and service.
#[derive(Clone, Copy, Debug, Default)]
struct Pool {
    sessions: u32,
    /// Number of sessions that are idle for at least half the threshold.
    idle: u32,
}

/// Pools, and medians of each service.
#[derive(Debug, Default)]
pub(super) struct Baseline<'a> {
    pools: FxHashMap<u64, Pool>,
    memory: FxHashMap<Option<&'a Text>, u64>,
    history: FxHashMap<Option<&'a Text>, u64>,
}

/// Whether the reasons of a session may depend on the others of its pool or service.
pub fn depends_on_others(session: &Session, limits: &Thresholds) -> bool {
    let extra = session.extra.as_ref();
    let memory = extra.and_then(|extra| extra.memory);
    let history = extra.and_then(|extra| extra.history).map(u64::from);
    is_long_idle(session, limits)
        || memory.is_some_and(|memory| memory >= min_memory(limits))
        || history.is_some_and(|history| history >= min_history(limits))
}

fn is_long_idle(session: &Session, limits: &Thresholds) -> bool {
    session.idle.is_some_and(|idle| idle >= limits.idle)
}

/// Returns the least memory that is far more than typical.
fn min_memory(limits: &Thresholds) -> u64 {
    MIN_TYPICAL_MEMORY.saturating_mul(u64::from(limits.memory))
}

/// Returns the least number of session commands that is far more than typical.
fn min_history(limits: &Thresholds) -> u64 {
    u64::from(MIN_TYPICAL_COMMANDS).saturating_mul(u64::from(limits.history))
}

impl<'a> Baseline<'a> {
    /// Computes the pools and medians of a snapshot.
    pub(super) fn of(sessions: &'a [Session], histories: &[SessionHistory], limits: &Thresholds) -> Self {
        let pools = if sessions.iter().any(|session| is_long_idle(session, limits)) {
            pools(sessions, histories, limits.idle.as_millis() / 2)
        } else {
            FxHashMap::default()
        };
        Self {
            pools,
            memory: medians(sessions, min_memory(limits), |extra| extra.memory),
            history: medians(sessions, min_history(limits), |extra| {
                extra.history.map(u64::from)
            }),
        }
    }

    /// Returns the number of other sessions in the pool of an idle session.
    ///
    /// `None` if there are fewer than two, or if more than a third are idle for half the threshold.
    pub(super) fn others_in_use(&self, pool: u64) -> Option<u32> {
        let pool = self.pools.get(&pool)?;
        let others = pool.sessions.saturating_sub(1);
        let idle = pool.idle.saturating_sub(1);
        (others >= MIN_OTHERS && idle.saturating_mul(3) <= others).then_some(others)
    }

    /// Whether more than half of the other sessions in the pool of an idle session are idle for half the threshold.
    pub(super) fn are_others_idle(&self, pool: u64) -> bool {
        self.pools.get(&pool).is_some_and(|pool| {
            let others = pool.sessions.saturating_sub(1);
            pool.idle.saturating_sub(1).saturating_mul(2) > others
        })
    }

    /// Returns the median memory in the session's service, in bytes; `None` if not computed.
    pub(super) fn typical_memory(&self, session: &Session) -> Option<u64> {
        self.memory.get(&session.service.as_ref()).copied()
    }

    /// Returns the median number of session commands in the session's service; `None` if not computed.
    pub(super) fn typical_history(&self, session: &Session) -> Option<u32> {
        let median = self.history.get(&session.service.as_ref())?;
        Some(u32::try_from(*median).unwrap_or(u32::MAX))
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

/// Returns the median of each service. Empty if no session reaches `limit`.
fn medians(
    sessions: &[Session],
    limit: u64,
    value: fn(&JsonApiFields) -> Option<u64>,
) -> FxHashMap<Option<&Text>, u64> {
    let value = |session: &Session| value(session.extra.as_ref()?);
    let mut services: FxHashMap<Option<&Text>, Vec<u64>> = FxHashMap::default();
    if !sessions.iter().filter_map(value).any(|value| value >= limit) {
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
