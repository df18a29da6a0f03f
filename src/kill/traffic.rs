//! The requests of one batch to one endpoint: whose turn it is, and how many are in progress.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use crate::model::Fault;

/// So many requests are under way at a time (docs/kill-protocol.md), of all batches together.
pub const AT_ONCE: usize = 16;
/// So many of them may be looks at sessions that should be gone, while others wait for their end.
const LOOKS_MEANWHILE: usize = 4;
/// So many failures in a row, without a single answer between them: the endpoint is not there.
const TOO_MANY_FAILURES: u8 = 8;

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
pub(super) enum Lane {
    /// The check before the DELETE, and the DELETE in its place.
    Check,
    /// A look after it.
    Look,
}

/// The traffic with one endpoint. Attempts are named by their place in the batch.
#[derive(Clone, Debug)]
pub(super) struct Traffic {
    /// So many requests may be under way at a time.
    at_once: usize,
    checks: VecDeque<usize>,
    looks: VecDeque<usize>,
    alarms: BTreeSet<(Duration, usize, Alarm)>,
    checking: usize,
    looking: usize,
    failures: u8,
}

impl Default for Traffic {
    fn default() -> Self {
        Self {
            at_once: AT_ONCE,
            checks: VecDeque::new(),
            looks: VecDeque::new(),
            alarms: BTreeSet::new(),
            checking: 0,
            looking: 0,
            failures: 0,
        }
    }
}

impl Traffic {
    /// Leaves room for others. What is under way already stays so.
    pub(super) fn confine(&mut self, at_once: usize) {
        self.at_once = at_once.clamp(1, AT_ONCE);
    }

    pub(super) fn queue_check(&mut self, attempt: usize) {
        self.checks.push_back(attempt);
    }

    /// A check that has to be repeated goes before those that have not begun.
    pub(super) fn queue_check_again(&mut self, attempt: usize) {
        self.checks.push_front(attempt);
    }

    pub(super) fn wake(&mut self, at: Duration, attempt: usize, alarm: Alarm) {
        self.alarms.insert((at, attempt, alarm));
    }

    pub(super) fn wake_at(&self) -> Option<Duration> {
        self.alarms.first().map(|(at, ..)| *at)
    }

    /// The next attempt whose alarm is due.
    pub(super) fn due(&mut self, now: Duration) -> Option<(usize, Alarm)> {
        let (at, attempt, alarm) = *self.alarms.first()?;
        if at > now {
            return None;
        }
        self.alarms.pop_first();
        Some((attempt, alarm))
    }

    pub(super) fn queue_look(&mut self, attempt: usize) {
        self.looks.push_back(attempt);
    }

    /// The attempt whose session may be requested now, if any. It counts as in progress from then on.
    pub(super) fn turn(&mut self) -> Option<(usize, Lane)> {
        if self.checking + self.looking >= self.at_once {
            return None;
        }
        if !self.looks.is_empty() && (self.checks.is_empty() || self.looking < LOOKS_MEANWHILE) {
            self.looking += 1;
            return Some((self.looks.pop_front()?, Lane::Look));
        }
        let check = self.checks.pop_front()?;
        self.checking += 1;
        Some((check, Lane::Check))
    }

    /// A request is no longer under way.
    pub(super) fn ended(&mut self, lane: Lane) {
        let under_way = match lane {
            Lane::Check => &mut self.checking,
            Lane::Look => &mut self.looking,
        };
        *under_way = under_way.saturating_sub(1);
    }

    /// Counts failures in a row. Returns `true` if the endpoint has failed too often to continue.
    pub(super) fn went(&mut self, fault: Option<&Fault>) -> bool {
        match fault {
            None | Some(Fault::NotFound) => self.failures = 0,
            Some(_) => self.failures = self.failures.saturating_add(1),
        }
        self.failures >= TOO_MANY_FAILURES
    }
}
