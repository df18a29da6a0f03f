//! Counters of an endpoint, since the program began.

use super::error_cause::{CAUSES, cause_index};
use super::histogram::{Histogram, RESPONSE_BOUNDS};
use crate::diagnosis::ConnectionSample;
use crate::model::{Counter, RequestError, Snapshot};

/// Counters of one endpoint. They only rise.
#[derive(Clone, Debug)]
pub(super) struct Totals {
    /// Number of sessions that appeared in a list and were not in the one before it.
    pub(super) opened: u64,
    /// Number of sessions that disappeared.
    pub(super) closed: u64,
    /// Number of restarts of the proxy.
    pub(super) restarts: u64,
    /// Response times of the lists, in seconds.
    pub(super) response_times: Histogram,
    /// Number of failed polls, by [`CAUSES`].
    pub(super) errors: [u64; CAUSES.len()],
    /// Increase of the counters of sampled connections; `None` without a sample.
    pub(super) connection_events: Option<[u64; Counter::ALL.len()]>,
}

impl Totals {
    pub(super) const fn new() -> Self {
        Self {
            opened: 0,
            closed: 0,
            restarts: 0,
            response_times: Histogram::new(&RESPONSE_BOUNDS),
            errors: [0; CAUSES.len()],
            connection_events: None,
        }
    }

    /// Handles a list.
    pub(super) fn on_list(&mut self, snapshot: &Snapshot) {
        self.opened += u64::from(snapshot.change.came);
        self.closed += u64::from(snapshot.change.went);
        self.restarts += u64::from(snapshot.change.is_after_restart);
        self.response_times.add(snapshot.cost.as_secs_f64());
    }

    /// Handles a failed poll.
    pub(super) fn on_failure(&mut self, fault: &RequestError) {
        if let Some(count) = cause_index(fault).and_then(|index| self.errors.get_mut(index)) {
            *count += 1;
        }
    }

    /// Handles a new sample of a session's connections.
    pub(super) fn on_sample(&mut self, sample: &ConnectionSample) {
        let totals = self.connection_events.get_or_insert_default();
        for (counter, total) in Counter::ALL.into_iter().zip(totals) {
            *total = total.saturating_add(sample.increase(counter).unwrap_or_default());
        }
    }
}
