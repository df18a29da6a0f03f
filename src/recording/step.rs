//! Prediction of durations that grow with the time between two lists.

use std::collections::BTreeMap;

use super::record::StepRecord;
use crate::model::Span;

/// Tenths of a second in a second.
const SECOND: i64 = 10;
const SAME: u8 = b'.';
const MORE: u8 = b'+';
const LESS: u8 = b'-';

/// A duration of one session in two lists. `None` if it is unknown.
pub(super) type SpanPair = (Option<Span>, Option<Span>);

/// The growth of one duration of all sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    step: i64,
    unit: i64,
}

impl Step {
    /// Returns the most frequent growth, and the unit of its corrections: seconds, if all durations are whole.
    pub(super) fn of(pairs: impl Iterator<Item = SpanPair>) -> Self {
        let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
        let mut is_whole = true;
        for pair in pairs {
            if let (Some(before), Some(now)) = pair {
                let (before, now) = (tenths(before), tenths(now));
                *counts.entry(now - before).or_default() += 1;
                is_whole &= now % SECOND == 0 && before % SECOND == 0;
            }
        }
        let most = counts
            .iter()
            .max_by_key(|(step, count)| (**count, std::cmp::Reverse(**step)));
        Self {
            step: most.map_or(0, |(step, _)| *step),
            unit: if is_whole { SECOND } else { 1 },
        }
    }

    /// Returns the step of a record.
    pub(super) fn from_record(record: &StepRecord) -> Self {
        Self {
            step: record.step.unwrap_or(0),
            unit: record.unit.unwrap_or(1),
        }
    }

    /// Returns the predicted duration, and the mark that corrects it towards `now`.
    pub(super) fn predict(&self, (before, now): SpanPair) -> (Option<Span>, u8) {
        let correction = match (before, now) {
            (Some(before), Some(now)) => tenths(now) - tenths(self.advanced(before, SAME)),
            _ => 0,
        };
        let mark = match correction {
            0 => SAME,
            correction if correction == self.unit => MORE,
            correction if correction == -self.unit => LESS,
            _ => SAME,
        };
        (before.map(|before| self.advanced(before, mark)), mark)
    }

    /// Returns the duration after the step, corrected by the mark. Limited to the range of durations.
    pub(super) fn advanced(&self, before: Span, mark: u8) -> Span {
        let correction = match mark {
            MORE => self.unit,
            LESS => self.unit.saturating_neg(),
            _ => 0,
        };
        let sum = tenths(before)
            .saturating_add(self.step)
            .saturating_add(correction);
        let in_range = u64::try_from(sum).unwrap_or_default();
        Span::try_from(in_range).unwrap_or(before)
    }

    /// Returns the record, with the marks of all sessions that are in both lists.
    pub(super) fn into_record(self, mut marks: Vec<u8>) -> Option<StepRecord> {
        let end = marks
            .iter()
            .rposition(|mark| *mark != SAME)
            .map_or(0, |last| last + 1);
        marks.truncate(end);
        let record = StepRecord {
            step: (self.step != 0).then_some(self.step),
            unit: (!marks.is_empty() && self.unit != 1).then_some(self.unit),
            marks: String::from_utf8(marks).ok().filter(|marks| !marks.is_empty()),
        };
        (record.step.is_some() || record.marks.is_some()).then_some(record)
    }
}

fn tenths(span: Span) -> i64 {
    i64::try_from(u64::from(span)).unwrap_or(i64::MAX)
}

/// Returns the mark of the session with this index, among those that are in both lists.
pub(super) fn mark(marks: &str, index: usize) -> u8 {
    marks.as_bytes().get(index).copied().unwrap_or(SAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(tenths: u64) -> Span {
        Span::try_from(tenths).unwrap()
    }

    #[test]
    fn the_most_frequent_growth_is_the_step() {
        let pairs = [(5, 15), (7, 17), (100, 0), (30, 41)].map(|(a, b)| (Some(span(a)), Some(span(b))));
        let step = Step::of(pairs.into_iter());
        assert_eq!(step, Step { step: 10, unit: 1 });
        assert_eq!(step.predict(pairs[0]), (Some(span(15)), SAME));
        assert_eq!(step.predict(pairs[3]), (Some(span(41)), MORE));
        assert_eq!(step.predict(pairs[2]), (Some(span(110)), SAME));
    }

    #[test]
    fn whole_seconds_are_corrected_by_a_second() {
        let pairs = [(50, 60), (70, 80), (90, 110)].map(|(a, b)| (Some(span(a)), Some(span(b))));
        let step = Step::of(pairs.into_iter());
        assert_eq!(step.predict(pairs[2]), (Some(span(110)), MORE));
    }

    #[test]
    fn steps_beyond_the_range_are_limited() {
        let largest = Span::from_secs(i64::MAX);
        for step in [i64::MIN, i64::MAX] {
            let step = Step { step, unit: i64::MIN };
            for mark in [SAME, MORE, LESS] {
                let _ = step.advanced(largest, mark);
            }
        }
    }
}
