//! Number of sessions, and of stuck ones, by server and by service. Counted while the view of servers is open, as a
//! part of `build_view`.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::diagnosis::{Diagnoses, Severity};
use crate::model::{EndpointId, Snapshot, Text};

/// Number of sessions, and of those marked ▲ and ●.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SessionCount {
    /// Number of sessions.
    pub sessions: u64,
    /// Number of sessions marked ▲.
    pub act: u64,
    /// Number of sessions marked ●.
    pub look: u64,
}

impl SessionCount {
    fn add(&mut self, severity: Option<Severity>) {
        self.sessions += 1;
        match severity {
            Some(Severity::Act) => self.act += 1,
            Some(Severity::Look) => self.look += 1,
            None => {}
        }
    }
}

/// Counts of one endpoint.
#[derive(Clone, Debug, Default)]
pub(crate) struct EndpointCounts {
    servers: FxHashMap<Text, SessionCount>,
    services: FxHashMap<Text, SessionCount>,
}

impl EndpointCounts {
    /// Returns the sessions that are connected to a server.
    pub(crate) fn server(&self, name: &Text) -> SessionCount {
        self.servers.get(name).copied().unwrap_or_default()
    }

    /// Returns the sessions of a service.
    pub(crate) fn service(&self, name: &Text) -> SessionCount {
        self.services.get(name).copied().unwrap_or_default()
    }

    fn of(snapshot: &Snapshot, diagnoses: &Diagnoses) -> Self {
        let mut counts = Self::default();
        for (index, session) in snapshot.sessions.iter().enumerate() {
            let severity = diagnoses.diagnosis(index).severity();
            if let Some(service) = &session.service {
                count(&mut counts.services, service, severity);
            }
            for connection in session.server_connections().unwrap_or_default() {
                count(&mut counts.servers, &connection.server, severity);
            }
        }
        counts
    }
}

fn count(counts: &mut FxHashMap<Text, SessionCount>, name: &Text, severity: Option<Severity>) {
    // A name is cloned only the first time.
    match counts.get_mut(name) {
        Some(count) => count.add(severity),
        None => counts.entry(name.clone()).or_default().add(severity),
    }
}

/// Counts of all endpoints; empty unless they were requested.
#[derive(Clone, Debug, Default)]
pub(crate) struct ServerCounts(FxHashMap<EndpointId, EndpointCounts>);

impl ServerCounts {
    /// Counts the sessions of each snapshot.
    pub(crate) fn of(snapshots: &[Arc<Snapshot>], diagnoses: &[Arc<Diagnoses>]) -> Self {
        let lists = snapshots.iter().zip(diagnoses);
        Self(
            lists
                .map(|(snapshot, diagnoses)| (snapshot.endpoint, EndpointCounts::of(snapshot, diagnoses)))
                .collect(),
        )
    }

    /// Returns the counts of an endpoint.
    pub(crate) fn of_endpoint(&self, endpoint: EndpointId) -> Option<&EndpointCounts> {
        self.0.get(&endpoint)
    }
}
