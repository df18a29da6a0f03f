//! One point of the course of a fleet: what one or more lists in a row told.

use std::time::Duration;

use crate::model::Snapshot;

/// One or more lists in a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrendPoint {
    /// How many lists it is made of.
    lists: u32,
    /// The time that they stand for.
    span: Duration,
    /// The most sessions that one of them had.
    pub sessions: usize,
    came: u32,
    went: u32,
    /// The dearest list.
    pub cost: Duration,
    /// The most that were stuck, as far as that was judged.
    stuck: Option<usize>,
}

impl TrendPoint {
    /// One list, which stands for this time.
    pub(super) const fn of_list(snapshot: &Snapshot, span: Duration) -> Self {
        Self {
            lists: 1,
            span,
            sessions: snapshot.sessions.len(),
            came: snapshot.change.came,
            went: snapshot.change.went,
            cost: snapshot.cost,
            stuck: None,
        }
    }

    pub(super) const fn lists(&self) -> u32 {
        self.lists
    }

    /// Sessions that came in a second.
    pub fn opened(&self) -> Option<f64> {
        self.rate(self.came)
    }

    /// Sessions that went in a second.
    pub fn closed(&self) -> Option<f64> {
        self.rate(self.went)
    }

    /// Sessions that were stuck; unknown while nobody judged, as during a pause.
    #[expect(clippy::cast_precision_loss, reason = "a bar for people")]
    pub fn stuck(&self) -> Option<f64> {
        self.stuck.map(|stuck| stuck as f64)
    }

    /// The time that it stands for.
    pub const fn span(&self) -> Duration {
        self.span
    }

    pub(super) fn on_diagnosis(&mut self, stuck: usize) {
        self.stuck = self.stuck.max(Some(stuck));
    }

    /// The first list stands for no time, so it has no rate.
    fn rate(&self, count: u32) -> Option<f64> {
        let seconds = self.span.as_secs_f64();
        (seconds > 0.0).then(|| f64::from(count) / seconds)
    }

    pub(super) fn merge(&mut self, next: &Self) {
        self.lists += next.lists;
        self.span += next.span;
        self.sessions = self.sessions.max(next.sessions);
        self.came = self.came.saturating_add(next.came);
        self.went = self.went.saturating_add(next.went);
        self.cost = self.cost.max(next.cost);
        self.stuck = self.stuck.max(next.stuck);
    }
}
