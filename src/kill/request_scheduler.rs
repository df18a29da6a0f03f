//! The requests of one batch to one endpoint: whose turn it is, and how many are in progress.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use crate::model::RequestError;

/// So many requests are under way at a time (docs/kill-protocol.md), of all batches together.
pub const MAX_IN_FLIGHT: usize = 16;
/// So many of them may be looks at sessions that should be gone, while others wait for their end.
const MAX_FOLLOW_UPS: usize = 4;
/// So many failures in a row, without a single answer between them: the endpoint is not there.
const MAX_FAILURES: u8 = 8;

/// Why an attempt wants to be woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Alarm {
    /// To be looked at.
    Look,
    /// Its time is over.
    GiveUp,
}

/// What a request under way is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RequestKind {
    /// The check before the DELETE, and the DELETE in its place.
    Check,
    /// A look after it.
    Look,
}

/// The traffic with one endpoint. Attempts are named by their place in the batch.
#[derive(Clone, Debug)]
pub(super) struct RequestScheduler {
    /// So many requests may be under way at a time.
    at_once: usize,
    checks: VecDeque<usize>,
    looks: VecDeque<usize>,
    alarms: BTreeSet<(Duration, usize, Alarm)>,
    checking: usize,
    looking: usize,
    failures: u8,
}

impl Default for RequestScheduler {
    fn default() -> Self {
        Self {
            at_once: MAX_IN_FLIGHT,
            checks: VecDeque::new(),
            looks: VecDeque::new(),
            alarms: BTreeSet::new(),
            checking: 0,
            looking: 0,
            failures: 0,
        }
    }
}

impl RequestScheduler {
    /// Leaves room for others. What is under way already stays so.
    pub(super) fn limit_requests(&mut self, at_once: usize) {
        self.at_once = at_once.clamp(1, MAX_IN_FLIGHT);
    }

    pub(super) fn queue_check(&mut self, task: usize) {
        self.checks.push_back(task);
    }

    /// A check that has to be repeated goes before those that have not begun.
    pub(super) fn queue_check_again(&mut self, task: usize) {
        self.checks.push_front(task);
    }

    pub(super) fn wake(&mut self, at: Duration, task: usize, alarm: Alarm) {
        self.alarms.insert((at, task, alarm));
    }

    pub(super) fn wake_at(&self) -> Option<Duration> {
        self.alarms.first().map(|(at, ..)| *at)
    }

    /// The next attempt whose alarm is due.
    pub(super) fn due(&mut self, now: Duration) -> Option<(usize, Alarm)> {
        let (at, task, alarm) = *self.alarms.first()?;
        if at > now {
            return None;
        }
        self.alarms.pop_first();
        Some((task, alarm))
    }

    pub(super) fn queue_look(&mut self, task: usize) {
        self.looks.push_back(task);
    }

    /// The attempt whose session may be requested now, if any. It counts as in progress from then on.
    pub(super) fn next_dispatch(&mut self) -> Option<(usize, RequestKind)> {
        if self.checking + self.looking >= self.at_once {
            return None;
        }
        if !self.looks.is_empty() && (self.checks.is_empty() || self.looking < MAX_FOLLOW_UPS) {
            self.looking += 1;
            return Some((self.looks.pop_front()?, RequestKind::Look));
        }
        let check = self.checks.pop_front()?;
        self.checking += 1;
        Some((check, RequestKind::Check))
    }

    /// A request is no longer under way.
    pub(super) fn on_request_end(&mut self, lane: RequestKind) {
        let under_way = match lane {
            RequestKind::Check => &mut self.checking,
            RequestKind::Look => &mut self.looking,
        };
        *under_way = under_way.saturating_sub(1);
    }

    /// Counts failures in a row. Returns `true` if the endpoint has failed too often to continue.
    pub(super) fn on_sent(&mut self, fault: Option<&RequestError>) -> bool {
        match fault {
            None | Some(RequestError::NotFound) => self.failures = 0,
            Some(_) => self.failures = self.failures.saturating_add(1),
        }
        self.failures >= MAX_FAILURES
    }
}
