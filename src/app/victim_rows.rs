//! Rows of the kill dialog: the latest data of each victim, and the widths of the columns.

use super::App;
use super::kill_dialog::KillDialog;
use crate::diagnosis::OwnedDiagnosis;
use crate::kill::{FirstCheck, KillState, KillTask};
use crate::model::{Lookup, Session, display_width};

/// Maximum number of victims that are measured. The most severe are first.
const MAX_MEASURED: usize = 1_000;

/// Widths of the longest texts of the victims, in cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct VictimWidths {
    /// Session id.
    pub id: usize,
    /// User, address and port.
    pub client: usize,
    /// User and address.
    pub client_without_port: usize,
    /// Name of the proxy; 0 if there is only one.
    pub proxy: usize,
    /// Why it is stuck.
    pub why: usize,
}

impl App {
    /// Returns the newest data of a victim's session: that of the list, or that of the check.
    pub(crate) fn newest_session<'a>(&'a self, task: &'a KillTask) -> &'a Session {
        let key = task.victim.identity.key();
        let mut lists = self.table.view.snapshots.iter();
        let checked_at = match task.state() {
            KillState::Unconfirmed(FirstCheck::Passed { observation, .. }) => Some(observation.taken_at),
            _ => None,
        };
        let listed = lists.find_map(|list| match list.find(&key) {
            Lookup::Same(session) if checked_at.is_none_or(|at| list.taken_at >= at) => Some(session),
            _ => None,
        });
        listed.unwrap_or_else(|| task.session())
    }

    /// Diagnoses the victims of the open dialog again, after a new list. Victims that it does not have keep
    /// their diagnosis.
    pub(super) fn diagnose_dialog(&mut self) {
        let view = &self.table.view;
        let Some(dialog) = self.modal.kill_dialog_mut() else {
            return;
        };
        let tasks = dialog.batch.tasks().iter();
        for (task, known) in tasks.zip(&mut dialog.diagnoses) {
            if let Some(diagnosis) = view.diagnosis(&task.victim.identity.key()) {
                *known = diagnosis.to_owned();
            }
        }
        self.measure_dialog();
    }

    /// Measures the columns of the open dialog.
    pub(super) fn measure_dialog(&mut self) {
        let Some(dialog) = self.modal.kill_dialog() else {
            return;
        };
        let widths = self.victim_widths(dialog);
        if let Some(dialog) = self.modal.kill_dialog_mut() {
            dialog.widths = widths;
        }
    }

    fn victim_widths(&self, dialog: &KillDialog) -> VictimWidths {
        let mut widths = VictimWidths::default();
        let tasks = dialog.batch.tasks().iter().enumerate();
        for (index, task) in tasks {
            widths.id = widths.id.max(task.victim.identity.id.to_string().len());
            if index >= MAX_MEASURED {
                continue;
            }
            let session = &task.victim.session;
            widths.client = widths.client.max(display_width(&session.client()));
            let short = session.client_without_port();
            widths.client_without_port = widths.client_without_port.max(display_width(&short));
            let proxy = self.endpoints.name_among_several(task.victim.identity.endpoint);
            widths.proxy = widths.proxy.max(proxy.map_or(0, display_width));
            let why = dialog.why(index, self.newest_session(task));
            widths.why = widths.why.max(display_width(&why));
        }
        widths
    }
}

impl KillDialog {
    /// Returns in a few words why a victim is stuck.
    pub(crate) fn why(&self, index: usize, session: &Session) -> String {
        let diagnosis = self.diagnoses.get(index).map(OwnedDiagnosis::borrowed);
        match diagnosis.and_then(|diagnosis| diagnosis.strongest()) {
            Some(finding) => finding.short(session),
            None if self.is_healthy(index) => "healthy".to_owned(),
            None => "unknown".to_owned(),
        }
    }
}
