//! History of an endpoint's fleet since the program began. Memory is bounded: the longer it runs, the
//! more lists share a point.

use std::time::Duration;

#[cfg(doc)]
use super::recent_buckets::BUCKET_WIDTH;
use super::recent_buckets::RecentBuckets;
use super::trend_point::TrendPoint;
use crate::diagnosis::Severity;
use crate::model::Snapshot;

/// Maximum number of points. When it is exceeded, pairs of points are merged.
const MAX_POINTS: usize = 240;

/// History of a fleet.
#[derive(Clone, Debug)]
pub struct Trend {
    points: Vec<TrendPoint>,
    buckets: RecentBuckets,
    lists_per_point: u32,
    last_at: Option<Duration>,
}

impl Default for Trend {
    fn default() -> Self {
        Self {
            points: Vec::new(),
            buckets: RecentBuckets::default(),
            lists_per_point: 1,
            last_at: None,
        }
    }
}

impl Trend {
    /// Adds a snapshot at this time since the program began.
    pub fn on_list(&mut self, snapshot: &Snapshot, at: Duration) {
        let span = self
            .last_at
            .map_or(Duration::ZERO, |last| at.saturating_sub(last));
        self.last_at = Some(at);
        let point = TrendPoint::of_list(snapshot, span);
        self.buckets.on_list(point);
        match self.points.last_mut() {
            Some(last) if last.lists() < self.lists_per_point => last.merge(&point),
            _ => self.points.push(point),
        }
        if self.points.len() >= MAX_POINTS {
            self.halve();
        }
    }

    fn halve(&mut self) {
        self.lists_per_point = self.lists_per_point.saturating_mul(2);
        let pairs = self.points.chunks(2).filter_map(|pair| {
            let mut merged = *pair.first()?;
            if let Some(second) = pair.get(1) {
                merged.merge(second);
            }
            Some(merged)
        });
        self.points = pairs.collect();
    }

    /// Sets the number of stuck sessions of the latest snapshot, for each of [`Severity::ALL`].
    pub fn on_diagnosis(&mut self, stuck: [usize; Severity::ALL.len()]) {
        self.buckets.on_diagnosis(stuck);
        if let Some(last) = self.points.last_mut() {
            last.on_diagnosis(stuck);
        }
    }

    /// Returns the history before a moment, without the point that reaches beyond it.
    pub(super) fn before(&self, at: Duration) -> Self {
        let mut past = self.clone();
        let last = past.last_at.unwrap_or_default();
        while past.last_at.is_some_and(|end| end >= at) {
            let left = past.points.pop().map(|point| point.span());
            past.last_at = left.and_then(|span| past.last_at?.checked_sub(span));
        }
        if past.points.is_empty() {
            past.last_at = None;
        }
        past.buckets = self.buckets.before(at, last);
        past
    }

    /// Returns the last minutes.
    pub const fn recent(&self) -> &RecentBuckets {
        &self.buckets
    }

    /// Returns a rate of the last seconds, for every view, and the time that it covers. `None` until the first
    /// [`BUCKET_WIDTH`] has passed.
    pub fn latest_rate(&self, read: fn(&TrendPoint) -> Option<f64>) -> Option<(f64, Duration)> {
        let bar = self.buckets.bars().next_back()?;
        Some((read(bar)?, bar.span()))
    }

    /// Returns all points, oldest first.
    pub fn points(&self) -> &[TrendPoint] {
        &self.points
    }

    /// Returns the time covered.
    pub fn span(&self) -> Duration {
        self.points.iter().map(TrendPoint::span).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::harness::{AppHarness, draft};
    use crate::model::Dialect;

    #[test]
    fn the_longer_it_runs_the_more_lists_share_a_point() {
        let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
        stage.list(&draft(&[(1, "ann", 1), (2, "bob", 1)]));
        let list = stage.app.endpoints[0].latest.clone().unwrap();
        let mut trend = Trend::default();
        for second in 0..100_000 {
            trend.on_list(&list, Duration::from_secs(second));
        }
        assert!(trend.points().len() < MAX_POINTS);
        assert_eq!(trend.span(), Duration::from_secs(99_999));
        let lists: u32 = trend.points().iter().map(TrendPoint::lists).sum();
        assert_eq!(lists, 100_000);
        assert!(trend.points().iter().all(|point| point.sessions == 2));
    }

    #[test]
    fn who_comes_and_goes_is_a_rate() {
        let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
        stage.list(&draft(&[(1, "ann", 1), (2, "bob", 1)]));
        stage.wait(Duration::from_secs(2));
        stage.list(&draft(&[
            (2, "bob", 1),
            (3, "cid", 1),
            (4, "dan", 1),
            (5, "eve", 1),
        ]));
        let points = stage.app.endpoints[0].trend.points();
        assert_eq!((points[0].opened(), points[0].closed()), (None, None));
        assert_eq!((points[1].opened(), points[1].closed()), (Some(1.5), Some(0.5)));
    }
}
