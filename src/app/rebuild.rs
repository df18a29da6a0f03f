//! Schedules rebuilds of the table view. User input rebuilds at once. New data uses at most 1/16 of the
//! time, regardless of the number of endpoints, but waits no longer than 5 s.
//!
//! Also diagnoses every new snapshot once, compared with the previous one.

use std::sync::Arc;
use std::time::Duration;

use super::App;
use super::awaiting::Awaited;
use super::build_view::{TableView, ViewQuery, ViewRequest};
use super::msg::Effect;
use crate::diagnosis::{Diagnoses, DiagnosisInput, Samples, diagnose};
use crate::model::{EndpointLocks, ServerReports, Snapshot};

/// Rebuilds for new data use at most one part in this many of the time.
const MAX_TIME_SHARE: u32 = 16;
/// Maximum delay of new data by that limit.
const MAX_DELAY: Duration = Duration::from_secs(5);

/// Whether a view is being built off the drawing thread, and when the next one may start.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RebuildSchedule {
    /// Start of the build in progress.
    since: Option<Duration>,
    /// Trigger of the next build, if one was requested in the meantime.
    waiting: Option<RebuildTrigger>,
    /// Time before which new data does not start a build.
    rests_until: Duration,
}

/// Trigger of a rebuild.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RebuildTrigger {
    /// New data.
    Data,
    /// User input.
    Input,
}

impl RebuildSchedule {
    /// Returns when waiting data starts a build.
    pub(super) fn wake_at(&self) -> Option<Duration> {
        (self.since.is_none() && self.waiting.is_some()).then_some(self.rests_until)
    }

    /// Requests a build. Returns the trigger of the one that starts now; `None` if it waits.
    fn request(&mut self, trigger: RebuildTrigger, now: Duration) -> Option<RebuildTrigger> {
        let trigger = self.waiting.map_or(trigger, |before| before.max(trigger));
        let rests = trigger == RebuildTrigger::Data && now < self.rests_until;
        let starts = !rests && self.since.is_none();
        if starts {
            self.since = Some(now);
        }
        self.waiting = (!starts).then_some(trigger);
        starts.then_some(trigger)
    }

    /// Handles the end of a build.
    fn on_built(&mut self, now: Duration) {
        if let Some(since) = self.since.take() {
            let cost = now.saturating_sub(since);
            self.rests_until = since + (cost * MAX_TIME_SHARE).min(MAX_DELAY);
        }
    }
}

impl App {
    /// Requests a rebuild for user input. If one is in progress, the next starts after it. Later keys wait if the
    /// rows are not those of the filter any more: `*` would mark the wrong ones.
    pub(super) fn rebuild_view(&mut self) {
        self.request_view(RebuildTrigger::Input);
        let is_typing = self.modal.prompt().is_some();
        if !is_typing && !self.waiting.is_waiting() && !self.table.has_chosen_rows() {
            self.wait_for(Awaited::Rows);
        }
    }

    /// Starts a rebuild for data that has waited long enough.
    pub(super) fn rebuild_if_waiting(&mut self) {
        if let Some(trigger) = self.rebuilds.waiting {
            self.request_view(trigger);
        }
    }

    /// Requests a rebuild. If one is in progress, the next starts after it. While the table is paused, keys change how
    /// its lists are shown, and new lists are only diagnosed.
    pub(super) fn request_view(&mut self, trigger: RebuildTrigger) {
        let Some(trigger) = self.rebuilds.request(trigger, self.now.elapsed) else {
            return;
        };
        let is_frozen = self.is_frozen() && trigger == RebuildTrigger::Input;
        let shown = &self.table.view;
        let ((snapshots, samples, reports), previous) = if is_frozen {
            let lists = (shown.snapshots.clone(), shown.samples.clone(), Vec::new());
            (lists, shown)
        } else {
            (self.endpoints.shown_lists(), self.newest_view())
        };
        let previous = Some(Arc::clone(previous));
        let names = self.endpoints.iter();
        let known = self.endpoints.ids().zip(self.endpoints.iter());
        let with_access = known.filter(|(_, known)| known.server_access.is_set);
        let spec = ViewQuery {
            endpoints: names.map(|known| known.name.as_str().into()).collect(),
            names: self.endpoints.names(),
            is_frozen,
            hold: self.keeps_order(),
            ended: self.kills.ended.clone(),
            counts_servers: self.servers.is_some(),
            server_access: with_access.map(|(id, _)| id).collect(),
            measures_texts: true,
            finds_alerts: self.settings.bell,
            diagnosis: self.settings.diagnosis.clone(),
            ..self.table.query()
        };
        self.outbox.push(Effect::Arrange(Box::new(ViewRequest {
            previous,
            snapshots,
            samples,
            reports,
            spec,
        })));
    }

