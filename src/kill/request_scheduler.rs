//! Schedules the requests of one batch to one endpoint, and limits how many are in flight.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use crate::model::RequestError;

/// Maximum number of requests in flight per endpoint, of all batches together (docs/kill-protocol.md).
pub(crate) const MAX_IN_FLIGHT: usize = 16;
/// Maximum number of follow-ups in flight per endpoint while checks are queued.
const MAX_FOLLOW_UPS: usize = 4;
/// Maximum number of failures in a row. After that the endpoint counts as unreachable.
const MAX_FAILURES: u8 = 8;

/// The reason to wake a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Alarm {
    /// A follow-up is due.
    FollowUp,
    /// The time of the task has passed.
    GiveUp,
}

/// The purpose of a request in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RequestKind {
    /// A check before the DELETE, or the DELETE itself, which uses the same slot.
    Check,
    /// A follow-up.
    FollowUp,
}

/// The request queues of one endpoint. Tasks are identified by their index in the batch.
#[derive(Clone, Debug)]
pub(super) struct RequestScheduler {
    /// Maximum number of requests in flight.
    at_once: usize,
    checks: VecDeque<usize>,
    follow_ups: VecDeque<usize>,
    alarms: BTreeSet<(Duration, usize, Alarm)>,
    checking: usize,
    following_up: usize,
    failures: u8,
}

impl Default for RequestScheduler {
    fn default() -> Self {
        Self {
            at_once: MAX_IN_FLIGHT,
            checks: VecDeque::new(),
            follow_ups: VecDeque::new(),
            alarms: BTreeSet::new(),
            checking: 0,
            following_up: 0,
            failures: 0,
        }
    }
}

impl RequestScheduler {
    /// Changes the maximum number of requests in flight; 0 sends none. Requests in flight are not affected.
    pub(super) fn limit_requests(&mut self, at_once: usize) {
        self.at_once = at_once.min(MAX_IN_FLIGHT);
    }

    pub(super) fn queue_check(&mut self, task: usize) {
        self.checks.push_back(task);
    }

    /// Removes all checks from the queue.
    pub(super) fn clear_checks(&mut self) {
        self.checks.clear();
    }

    /// Queues a check that has to be repeated, before those that have not started.
    pub(super) fn queue_check_again(&mut self, task: usize) {
        self.checks.push_front(task);
    }

    pub(super) fn wake(&mut self, at: Duration, task: usize, alarm: Alarm) {
        self.alarms.insert((at, task, alarm));
    }

    pub(super) fn wake_at(&self) -> Option<Duration> {
        self.alarms.first().map(|(at, ..)| *at)
    }

    /// Returns the next task whose alarm is due.
    pub(super) fn due(&mut self, now: Duration) -> Option<(usize, Alarm)> {
        let (at, task, alarm) = *self.alarms.first()?;
        if at > now {
            return None;
        }
        self.alarms.pop_first();
        Some((task, alarm))
    }

    pub(super) fn queue_follow_up(&mut self, task: usize) {
        self.follow_ups.push_back(task);
    }

    /// Returns the next task whose session may be requested now. Counts it as in flight.
    pub(super) fn next_dispatch(&mut self) -> Option<(usize, RequestKind)> {
        if self.checking + self.following_up >= self.at_once {
            return None;
        }
        if !self.follow_ups.is_empty() && (self.checks.is_empty() || self.following_up < MAX_FOLLOW_UPS) {
            self.following_up += 1;
            return Some((self.follow_ups.pop_front()?, RequestKind::FollowUp));
        }
        let check = self.checks.pop_front()?;
        self.checking += 1;
        Some((check, RequestKind::Check))
    }

    /// Frees the slot of a finished request.
    pub(super) fn on_request_end(&mut self, kind: RequestKind) {
        let in_flight = match kind {
            RequestKind::Check => &mut self.checking,
            RequestKind::FollowUp => &mut self.following_up,
        };
        *in_flight = in_flight.saturating_sub(1);
    }

    /// Counts failures in a row. Returns `true` if the endpoint has failed too often to continue.
    pub(super) fn on_result(&mut self, fault: Option<&RequestError>) -> bool {
        match fault {
            None | Some(RequestError::NotFound) => self.failures = 0,
            Some(_) => self.failures = self.failures.saturating_add(1),
        }
        self.failures >= MAX_FAILURES
    }
}
