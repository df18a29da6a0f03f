//! Transactions and locks for the filters of a task: right before the DELETE from a new reading.

use std::sync::Arc;
use std::time::Duration;

use super::{KillTask, NextStep};
use crate::filter::{Filter, Ternary};
use crate::kill::Rules;
use crate::kill::event::KillRequest;
use crate::kill::outcome::SkipReason;
use crate::kill::state::KillState;
use crate::kill::statements as session_statements;
use crate::kill::victim::depends_on_locks;
use crate::model::{
    EndpointLocks, LockReading, Now, ServerAccessFault, ServerReport, ServerReports, SessionObservation,
    visible,
};

/// Maximum age of the locks when the DELETE is ordered, by both clocks. Measured from before their first
/// statement.
const MAX_LOCKS_AGE: Duration = Duration::from_secs(2);

/// The locks that were read for the check right before the DELETE.
#[derive(Clone, Debug)]
pub(super) struct NewLocks {
    asked_at: Now,
    /// Why they are unknown.
    fault: Option<String>,
    reports: ServerReports,
}

impl From<LockReading> for NewLocks {
    /// If a server could not be read, all locks are unknown: the session may hold others there.
    fn from(reading: LockReading) -> Self {
        let fault = reading.fault();
        let mut reports = reading.reports;
        if fault.is_some() {
            make_unknown(&mut reports);
        }
        Self {
            asked_at: reading.asked_at,
            fault,
            reports,
        }
    }
}

/// Makes all locks unknown.
fn make_unknown(reports: &mut ServerReports) {
    for report in reports.values_mut() {
        Arc::make_mut(report).activity = Err(ServerAccessFault::Lost);
    }
}

impl KillTask {
    /// Whether the check right before the DELETE needs the locks of the session.
    pub(super) fn needs_locks(&self, rules: &Rules) -> bool {
        let filters = [rules.protects(), self.victim.taken_by.as_ref()];
        self.victim.has_server_access && filters.into_iter().flatten().any(depends_on_locks)
    }

    /// Returns the request that reads the locks of the session's servers.
    pub(in crate::kill) fn read_locks(&self) -> KillRequest {
        KillRequest::ReadLocks {
            servers: session_statements::servers(&self.victim.session),
        }
    }

    /// Handles a reading of the locks.
    pub(in crate::kill) fn locks_read(&mut self, reading: LockReading) -> NextStep {
        if !matches!(self.state, KillState::Checking { .. }) {
            return NextStep::Rest;
        }
        self.new_locks = Some(reading.into());
        NextStep::Check
    }

    /// Returns the age of the locks if they were read too long ago for a DELETE.
    pub(super) fn age_of_old_locks(&self, now: Now) -> Option<Duration> {
        let locks = self.new_locks.as_ref()?;
        let by_wall = Duration::try_from(now.wall.duration_since(locks.asked_at.wall)).unwrap_or_default();
        let age = now.elapsed.saturating_sub(locks.asked_at.elapsed).max(by_wall);
        (!now.is_within(MAX_LOCKS_AGE, &locks.asked_at)).then_some(age)
    }

    /// Returns the session's locks: right before the DELETE by the new reading, otherwise by the latest reports.
    /// `None` if they are not read.
    pub(super) fn locks(&self, observation: &SessionObservation, rules: &Rules) -> Option<EndpointLocks> {
        let new;
        let reports = if self.is_last_check() {
            if !self.needs_locks(rules) {
                return None;
            }
            // A session with no connection, such as one whose connections are in the pool, has no locks. `None`
            // means that the connections are not reported.
            if observation
                .detail
                .session
                .server_connections()
                .is_some_and(<[_]>::is_empty)
            {
                return Some(EndpointLocks::without_servers());
            }
            new = self.new_reports(observation);
            &new
        } else {
            rules.reports.get(&self.victim.identity.endpoint)?.as_ref()
        };
        let sessions = std::slice::from_ref(&observation.detail.session);
        (!reports.is_empty()).then(|| EndpointLocks::new(reports, sessions, observation.taken_at))
    }

    /// Returns the new reading. If the session now uses a server that was not read, all its locks are unknown.
    fn new_reports(&self, observation: &SessionObservation) -> ServerReports {
        let mut reports = self
            .new_locks
            .as_ref()
            .map(|locks| locks.reports.clone())
            .unwrap_or_default();
        let used = session_statements::servers(&observation.detail.session);
        let unread: Vec<_> = used
            .into_iter()
            .filter(|server| !reports.contains_key(server))
            .collect();
        if !unread.is_empty() {
            make_unknown(&mut reports);
            let unread = unread.into_iter().map(|server| {
                let report = ServerReport::unread(server.clone(), observation.taken_at);
                (server, Arc::new(report))
            });
            reports.extend(unread);
        }
        reports
    }

    /// Returns why a session is skipped that the filter has selected, by its result now. `None` if it is not.
    ///
    /// Before the last check, unknown locks decide nothing: they are read again.
    pub(super) fn skip_reason(
        &self,
        filter: &Filter,
        result: Ternary,
        knows_locks: bool,
    ) -> Option<SkipReason> {
        let text = || visible(filter.text().trim()).into_owned();
        let depends = self.victim.has_server_access && !knows_locks && depends_on_locks(filter);
        match result {
            Ternary::Yes => None,
            Ternary::Unknown if depends && self.is_last_check() => {
                let locks = self.new_locks.as_ref();
                let fault = locks.and_then(|locks| locks.fault.clone());
                Some(SkipReason::Unread(text(), fault))
            }
            Ternary::Unknown if depends => None,
            Ternary::No | Ternary::Unknown => Some(SkipReason::NoMatch(text())),
        }
    }

    /// Whether this is the check right before the DELETE.
    pub(super) const fn is_last_check(&self) -> bool {
        matches!(self.state, KillState::Checking { .. })
    }
}
