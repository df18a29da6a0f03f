//! How the kill batches share the limit of requests in flight at an endpoint.

use crate::kill::MAX_IN_FLIGHT;

/// Part of the limit for batches with nothing but follow-ups.
const FOLLOW_UP_LIMIT: usize = MAX_IN_FLIGHT / 4;
/// Maximum number of batches whose sessions are followed up at the same time.
pub(super) const MAX_FOLLOWED: usize = MAX_IN_FLIGHT / 2;

/// The shares of batches with nothing but follow-ups, and the rest. A quarter of the limit is shared, or at most
/// half of it if the batches are many. The oldest batches have to wait then: lists still decide about their
/// sessions.
#[derive(Clone, Copy, Debug)]
pub(super) struct RequestShares {
    followed: usize,
    each: usize,
}

impl RequestShares {
    /// Returns the shares of this number of batches.
    pub(super) fn of(batches: usize) -> Self {
        Self {
            followed: batches.min(MAX_FOLLOWED),
            each: FOLLOW_UP_LIMIT.checked_div(batches).map_or(0, |each| each.max(1)),
        }
    }

    /// Returns the limit of a batch with nothing but follow-ups. The newest has place 0.
    pub(super) const fn followed(self, place: usize) -> usize {
        if place < self.followed { self.each } else { 0 }
    }

    /// Returns the limit of a new batch.
    pub(super) fn rest(self) -> usize {
        let shared = if self.followed == 0 {
            0
        } else {
            self.followed.max(FOLLOW_UP_LIMIT)
        };
        MAX_IN_FLIGHT.saturating_sub(shared)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_batches_together_keep_the_limit_and_the_new_one_always_has_a_share() {
        for batches in 0..100 {
            let shares = RequestShares::of(batches);
            let followed: usize = (0..batches).map(|place| shares.followed(place)).sum();
            assert!(followed + shares.rest() <= MAX_IN_FLIGHT, "{batches}: {shares:?}");
            assert!(shares.rest() >= MAX_IN_FLIGHT / 2, "{batches}: {shares:?}");
            assert!(batches == 0 || shares.followed(0) > 0, "{batches}: {shares:?}");
        }
        assert_eq!(RequestShares::of(0).rest(), MAX_IN_FLIGHT);
    }
}
