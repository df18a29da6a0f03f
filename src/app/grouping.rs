//! Keys of the table by groups.

use super::App;
use super::groups::group::{Group, GroupKey};
use super::groups::groupings::{Grouping, GroupingId};
use super::groups::pane::Opened;
use super::row::TableRow;
use super::status::Status;
use crate::filter::Filter;
use crate::kill::Victim;

impl App {
    /// Whether groups are shown in place of sessions.
    pub fn shows_groups(&self) -> bool {
        self.table.view.groups.is_some()
    }

    /// Whether the screen still shows the previous grouping.
    pub(super) fn is_regrouping(&self) -> bool {
        let shown = self.table.view.groups.as_ref().map(|groups| groups.spec.by);
        shown != self.table.groups.by
    }

    /// Returns the groupings that at least one endpoint reports the data for.
    pub fn known_groupings(&self) -> impl Iterator<Item = GroupingId> + '_ {
        let is_several = self.endpoints.len() > 1;
        GroupingId::all()
            .filter(move |id| self.is_reported(id.grouping().only) && (is_several || !id.grouping().several))
    }

    /// `t`: groups by the last field, and once grouped, by the next or previous field.
    pub(super) fn group_by(&mut self, step: isize) {
        let known: Vec<_> = self.known_groupings().collect();
        let panes = &self.table.groups;
        let place = |id| known.iter().position(|known| *known == id);
        let next = match panes.by.and_then(place) {
            Some(here) => {
                let count = isize::try_from(known.len()).unwrap_or(1).max(1);
                let here = isize::try_from(here).unwrap_or(0);
                usize::try_from((here + step).rem_euclid(count)).unwrap_or(0)
            }
            None => place(panes.last).unwrap_or(0),
        };
        let Some(by) = known.get(next).copied() else {
            return;
        };
        let comes_back = panes.by.is_none() && panes.last == by;
        let cursor = panes.cursor.clone().filter(|_| comes_back);
        if self.detail.is_some() {
            self.close_detail();
        }
        self.marks.set_anchor(None);
        self.table.groups.set_grouping(by, cursor);
        self.rebuild_view();
    }

    /// Enter: shows the sessions of the group under the cursor, or the details of a session.
    pub(super) fn open(&mut self) {
        if self.is_regrouping() {
            return;
        }
        if !self.shows_groups() {
            return self.open_detail();
        }
        let under = self.table.filter.clone();
        let Some((key, filter)) = self.chosen_group(&under) else {
            return;
        };
        let panes = &mut self.table.groups;
        let Some(by) = panes.by.take() else { return };
        panes.opened.push(Opened {
            by,
            key,
            before: std::mem::replace(&mut self.table.filter, filter),
        });
        self.table.history.add(&self.table.filter);
        self.table.start_over();
        self.rebuild_view();
    }

    /// Esc: returns from the sessions of a group to the groups, and from the groups to the table.
    /// Returns whether there was a group to leave.
    pub(super) fn leave_group(&mut self) -> bool {
        let panes = &mut self.table.groups;
        if panes.by.take().is_none() {
            let Some(opened) = panes.opened.pop() else {
                return false;
            };
            panes.set_grouping(opened.by, Some(opened.key));
            self.table.filter = opened.before;
        }
        self.rebuild_view();
        true
    }

    /// Returns the group under the cursor, while groups are shown.
    pub fn current_group(&self) -> Option<(&'static Grouping, &Group)> {
        let groups = self.table.view.groups.as_ref()?;
        let group = groups.get(self.table.groups.position())?;
        Some((groups.spec.by.grouping(), group))
    }

    /// Returns the group under the cursor and the filter that matches exactly its sessions. If there is
    /// no such filter, the status line shows why.
    fn chosen_group(&mut self, under: &Filter) -> Option<(GroupKey, Filter)> {
        let (grouping, group) = self.current_group()?;
        if group.is_gone {
            self.status = Some(Status::note(format!("group {} is empty now", group.name())));
            return None;
        }
        match under.narrowed(grouping.field()?, group.key.raw()) {
            Ok(filter) => Some((group.key.clone(), filter)),
            Err(error) => {
                let why = format!("cannot filter by this {}: {}", grouping.name, error.kind);
                self.status = Some(Status::warning(why));
                None
            }
        }
    }

    fn rows_of(&self, key: &GroupKey) -> Vec<TableRow<'_>> {
        let view = &self.table.view;
        let Some(groups) = &view.groups else {
            return Vec::new();
        };
        let rows = view.window(0, usize::MAX);
        rows.filter(|row| row.missing == 0 && groups.contains_row(key, row))
            .collect()
    }

    /// Returns the sessions of the group under the cursor as victims. Each stores the filter that
    /// selected it.
    pub(super) fn victims_of_group(&mut self) -> Vec<Victim> {
        let under = self.table.view.spec.filter.clone();
        let Some((key, filter)) = self.chosen_group(&under) else {
            return Vec::new();
        };
        let rows = self.rows_of(&key).into_iter();
        rows.filter_map(|row| self.victim(row.identity(), row.session.clone(), Some(filter.clone())))
            .collect()
    }

    /// Marks all sessions of the group under the cursor, or removes their marks if all are marked.
    pub(super) fn toggle_group(&mut self) {
        let is_marked = self.is_group_marked();
        let under = self.table.view.spec.filter.clone();
        let Some((key, filter)) = self.chosen_group(&under) else {
            return;
        };
        let keys: Vec<_> = self.rows_of(&key).iter().map(TableRow::key).collect();
        if is_marked {
            for key in &keys {
                self.marks.remove(key);
            }
        } else {
            self.marks.mark(keys, Some(&filter));
        }
        self.count_hidden_marks();
        self.step(1);
    }

    /// Whether all sessions of the group under the cursor are marked.
    pub(super) fn is_group_marked(&self) -> bool {
        let marked = self.table.groups.marks_at(self.table.groups.position());
        let group = self.current_group();
        group.is_some_and(|(_, group)| !group.is_gone && marked >= group.sessions)
    }

    /// Counts the marks by group, for the rows on the screen.
    pub(super) fn count_marks_by_group(&mut self) {
        let view = &self.table.view;
        let groups = view.groups.as_ref().filter(|_| !self.marks.is_empty());
        let counts = groups.map(|groups| {
            let marks = self.marks.iter();
            groups.count(marks.filter_map(|mark| view.row(view.position(&mark.key)?)))
        });
        self.table.groups.marked = counts.unwrap_or_default();
    }
}
