//! Statistics of one session list: sessions per service and a histogram of idle times.

use std::collections::BTreeMap;

use super::{Session, Text};

/// Upper bounds of the histogram of idle times, in seconds and as text.
///
/// Each bucket ends below its bound. One more bucket follows without a bound.
pub const IDLE_BOUNDS: [(u32, &str); 6] = [
    (1, "1s"),
    (10, "10s"),
    (60, "1m"),
    (600, "10m"),
    (3_600, "1h"),
    (86_400, "1d"),
];

/// Statistics of one session list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListStats {
    /// Number of sessions of each service, largest first. At most [`MAX_SERVICES`] entries.
    pub services: Vec<(Text, u32)>,
    /// Number of sessions in each bucket of [`IDLE_BOUNDS`].
    pub idle: [u32; IDLE_BOUNDS.len() + 1],
    /// Number of sessions that report no idle time.
    pub idle_unknown: u32,
}

/// Maximum number of services kept, largest first.
pub const MAX_SERVICES: usize = 12;

impl ListStats {
    /// Computes the statistics of a list.
    pub(crate) fn of(sessions: &[Session]) -> Self {
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
