//! Everything that a scrape shows, except for the time.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::gauges::SessionGauges;
use super::label::{label, shortened};
use super::totals::Totals;
use crate::app::endpoint::{EndpointState, LinkState};
use crate::app::servers::{ServersKnown, ServicesKnown};
use crate::model::{Dialect, Instance, Now, ServerState, ServiceState};

/// State of all endpoints after a message. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Exposition {
    /// The endpoints, in the order of the command line.
    pub(super) endpoints: Vec<EndpointFacts>,
}

/// State of one endpoint.
#[derive(Clone, Debug)]
pub(super) struct EndpointFacts {
    /// Its name as a label value.
    pub(super) name: String,
    /// Whether the last poll succeeded.
    pub(super) is_up: bool,
    pub(super) dialect: Option<Dialect>,
    pub(super) version: Option<String>,
    /// When the last list arrived.
    pub(super) listed_at: Option<Now>,
    /// The last list. `None` while polls fail.
    pub(super) list: Option<ListFacts>,
    /// Numbers of the last list. `None` while polls fail, before the first list, and for another URL of the same
    /// proxy.
    pub(super) sessions: Option<Arc<SessionGauges>>,
    /// Whether its sessions are counted for another URL of the same proxy.
    pub(super) is_counted_elsewhere: bool,
    /// Servers and services, as they were reported last.
    servers: ServersKnown,
    services: ServicesKnown,
    pub(super) totals: Totals,
    /// Maximum number of servers and services with a label.
    limit: usize,
}

/// Facts about a list itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct ListFacts {
    /// Size of its body.
    pub(super) bytes: usize,
    /// Time from the start of one list to the start of the next, in seconds.
    pub(super) interval: f64,
}

/// Parts of an endpoint's state that the exporter keeps itself.
pub(super) struct OwnFacts {
    pub(super) sessions: Option<Arc<SessionGauges>>,
    pub(super) is_counted_elsewhere: bool,
    pub(super) totals: Totals,
    pub(super) limit: usize,
    pub(super) interval: Duration,
}

impl EndpointFacts {
    /// Returns the state of an endpoint. Of a failing one, only its counters and the time of its last list are left.
    pub(super) fn new(endpoint: &EndpointState, own: OwnFacts) -> Self {
        let is_up = endpoint.link == LinkState::Live;
        let latest = endpoint.latest.as_ref();
        let instance = latest.and_then(|latest| latest.instance.as_ref());
        let version = instance.and_then(Instance::shown_version);
        let heard_at = endpoint.heard_at.zip(latest);
        Self {
            name: shortened(&endpoint.name).into_owned(),
            is_up,
            dialect: endpoint.dialect,
            version: version.map(ToOwned::to_owned),
            listed_at: heard_at.map(|(elapsed, latest)| Now {
                elapsed,
                wall: latest.taken_at,
            }),
            list: latest.filter(|_| is_up).map(|latest| ListFacts {
                bytes: latest.bytes,
                interval: endpoint.kept_interval(own.interval).as_secs_f64(),
            }),
            sessions: own.sessions.filter(|_| is_up),
            is_counted_elsewhere: own.is_counted_elsewhere,
            servers: endpoint.servers.clone(),
            services: endpoint.services.clone(),
            totals: own.totals,
            limit: own.limit,
        }
    }

    /// Whether the states of the servers are current.
    pub(super) fn are_servers_current(&self, now: Now) -> bool {
        self.is_up && self.servers.stale_since(now).is_none()
    }

    /// Whether the data about services is current.
    pub(super) fn are_services_current(&self, now: Now) -> bool {
        self.is_up && self.services.stale_since(now).is_none()
    }

    /// Returns the first servers, each name once.
    pub(super) fn servers(&self) -> impl Iterator<Item = (String, &ServerState)> {
        let states = self.servers.latest.iter().flat_map(|servers| &servers.states);
        distinct(
            states.map(|state| (label(&state.name).into_owned(), state)),
            self.limit,
        )
    }

    /// Returns the first services, each name once.
    pub(super) fn services(&self) -> impl Iterator<Item = (String, &ServiceState)> {
        let states = self.services.latest.iter().flat_map(|services| &services.states);
        distinct(
            states.map(|state| (label(&state.name).into_owned(), state)),
            self.limit,
        )
    }
}

/// Returns the first items, each name once.
fn distinct<T>(items: impl Iterator<Item = (String, T)>, limit: usize) -> impl Iterator<Item = (String, T)> {
    let mut seen = BTreeSet::new();
    items
        .filter(move |(name, _)| seen.insert(name.clone()))
        .take(limit)
}
