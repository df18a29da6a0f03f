//! The last minutes of an endpoint in bars of a few seconds each, for the header: there, a picture that
//! moved with every list would be noise, and bytes on the line.

use std::collections::VecDeque;
use std::time::Duration;

use super::trend_point::TrendPoint;

/// A bar stands for so long at least; one list does where they come further apart.
pub const BUCKET_WIDTH: Duration = Duration::from_secs(5);
/// More bars than that fit no header.
const MAX_BUCKETS: usize = 24;

/// The last bars.
#[derive(Clone, Debug, Default)]
pub struct RecentBuckets {
    /// The newest is still being filled.
    bars: VecDeque<TrendPoint>,
}

impl RecentBuckets {
    /// One more list.
    pub(super) fn on_list(&mut self, point: TrendPoint) {
        match self.bars.back_mut() {
            Some(open) if open.span() < BUCKET_WIDTH => open.merge(&point),
            _ => self.bars.push_back(point),
        }
        if self.bars.len() > MAX_BUCKETS + 1 {
            self.bars.pop_front();
        }
    }

    /// So many of the sessions of the last list are stuck.
    pub(super) fn on_diagnosis(&mut self, stuck: usize) {
        if let Some(open) = self.bars.back_mut() {
            open.on_diagnosis(stuck);
        }
    }

    /// The bars that are full, the oldest first.
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
