//! How often to poll: the steps of `+` and `-`.

use std::time::Duration;

/// The intervals that the keys step through.
const STEPS: [Duration; 9] = [
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(30),
    Duration::from_mins(1),
    Duration::from_mins(5),
];

/// The next slower (`by` > 0) or faster interval; the ends stay where they are.
pub(super) fn step(interval: Duration, by: isize) -> Duration {
    let next = if by > 0 {
        STEPS.iter().find(|step| **step > interval)
    } else {
        STEPS.iter().rev().find(|step| **step < interval)
    };
    next.copied().unwrap_or(interval)
}
