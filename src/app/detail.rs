//! The details of one session, polled individually. They stay open when the session ends.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::counter_series::CounterSeries;
use super::msg::Now;
use super::table_view::TableView;
use crate::diagnosis::{ConnectionSample, Diagnosis, Finding, OwnedDiagnosis, closer};
use crate::model::{
    self, Identity, Lookup, RequestError, Session, SessionObservation, SessionPhase, Snapshot, Text,
};

/// State of the open details.
#[derive(Clone, Debug)]
pub(crate) struct DetailPane {
    /// Identity of the session.
    pub identity: Identity,
    /// The session as listed. Shown until the first poll of its details.
    pub listed: Session,
    /// When a list last contained it.
    listed_at: Option<Timestamp>,
    /// The latest poll.
    pub observation: Option<Arc<SessionObservation>>,
    /// Counter rates of each connection, in the order of the latest poll.
    pub courses: Vec<CounterSeries>,
    /// Findings from the session list.
    listed_diagnosis: OwnedDiagnosis,
    /// The latest sample of its connections.
    sample: Option<ConnectionSample>,
    /// When the session ended, by this machine's clock.
    pub ended: Option<Timestamp>,
    /// Why the latest poll failed.
    pub fault: Option<RequestError>,
    /// The first line shown.
    pub scroll: usize,
    /// Number of columns that long lines are moved to the left by.
    pub across: usize,
    /// Whether long lines are wrapped instead of cut.
    pub unfolded: bool,
    /// Index of the chosen link.
    pub link: Option<usize>,
    /// Number of consecutive snapshots without the session.
    missing: u8,
}

impl DetailPane {
    /// Opens the details of a session.
    pub(crate) const fn new(identity: Identity, listed: Session) -> Self {
        Self {
            identity,
            listed,
            listed_at: None,
            observation: None,
            courses: Vec::new(),
            listed_diagnosis: OwnedDiagnosis::unknown(),
            sample: None,
            ended: None,
            fault: None,
            scroll: 0,
            across: 0,
            unfolded: false,
            link: None,
            missing: 0,
        }
    }

    /// Returns the session as observed last.
    pub(crate) fn session(&self) -> &Session {
        self.observation
            .as_ref()
            .map_or(&self.listed, |observation| &observation.detail.session)
    }

