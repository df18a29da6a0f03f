//! The last minutes of an endpoint in bars of a few seconds each, for the header. A picture that moves
//! with every list would be noise, and send bytes each time.

use std::collections::VecDeque;
use std::time::Duration;

use super::trend_point::TrendPoint;
use crate::diagnosis::Severity;

/// Minimum time of a bar. If lists are further apart, a bar is one list.
pub(crate) const BUCKET_WIDTH: Duration = Duration::from_secs(5);
/// Maximum number of bars. More do not fit into a header.
const MAX_BUCKETS: usize = 24;

/// The last bars.
#[derive(Clone, Debug, Default)]
pub struct RecentBuckets {
    /// Bars, oldest first. The newest one is not complete yet.
    bars: VecDeque<TrendPoint>,
}

impl RecentBuckets {
    /// Adds a snapshot.
    pub(super) fn on_list(&mut self, point: TrendPoint) {
        match self.bars.back_mut() {
            Some(open) if open.span() < BUCKET_WIDTH => open.merge(&point),
            _ => self.bars.push_back(point),
        }
        if self.bars.len() > MAX_BUCKETS + 1 {
            self.bars.pop_front();
        }
    }

    /// Returns the bars that end before a moment. The newest one ends at `end`.
    pub(super) fn before(&self, at: Duration, end: Duration) -> Self {
        let mut past = self.clone();
        let mut end = Some(end);
        while end.is_some_and(|end| end >= at)
            && let Some(bar) = past.bars.pop_back()
        {
            end = end.and_then(|end| end.checked_sub(bar.span()));
        }
        past
    }

    /// Sets the number of stuck sessions of the latest snapshot, for each of [`Severity::ALL`].
    pub(super) fn on_diagnosis(&mut self, stuck: [usize; Severity::ALL.len()]) {
        if let Some(open) = self.bars.back_mut() {
            open.on_diagnosis(stuck);
        }
    }

    /// Returns the complete bars, oldest first.
    pub fn bars(&self) -> impl DoubleEndedIterator<Item = &TrendPoint> {
        self.bars.iter().take(self.bars.len().saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::harness::{AppHarness, draft};
    use crate::model::Dialect;

    #[test]
    fn a_bar_is_shown_when_it_is_full() {
        let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
        let mut full = Vec::new();
        for second in 0..13_u64 {
            stage.list(&draft(&[(1, "ann", 9_000), (second + 2, "bob", 1)]));
            stage.wait(Duration::from_secs(1));
            full.push(stage.app.endpoints[0].trend.recent().bars().count());
        }
        assert_eq!(full, [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2]);
        let bars: Vec<_> = stage.app.endpoints[0].trend.recent().bars().collect();
        for bar in bars {
            assert_eq!((bar.span(), bar.sessions), (BUCKET_WIDTH, 2));
            assert_eq!((bar.opened(), bar.closed()), (Some(1.0), Some(1.0)));
            assert_eq!(bar.stuck(), Some(1.0));
        }
    }

    #[test]
    fn where_lists_are_rare_each_is_a_bar_and_few_are_kept() {
        let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
        for _ in 0..100 {
            stage.list(&draft(&[(1, "ann", 1)]));
            stage.wait(Duration::from_secs(30));
        }
        let buckets = stage.app.endpoints[0].trend.recent();
        assert_eq!(buckets.bars().count(), MAX_BUCKETS);
        assert_eq!(buckets.bars().next().unwrap().span(), Duration::from_secs(30));
    }
}
