//! The details: one session, looked at by itself, which stays when the session ends.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::counter_series::CounterSeries;
use super::msg::Now;
use crate::diagnosis::{ConnectionSample, Diagnosis, Finding, closer};
use crate::model::{self, Identity, Lookup, RequestError, Session, SessionObservation, Snapshot};

/// The open details.
#[derive(Clone, Debug)]
pub struct DetailPane {
    /// Whom they show.
    pub identity: Identity,
    /// How the session stood in the list; shown until it was looked at by itself.
    pub listed: Session,
    /// The last look.
    pub observation: Option<Arc<SessionObservation>>,
    /// The course of each connection, in the order of the last look.
    pub courses: Vec<CounterSeries>,
    /// What a list found of it.
    listed_findings: Vec<Finding>,
    /// What its connections have shown.
    sample: Option<ConnectionSample>,
    /// When it ended, by this machine's clock.
    pub ended: Option<Timestamp>,
    /// Why the last look brought nothing.
    pub fault: Option<RequestError>,
    /// The first line shown.
    pub scroll: usize,
    /// The connection whose `KILL` was copied last.
    pub copied: Option<usize>,
    /// Good lists in a row without it.
    missing: u8,
}

impl DetailPane {
    /// Opens on a session.
    pub const fn new(identity: Identity, listed: Session) -> Self {
        Self {
            identity,
            listed,
            observation: None,
            courses: Vec::new(),
            listed_findings: Vec::new(),
            sample: None,
            ended: None,
            fault: None,
            scroll: 0,
            copied: None,
            missing: 0,
        }
    }

    /// Whether the thread id of a connection on its server is known.
    pub fn knows_threads(&self) -> bool {
        let mut connections = self
            .observation
            .iter()
            .flat_map(|observation| &observation.detail.connections);
        connections.any(|connection| connection.thread_id.is_some())
    }

    /// The session as it was seen last.
    pub fn session(&self) -> &Session {
        self.observation
            .as_ref()
            .map_or(&self.listed, |observation| &observation.detail.session)
    }

    /// Why it is stuck: what the list tells and what its connections show, the strongest first.
    pub fn findings(&self) -> Vec<Finding> {
        let listed = Diagnosis {
            found: &self.listed_findings,
            ..Diagnosis::default()
        };
        closer(&listed, self.sample.as_ref()).0
    }

    /// A list was judged. Of what is not in it, the last word stays.
    pub(super) fn on_diagnosis(&mut self, diagnosis: Option<Diagnosis<'_>>) {
        if let (Some(diagnosis), None) = (diagnosis, self.ended) {
            self.listed_findings = diagnosis.found.to_vec();
        }
    }

    /// An answer of a GET by id. Another session under the number means that this one has ended.
    pub fn on_observation(&mut self, answer: Result<Arc<SessionObservation>, RequestError>, now: Now) {
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
            // 24.02 lists sessions that a GET does not find: those that have not started.
            Err(RequestError::NotFound) if self.observation.is_none() && self.missing == 0 => {
                self.fault = Some(RequestError::NotFound);
            }
            Err(RequestError::NotFound) => self.ended = Some(now.wall),
            Err(fault) => self.fault = Some(fault),
        }
    }

    /// Whether a list has this very session.
    pub(super) fn is_in(&self, snapshot: &Snapshot) -> bool {
        matches!(snapshot.find(&self.identity.key()), Lookup::Same(_))
    }

    /// Whether a GET by id has shown this very session.
    pub(super) fn is_seen(&self, answer: &Result<Arc<SessionObservation>, RequestError>) -> bool {
        let compared = answer
            .as_ref()
            .map(|observation| self.identity.compare(&observation.identity()));
        matches!(compared, Ok(model::IdentityMatch::Same { .. }))
    }

    /// A good list came. Missing from two in a row means that it has ended.
    pub fn on_list(&mut self, snapshot: &Snapshot) {
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

    /// Follows every connection's counters; a connection is known again by its place and server.
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
