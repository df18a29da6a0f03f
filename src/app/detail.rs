//! The details: one session, looked at by itself, which stays when the session ends.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::msg::Now;
use super::series::Course;
use crate::model::{self, Fault, Found, Identity, Session, Sighting, Snapshot};
use crate::triage::{ConnectionSample, Finding, Verdict, closer};

/// The open details.
#[derive(Clone, Debug)]
pub struct DetailPane {
    /// Whom they show.
    pub identity: Identity,
    /// How the session stood in the list; shown until it was looked at by itself.
    pub listed: Session,
    /// The last look.
    pub sighting: Option<Arc<Sighting>>,
    /// The course of each connection, in the order of the last look.
    pub courses: Vec<Course>,
    /// What a list found of it.
    listed_findings: Vec<Finding>,
    /// What its connections have shown.
    sample: Option<ConnectionSample>,
    /// When it ended, by this machine's clock.
    pub ended: Option<Timestamp>,
    /// Why the last look brought nothing.
    pub fault: Option<Fault>,
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
            sighting: None,
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
            .sighting
            .iter()
            .flat_map(|sighting| &sighting.detail.connections);
        connections.any(|connection| connection.thread_id.is_some())
    }

    /// The session as it was seen last.
    pub fn session(&self) -> &Session {
        self.sighting
            .as_ref()
            .map_or(&self.listed, |sighting| &sighting.detail.session)
    }

    /// Why it is stuck: what the list tells and what its connections show, the strongest first.
    pub fn findings(&self) -> Vec<Finding> {
        let listed = Verdict {
            found: &self.listed_findings,
            ..Verdict::default()
        };
        closer(&listed, self.sample.as_ref()).0
    }

    /// A list was judged. Of what is not in it, the last word stays.
    pub(super) fn judged(&mut self, verdict: Option<Verdict<'_>>) {
        if let (Some(verdict), None) = (verdict, self.ended) {
            self.listed_findings = verdict.found.to_vec();
        }
    }

    /// An answer of a GET by id. Another session under the number means that this one has ended.
    pub fn seen(&mut self, answer: Result<Arc<Sighting>, Fault>, now: Now) {
        if self.ended.is_some() {
            return;
        }
        match answer {
            Ok(sighting)
                if matches!(
                    self.identity.compare(&sighting.identity()),
                    model::Verdict::Different(_)
                ) =>
            {
                self.ended = Some(sighting.taken_at);
            }
            Ok(sighting) => {
                self.follow(&sighting, now.elapsed);
                let before = self.sample.take();
                self.sample = Some(ConnectionSample::look(
                    before,
                    &sighting.detail.connections,
                    sighting.detail.client_buffer,
                    sighting.taken_at,
                ));
                self.missing = 0;
                self.fault = None;
                self.sighting = Some(sighting);
            }
            // 24.02 lists sessions that a GET does not find: those that have not started.
            Err(Fault::NotFound) if self.sighting.is_none() && self.missing == 0 => {
                self.fault = Some(Fault::NotFound);
            }
            Err(Fault::NotFound) => self.ended = Some(now.wall),
            Err(fault) => self.fault = Some(fault),
        }
    }

    /// Whether a list has this very session.
    pub(super) fn is_in(&self, snapshot: &Snapshot) -> bool {
        matches!(snapshot.find(&self.identity.key()), Found::Same(_))
    }

    /// Whether a GET by id has shown this very session.
    pub(super) fn is_seen(&self, answer: &Result<Arc<Sighting>, Fault>) -> bool {
        let compared = answer
            .as_ref()
            .map(|sighting| self.identity.compare(&sighting.identity()));
        matches!(compared, Ok(model::Verdict::Same { .. }))
    }

    /// A good list came. Missing from two in a row means that it has ended.
    pub fn listed(&mut self, snapshot: &Snapshot) {
        if self.ended.is_some() || snapshot.endpoint != self.identity.endpoint {
            return;
        }
        match snapshot.find(&self.identity.key()) {
            Found::Same(session) => {
                self.missing = 0;
                self.listed = session.clone();
            }
            Found::Other(_) => self.ended = Some(snapshot.taken_at),
            Found::Missing => {
                self.missing += 1;
                if self.missing >= 2 || matches!(self.fault, Some(Fault::NotFound)) {
                    self.ended = Some(snapshot.taken_at);
                }
            }
        }
    }

    /// Follows every connection's counters; a connection is known again by its place and server.
    fn follow(&mut self, sighting: &Sighting, at: Duration) {
        let mut before = std::mem::take(&mut self.courses).into_iter();
        for connection in &sighting.detail.connections {
            let statistics = connection.statistics.unwrap_or_default();
            let course = match before.next() {
                Some(mut course) if course.server() == connection.server.as_ref() => {
                    course.look(statistics, at);
                    course
                }
                _ => Course::new(connection.server.clone(), statistics, at),
            };
            self.courses.push(course);
        }
    }
}
