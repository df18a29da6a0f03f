//! State of the groups on the screen: the cursor, and the groups that were opened.

use std::sync::Arc;

use super::columns::GroupSort;
use super::group::GroupKey;
use super::groupings::GroupingId;
use super::{GroupSpec, Groups};
use crate::app::cursor::Cursor;
use crate::app::marks::GroupMarks;
use crate::filter::Filter;

/// The groups' part of the table.
#[derive(Clone, Debug, Default)]
pub struct GroupPane {
    /// The field to group by; `None` if sessions are shown individually.
    pub by: Option<GroupingId>,
    /// The last grouping, where `t` starts.
    pub last: GroupingId,
    /// Order of the groups.
    pub sort: GroupSort,
    /// The group under the cursor.
    pub cursor: Cursor<GroupKey>,
    /// The groups that were opened, innermost last.
    pub opened: Vec<Opened>,
    /// Number of marked sessions of each group, as counted last.
    pub(crate) marked: Arc<GroupMarks>,
}

/// A group whose sessions are shown, and the state to return to.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The field that it was grouped by.
    pub by: GroupingId,
    /// Key of the group.
    pub key: GroupKey,
    /// The filter in use before it was opened.
    pub before: Filter,
}

impl GroupPane {
    /// Returns the specification for the next view; `None` if sessions are not grouped.
    pub fn spec(&self) -> Option<GroupSpec> {
        self.by.map(|by| GroupSpec {
            by,
            sort: self.sort,
            cursor: self.cursor.chosen_key().cloned(),
        })
    }

    /// Groups sessions by another field. The cursor moves to the first group, or to `cursor`.
    pub fn set_grouping(&mut self, by: GroupingId, cursor: Option<GroupKey>) {
        self.by = Some(by);
        self.last = by;
        match cursor {
            Some(key) => self.cursor.choose_key(key),
            None => self.cursor = Cursor::default(),
        }
    }

    /// Whether groups were built for another cursor and do not contain this one's group.
    pub fn is_outdated(&self, groups: &Groups, shown: &Groups) -> bool {
        Some(shown.spec.by) == self.by
            && groups.spec.by == shown.spec.by
            && self
                .cursor
                .is_outdated(groups.spec.cursor.as_ref(), groups, shown)
    }

    /// Groups by the last field, and once grouped, by the next or previous one of `known`. Returns
    /// whether the grouping changed.
    pub(in crate::app) fn step(&mut self, step: isize, known: &[GroupingId]) -> bool {
        let place = |id| known.iter().position(|known| *known == id);
        let next = match self.by.and_then(place) {
            Some(here) => {
                let count = isize::try_from(known.len()).unwrap_or(1).max(1);
                let here = isize::try_from(here).unwrap_or(0);
                usize::try_from((here + step).rem_euclid(count)).unwrap_or(0)
            }
            None => place(self.last).unwrap_or(0),
        };
        let Some(by) = known.get(next).copied() else {
            return false;
        };
        let comes_back = self.by.is_none() && self.last == by;
        let cursor = self.cursor.chosen_key().filter(|_| comes_back).cloned();
        self.set_grouping(by, cursor);
        true
    }

    /// Returns the number of marked sessions of a group.
    pub(crate) fn marks_of(&self, key: &GroupKey) -> u64 {
        self.marked.get(key).copied().unwrap_or(0)
    }
}