    /// Whether the table is paused and has lists.
    fn is_frozen(&self) -> bool {
        self.paused && !self.table.view.snapshots.is_empty()
    }

    /// Returns the view of the newest lists. While the table is paused, it is not on the screen.
    pub(crate) fn newest_view(&self) -> &Arc<TableView> {
        let newest = self.table.newest.as_ref().filter(|_| self.paused);
        newest.unwrap_or(&self.table.view)
    }

    /// Handles a view of the newest lists while the table is paused.
    fn on_newest_view(&mut self, view: &Arc<TableView>) {
        self.kills.count_waiters(view, &mut self.status);
        if let Some(detail) = &mut self.detail {
            detail.diagnose(view);
        }
        self.endpoints.on_diagnosis(view);
        self.table.newest = Some(Arc::clone(view));
        self.alert(view, true);
        self.rebuild_if_waiting();
    }

    /// Handles a finished view.
    pub(super) fn on_view(&mut self, view: &Arc<TableView>) {
        self.rebuilds.on_built(self.now.elapsed);
        if self.is_frozen() && !view.spec.is_frozen {
            return self.on_newest_view(view);
        }
        if self.table.is_outdated(view) {
            return self.rebuild_view();
        }
        let page = self.page();
        self.table.set_view(Arc::clone(view), page);
        if self.table.has_chosen_rows() {
            self.end_wait(Awaited::Rows);
        }
        self.kills.count_waiters(&self.table.view, &mut self.status);
        // During a pause the newest lists have rung.
        let has_rung = !view.spec.is_frozen && self.table.newest.take().is_some();
        self.alert(view, !has_rung);
        let newest = Arc::clone(self.newest_view());
        if let Some(detail) = &mut self.detail {
            detail.diagnose(&newest);
        }
        self.diagnose_dialog();
        if !self.table.view.spec.is_frozen {
            self.endpoints.on_diagnosis(&self.table.view);
        }
        self.marks.request_counts();
        self.rebuild_if_waiting();
    }
}

/// Finds the transactions and locks of each snapshot's sessions. Keeps those of a snapshot that the previous
/// view has too, so that they match its diagnoses.
pub(super) fn find_locks(
    previous: Option<&TableView>,
    snapshots: &[Arc<Snapshot>],
    reports: &[Arc<ServerReports>],
) -> Vec<Arc<EndpointLocks>> {
    let one = |(list, snapshot): (usize, &Arc<Snapshot>)| {
        let before = previous.and_then(|previous| {
            let mut known = previous.snapshots.iter().zip(&previous.locks);
            known.find(|(before, _)| before.endpoint == snapshot.endpoint)
        });
        match (before, reports.get(list)) {
            (Some((before, locks)), _) if before.has_rows_of(snapshot) => Arc::clone(locks),
            (_, None) => Arc::default(),
            (before, Some(reports)) => {
                let before = before.map(|(before, locks)| (locks.as_ref(), before.sessions.as_slice()));
                let (sessions, at) = (&snapshot.sessions, snapshot.taken_at);
                Arc::new(EndpointLocks::following(before, reports, sessions, at))
            }
        }
    };
    snapshots.iter().enumerate().map(one).collect()
}

/// Diagnoses each snapshot. Keeps existing diagnoses.
pub(super) fn diagnose_snapshots(
    previous: Option<&TableView>,
    snapshots: &[Arc<Snapshot>],
    samples: &[Arc<Samples>],
    locks: &[Arc<EndpointLocks>],
    spec: &ViewQuery,
) -> Vec<Arc<Diagnoses>> {
    let same_limits = previous.is_some_and(|previous| previous.spec.diagnosis == spec.diagnosis);
    let none = Samples::new();
    let one = |(list, snapshot): (usize, &Arc<Snapshot>)| {
        let before = previous.and_then(|previous| {
            let known = previous.snapshots.iter().zip(&previous.diagnoses);
            known
                .clone()
                .find(|(before, _)| before.endpoint == snapshot.endpoint)
        });
        match before {
            Some((before, diagnoses)) if before.has_rows_of(snapshot) && same_limits => Arc::clone(diagnoses),
            before => {
                let past = before
                    .map(|(before, diagnoses)| (DiagnosisInput::from(before.as_ref()), diagnoses.as_ref()));
                let samples = samples.get(list).map_or(&none, AsRef::as_ref);
                let name = spec.endpoints.get(usize::from(snapshot.endpoint.0));
                let name = name.map(AsRef::as_ref);
                Arc::new(diagnose(
                    past,
                    DiagnosisInput::from(snapshot.as_ref())
                        .at(name)
                        .with_locks(locks.get(list).map(AsRef::as_ref)),
                    &spec.diagnosis,
                    samples,
                ))
            }
        }
    };
    snapshots.iter().enumerate().map(one).collect()
}
