//! The only clock: the core hears of time by message.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::app::msg::Now;

/// Counts from the program's beginning.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    began: Instant,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self {
            began: Instant::now(),
        }
    }

    /// Now, both ways.
    pub(super) fn now(self) -> Now {
        Now {
            elapsed: self.began.elapsed(),
            wall: Timestamp::now(),
        }
    }

    /// A moment since the beginning, as the runtime's timers count.
    pub(super) fn instant(self, at: Duration) -> tokio::time::Instant {
        (self.began + at).into()
    }
}
