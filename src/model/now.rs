//! The time, as the shell tells it: the core has no clock of its own.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Steps back of the wall clock up to this size are corrections by a time service.
const CLOCK_JITTER: SignedDuration = SignedDuration::from_millis(50);

/// One moment, both ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Monotonic, since the program began: all waiting is measured by it.
    pub elapsed: Duration,
    /// This machine's wall clock, for what people read.
    pub wall: Timestamp,
}

impl Default for Now {
    fn default() -> Self {
        Self {
            elapsed: Duration::ZERO,
            wall: Timestamp::UNIX_EPOCH,
        }
    }
}

impl Now {
    /// How much more time the wall clock has seen pass since `then` than the monotonic one did: the
    /// machine slept (or its clock was set forward).
    pub fn slept_since(&self, then: &Self) -> Duration {
        let by_wall = Duration::try_from(self.wall.duration_since(then.wall)).unwrap_or_default();
        by_wall.saturating_sub(self.elapsed.saturating_sub(then.elapsed))
    }

    /// Whether `then` is at most `limit` ago by both clocks. A wall clock that went back proves nothing,
    /// so the answer is `false` then.
    pub fn is_within(&self, limit: Duration, then: &Self) -> bool {
        let by_wall = self.wall.duration_since(then.wall);
        let by_wall = if by_wall.is_negative() && by_wall.abs() <= CLOCK_JITTER {
            Ok(Duration::ZERO)
        } else {
            Duration::try_from(by_wall)
        };
        let elapsed = self.elapsed.checked_sub(then.elapsed);
        elapsed.is_some_and(|elapsed| elapsed <= limit) && by_wall.is_ok_and(|by_wall| by_wall <= limit)
    }

    /// How long ago something was, by the wall clock, which goes on while the program is stopped.
    pub fn since(&self, at: Timestamp) -> Duration {
        Duration::try_from(self.wall.duration_since(at)).unwrap_or_default()
    }
}
