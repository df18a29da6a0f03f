//! Numbers of the last list of an endpoint, with bounded labels.

use std::time::Duration;

use super::counts::{Breakdown, FixedCounts, SessionCounts};
use super::top::{LabelCounts, TopLabels};

/// Numbers of one endpoint's last list.
#[derive(Clone, Debug)]
pub(super) struct SessionGauges {
    pub(super) total: u64,
    by: [LabelCounts; Breakdown::ALL.len()],
    pub(super) by_server: LabelCounts,
    pub(super) fixed: FixedCounts,
}

impl SessionGauges {
    /// Returns the number of sessions by a field.
    pub(super) fn by(&self, field: Breakdown) -> &LabelCounts {
        let [service, user, address, state] = &self.by;
        match field {
            Breakdown::Service => service,
            Breakdown::User => user,
            Breakdown::Address => address,
            Breakdown::State => state,
        }
    }
}

/// The label values of one endpoint's metrics.
#[derive(Clone, Debug)]
pub(super) struct Labels {
    by: [TopLabels; Breakdown::ALL.len()],
    by_server: TopLabels,
}

impl Labels {
    /// Creates labels with a maximum number of values of each metric.
    pub(super) fn new(limit: usize) -> Self {
        let one = TopLabels::new(limit);
        Self {
            by: Breakdown::ALL.map(|_| one.clone()),
            by_server: one,
        }
    }

    /// Handles the numbers of a list.
    pub(super) fn update(&mut self, counts: SessionCounts, now: Duration) -> SessionGauges {
        let mut by: [LabelCounts; Breakdown::ALL.len()] = Default::default();
        for ((labels, counts), found) in self.by.iter_mut().zip(counts.by).zip(&mut by) {
            *found = labels.update(counts, now);
        }
        SessionGauges {
            total: counts.total,
            by,
            by_server: self.by_server.update(counts.by_server, now),
            fixed: counts.fixed,
        }
    }
}
