//! A list in a few numbers: how many sessions of which service, and how long they have been idle.

use std::collections::BTreeMap;

use super::{Session, Text};

/// The bounds of the idle times that are counted together, in seconds and in words: each bucket ends
/// below its bound, the last has none.
pub const IDLE_BOUNDS: [(u32, &str); 6] = [
    (1, "1s"),
    (10, "10s"),
    (60, "1m"),
    (600, "10m"),
    (3_600, "1h"),
    (86_400, "1d"),
];

/// A list in a few numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListStats {
    /// How many sessions each service has, most first; at most [`MAX_SERVICES`] of them.
    pub services: Vec<(Text, u32)>,
    /// How many sessions have been idle for how long, by [`IDLE_BOUNDS`].
    pub idle: [u32; IDLE_BOUNDS.len() + 1],
    /// Sessions of whom that is not known.
    pub idle_unknown: u32,
}

/// More services than this are not told apart.
pub const MAX_SERVICES: usize = 12;

impl ListStats {
    /// Counts.
    pub fn of(sessions: &[Session]) -> Self {
        let mut stats = Self::default();
        let mut services: BTreeMap<&Text, u32> = BTreeMap::new();
        for session in sessions {
            if let Some(service) = &session.service {
                *services.entry(service).or_default() += 1;
            }
            match session.idle {
                None => stats.idle_unknown += 1,
                Some(idle) => {
                    let idle = idle.as_secs_f64();
                    let bucket = IDLE_BOUNDS.partition_point(|(bound, _)| f64::from(*bound) <= idle);
                    if let Some(count) = stats.idle.get_mut(bucket) {
                        *count += 1;
                    }
                }
            }
        }
        stats.services = services
            .into_iter()
            .map(|(service, count)| (service.clone(), count))
            .collect();
        stats.services.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        stats.services.truncate(MAX_SERVICES);
        stats
    }
}
