//! The program's clocks. The pure rooms get the time as a message.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::model::Now;

static BEGAN: OnceLock<Instant> = OnceLock::new();

/// When the program began: the first call.
fn began() -> Instant {
    *BEGAN.get_or_init(|| {
        let now = Instant::now();
        // Tests need moments of the past.
        let before = if cfg!(test) {
            now.checked_sub(Duration::from_mins(1))
        } else {
            None
        };
        before.unwrap_or(now)
    })
}

/// The time by both clocks.
pub(crate) fn now() -> Now {
    Now {
        elapsed: began().elapsed(),
        wall: Timestamp::now(),
    }
}

/// A moment since the beginning, as the runtime's timers count.
pub(crate) fn instant(at: Duration) -> tokio::time::Instant {
    (began() + at).into()
}
