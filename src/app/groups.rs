//! Groups of the sessions that the filter lets through, read by window.

pub mod collect;
pub mod columns;
pub mod group;
pub mod groupings;
pub mod pane;

use rustc_hash::FxHashMap;

use self::columns::{GROUP_COLUMNS, GroupSort};
use self::group::{Group, GroupKey};
use self::groupings::{GroupValue, GroupingId};
use super::row::TableRow;
use crate::model::RawText;

/// What is asked of groups.
#[derive(Clone, Debug, Default)]
pub struct GroupSpec {
    /// By what sessions are grouped.
    pub by: GroupingId,
    /// In which order the groups stand.
    pub sort: GroupSort,
    /// The group under the cursor: it stays when its last session is gone.
    pub cursor: Option<GroupKey>,
}

/// Groups in order, ready to be drawn by window.
#[derive(Clone, Debug)]
pub struct Groups {
    /// What was asked.
    pub spec: GroupSpec,
    /// How many sessions were grouped.
    pub sessions: usize,
    /// How many of them are in several groups.
    pub several: usize,
    /// The widest text of each column so far. It never shrinks, as long as the grouping stays.
    pub widths: [u16; GROUP_COLUMNS.len()],
    /// Whether a group is kept that has no session any more.
    pub has_gone: bool,
    /// As they were met.
    all: Vec<Group>,
    /// Their places in `all`, from top to bottom.
    order: Vec<usize>,
}

impl Groups {
    /// How many there are.
    pub const fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// How many have any session.
    pub const fn live(&self) -> usize {
        self.order.len() - self.has_gone as usize
    }

    /// The group at a place.
    pub fn get(&self, position: usize) -> Option<&Group> {
        self.all.get(*self.order.get(position)?)
    }

    /// The groups of a window.
    pub fn window(&self, from: usize, height: usize) -> impl Iterator<Item = &Group> {
        let places = self.order.iter().skip(from).take(height);
        places.filter_map(|place| self.all.get(*place))
    }

    /// Where a group stands.
    pub fn position(&self, key: &GroupKey) -> Option<usize> {
        self.window(0, usize::MAX).position(|group| group.key == *key)
    }

    /// Where each group stands.
    fn positions(&self) -> FxHashMap<Option<RawText<'_>>, usize> {
        let groups = self.window(0, usize::MAX).zip(0..);
        groups.map(|(group, place)| (group.key.raw(), place)).collect()
    }

    /// How many of these sessions are in each group, by its place.
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
