//! Rows of the kill dialog: the latest data of each victim, and the widths of the columns.

use std::sync::Arc;

use super::App;
use super::calculation::Shared;
use super::kill_dialog::KillDialog;
use super::table_view::TableView;
use super::victim_counts::VictimLocks;
use super::victim_presence::{Presence, compare};
use crate::diagnosis::{Diagnosis, OwnedDiagnosis};
use crate::kill::{EndedVictim, FirstCheck, KillState, KillTask};
use crate::model::{Lookup, RowKey, Session, display_width};

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

/// State of the diagnoses after a new list.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Diagnosing {
    is_requested: bool,
    is_in_progress: bool,
}

impl Diagnosing {
    /// Starts a diagnosis if it is requested and none is in progress. Returns whether it starts.
    const fn start(&mut self) -> bool {
        let starts = self.is_requested && !self.is_in_progress;
        if starts {
            *self = Self {
                is_requested: false,
                is_in_progress: true,
            };
        }
        starts
    }
}

/// Input of the diagnosis of the victims by a new view. Victims that it does not have keep their diagnosis.
#[derive(Clone, Debug)]
pub(super) struct VictimDiagnoses {
    /// Number of the batch.
    batch: u32,
    view: Arc<TableView>,
    keys: Arc<Vec<RowKey>>,
    diagnoses: Arc<Vec<OwnedDiagnosis>>,
    locks: Arc<Vec<VictimLocks>>,
    presences: Arc<Vec<Presence>>,
}

/// Result of the diagnosis of the victims.
#[derive(Clone, Debug)]
pub(super) struct VictimsDiagnosed {
    batch: u32,
    diagnoses: Arc<Vec<OwnedDiagnosis>>,
    locks: Arc<Vec<VictimLocks>>,
    presences: Arc<Vec<Presence>>,
    ended: Vec<EndedVictim>,
}

impl VictimDiagnoses {
    /// Diagnoses the victims.
    pub(super) fn run(self) -> VictimsDiagnosed {
        let known = self.keys.iter().zip(self.diagnoses.iter());
        let diagnoses = known.map(|(key, known)| {
            let now = self.view.diagnosis(key);
            now.map_or_else(|| known.clone(), Diagnosis::to_owned)
        });
        let locks = self.keys.iter().map(|key| VictimLocks::of(&self.view, key));
        let (presences, ended) = compare(&self.view, &self.keys, &self.presences);
        VictimsDiagnosed {
            batch: self.batch,
            diagnoses: Arc::new(diagnoses.collect()),
            locks: Arc::new(locks.collect()),
            presences: Arc::new(presences),
            ended,
        }
    }

    /// Returns what the input shares with the drawing thread.
    pub(super) fn shared(&self) -> Vec<Shared> {
        let (diagnoses, locks) = (Arc::clone(&self.diagnoses), Arc::clone(&self.locks));
        let presences = Arc::clone(&self.presences);
        vec![Arc::clone(&self.keys) as Shared, diagnoses, locks, presences]
    }
}

impl VictimsDiagnosed {
    /// Returns what the result shares with the drawing thread.
    pub(super) fn shared(&self) -> Vec<Shared> {
        let (diagnoses, locks) = (Arc::clone(&self.diagnoses), Arc::clone(&self.locks));
        vec![diagnoses as Shared, locks, Arc::clone(&self.presences) as Shared]
    }
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

    /// Requests that the victims of the open dialog are diagnosed again, after a new list.
    pub(super) fn diagnose_dialog(&mut self) {
        if let Some(dialog) = self.modal.kill_dialog_mut() {
            dialog.diagnosing.is_requested = true;
        }
        self.measure_dialog();
    }

    /// Returns the diagnosis of the victims that has to be started.
    pub(super) fn next_victim_diagnoses(&mut self) -> Option<VictimDiagnoses> {
        let view = Arc::clone(&self.table.view);
        let dialog = self.modal.kill_dialog_mut()?;
        dialog.diagnosing.start().then(|| VictimDiagnoses {
            batch: dialog.batch.number(),
            view,
            keys: Arc::clone(&dialog.keys),
            diagnoses: Arc::clone(&dialog.diagnoses),
            locks: Arc::clone(&dialog.locks),
            presences: Arc::clone(&dialog.presences),
        })
    }

    /// Handles new diagnoses of the victims, if their dialog is still open.
    pub(super) fn on_victims_diagnosed(&mut self, diagnosed: VictimsDiagnosed) {
        let dialog = self.modal.kill_dialog_mut();
        let Some(dialog) = dialog.filter(|dialog| dialog.batch.number() == diagnosed.batch) else {
            return;
        };
        dialog.diagnosing.is_in_progress = false;
        dialog.diagnoses = diagnosed.diagnoses;
        dialog.locks = diagnosed.locks;
        dialog.presences = diagnosed.presences;
        // While its digits are typed, the number stays. The check before the DELETE finds what has ended.
        if dialog.dialog.typed().is_empty() {
            dialog.batch.on_ended(&diagnosed.ended);
            dialog.ended_since.clear();
        } else {
            let tasks = dialog.batch.tasks();
            let may_be_confirmed = |index: &usize| tasks.get(*index).is_some_and(KillTask::may_be_confirmed);
            let ended = dialog.batch.ended_by_lists(&diagnosed.ended).into_iter();
            dialog.ended_since = ended.filter(may_be_confirmed).collect();
        }
        dialog.recount();
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
        let mut widths = VictimWidths {
            id: dialog.widths.id,
            ..VictimWidths::default()
        };
        let tasks = dialog.batch.tasks().iter().enumerate();
        for (index, task) in tasks.take(MAX_MEASURED) {
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
        match diagnosis.and_then(|diagnosis| diagnosis.short(session)) {
            Some(reason) => reason,
            None if self.is_healthy(index) => "no reason found".to_owned(),
            None => "unknown".to_owned(),
        }
    }
}
