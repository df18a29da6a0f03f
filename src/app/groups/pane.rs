//! The state of the groups on the screen: where the cursor is, and through which groups somebody came.
//!
//! Here too the cursor is an identity: it stays on its group and, as far as the ends of the list allow,
//! on its line of the screen.

use super::columns::GroupSort;
use super::group::GroupKey;
use super::groupings::GroupingId;
use super::{GroupSpec, Groups};
use crate::app::layout::clamp_scroll;
use crate::filter::Filter;

/// The groups' part of the table.
#[derive(Clone, Debug, Default)]
pub struct GroupPane {
    /// By what sessions are grouped; nothing: they stand one by one.
    pub by: Option<GroupingId>,
    /// By what they were grouped last: `t` begins there.
    pub last: GroupingId,
    /// In which order groups stand.
    pub sort: GroupSort,
    /// The group under the cursor; nothing as long as there is none.
    pub cursor: Option<GroupKey>,
    /// The first group on the screen.
    pub offset: usize,
    /// The groups that were opened, the innermost last.
    pub opened: Vec<Opened>,
    /// How many sessions of each group are marked, by its place, as it was counted last.
    pub marked: Vec<u64>,
    position: usize,
}

/// A group whose sessions are shown, and what to go back to.
#[derive(Clone, Debug)]
pub struct Opened {
    /// By what it is one.
    pub by: GroupingId,
    /// Which one.
    pub key: GroupKey,
    /// The filter that it was made under.
    pub before: Filter,
}

impl GroupPane {
    /// What is asked of the next generation.
    pub fn spec(&self) -> Option<GroupSpec> {
        self.by.map(|by| GroupSpec {
            by,
            sort: self.sort,
            cursor: self.cursor.clone(),
        })
    }

    /// Where the cursor's group stands.
    pub const fn position(&self) -> usize {
        self.position
    }

    /// Groups sessions by something else; the cursor goes to the first group, or to this one.
    pub fn set_grouping(&mut self, by: GroupingId, cursor: Option<GroupKey>) {
        self.by = Some(by);
        self.last = by;
        self.cursor = cursor;
    }

    /// Takes finished groups; `height` is the number of them on the screen.
    pub fn set_groups(&mut self, groups: &Groups, to_first: bool, height: usize) {
        let line = self.position.saturating_sub(self.offset);
        let found = self.cursor.as_ref().and_then(|key| groups.position(key));
        if to_first || self.cursor.is_none() {
            self.go_to(0, groups, height);
        } else if let Some(position) = found {
            self.position = position;
            self.offset = position.saturating_sub(line);
        } else {
            self.go_to(self.position, groups, height);
        }
        self.scroll_into_view(groups, height);
    }

    /// Moves the cursor to a group. Says whether it left one that is gone, which then must go.
    pub fn go_to(&mut self, position: usize, groups: &Groups, height: usize) -> bool {
        let before = self.cursor.take();
        self.position = position.min(groups.len().saturating_sub(1));
        self.cursor = groups.get(self.position).map(|group| group.key.clone());
        self.scroll_into_view(groups, height);
        before != self.cursor && groups.has_gone
    }

    /// Whether groups were made for another cursor and have no place for this one's.
    pub fn is_outdated(&self, groups: &Groups, shown: &Groups) -> bool {
        let Some(cursor) = &self.cursor else { return false };
        Some(shown.spec.by) == self.by
            && groups.spec.by == shown.spec.by
            && groups.spec.cursor.as_ref() != Some(cursor)
            && groups.position(cursor).is_none()
            && shown.position(cursor).is_some()
    }

    /// Keeps the cursor in sight.
    pub fn scroll_into_view(&mut self, groups: &Groups, height: usize) {
        self.offset = clamp_scroll(self.offset, self.position, groups.len(), height);
    }

    /// How many sessions of the group at a place are marked.
    pub fn marks_at(&self, position: usize) -> u64 {
        self.marked.get(position).copied().unwrap_or(0)
    }
}
