//! Decides whether rows are read one by one between two lists. Pure.
//!
//! A list of a proxy with thousands of sessions stops all of its workers, one after another, and grows with their
//! number. One session costs the same at any number. Then the list is read more rarely, and the rows that are on
//! the screen or stuck are read by their ids.

use std::time::Duration;

use crate::model::{Dialect, Snapshot};

/// Maximum share of the proxy's time for lists. Below a twentieth, the 95th percentile of other requests hardly changes.
const LIST_SHARE: f64 = 0.03;
/// Minimum share of the proxy's time for lists, if the rows need the rest of the duty.
const MIN_LIST_SHARE: f64 = 0.01;
/// Minimum share of the proxy's time for rows, even if lists use the whole duty.
const MIN_ROW_SHARE: f64 = 0.02;
/// Maximum interval between lists, if the duty allows it: trouble outside the screen must be found too.
pub(super) const MAX_LIST_INTERVAL: Duration = Duration::from_secs(10);
/// Maximum time for one round of rows, unless lists alone would take longer.
const MAX_ROUND: Duration = Duration::from_secs(2);
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
        let round_cost = row_cost.saturating_mul(rows);
        let lists_only = snapshot.cost.div_f64(duty.clamp(0.001, 1.0));

        let left = duty - round_cost.div_duration_f64(MAX_ROUND);
        let calm = snapshot.cost.div_f64(left.clamp(MIN_LIST_SHARE, LIST_SHARE));
        let lists = calm.min(MAX_LIST_INTERVAL).max(lists_only);
        let round = round_cost.div_f64(row_share(duty, snapshot.cost, lists));

        let is_worth_it = calm > interval && round * 2 <= lists && round <= MAX_ROUND.max(lists_only);
        is_worth_it.then(|| Self {
            lists,
            rows: interval.max(round),
        })
    }
}

/// Returns the share of the proxy's time that lists leave for rows.
pub(super) fn row_share(duty: f64, list_cost: Duration, lists: Duration) -> f64 {
    let lists = list_cost.as_secs_f64() / lists.as_secs_f64().max(0.001);
    (duty - lists).clamp(MIN_ROW_SHARE, 1.0)
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
    fn without_rows_every_interval_has_a_list() {
        let list = list("24.02.3", 100);
        assert_eq!(TwoSpeed::of(&list, SECOND, 0.1, 0, USUAL_ROW_COST), None);
    }

    /// Returns the intervals of lists and rows, in milliseconds, for 40 rows.
    fn intervals(list_ms: u64, row_ms: u64) -> Option<(u128, u128)> {
        let list = list("24.02.3", list_ms);
        TwoSpeed::of(&list, SECOND, 0.1, 40, Duration::from_millis(row_ms))
            .map(|plan| (plan.lists.as_millis(), plan.rows.as_millis()))
    }

    #[test]
    fn rows_take_what_lists_leave_of_the_duty() {
        assert_eq!(intervals(120, 1), Some((4_000, 1_000)));
        assert_eq!(
            intervals(120, 3),
            Some((4_000, 1_714)),
            "as many milliseconds as a list, but no worker stops"
        );
        assert_eq!(intervals(120, 4), Some((6_000, 2_000)), "rows first, then lists");
        assert_eq!(intervals(120, 5), None, "rows would be older than 2 s");
    }

    #[test]
    fn rows_are_not_older_than_with_lists_only() {
        assert_eq!(intervals(2_000, 2), Some((20_000, 4_000)), "lists only: 20 s");
        assert_eq!(
            intervals(40, 20),
            None,
            "a round would take longer than the next list"
        );
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
