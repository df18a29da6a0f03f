//! Computes when a server is read again, so that reading costs it at most the duty. Pure: times and random
//! numbers are arguments.

use std::time::Duration;

use tokio::time::Instant;

use super::schedule::Pace;
use crate::model::{RequestError, ServerAccessFault};

/// Minimum time from the start of one round to the start of the next.
const MIN_PERIOD: Duration = Duration::from_secs(1);
/// Maximum wait after errors.
const MAX_RETRY_DELAY: Duration = Duration::from_mins(1);
/// Factor on the period after a statement that took too long.
const CUT_FACTOR: u32 = 10;
/// Number of waiting transactions above which only root blockers are requested. The number of pairs grows
/// with its square.
const MAX_WAITERS_FOR_PAIRS: u64 = 200;

/// A query about row locks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LockQuery {
    /// None, because no transaction waits.
    None,
    /// Each waiter with its blockers.
    Pairs,
    /// Only root blockers.
    Roots,
    /// None for a while, because the last query took too long.
    Paused,
}

/// The schedule of one server.
#[derive(Debug)]
pub(super) struct ServerSchedule {
    pace: Pace,
    /// Period of the last complete round.
    period: Duration,
    /// Time before which locks are not read.
    locks_paused_until: Option<Instant>,
}

impl ServerSchedule {
    /// Creates a schedule. `duty` is a share: 0.1 lets statements use a tenth of the time.
    pub(super) fn new(interval: Duration, duty: f64) -> Self {
        Self {
            pace: Pace::new(interval.max(MIN_PERIOD), duty).backing_off_to(MAX_RETRY_DELAY),
            period: interval.max(MIN_PERIOD),
            locks_paused_until: None,
        }
    }

    /// Changes the interval.
    pub(super) fn set_interval(&mut self, interval: Duration) {
        self.pace.set_interval(interval.max(MIN_PERIOD));
    }

    /// Returns the query to send for this number of waiting transactions.
    pub(super) fn lock_query(&self, waiting: u64, now: Instant) -> LockQuery {
        if waiting == 0 {
            LockQuery::None
        } else if self.locks_paused_until.is_some_and(|until| now < until) {
            LockQuery::Paused
        } else if waiting > MAX_WAITERS_FOR_PAIRS {
            LockQuery::Roots
        } else {
            LockQuery::Pairs
        }
    }

    /// Pauses the reading of locks after a query that took too long.
    pub(super) fn on_lock_query_cut(&mut self, now: Instant) {
        self.locks_paused_until = Some(now + self.period.saturating_mul(CUT_FACTOR));
    }

    /// Returns the time from the start of a complete round of this cost to the start of the next.
    pub(super) fn after_round(&mut self, cost: Duration) -> Duration {
        self.pace.on_success();
        self.period = self.pace.period(cost);
        self.period
    }

    /// Returns the time from the start of a failed round to the start of the next. `random` is in 0..1.
    pub(super) fn after_fault(&mut self, fault: &ServerAccessFault, cost: Duration, random: f64) -> Duration {
        let least = self.pace.period(cost);
        match fault {
            // The next round tries the connection again.
            ServerAccessFault::Busy => least,
            ServerAccessFault::Cut => least.saturating_mul(CUT_FACTOR),
            fault if fault.is_lasting() => least.max(MAX_RETRY_DELAY),
            ServerAccessFault::Request(fault) => least.max(self.pace.back_off(fault, random)),
            _ => least.max(self.pace.back_off(&RequestError::Refused, random)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Text, TextLimit};

    const SECOND: Duration = Duration::from_secs(1);
    const MIDDLE: f64 = 0.5;

    #[test]
    fn statements_cost_the_server_at_most_the_duty() {
        let mut schedule = ServerSchedule::new(SECOND, 0.1);
        for (cost, period) in [(3, 1_000), (100, 1_000), (207, 2_070), (1_000, 10_000)] {
            let period = Duration::from_millis(period);
            assert_eq!(schedule.after_round(Duration::from_millis(cost)), period);
        }
        let mut fast = ServerSchedule::new(Duration::from_millis(100), 1.0);
        assert_eq!(fast.after_round(Duration::ZERO), SECOND, "never more often");
    }

    #[test]
    fn pairs_are_requested_while_some_wait_and_roots_if_many_do() {
        let schedule = ServerSchedule::new(SECOND, 0.1);
        let query = |waiting| schedule.lock_query(waiting, Instant::now());
        assert_eq!(query(0), LockQuery::None);
        assert_eq!((query(1), query(200)), (LockQuery::Pairs, LockQuery::Pairs));
        assert_eq!(query(201), LockQuery::Roots);
    }

    #[test]
    fn after_a_cut_query_the_next_try_waits_ten_times_longer() {
        let mut schedule = ServerSchedule::new(SECOND, 0.1);
        let now = Instant::now();
        schedule.after_round(Duration::from_millis(200));
        schedule.on_lock_query_cut(now);
        assert_eq!(schedule.lock_query(5, now + 19 * SECOND), LockQuery::Paused);
        assert_eq!(schedule.lock_query(0, now), LockQuery::None);
        assert_eq!(schedule.lock_query(5, now + 20 * SECOND), LockQuery::Pairs);
        assert_eq!(
            schedule.after_fault(&ServerAccessFault::Cut, SECOND, MIDDLE),
            100 * SECOND
        );
    }

    #[test]
    fn errors_back_off_and_lasting_ones_wait_a_minute() {
        let mut schedule = ServerSchedule::new(SECOND, 0.1);
        let mut wait = |fault: &ServerAccessFault| schedule.after_fault(fault, Duration::ZERO, MIDDLE);
        let text = || Text::clean("x", TextLimit::Line);
        assert_eq!(wait(&ServerAccessFault::Busy), SECOND);
        let down = ServerAccessFault::ServerDown(text());
        let waits: Vec<_> = (0..8).map(|_| wait(&down).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(wait(&ServerAccessFault::WrongPassword(text())), 60 * SECOND);
        assert_eq!(wait(&ServerAccessFault::NotSupported), 60 * SECOND);
    }
}
