//! The time between Yes and the first request, in which all of it can be taken back.

use std::time::Duration;

use crate::model::Now;

/// Who wakes later than this was stopped, and may have been for hours: what was meant then may not be
/// meant now.
const MAX_DELAY: Duration = Duration::from_secs(1);
/// Who wakes so late may have been stopped for that long: the signal that says so comes right behind
/// the time,
const SUSPICIOUS_DELAY: Duration = Duration::from_millis(20);
/// and is heard within so much more of it.
const RESUME_MARGIN: Duration = Duration::from_millis(200);
/// Awake so shortly before the end, and again at it: between the two nobody was stopped for long.
const LAST_WAKE_UP: Duration = Duration::from_millis(50);

/// A countdown on the monotonic clock.
#[derive(Clone, Copy, Debug)]
pub struct Grace {
    began: Now,
    until: Duration,
    awake_by: Duration,
}

/// What the time says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GraceStatus {
    /// It can still be taken back.
    Waits,
    /// It is over.
    Over,
    /// The program stood still, or the machine slept: it counts as taken back.
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

    /// How long it still lasts.
    pub fn left(&self, now: Duration) -> Duration {
        self.until.saturating_sub(now)
    }

    pub(super) fn advance(&mut self, now: Now) -> GraceStatus {
        let overslept = now.elapsed.saturating_sub(self.awake_by);
        if overslept > MAX_DELAY || now.slept_since(&self.began) > MAX_DELAY {
            return GraceStatus::Late;
        }
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

/// How much will be left when the time has to be heard next: whole seconds, which is also what is
/// shown, and then the last call.
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
