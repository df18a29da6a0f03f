//! How the victims of a kill dialog were selected, and why they are stuck.

use super::App;
use super::kill_dialog::KillDialog;
use super::victim_counts::is_left;
use crate::diagnosis::OwnedDiagnosis;
use crate::kill::{KillTask, Order};
use crate::model::Now;

/// How the victims of a kill dialog were selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Selection {
    /// The session under the cursor or in the details.
    Session,
    /// The marked sessions.
    Marks {
        /// Whether the row under the table's cursor is not one of them.
        beside_cursor: bool,
    },
    /// The sessions of a group, with its field and value: `user report`.
    Group(String),
}

impl App {
    /// Returns the group under the cursor.
    pub(super) fn selected_group(&self) -> Selection {
        let group = self.table.current_group();
        let name = group.map(|(by, group)| format!("{} {}", by.name, group.name()));
        name.map_or(Selection::Session, Selection::Group)
    }
}

impl KillDialog {
    /// Whether a victim is known to be not stuck.
    pub(crate) fn is_healthy(&self, index: usize) -> bool {
        let diagnosis = self.diagnoses.get(index).map(OwnedDiagnosis::borrowed);
        diagnosis.is_some_and(|diagnosis| diagnosis.found.is_empty() && !diagnosis.is_unknown())
    }

    /// Returns the indexes of the victims that are not struck out and can still be killed.
    pub(crate) fn left(&self) -> impl Iterator<Item = usize> {
        let tasks = self.batch.tasks().iter().enumerate();
        let left = tasks.filter(|(_, task)| is_left(task));
        left.map(|(index, _)| index)
    }

    /// Returns those of them that are not stuck, by index.
    pub(crate) fn healthy(&self) -> impl Iterator<Item = usize> {
        self.left().filter(|index| self.is_healthy(*index))
    }

    /// `h`: strikes out all victims that are not stuck, or includes those again that `h` struck out. A victim
    /// that the user struck out with `x` stays struck out.
    pub(super) fn strike_healthy(&mut self, now: Now) -> Vec<Order> {
        if self.batch.tasks().len() < 2 {
            return Vec::new();
        }
        let mut indexes: Vec<_> = self.healthy().collect();
        if indexes.is_empty() {
            indexes = std::mem::take(&mut self.struck_healthy);
            let tasks = self.batch.tasks();
            indexes.retain(|index| tasks.get(*index).is_some_and(KillTask::is_removed));
        } else {
            self.struck_healthy.extend(&indexes);
        }
        let orders = self.batch.toggle_removed(&indexes, now);
        if !indexes.is_empty() {
            self.dialog.on_change();
            self.count();
            // The victims that are left begin at the top.
            self.cursor = 0;
        }
        orders
    }
}
