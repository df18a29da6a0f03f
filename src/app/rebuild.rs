//! Schedules rebuilds of the table view. User input rebuilds at once. New data uses at most 1/16 of the
//! time, regardless of the number of endpoints, but waits no longer than 2 s.
//!
//! Also diagnoses every new snapshot once, compared with the previous one.

use std::sync::Arc;
use std::time::Duration;

use super::App;
use super::build_view::{TableView, ViewQuery, ViewRequest};
use super::endpoint::{EndpointState, LinkState};
use super::msg::Effect;
use crate::diagnosis::{Diagnoses, DiagnosisInput, Samples, Thresholds, diagnose};
use crate::model::Snapshot;

/// Rebuilds for new data use at most one part in this many of the time.
const MAX_TIME_SHARE: u32 = 16;
/// Maximum delay of new data by that limit.
const MAX_DELAY: Duration = Duration::from_secs(2);

/// Whether a view is being built off the drawing thread, and when the next one may start.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Arranging {
    /// Start of the build in progress.
    since: Option<Duration>,
    /// Trigger of the next build, if one was requested in the meantime.
    asked: Option<RebuildTrigger>,
    /// Time before which new data does not start a build.
    rests_until: Duration,
}

/// Trigger of a rebuild.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum RebuildTrigger {
    ByData,
    ByPerson,
}

impl Arranging {
    /// Returns when waiting data starts a build.
    pub(super) fn wake_at(&self) -> Option<Duration> {
        (self.since.is_none() && self.asked.is_some()).then_some(self.rests_until)
    }
}

impl App {
    /// Diagnoses the session in the details, shown in the table or not.
    pub(super) fn diagnose_detail(&mut self) {
        if let Some(detail) = &mut self.detail {
            let diagnosis = self.table.view.diagnosis(&detail.identity.key());
            detail.on_diagnosis(diagnosis);
        }
    }

    /// Requests a rebuild for user input. If one is in progress, the next starts after it.
    pub(super) fn rebuild_view(&mut self) {
        self.request_view(RebuildTrigger::ByPerson);
    }

    /// Requests a rebuild for new data.
    pub(super) fn rebuild_for_data(&mut self) {
        self.request_view(RebuildTrigger::ByData);
    }

    /// Starts a rebuild for data that has waited long enough.
    pub(super) fn rebuild_if_waiting(&mut self) {
        if let Some(asked) = self.arranging.asked {
            self.request_view(asked);
        }
    }

    fn request_view(&mut self, asked: RebuildTrigger) {
        let asked = self.arranging.asked.map_or(asked, |before| before.max(asked));
        let rests = asked == RebuildTrigger::ByData && self.now.elapsed < self.arranging.rests_until;
        if rests || self.arranging.since.is_some() {
            self.arranging.asked = Some(asked);
            return;
        }
        self.arranging.asked = None;
        self.arranging.since = Some(self.now.elapsed);
        let shown = &self.table.view.snapshots;
        let (snapshots, samples) = if self.paused && !shown.is_empty() {
            (shown.clone(), self.table.view.samples.clone())
        } else {
            let shown = self.endpoints.iter();
            let shown = shown.filter(|endpoint| self.shown_by(endpoint).is_none());
            let listed = shown.filter_map(|endpoint| {
                let latest = endpoint.latest.clone()?;
                Some((latest, Arc::clone(&endpoint.samples)))
            });
            listed.unzip()
        };
        let spec = ViewQuery {
            filter: self.table.filter.clone(),
            endpoints: self
                .endpoints
                .iter()
                .map(|known| known.name.as_str().into())
                .collect(),
            sort: self.table.sort,
            group: self.table.groups.spec(),
            hide_idle: self.table.hide_idle,
            cursor: self.table.cursor.clone(),
            hold: self.keeps_order(),
            ended: self.kills.ended.clone(),
            thresholds: self.settings.thresholds,
        };
        let previous = Some(Arc::clone(&self.table.view));
        self.outbox.push(Effect::Arrange(Box::new(ViewRequest {
            previous,
            snapshots,
            samples,
            spec,
        })));
    }

    pub(super) fn on_view(&mut self, view: Arc<TableView>) {
        if let Some(since) = self.arranging.since.take() {
            let cost = self.now.elapsed.saturating_sub(since);
            self.arranging.rests_until = since + (cost * MAX_TIME_SHARE).min(MAX_DELAY);
        }
        if self.table.is_outdated(&view) {
            return self.rebuild_view();
        }
        let page = self.page();
        self.table.set_view(view, page);
        let is_awaited = |endpoint: &EndpointState| matches!(endpoint.link, LinkState::Connecting);
        self.table.is_settled |= !self.endpoints.iter().any(is_awaited);
        self.diagnose_detail();
        self.follow_stuck();
        self.count_hidden_marks();
        self.rebuild_if_waiting();
    }
}

/// Diagnoses each snapshot. Keeps existing diagnoses.
pub(super) fn diagnose_snapshots(
    previous: Option<&TableView>,
    snapshots: &[Arc<Snapshot>],
    samples: &[Arc<Samples>],
    limits: &Thresholds,
) -> Vec<Arc<Diagnoses>> {
    let same_limits = previous.is_some_and(|previous| previous.spec.thresholds == *limits);
    let none = Samples::new();
    let one = |(list, snapshot): (usize, &Arc<Snapshot>)| {
        let before = previous.and_then(|previous| {
            let known = previous.snapshots.iter().zip(&previous.diagnoses);
            known
                .clone()
                .find(|(before, _)| before.endpoint == snapshot.endpoint)
        });
        match before {
            Some((before, diagnoses)) if before.number == snapshot.number && same_limits => {
                Arc::clone(diagnoses)
            }
            before => {
                let past = before
                    .map(|(before, diagnoses)| (DiagnosisInput::from(before.as_ref()), diagnoses.as_ref()));
                let samples = samples.get(list).map_or(&none, AsRef::as_ref);
                Arc::new(diagnose(
                    past,
                    DiagnosisInput::from(snapshot.as_ref()),
                    limits,
                    samples,
                ))
            }
        }
    };
    snapshots.iter().enumerate().map(one).collect()
}
