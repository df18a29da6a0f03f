//! Reports of the servers of an endpoint about transactions and locks.

use std::sync::Arc;
use std::time::Duration;

use crate::model::{ServerAccessFault, ServerReport, ServerReports, Text};

/// The latest reports of an endpoint's servers.
#[derive(Clone, Debug, Default)]
pub struct ServerAccess {
    /// Whether a database user is set.
    pub is_set: bool,
    /// The latest report of each server.
    pub reports: Arc<ServerReports>,
}

impl ServerAccess {
    /// Handles a report.
    pub(super) fn on_report(&mut self, report: Arc<ServerReport>) {
        self.is_set = true;
        let reports = Arc::make_mut(&mut self.reports);
        // A server that is no longer read has an old report.
        reports.retain(|_, known| !known.is_outdated_at(report.taken_at));
        reports.insert(report.server.clone(), report);
    }

    /// Returns the longest time that the statements of one round took at a server. `None` if no server could be read.
    pub(crate) fn cost(&self) -> Option<Duration> {
        let read = self.reports.values().filter(|report| report.activity.is_ok());
        read.map(|report| report.cost).max()
    }

    /// Whether the locks of no server are known: there is no access, or every server failed.
    pub(crate) fn knows_nothing(&self) -> bool {
        !self.is_set || !self.reports.is_empty() && self.cost().is_none()
    }

    /// Returns the servers that could not be read, and why.
    pub(crate) fn faults(&self) -> impl Iterator<Item = (&Text, &ServerAccessFault)> {
        let all = self.reports.values();
        all.filter_map(|report| Some((&report.server, report.activity.as_ref().err()?)))
    }
}
