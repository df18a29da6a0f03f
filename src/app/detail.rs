//! The details of one session, polled individually. They stay open when the session ends.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::counter_series::CounterSeries;
use super::msg::Now;
use super::status::Status;
use super::table_view::TableView;
use crate::diagnosis::{ConnectionSample, Diagnosis, Finding, OwnedDiagnosis, closer};
use crate::model::{self, Identity, Lookup, RequestError, Session, SessionObservation, Snapshot};

/// State of the open details.
#[derive(Clone, Debug)]
pub(crate) struct DetailPane {
    /// Identity of the session.
    pub identity: Identity,
    /// The session as listed. Shown until the first poll of its details.
    pub listed: Session,
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
    /// The connection whose `KILL` was copied last.
    pub copied: Option<usize>,
    /// Number of consecutive snapshots without the session.
    missing: u8,
}

impl DetailPane {
    /// Opens the details of a session.
    pub(crate) const fn new(identity: Identity, listed: Session) -> Self {
        Self {
            identity,
            listed,
            observation: None,
            courses: Vec::new(),
            listed_diagnosis: OwnedDiagnosis::unknown(),
            sample: None,
            ended: None,
            fault: None,
            scroll: 0,
            copied: None,
            missing: 0,
        }
    }

    /// Whether the thread id of at least one connection is known.
    pub(crate) fn knows_threads(&self) -> bool {
        let mut connections = self
            .observation
            .iter()
            .flat_map(|observation| &observation.detail.connections);
        connections.any(|connection| connection.thread_id.is_some())
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

    /// Stores the diagnosis of a view, which may or may not show the session.
    pub(super) fn diagnose(&mut self, view: &TableView) {
        self.on_diagnosis(view.diagnosis(&self.identity.key()));
    }

    /// Scrolls by lines.
    pub(super) const fn scroll_by(&mut self, lines: isize) {
        self.scroll = self.scroll.saturating_add_signed(lines);
    }

    /// Returns the `KILL` statement for one of the session's connections on its server, which a DELETE
    /// does not kill, and a note on it. The next call returns that of the next connection.
    ///
    /// # Errors
    ///
    /// Returns what to show if no thread id is known.
    pub(super) fn next_kill_statement(&mut self) -> Result<(String, String), Status> {
        let observation = self.observation.as_ref();
        let connections = observation
            .iter()
            .flat_map(|observation| &observation.detail.connections);
        let threads: Vec<_> = connections
            .filter_map(|connection| Some((connection.server.clone(), connection.thread_id?)))
            .collect();
        let place = self.copied.map_or(0, |copied| copied + 1);
        let place = if place < threads.len() { place } else { 0 };
        let Some((server, thread)) = threads.get(place) else {
            let why = if observation.is_some_and(|observation| observation.detail.is_empty()) {
                "nothing to copy: the session has no server connection"
            } else {
                "no thread id is known: this dialect or version does not report it"
            };
            return Err(Status::note(why.to_owned()));
        };
        self.copied = Some(place);
        let server = server
            .as_ref()
            .map_or_else(|| "its server".to_owned(), ToString::to_string);
        let next = match threads.len() {
            1 => "",
            _ => "; y again for the next",
        };
        Ok((format!("KILL {thread}"), format!("   (for {server}{next})")))
    }

    /// Stores the diagnosis of a new snapshot. If the session is not in it, keeps the previous
    /// findings.
    fn on_diagnosis(&mut self, diagnosis: Option<Diagnosis<'_>>) {
        if let (Some(diagnosis), None) = (diagnosis, self.ended) {
            self.listed_diagnosis = diagnosis.to_owned();
        }
    }

    /// Handles the reply to a GET by id. Another session with the same id means that this one has
    /// ended.
    pub(crate) fn on_observation(&mut self, answer: Result<Arc<SessionObservation>, RequestError>, now: Now) {
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
            Err(RequestError::NotFound) if self.observation.is_none() && self.missing == 0 => {
                self.fault = Some(RequestError::NotFound);
            }
            Err(RequestError::NotFound) => self.ended = Some(now.wall),
            Err(fault) => self.fault = Some(fault),
        }
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
