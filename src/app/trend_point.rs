//! One point of a fleet's history: one or more consecutive snapshots.

use std::time::Duration;

use crate::model::Snapshot;

/// Totals of one or more consecutive snapshots.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrendPoint {
    /// Number of snapshots.
    lists: u32,
    /// Time that they cover.
    span: Duration,
    /// Maximum number of sessions.
    pub sessions: usize,
    came: u32,
    went: u32,
    /// Maximum response time.
    pub cost: Duration,
    /// Maximum number of stuck sessions; `None` if no snapshot was diagnosed.
    stuck: Option<usize>,
}

impl TrendPoint {
    /// Creates a point from one snapshot, which covers this time.
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

    /// Returns the number of sessions opened per second.
    pub fn opened(&self) -> Option<f64> {
        self.rate(self.came)
    }

    /// Returns the number of sessions closed per second.
    pub fn closed(&self) -> Option<f64> {
        self.rate(self.went)
    }

    /// Returns the number of stuck sessions; `None` if it was not determined, as during a pause.
    #[expect(clippy::cast_precision_loss, reason = "a bar is approximate")]
    pub fn stuck(&self) -> Option<f64> {
        self.stuck.map(|stuck| stuck as f64)
    }

    /// Returns the time that the point covers.
    pub const fn span(&self) -> Duration {
        self.span
    }

    pub(super) fn on_diagnosis(&mut self, stuck: usize) {
        self.stuck = self.stuck.max(Some(stuck));
    }

    /// The first snapshot covers no time, so it has no rate.
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
