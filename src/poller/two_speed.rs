//! Decides whether rows are read one by one between two lists. Pure.
//!
//! A list of a proxy with thousands of sessions stops all of its workers, one after another, and grows with their
//! number. One session costs the same at any number. Then the list is read more rarely, and the rows that are on
//! the screen or stuck are read by their ids.

use std::time::Duration;

use crate::model::{Dialect, Snapshot};

/// Share of the proxy's time for lists. Below a twentieth, the 95th percentile of other requests hardly changes.
const LIST_SHARE: f64 = 0.03;
/// Maximum interval between lists, if the duty allows it: trouble outside the screen must be found too.
const MAX_LIST_INTERVAL: Duration = Duration::from_secs(10);
/// Response time of one session that is assumed until one was read.
pub(super) const USUAL_ROW_COST: Duration = Duration::from_millis(1);
/// Maximum number of sessions that are read between two lists at each interval.
pub(super) const MAX_ROWS: usize = 64;

/// Intervals of a poller that reads rows one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TwoSpeed {
    /// Time from the start of one list to the start of the next.
    pub(super) lists: Duration,
    /// Time from the start of one round of rows to the start of the next.
    pub(super) rows: Duration,
}

impl TwoSpeed {
    /// Returns the intervals; `None` if every interval should have a list.
    ///
    /// `rows` is the number of sessions to read, `row_cost` the response time of one.
    pub(super) fn of(
        snapshot: &Snapshot,
        interval: Duration,
        duty: f64,
        rows: usize,
        row_cost: Duration,
    ) -> Option<Self> {
        if rows == 0 || snapshot.dialect != Dialect::JsonApi || !snapshot.may_read_rows() {
            return None;
        }
        let rows = u32::try_from(rows.min(MAX_ROWS)).unwrap_or(u32::MAX);
        let calm = snapshot.cost.div_f64(LIST_SHARE).min(MAX_LIST_INTERVAL);
        if calm <= interval || row_cost.saturating_mul(rows) >= snapshot.cost {
            return None;
        }
        let least = snapshot.cost.div_f64(duty.clamp(0.001, 1.0));
        Some(Self {
            lists: calm.max(least),
            rows: interval,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Instance, Text, TextLimit};

    const SECOND: Duration = Duration::from_secs(1);

    fn list(version: &str, cost_ms: u64) -> Snapshot {
        let instance = Instance {
            version: Some(Text::clean(version, TextLimit::Line)),
            uptime: None,
            process: None,
            retained_statements: None,
        };
        Snapshot {
            instance: Some(instance),
            cost: Duration::from_millis(cost_ms),
            ..Snapshot::empty(Dialect::JsonApi)
        }
    }

    fn plan(list: &Snapshot) -> Option<TwoSpeed> {
        TwoSpeed::of(list, SECOND, 0.1, 40, USUAL_ROW_COST)
    }

    fn lists(version: &str, cost_ms: u64) -> Option<u128> {
        plan(&list(version, cost_ms)).map(|plan| plan.lists.as_millis())
    }

    #[test]
    fn a_cheap_list_is_read_every_interval() {
        assert_eq!(lists("24.02.3", 2), None);
        assert_eq!(lists("24.02.3", 30), None, "3 % of a second");
    }

    #[test]
    fn an_expensive_list_is_read_more_rarely_and_rows_every_interval() {
        assert_eq!(lists("24.02.3", 150), Some(5_000));
        assert_eq!(lists("25.10.1", 350), Some(10_000), "no list is older");
        assert_eq!(plan(&list("24.02.3", 150)).map(|plan| plan.rows), Some(SECOND));
        assert_eq!(lists("24.02.3", 2_000), Some(20_000), "the duty goes first");
    }

    #[test]
    fn without_rows_or_if_they_cost_more_every_interval_has_a_list() {
        let list = list("24.02.3", 100);
        let rows = |count, cost| TwoSpeed::of(&list, SECOND, 0.1, count, Duration::from_millis(cost));
        assert!(rows(40, 2).is_some());
        assert_eq!(rows(0, 2), None);
        assert_eq!(rows(50, 2), None);
        assert!(rows(50, 1).is_some());
    }

    #[test]
    fn releases_that_stop_all_workers_for_one_session_read_lists_only() {
        assert_eq!(lists("23.08.6", 350), None);
        assert_eq!(lists("6.4.15", 350), None);
        assert_eq!(lists("", 350), None, "unknown");
        let draft = Snapshot {
            dialect: Dialect::Draft,
            ..list("24.02.3", 350)
        };
        assert_eq!(plan(&draft), None);
    }
}
