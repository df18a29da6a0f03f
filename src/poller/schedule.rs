//! Computes when the next request is due. Pure: random numbers are arguments.

use std::time::Duration;

use crate::model::RequestError;

/// Minimum time between two requests, regardless of settings.
const MIN_INTERVAL: Duration = Duration::from_millis(10);
/// Maximum time between two requests: one day, so that sums of times do not overflow.
const MAX_INTERVAL: Duration = Duration::from_hours(24);
/// Minimum wait after the first error. The wait is the interval if that is longer.
const MIN_RETRY_DELAY: Duration = Duration::from_millis(250);
/// Maximum wait after errors by default, or the interval if that is longer. Waits double up to it.
const MAX_RETRY_DELAY: Duration = Duration::from_secs(5);
/// Wait after rejected credentials: the server logs each failure and may lock the account.
const REJECTED_RETRY_DELAY: Duration = Duration::from_mins(1);

/// Timing of one task: interval, duty and back-off.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    interval: Duration,
    duty: f64,
    slowest_retry: Duration,
    /// The wait after the last error, without jitter.
    step: Option<Duration>,
}

impl Pace {
    /// Creates a pace. `duty` is a share: 0.1 lets requests use a tenth of the time.
    pub(super) fn new(interval: Duration, duty: f64) -> Self {
        Self {
            interval: interval.clamp(MIN_INTERVAL, MAX_INTERVAL),
            duty: duty.clamp(0.001, 1.0),
            slowest_retry: MAX_RETRY_DELAY,
            step: None,
        }
    }

    /// Sets the maximum wait after errors.
    pub(super) const fn backing_off_to(mut self, slowest: Duration) -> Self {
        self.slowest_retry = slowest;
        self
    }

    /// Changes the interval.
    pub(super) fn set_interval(&mut self, interval: Duration) {
        self.interval = interval.clamp(MIN_INTERVAL, MAX_INTERVAL);
    }

    /// Returns the time from the start of a request with this response time to the start of the next.
    pub(super) fn period(&self, cost: Duration) -> Duration {
        self.interval.max(self.least_interval(cost))
    }

    /// Returns the shortest time between two requests of this response time that the duty allows.
    pub(super) fn least_interval(&self, cost: Duration) -> Duration {
        let stretched = cost.as_secs_f64() / self.duty;
        Duration::from_secs_f64(stretched.min(MAX_INTERVAL.as_secs_f64()))
    }

    /// Resets the back-off after a success.
    pub(super) fn on_success(&mut self) {
        self.step = None;
    }

    /// Returns the wait after an error. `random` is in 0..1; it varies the wait by 20 % either way, so
    /// that many clients do not reconnect at the same time.
    pub(super) fn back_off(&mut self, fault: &RequestError, random: f64) -> Duration {
        if fault.is_refused_password() {
            return REJECTED_RETRY_DELAY;
        }
        let first = self.interval.max(MIN_RETRY_DELAY);
        let step = match self.step {
            None => first,
            Some(step) => step.saturating_mul(2).min(first.max(self.slowest_retry)),
        };
        self.step = Some(step);
        step.mul_f64(0.8 + 0.4 * random.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    /// The random number without effect.
    const MIDDLE: f64 = 0.5;

    fn waits(pace: &mut Pace, count: usize) -> Vec<u128> {
        (0..count)
            .map(|_| pace.back_off(&RequestError::Refused, MIDDLE).as_millis())
            .collect()
    }

    #[test]
    fn the_interval_runs_from_start_to_start() {
        let pace = Pace::new(SECOND, 0.1);
        assert_eq!(pace.period(Duration::ZERO), SECOND);
        assert_eq!(pace.period(Duration::from_millis(100)), SECOND);
    }

    #[test]
    fn an_expensive_list_stretches_it() {
        let tenth = Pace::new(SECOND, 0.1);
        assert_eq!(tenth.period(Duration::from_millis(350)).as_millis(), 3500);
        let all = Pace::new(SECOND, 1.0);
        assert_eq!(all.period(Duration::from_millis(350)), SECOND);
        assert_eq!(all.period(Duration::from_secs(3)).as_secs(), 3);
    }

    #[test]
    fn back_off_doubles_from_the_interval_to_five_seconds() {
        let mut pace = Pace::new(SECOND, 0.1);
        assert_eq!(waits(&mut pace, 5), [1000, 2000, 4000, 5000, 5000]);
        pace.on_success();
        assert_eq!(waits(&mut pace, 2), [1000, 2000]);
    }

    #[test]
    fn it_starts_at_a_quarter_second_and_is_never_faster_than_the_interval() {
        let mut fast = Pace::new(Duration::from_millis(20), 0.1);
        assert_eq!(waits(&mut fast, 3), [250, 500, 1000]);
        let mut slow = Pace::new(Duration::from_secs(30), 0.1);
        assert_eq!(waits(&mut slow, 3), [30_000, 30_000, 30_000]);
    }

    #[test]
    fn a_lane_may_back_off_further() {
        let mut slow = Pace::new(10 * SECOND, 0.1).backing_off_to(60 * SECOND);
        assert_eq!(waits(&mut slow, 5), [10_000, 20_000, 40_000, 60_000, 60_000]);
    }

    #[test]
    fn jitter_is_a_fifth_either_way() {
        let mut pace = Pace::new(SECOND, 0.1);
        assert_eq!(pace.back_off(&RequestError::Refused, 0.0).as_millis(), 800);
        pace.on_success();
        assert_eq!(pace.back_off(&RequestError::Refused, 1.0).as_millis(), 1200);
    }

    #[test]
    fn refused_credentials_are_tried_once_a_minute_and_missing_ones_like_others() {
        let refused = |with_credentials| RequestError::NotAllowed {
            status: 401,
            detail: None,
            with_credentials,
        };
        let mut pace = Pace::new(SECOND, 0.1);
        assert_eq!(pace.back_off(&refused(true), 0.0).as_secs(), 60);
        assert_eq!(pace.back_off(&refused(true), 1.0).as_secs(), 60);
        assert_eq!(pace.back_off(&refused(false), MIDDLE), SECOND);
    }

    #[test]
    fn no_setting_makes_it_a_busy_loop_or_overflows() {
        let mut pace = Pace::new(Duration::ZERO, 0.0);
        assert_eq!(pace.period(Duration::ZERO), MIN_INTERVAL);
        assert_eq!(pace.period(Duration::MAX), MAX_INTERVAL);
        pace.set_interval(Duration::MAX);
        assert_eq!(pace.period(Duration::ZERO), MAX_INTERVAL);
        assert!(pace.back_off(&RequestError::Refused, f64::NAN.max(1.0)) >= MAX_INTERVAL);
        let odd = Pace::new(SECOND, f64::INFINITY);
        assert_eq!(odd.period(SECOND), SECOND);
    }
}
