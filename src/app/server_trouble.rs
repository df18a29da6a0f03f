//! Trouble of the servers and services of an endpoint, for the header: the cause of a hanging application is
//! often one of these.

mod age;
mod kind;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use self::age::TroubleAge;
use self::kind::Family;
use crate::model::{FollowerRole, MonitorEvent, ServerState, Servers, ServiceState, Services, Text};

pub(crate) use self::kind::TroubleKind;

/// Trouble of one server or service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServerTrouble {
    /// Name of the server or service; `None` if it concerns all servers.
    pub(crate) name: Option<Text>,
    /// The trouble.
    pub(crate) kind: TroubleKind,
    /// Its age; `None` for a lag and a load, which change with every reply.
    age: Option<TroubleAge>,
}

impl ServerTrouble {
    /// Formats it without the name: `DOWN 40s`, `DOWN over 40s` if it may be older, `lag 12m`, `198/200`.
    pub(crate) fn words(&self, now: Duration) -> String {
        let age = self.age.map(|age| age.words(now)).unwrap_or_default();
        format!("{}{age}", self.kind.words())
    }

    /// Formats it with the name: `db-02 DOWN 40s`.
    pub(crate) fn named_words(&self, now: Duration) -> String {
        let words = self.words(now);
        match &self.name {
            Some(name) => format!("{name} {words}"),
            None => words,
        }
    }
}

/// A reply about the servers, with the clocks that its events are compared with.
#[derive(Clone, Copy, Debug)]
pub(super) struct ServersReply<'a> {
    /// The servers.
    pub(super) servers: &'a Servers,
    /// Time of the reply by the proxy's clock; `None` if unknown.
    pub(super) proxy_now: Option<Timestamp>,
    /// When it arrived, since the program began.
    pub(super) now: Duration,
}

impl ServersReply<'_> {
    /// Returns the age of a trouble that began with this event; `None` if the proxy's clock is unknown.
    fn age_of(&self, event: &MonitorEvent) -> Option<TroubleAge> {
        let age = Duration::try_from(self.proxy_now?.duration_since(event.at));
        Some(TroubleAge::known(age.unwrap_or_default(), self.now))
    }

    /// Returns the event with which the last primary was lost. `None` if a server has changed since then: it
    /// may have been a primary in between.
    fn primary_lost(&self) -> Option<&MonitorEvent> {
        let states = self.servers.states.iter();
        let events = states.filter_map(|server| server.monitor.last_event.as_ref());
        let is_loss = |event: &&MonitorEvent| TroubleKind::NoPrimary.begins_with(event);
        let lost = events.clone().filter(is_loss).max_by_key(|event| event.at)?;
        let is_later = |event: &MonitorEvent| event.at > lost.at && !is_loss(&event);
        (!events.into_iter().any(is_later)).then_some(lost)
    }
}

/// The trouble of one endpoint.
#[derive(Clone, Debug, Default)]
pub(crate) struct ServerTroubles {
    servers: Vec<ServerTrouble>,
    services: Vec<ServerTrouble>,
    /// How long no server has accepted writes; `None` if one does, or if the servers are unknown.
    without_primary: Option<TroubleAge>,
    /// Whether a reply about servers came before.
    knows_servers: bool,
    /// Whether a server accepted writes at any time.
    had_primary: bool,
    /// Whether a service needs a server that accepts writes.
    needs_primary: bool,
    /// The last role of each server that receives its data from others.
    roles: BTreeMap<String, FollowerRole>,
}

/// Router that needs a server that accepts writes.
const WRITING_ROUTER: &str = "readwritesplit";

impl ServerTroubles {
    /// Handles a reply about the servers.
    pub(super) fn on_servers(&mut self, reply: ServersReply<'_>) {
        let states = &reply.servers.states;
        let has_primary = states.iter().any(ServerState::is_primary);
        let found = states
            .iter()
            .filter_map(|server| Some((server, self.trouble(server, has_primary)?)))
            .collect();
        self.servers = self.with_ages(found, reply);
        self.had_primary |= has_primary;
        let is_known = states.iter().any(|server| server.state.is_some());
        self.without_primary = (is_known && !has_primary).then(|| {
            let by_event = reply.primary_lost().and_then(|event| reply.age_of(event));
            self.age(self.without_primary, by_event, reply.now)
        });
        for server in states {
            if let Some(role) = server.follower_role() {
                self.roles.insert(server.name.as_str().to_owned(), role);
            } else if server.is_primary() {
                self.roles.remove(server.name.as_str());
            }
        }
        self.knows_servers = true;
    }

