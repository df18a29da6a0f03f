//! Groups of the sessions that match the filter, read by window.

pub mod collect;
pub mod columns;
pub mod group;
pub mod groupings;
pub mod pane;

use std::ops::Range;

use rustc_hash::FxHashMap;

use self::columns::{GROUP_COLUMNS, GroupSort};
use self::group::{Group, GroupKey};
use self::groupings::{GroupValue, GroupingId};
use super::column::fit::TextWidths;
use super::cursor::KeyedRows;
use super::row::TableRow;
use crate::diagnosis::Severity;
use crate::model::RawText;

/// Specification of the groups to build.
#[derive(Clone, Debug, Default)]
pub struct GroupSpec {
    /// The field to group by.
    pub by: GroupingId,
    /// Order of the groups.
    pub sort: GroupSort,
    /// The group under the cursor. It stays when its last session is gone.
    pub cursor: Option<GroupKey>,
}

/// Groups in order, ready to be drawn by window.
#[derive(Clone, Debug)]
pub struct Groups {
    /// The specification that the groups were built for.
    pub spec: GroupSpec,
    /// Number of sessions grouped.
    pub sessions: usize,
    /// Number of sessions in several groups.
    pub several: usize,
    /// Widths of the texts of each column so far, for as long as the grouping stays the same.
    pub widths: [TextWidths; GROUP_COLUMNS.len()],
    /// Whether a group without sessions is kept.
    pub has_gone: bool,
    /// Groups in the order of their first session.
    all: Vec<Group>,
    /// Indexes into `all`, from top to bottom.
    order: Vec<usize>,
    /// Positions of the groups with stuck sessions, for each severity.
    stuck: [Vec<usize>; Severity::ALL.len()],
}

impl KeyedRows<GroupKey> for Groups {
    fn row_count(&self) -> usize {
        self.len()
    }

    fn key_at(&self, position: usize) -> Option<GroupKey> {
        self.get(position).map(|group| group.key.clone())
    }

    fn position_of(&self, key: &GroupKey) -> Option<usize> {
        self.position(key)
    }

    fn has_departed(&self) -> bool {
        self.has_gone
    }
}

impl Groups {
    /// Returns the number of groups.
    pub const fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there are no groups.
    pub const fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// Returns the number of groups that have sessions.
    pub const fn live(&self) -> usize {
        self.order.len() - self.has_gone as usize
    }

    /// Returns the group at a position.
    pub fn get(&self, position: usize) -> Option<&Group> {
        self.all.get(*self.order.get(position)?)
    }

    /// Returns the groups of a window.
    pub fn window(&self, from: usize, height: usize) -> impl Iterator<Item = &Group> {
        let places = self.order.iter().skip(from).take(height);
        places.filter_map(|place| self.all.get(*place))
    }

    /// Returns the number of groups whose worst session has this severity in a range of positions.
    pub(super) fn count_stuck(&self, severity: Severity, positions: Range<usize>) -> usize {
        let lists = Severity::ALL.iter().zip(&self.stuck);
        let own = lists.filter(|(listed, _)| **listed == severity);
        let before = |list: &[usize], end| list.partition_point(|position| *position < end);
        own.map(|(_, list)| before(list, positions.end).saturating_sub(before(list, positions.start)))
            .sum()
    }

    /// Stores which groups have stuck sessions, once the order is known.
    fn find_stuck(&mut self) {
        self.stuck = Severity::ALL.map(|severity| {
            let groups = self.window(0, usize::MAX).enumerate();
            let stuck = groups.filter(|(_, group)| !group.is_gone && group.severity() == Some(severity));
            stuck.map(|(position, _)| position).collect()
        });
    }

    /// Returns the position of a group.
    pub fn position(&self, key: &GroupKey) -> Option<usize> {
        self.window(0, usize::MAX).position(|group| group.key == *key)
    }

    /// Returns the position of each group.
    fn positions(&self) -> FxHashMap<Option<RawText<'_>>, usize> {
        let groups = self.window(0, usize::MAX).zip(0..);
        groups.map(|(group, place)| (group.key.raw(), place)).collect()
    }

    /// Counts how many of these sessions are in each group, by its position.
    pub(super) fn count<'a>(&self, rows: impl Iterator<Item = TableRow<'a>>) -> Vec<u64> {
        let places = self.positions();
        let mut counts = vec![0; self.order.len()];
        let each = self.spec.by.grouping().each;
        for row in rows {
            each(&row, &mut |value| {
                let place = places.get(&value.as_ref().map(GroupValue::raw));
                if let Some(count) = place.and_then(|place| counts.get_mut(*place)) {
                    *count += 1;
                }
            });
        }
        counts
    }

    /// Whether a session is in a group.
    pub fn contains_row(&self, key: &GroupKey, row: &TableRow<'_>) -> bool {
        let mut is_in = false;
        let each = self.spec.by.grouping().each;
        each(row, &mut |value| {
            is_in |= value.as_ref().map(GroupValue::raw) == key.raw();
        });
        is_in
    }
}

#[cfg(test)]
mod tests;
