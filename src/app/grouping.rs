//! Groups in the table: opening one, leaving it, and the group under the cursor.

use super::App;
use super::groups::group::{Group, GroupKey};
use super::groups::groupings::Grouping;
use super::groups::pane::Opened;
use super::status::Status;
use super::table::TableState;
use crate::filter::Filter;

impl TableState {
    /// Whether groups are shown in place of sessions.
    pub(crate) fn shows_groups(&self) -> bool {
        self.view.groups.is_some()
    }

    /// Whether the screen still shows the previous grouping.
    pub(super) fn is_regrouping(&self) -> bool {
        let shown = self.view.groups.as_ref().map(|groups| groups.spec.by);
        shown != self.groups.by
    }

    /// Returns the group under the cursor, while groups are shown.
    pub(crate) fn current_group(&self) -> Option<(&'static Grouping, &Group)> {
        let groups = self.view.groups.as_ref()?;
        let group = groups.get(self.groups.cursor.position())?;
        Some((groups.spec.by.grouping(), group))
    }

    /// Whether all sessions of the group under the cursor are marked.
    pub(super) fn is_group_marked(&self) -> bool {
        let group = self.current_group();
        group.is_some_and(|(_, group)| !group.is_gone && self.groups.marks_of(&group.key) >= group.sessions)
    }

    /// Returns the group under the cursor and the filter below `under` that matches exactly its
    /// sessions; `None` if there is no group.
    ///
    /// # Errors
    ///
    /// Returns what to show if the group is empty or has no such filter.
    pub(super) fn chosen_group(&self, under: &Filter) -> Result<Option<(GroupKey, Filter)>, Status> {
        let Some((grouping, group)) = self.current_group() else {
            return Ok(None);
        };
        if group.is_gone {
            return Err(Status::note(format!("group {} is empty now", group.name())));
        }
        let Some(field) = grouping.field() else {
            return Ok(None);
        };
        match under.narrowed(field, group.key.raw()) {
            Ok(filter) => Ok(Some((group.key.clone(), filter))),
            Err(error) => Err(Status::warning(format!(
                "cannot filter by this {}: {}",
                grouping.name, error.kind
            ))),
        }
    }

    /// Shows the sessions of the group under the cursor, as a filter. Returns whether there was one.
    ///
    /// # Errors
    ///
    /// Returns what to show if the group is empty or has no such filter.
    fn open_group(&mut self) -> Result<bool, Status> {
        let Some((key, filter)) = self.chosen_group(&self.filter)? else {
            return Ok(false);
        };
        let Some(by) = self.groups.by.take() else {
            return Ok(false);
        };
        let before = self.filter.clone();
        self.groups.opened.push(Opened { by, key, before });
        self.apply_filter(filter);
        Ok(true)
    }

    /// Returns from the sessions of a group to the groups, and from the groups to the table. Returns
    /// whether there was a group to leave.
    fn leave_group(&mut self) -> bool {
        if self.groups.by.take().is_some() {
            return true;
        }
        let Some(opened) = self.groups.opened.pop() else {
            return false;
        };
        self.groups.set_grouping(opened.by, Some(opened.key));
        self.filter = opened.before;
        true
    }
}

impl App {
    /// `t`: groups by the last field, and once grouped, by the next or previous field.
    pub(super) fn group_by(&mut self, step: isize) {
        let known: Vec<_> = self.endpoints.known_groupings().collect();
        if !self.table.groups.step(step, &known) {
            return;
        }
        if self.detail.is_some() {
            self.close_detail();
        }
        self.marks.set_anchor(None);
        self.rebuild_view();
    }

    /// Enter: shows the sessions of the group under the cursor, or the details of a session.
    pub(super) fn open(&mut self) {
        if self.table.is_regrouping() {
            return;
        }
        if !self.table.shows_groups() {
            return self.open_detail();
        }
        match self.table.open_group() {
            Ok(true) => self.rebuild_view(),
            Ok(false) => {}
            Err(status) => self.status = Some(status),
        }
    }

    /// Leaves a group or the groups.
    pub(super) fn leave_group(&mut self) {
        if self.table.leave_group() {
            self.rebuild_view();
        }
    }
}