    /// Handles a reply about the services.
    pub(super) fn on_services(&mut self, services: &Services) {
        let of_service = |service: &ServiceState| {
            let load = service.load()?;
            let kind = match load {
                load if load.is_full() => TroubleKind::Full(load),
                load if load.is_nearly_full() => TroubleKind::NearlyFull(load),
                _ => return None,
            };
            Some(ServerTrouble {
                name: Some(service.name.clone()),
                kind,
                age: None,
            })
        };
        self.services = services.states.iter().filter_map(of_service).collect();
        let writes = |service: &ServiceState| {
            let router = service.router.as_ref();
            service.is_started() && router.is_some_and(|router| router.as_str() == WRITING_ROUTER)
        };
        self.needs_primary = services.states.iter().any(writes);
    }

    /// Returns all trouble, worst first.
    pub(crate) fn all(&self) -> Vec<ServerTrouble> {
        let no_primary = self
            .without_primary
            .filter(|_| self.had_primary || self.needs_primary)
            .map(|age| ServerTrouble {
                name: None,
                kind: TroubleKind::NoPrimary,
                age: Some(age),
            });
        let mut all: Vec<_> = self.servers.iter().chain(&self.services).cloned().collect();
        all.extend(no_primary);
        all.sort_by_key(|trouble| trouble.kind.rank());
        all
    }

    /// Returns when the text of a trouble next changes without a message.
    pub(super) fn wake_at(&self, now: Duration) -> Option<Duration> {
        let ages = self.all().into_iter().filter_map(|trouble| trouble.age);
        ages.map(|age| age.wake_at(now)).min()
    }

    /// Returns the kind of trouble that a server has. Stopped replication explains a lag.
    fn trouble(&self, server: &ServerState, has_primary: bool) -> Option<TroubleKind> {
        let stopped = self.stopped_replication(server, has_primary);
        stopped
            .map(TroubleKind::ReplicationStopped)
            .or_else(|| TroubleKind::of(server.health()))
    }

    /// Returns the role of a server whose replication has stopped: its connection does not work, or the
    /// monitor no longer calls it a replica.
    fn stopped_replication(&self, server: &ServerState, has_primary: bool) -> Option<FollowerRole> {
        if server.is_replication_broken(has_primary) {
            return Some(FollowerRole::Replica);
        }
        if !server.has_no_role() {
            return None;
        }
        let by_event = |event: &MonitorEvent| match event.name.as_str() {
            "lost_slave" => Some(FollowerRole::Replica),
            "lost_synced" => Some(FollowerRole::GaleraNode),
            _ => None,
        };
        let before = self.roles.get(server.name.as_str()).copied();
        before.or_else(|| server.monitor.last_event.as_ref().and_then(by_event))
    }

    /// Returns the trouble found, each with its age: by the proxy's event, or since maxtop has seen it.
    fn with_ages(
        &self,
        found: Vec<(&ServerState, TroubleKind)>,
        reply: ServersReply<'_>,
    ) -> Vec<ServerTrouble> {
        let mut known: BTreeMap<(&str, Family), TroubleAge> = BTreeMap::new();
        for trouble in &self.servers {
            if let (Some(name), Some(family), Some(age)) = (&trouble.name, trouble.kind.family(), trouble.age)
            {
                known.insert((name.as_str(), family), age);
            }
        }
        let with_age = |(server, kind): (&ServerState, TroubleKind)| {
            let event = server.monitor.last_event.as_ref();
            let event = event.filter(|event| kind.begins_with(event));
            let age = kind.family().map(|family| {
                let earlier = known.get(&(server.name.as_str(), family)).copied();
                let by_event = event.and_then(|event| reply.age_of(event));
                self.age(earlier, by_event, reply.now)
            });
            ServerTrouble {
                name: Some(server.name.clone()),
                kind,
                age,
            }
        };
        found.into_iter().map(with_age).collect()
    }

    /// Returns the age by the proxy's event, otherwise the earlier age of the same trouble, otherwise a new
    /// one.
    fn age(&self, earlier: Option<TroubleAge>, by_event: Option<TroubleAge>, now: Duration) -> TroubleAge {
        match (by_event, earlier) {
            (Some(by_event), earlier) => by_event.settled(earlier, now),
            (None, Some(earlier)) => earlier,
            (None, None) if self.knows_servers => TroubleAge::begins(now),
            (None, None) => TroubleAge::first_seen(now),
        }
    }
}
