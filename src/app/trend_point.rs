//! One point of a fleet's history: one or more consecutive snapshots.

use std::time::Duration;

use crate::diagnosis::Severity;
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
    /// Maximum number of stuck sessions of each of [`Severity::ALL`]; `None` if no snapshot was diagnosed.
    stuck: Option<[usize; Severity::ALL.len()]>,
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
    pub fn stuck(&self) -> Option<f64> {
        Some(self.count(Severity::Act)? + self.count(Severity::Look)?)
    }

    /// Returns the number of sessions marked ▲; `None` if it was not determined.
    pub fn act(&self) -> Option<f64> {
        self.count(Severity::Act)
    }

    /// Returns the number of sessions marked ●; `None` if it was not determined.
    pub fn look(&self) -> Option<f64> {
        self.count(Severity::Look)
    }

    #[expect(clippy::cast_precision_loss, reason = "a bar is approximate")]
    fn count(&self, severity: Severity) -> Option<f64> {
        let mut counts = Severity::ALL.into_iter().zip(self.stuck?);
        let found = counts.find(|(counted, _)| *counted == severity);
        found.map(|(_, count)| count as f64)
    }

    /// Returns the time that the point covers.
    pub const fn span(&self) -> Duration {
        self.span
    }

    pub(super) fn on_diagnosis(&mut self, stuck: [usize; Severity::ALL.len()]) {
        self.stuck = most(self.stuck, Some(stuck));
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
        self.stuck = most(self.stuck, next.stuck);
    }
}

/// Returns the maximum of each number.
fn most<const N: usize>(a: Option<[usize; N]>, b: Option<[usize; N]>) -> Option<[usize; N]> {
    let (Some(a), Some(b)) = (a, b) else {
        return a.or(b);
    };
    let mut pairs = a.into_iter().zip(b);
    Some(std::array::from_fn(|_| pairs.next().map_or(0, |(a, b)| a.max(b))))
}
