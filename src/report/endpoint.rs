//! Totals of one endpoint.

use std::time::Duration;

use crate::model::{Dialect, Text};
use crate::recording::FactKind;

/// Totals of one endpoint.
#[derive(Clone, Debug, Default)]
pub(super) struct EndpointTotals {
    /// Number of lists.
    pub lists: u64,
    /// Number of lists that failed.
    pub failed: u64,
    /// Dialect of its lists.
    pub dialect: Option<Dialect>,
    /// Version of the proxy. The last one, if it changes.
    pub version: Option<Text>,
    /// Least and largest number of sessions in a list.
    pub sessions: Option<(usize, usize)>,
    /// Longest response time of a list.
    pub longest: Duration,
    /// Times of the first and of the last list.
    span: Option<(Duration, Duration)>,
}

impl EndpointTotals {
    pub(super) fn on_fact(&mut self, kind: &FactKind) {
        match kind {
            FactKind::Listed(list) => {
                self.lists += 1;
                self.dialect = Some(list.dialect);
                let instance = list.instance.as_ref();
                if let Some(version) = instance.and_then(|instance| instance.version.clone()) {
                    self.version = Some(version);
                }
                let count = list.sessions.len();
                let (least, most) = self.sessions.unwrap_or((count, count));
                self.sessions = Some((least.min(count), most.max(count)));
                self.longest = self.longest.max(list.cost);
                let at = list.asked_at.elapsed;
                self.span = Some((self.span.map_or(at, |(from, _)| from), at));
            }
            FactKind::ListFailed { .. } => self.failed += 1,
            _ => {}
        }
    }

    /// Returns the mean time between two lists; `None` with less than two.
    pub(super) fn interval(&self) -> Option<Duration> {
        let (from, to) = self.span?;
        let steps = u32::try_from(self.lists.checked_sub(1)?).ok()?;
        to.saturating_sub(from).checked_div(steps)
    }
}