    /// Returns the reasons why the session is stuck, from the list and its connections, most severe
    /// first.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        closer(self.listed_diagnosis.borrowed(), self.sample.as_ref()).found
    }

    /// `w`: wraps long lines, or cuts them again.
    pub(super) const fn unfold(&mut self) {
        self.unfolded = !self.unfolded;
        self.across = 0;
    }

    /// Moves long lines to the left or right. Wrapped lines do not move.
    pub(super) const fn move_across(&mut self, columns: isize) {
        if !self.unfolded {
            self.across = self.across.saturating_add_signed(columns);
        }
    }

    /// Stores the diagnosis of a view, which may or may not show the session.
    pub(super) fn diagnose(&mut self, view: &TableView) {
        self.on_diagnosis(view.diagnosis(&self.identity.key()));
    }

    /// Scrolls by lines.
    pub(super) const fn scroll_by(&mut self, lines: isize) {
        self.link = None;
        self.scroll = self.scroll.saturating_add_signed(lines);
    }

    /// Returns server and thread id of each connection, from the details, otherwise from the list.
    pub(super) fn threads(&self) -> Vec<(Option<Text>, u32)> {
        let detailed = self
            .observation
            .iter()
            .flat_map(|observation| &observation.detail.connections);
        let detailed = detailed.filter_map(|one| Some((one.server.clone(), one.thread_id?)));
        let threads: Vec<_> = detailed.collect();
        if !threads.is_empty() {
            return threads;
        }
        let listed = self.listed.server_connections().unwrap_or_default().iter();
        let listed = listed.filter_map(|one| Some((Some(one.server.clone()), one.thread_id?)));
        listed.collect()
    }

    /// Returns the server that the running statement was sent to, if it has begun to reply.
    pub(crate) fn running_server(&self) -> Option<&Text> {
        let last = self.observation.as_ref()?.detail.queries.as_ref()?.last()?;
        if last.completed.is_some() {
            return None;
        }
        last.responses.last()?.server.as_ref()
    }

    /// Whether MaxScale lists the session, but a GET by its id does not find it.
    pub(crate) fn is_not_found(&self) -> bool {
        self.fault == Some(RequestError::NotFound)
    }

    /// Whether MaxScale is closing the session.
    pub(crate) fn is_closing(&self) -> bool {
        self.ended.is_none() && self.listed.phase() == Some(SessionPhase::Stopping)
    }

    /// Stores the diagnosis of a new snapshot. If the session is not in it, keeps the previous
    /// findings.
    pub(super) fn on_diagnosis(&mut self, diagnosis: Option<Diagnosis<'_>>) {
        if let (Some(diagnosis), None) = (diagnosis, self.ended) {
            self.listed_diagnosis = diagnosis.to_owned();
        }
    }

    /// Handles the reply to a GET by id. Another session with the same id means that this one has
    /// ended. `is_known_gone` is whether a kill of the session has found it gone.
    pub(crate) fn on_observation(
        &mut self,
        answer: Result<Arc<SessionObservation>, RequestError>,
        is_known_gone: bool,
        now: Now,
    ) {
        if self.ended.is_some() {
            return;
        }
        match answer {
            Ok(observation)
                if matches!(
                    self.identity.compare(&observation.identity()),
                    model::IdentityMatch::Different(_)
                ) =>
            {
                self.ended = Some(observation.taken_at);
            }
            Ok(observation) => {
                self.follow(&observation, now.elapsed);
                let before = self.sample.take();
                self.sample = Some(ConnectionSample::next(
                    before,
                    &observation.detail.connections,
                    observation.detail.client_buffer,
                    observation.taken_at,
                ));
                self.missing = 0;
                self.fault = None;
                self.observation = Some(observation);
            }
            // 24.02 lists sessions that a GET does not find: they have not started yet.
            Err(RequestError::NotFound)
                if self.observation.is_none() && self.missing == 0 && !is_known_gone =>
            {
                self.fault = Some(RequestError::NotFound);
            }
            Err(RequestError::NotFound) => self.ended = Some(now.wall),
            Err(fault) => self.fault = Some(fault),
        }
    }

    /// Drops the latest poll if the list is newer, because the details were left since then. Those of an ended
    /// session stay.
    pub(super) fn drop_old_observation(&mut self) {
        let listed_at = self.listed_at;
        self.observation
            .take_if(|old| self.ended.is_none() && listed_at.is_some_and(|listed| old.taken_at < listed));
    }

    /// Whether a snapshot contains this very session.
    pub(super) fn is_in(&self, snapshot: &Snapshot) -> bool {
        matches!(snapshot.find(&self.identity.key()), Lookup::Same(_))
    }

    /// Whether a GET by id returned this very session.
    pub(super) fn is_seen(&self, answer: &Result<Arc<SessionObservation>, RequestError>) -> bool {
        let compared = answer
            .as_ref()
            .map(|observation| self.identity.compare(&observation.identity()));
        matches!(compared, Ok(model::IdentityMatch::Same { .. }))
    }

    /// Handles a new snapshot. A session that is missing from two consecutive snapshots has ended.
    pub(crate) fn on_list(&mut self, snapshot: &Snapshot) {
        if self.ended.is_some() || snapshot.endpoint != self.identity.endpoint {
            return;
        }
        match snapshot.find(&self.identity.key()) {
            Lookup::Same(session) => {
                self.missing = 0;
                self.listed = session.clone();
                self.listed_at = Some(snapshot.taken_at);
            }
            Lookup::Other(_) => self.ended = Some(snapshot.taken_at),
            Lookup::Missing => {
                self.missing += 1;
                if self.missing >= 2 || matches!(self.fault, Some(RequestError::NotFound)) {
                    self.ended = Some(snapshot.taken_at);
                }
            }
        }
    }

    /// Adds a sample of every connection's counters. A connection is identified by its index and
    /// server.
    fn follow(&mut self, observation: &SessionObservation, at: Duration) {
        let mut before = std::mem::take(&mut self.courses).into_iter();
        for connection in &observation.detail.connections {
            let statistics = connection.statistics.unwrap_or_default();
            let series = match before.next() {
                Some(mut series) if series.server() == connection.server.as_ref() => {
                    series.on_sample(statistics, at);
                    series
                }
                _ => CounterSeries::new(connection.server.clone(), statistics, at),
            };
            self.courses.push(series);
        }
    }
}
