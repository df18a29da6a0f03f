//! Calculations that grow with the number of sessions. The shell runs them off the drawing thread and sends the
//! results back.
//!
//! The part that requests one keeps a number or a view with it, and accepts the result only if it still belongs to
//! the state on the screen.

use std::any::Any;
use std::sync::Arc;

use super::App;
use super::filtering::ValuesRequest;
use super::kill_dialog::KillDialog;
use super::marks::{MarksUpdate, MarksUpdated};
use super::msg::Effect;
use super::searching::{SearchFound, SearchRequest};
use super::victim_rows::{VictimDiagnoses, VictimsDiagnosed};
use super::victim_selection::{VictimRequest, VictimsSelected};

/// A value that both threads use. The last owner frees it, which must not be the drawing thread.
pub type Shared = Arc<dyn Any + Send + Sync>;

/// A calculation with its input.
#[derive(Clone, Debug)]
pub struct Calculation(Work);

/// The result of a calculation.
#[derive(Clone, Debug)]
pub struct Calculated(Outcome);

#[derive(Clone, Debug)]
enum Work {
    Marks(MarksUpdate),
    Victims(Box<VictimRequest>),
    Diagnoses(VictimDiagnoses),
    Search(SearchRequest),
    Values(ValuesRequest),
    Free(Box<KillDialog>),
}

#[derive(Clone, Debug)]
enum Outcome {
    Marks(MarksUpdated),
    Victims(Box<VictimsSelected>),
    Diagnoses(VictimsDiagnosed),
    Search(SearchFound),
    Values(u64, Vec<String>),
}

impl Calculation {
    /// Runs the calculation. Returns `None` if it has no result.
    pub fn run(self) -> Option<Calculated> {
        Some(Calculated(match self.0 {
            Work::Marks(update) => Outcome::Marks(update.run()),
            Work::Victims(request) => Outcome::Victims(Box::new(request.run())),
            Work::Diagnoses(request) => Outcome::Diagnoses(request.run()),
            Work::Search(request) => Outcome::Search(request.run()),
            Work::Values(request) => Outcome::Values(request.id, request.run()),
            Work::Free(dialog) => {
                drop(dialog);
                return None;
            }
        }))
    }

    /// Returns what the calculation shares with the drawing thread.
    pub fn shared(&self) -> Vec<Shared> {
        match &self.0 {
            Work::Marks(update) => update.shared(),
            Work::Diagnoses(request) => request.shared(),
            Work::Victims(_) | Work::Search(_) | Work::Values(_) | Work::Free(_) => Vec::new(),
        }
    }
}

impl Calculated {
    /// Returns what the result shares with the drawing thread.
    pub fn shared(&self) -> Vec<Shared> {
        match &self.0 {
            Outcome::Marks(updated) => updated.shared(),
            Outcome::Diagnoses(diagnosed) => diagnosed.shared(),
            Outcome::Victims(_) | Outcome::Search(_) | Outcome::Values(..) => Vec::new(),
        }
    }
}

impl App {
    /// Starts the calculations that parts of the state need now.
    pub(super) fn start_calculations(&mut self) {
        let marks = self.marks.next_update(&self.table.view).map(Work::Marks);
        let victims = self
            .next_victim_request()
            .map(|request| Work::Victims(Box::new(request)));
        let diagnoses = self.next_victim_diagnoses().map(Work::Diagnoses);
        let search = self.next_search().map(Work::Search);
        let values = self.next_values().map(Work::Values);
        let all = [marks, victims, diagnoses, search, values];
        let effects = all.into_iter().flatten().map(Calculation).map(Box::new);
        self.outbox.extend(effects.map(Effect::Calculate));
    }

    /// Frees a dialog off the drawing thread: it may have many victims.
    pub(super) fn free_dialog(&mut self, dialog: Box<KillDialog>) {
        let work = Box::new(Calculation(Work::Free(dialog)));
        self.outbox.push(Effect::Calculate(work));
    }

    /// Handles the result of a calculation.
    pub(super) fn on_calculated(&mut self, calculated: Calculated) {
        match calculated.0 {
            Outcome::Marks(updated) => self.on_marks_updated(updated),
            Outcome::Victims(selected) => self.on_victims_selected(*selected),
            Outcome::Diagnoses(diagnosed) => self.on_victims_diagnosed(diagnosed),
            Outcome::Search(found) => self.on_search_found(&found),
            Outcome::Values(id, values) => self.on_values(id, values),
        }
    }
}
