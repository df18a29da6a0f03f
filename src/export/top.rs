//! The label values of one metric: the largest ones have a label of their own, the rest is `other`.
//!
//! A label does not come and go with small changes: a value takes the place of another one only if it is clearly
//! larger, and a value without sessions keeps its label for a while.

use std::time::Duration;

use rustc_hash::FxHashMap;

use super::label::OTHER;

/// Time for which a value without sessions keeps its label.
const KEPT_WITHOUT_SESSIONS: Duration = Duration::from_mins(10);
/// Minimum number of sessions by which a value must exceed the one that it replaces.
const MIN_LEAD: u64 = 2;

/// Number of sessions by label value.
pub(super) type ByLabel = FxHashMap<String, u64>;

/// The values that have a label of their own.
#[derive(Clone, Debug)]
pub(super) struct TopLabels {
    /// Maximum number of values.
    limit: usize,
    kept: Vec<KeptLabel>,
}

#[derive(Clone, Debug)]
struct KeptLabel {
    value: String,
    count: u64,
    /// When it last had sessions, since the program began.
    seen_at: Duration,
}

/// Number of sessions of each label.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LabelCounts {
    /// Values with a label of their own, in alphabetical order.
    pub(super) top: Vec<(String, u64)>,
    /// All other values together.
    pub(super) other: u64,
}

impl TopLabels {
    pub(super) const fn new(limit: usize) -> Self {
        Self {
            limit,
            kept: Vec::new(),
        }
    }

    /// Handles the numbers of a list. Returns the number of each label.
    pub(super) fn update(&mut self, mut counts: ByLabel, now: Duration) -> LabelCounts {
        let total: u64 = counts.values().sum();
        counts.remove(OTHER);
        for label in &mut self.kept {
            label.count = counts.remove(&label.value).unwrap_or_default();
            if label.count > 0 {
                label.seen_at = now;
            }
        }
        let is_kept = |label: &KeptLabel| now.saturating_sub(label.seen_at) < KEPT_WITHOUT_SESSIONS;
        self.kept.retain(|label| label.count > 0 || is_kept(label));
        let mut candidates: Vec<_> = counts.into_iter().collect();
        candidates.sort_unstable_by(|(one, a), (other, b)| b.cmp(a).then_with(|| one.cmp(other)));
        for (value, count) in candidates.into_iter().take(self.limit) {
            if !self.admit(value, count, now) {
                break;
            }
        }
        self.kept
            .sort_unstable_by(|one, other| one.value.cmp(&other.value));
        let labels = self.kept.iter().map(|label| (label.value.clone(), label.count));
        let top: Vec<_> = labels.collect();
        let shown: u64 = top.iter().map(|(_, count)| count).sum();
        LabelCounts {
            top,
            other: total.saturating_sub(shown),
        }
    }

    /// Gives a value a label of its own, if a place is free or it is clearly larger than the smallest one.
    fn admit(&mut self, value: String, count: u64, now: Duration) -> bool {
        let label = KeptLabel {
            value,
            count,
            seen_at: now,
        };
        if self.kept.len() < self.limit {
            self.kept.push(label);
            return true;
        }
        let by_size = |one: &&mut KeptLabel| (one.count, one.seen_at);
        let Some(smallest) = self.kept.iter_mut().min_by_key(by_size) else {
            return false;
        };
        let lead = MIN_LEAD.max(smallest.count.div_ceil(4));
        let is_larger = count >= smallest.count.saturating_add(lead);
        if is_larger {
            *smallest = label;
        }
        is_larger
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn counts(values: &[(&str, u64)]) -> ByLabel {
        values
            .iter()
            .map(|(value, count)| ((*value).to_owned(), *count))
            .collect()
    }

    fn names(counts: &LabelCounts) -> Vec<&str> {
        counts.top.iter().map(|(value, _)| value.as_str()).collect()
    }

    const MINUTE: Duration = Duration::from_mins(1);

    #[test]
    fn the_largest_have_labels_and_the_rest_is_other() {
        let mut top = TopLabels::new(2);
        let found = top.update(counts(&[("a", 5), ("b", 9), ("c", 1), ("d", 7)]), MINUTE);
        assert_eq!(found.top, [("b".to_owned(), 9), ("d".to_owned(), 7)]);
        assert_eq!(found.other, 6);
    }

    #[test]
    fn a_value_that_is_called_other_is_a_part_of_the_rest() {
        let mut top = TopLabels::new(2);
        let found = top.update(counts(&[("other", 50), ("a", 1)]), MINUTE);
        assert_eq!((names(&found), found.other), (vec!["a"], 50));
    }

    #[test]
    fn two_values_of_nearly_the_same_size_do_not_take_turns() {
        let mut top = TopLabels::new(1);
        top.update(counts(&[("a", 10), ("b", 9)]), MINUTE);
        for number in [9, 10, 11, 12] {
            let found = top.update(counts(&[("a", 10), ("b", number)]), MINUTE);
            assert_eq!(names(&found), ["a"], "{number}");
        }
        let found = top.update(counts(&[("a", 10), ("b", 13)]), MINUTE);
        assert_eq!(names(&found), ["b"]);
        let found = top.update(counts(&[("a", 14), ("b", 13)]), MINUTE);
        assert_eq!(names(&found), ["b"]);
    }

    #[test]
    fn a_value_without_sessions_keeps_its_label_for_ten_minutes() {
        let mut top = TopLabels::new(1);
        top.update(counts(&[("a", 3)]), Duration::ZERO);
        let found = top.update(counts(&[("b", 1)]), 9 * MINUTE);
        assert_eq!((found.top, found.other), (vec![("a".to_owned(), 0)], 1));
        let found = top.update(counts(&[("b", 1)]), 10 * MINUTE);
        assert_eq!(names(&found), ["b"]);
    }

    proptest! {
        #[test]
        fn no_session_is_lost_and_the_labels_are_bounded(
            lists in prop::collection::vec(prop::collection::hash_map("[a-f]", 0_u64..9, 0..7), 1..9),
            limit in 1_usize..4,
        ) {
            let mut top = TopLabels::new(limit);
            for (number, list) in (0_u32..).zip(lists) {
                let total: u64 = list.values().sum();
                let list = list.into_iter().collect();
                let found = top.update(list, MINUTE * number);
                prop_assert!(found.top.len() <= limit);
                let shown: u64 = found.top.iter().map(|(_, count)| count).sum();
                prop_assert_eq!(shown + found.other, total);
                prop_assert!(names(&found).is_sorted());
            }
        }
    }
}
