//! The grace period: the time between Yes and the first request, in which the kill can be canceled.

use std::time::Duration;

use crate::model::Now;

/// Maximum delay of a wake-up. After a longer one the program was stopped, perhaps for hours, and the
/// kill is canceled because the user's intention may have changed.
const MAX_DELAY: Duration = Duration::from_secs(1);
/// Delay of a wake-up from which the program may have been stopped. The signal that reports it (SIGCONT)
/// arrives right after the wake-up.
const SUSPICIOUS_DELAY: Duration = Duration::from_millis(20);
/// Minimum time between such a wake-up and the first request, in which the signal can arrive.
const RESUME_MARGIN: Duration = Duration::from_millis(200);
/// Time left at the last wake-up before the end of the grace period. A short last step makes a stop
/// between the two wake-ups noticeable.
const LAST_WAKE_UP: Duration = Duration::from_millis(50);

/// A countdown on the monotonic clock.
#[derive(Clone, Copy, Debug)]
pub struct Grace {
    began: Now,
    until: Duration,
    awake_by: Duration,
}

/// State of the grace period at a given time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GraceStatus {
    /// The kill can still be canceled.
    Waits,
    /// The grace period has passed.
    Over,
    /// The program was stopped or the machine slept. The kill is canceled.
    Late,
}

impl Grace {
    pub(super) fn new(grace: Duration, now: Now) -> Self {
        Self {
            began: now,
            until: now.elapsed + grace,
            awake_by: now.elapsed,
        }
    }

    /// Returns the time left.
    pub(crate) fn left(&self, now: Duration) -> Duration {
        self.until.saturating_sub(now)
    }

    pub(super) fn advance(&mut self, now: Now) -> GraceStatus {
        if was_stopped(self.awake_by, &self.began, &now) {
            return GraceStatus::Late;
        }
        let overslept = now.elapsed.saturating_sub(self.awake_by);
        if overslept > SUSPICIOUS_DELAY {
            self.until = self.until.max(now.elapsed + RESUME_MARGIN);
        }
        if now.elapsed >= self.until {
            return GraceStatus::Over;
        }
        self.awake_by = self.until.saturating_sub(next_call(self.left(now.elapsed)));
        GraceStatus::Waits
    }

    pub(super) const fn wake_at(&self) -> Duration {
        self.awake_by
    }
}

/// Whether the program was stopped or the machine slept: the wake-up that was due at `due` is too late, or only the
/// wall clock has run since `before`.
pub(crate) fn was_stopped(due: Duration, before: &Now, now: &Now) -> bool {
    now.elapsed.saturating_sub(due) > MAX_DELAY || now.slept_since(before) > MAX_DELAY
}

/// Returns the time left at the next wake-up: the next whole second of the countdown, then 50 ms before
/// the end.
fn next_call(left: Duration) -> Duration {
    let whole = Duration::from_secs(left.as_secs());
    let shorter = if whole == left {
        whole.saturating_sub(Duration::from_secs(1))
    } else {
        whole
    };
    if shorter.is_zero() && left > LAST_WAKE_UP {
        LAST_WAKE_UP
    } else {
        shorter
    }
}
