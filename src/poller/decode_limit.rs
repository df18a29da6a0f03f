//! Limits the time that this machine spends on decoding the lists of all endpoints.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::two_speed::MAX_LIST_INTERVAL;
use crate::model::EndpointId;

/// Maximum share of one core for decoding. Receiving, arranging and the history take about twice as much again.
const MAX_SHARE: f64 = 0.05;
/// Time for one list of each endpoint below which no interval is stretched. At the default interval of a second the
/// share is not reached; a shorter interval is the choice of the user.
const FREE_TIME: Duration = Duration::from_millis(50);

/// The decode times of all endpoints. The pollers share it: a list of each of 200 endpoints takes as long to decode
/// as one list with the sessions of all.
#[derive(Debug, Default)]
pub(crate) struct DecodeLimit(Mutex<BTreeMap<EndpointId, Duration>>);

impl DecodeLimit {
    /// Stores the decode time of the newest list of an endpoint. Returns the shortest interval between its lists,
    /// so that those of all endpoints take at most their share of a core. It is at most 10 s: trouble must be found.
    pub(super) fn least_interval(&self, endpoint: EndpointId, took: Duration) -> Duration {
        let mut times = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        times.insert(endpoint, took);
        let sum: Duration = times.values().sum();
        if sum <= FREE_TIME {
            return Duration::ZERO;
        }
        sum.div_f64(MAX_SHARE).min(MAX_LIST_INTERVAL)
    }

    /// Forgets an endpoint that sends no list: its time is free for the others.
    pub(super) fn forget(&self, endpoint: EndpointId) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&endpoint);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLISECOND: Duration = Duration::from_millis(1);

    #[test]
    fn a_few_sessions_do_not_stretch_the_interval() {
        let limit = DecodeLimit::default();
        assert_eq!(
            limit.least_interval(EndpointId(0), MILLISECOND * 50),
            Duration::ZERO
        );
    }

    #[test]
    fn lists_of_many_endpoints_take_their_share_of_a_core() {
        let limit = DecodeLimit::default();
        let least = (0..200).map(|endpoint| limit.least_interval(EndpointId(endpoint), MILLISECOND * 2));
        assert_eq!(least.last(), Some(Duration::from_secs(8)));
    }

    #[test]
    fn only_the_newest_list_of_an_endpoint_counts() {
        let limit = DecodeLimit::default();
        limit.least_interval(EndpointId(0), Duration::from_secs(5));
        assert_eq!(
            limit.least_interval(EndpointId(0), MILLISECOND * 200),
            Duration::from_secs(4)
        );
    }

    #[test]
    fn an_endpoint_that_is_gone_leaves_its_time_to_the_others() {
        let limit = DecodeLimit::default();
        limit.least_interval(EndpointId(0), Duration::from_secs(5));
        limit.forget(EndpointId(0));
        assert_eq!(limit.least_interval(EndpointId(1), MILLISECOND), Duration::ZERO);
    }

    #[test]
    fn no_list_is_older_than_ten_seconds() {
        let limit = DecodeLimit::default();
        let least = limit.least_interval(EndpointId(0), Duration::from_mins(1));
        assert_eq!(least, Duration::from_secs(10));
    }
}
