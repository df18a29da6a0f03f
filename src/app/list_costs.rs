//! Response times of the last lists of an endpoint.

use std::collections::VecDeque;
use std::time::Duration;

/// Maximum number of response times kept.
const MAX_KEPT: usize = 120;
/// Minimum number of response times for a percentile.
const MIN_FOR_PERCENTILE: usize = 20;

/// Response times, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct ListCosts(VecDeque<Duration>);

impl ListCosts {
    /// Adds the response time of a list.
    pub(super) fn push(&mut self, cost: Duration) {
        if self.0.len() == MAX_KEPT {
            self.0.pop_front();
        }
        self.0.push_back(cost);
    }

    /// Returns the number of response times.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// Returns the last response time.
    pub(crate) fn last(&self) -> Option<Duration> {
        self.0.back().copied()
    }

    /// Returns the response time that 95 of 100 lists do not exceed; `None` if there are too few lists.
    pub(crate) fn p95(&self) -> Option<Duration> {
        if self.0.len() < MIN_FOR_PERCENTILE {
            return None;
        }
        let mut sorted: Vec<_> = self.0.iter().copied().collect();
        sorted.sort_unstable();
        sorted.get((sorted.len() * 95).div_ceil(100) - 1).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_95th_percentile_leaves_out_the_slowest_twentieth() {
        let mut costs = ListCosts::default();
        for ms in (1..=19).rev() {
            costs.push(Duration::from_millis(ms));
        }
        assert_eq!(
            (costs.last(), costs.p95()),
            (Some(Duration::from_millis(1)), None)
        );
        costs.push(Duration::from_secs(9));
        assert_eq!(costs.p95(), Some(Duration::from_millis(19)));
        for _ in 0..1000 {
            costs.push(Duration::from_millis(5));
        }
        assert_eq!(
            (costs.count(), costs.p95()),
            (MAX_KEPT, Some(Duration::from_millis(5)))
        );
    }
}
