//! Trouble of the servers and services of an endpoint, for the header: the cause of a hanging application is
//! often one of these.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::diagnosis::Severity;
use crate::model::{Health, Load, Servers, Services, Span, Text};

/// Trouble of one server or service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServerTrouble {
    /// Name of the server or service; `None` if it concerns all servers.
    pub(crate) name: Option<Text>,
    /// The trouble.
    pub(crate) kind: TroubleKind,
    /// When it began, since the program began; `None` if before the first reply.
    pub(crate) since: Option<Duration>,
}

/// Kind of trouble, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TroubleKind {
    /// The server is down.
    Down,
    /// No running server accepts writes, though one did before.
    NoPrimary,
    /// The server rejects the monitor, or its name cannot be resolved.
    Unusable(Health),
    /// The service has reached its connection limit.
    Full(Load),
    /// The service has nearly reached its connection limit.
    NearlyFull(Load),
    /// The server lags behind, by this number of seconds.
    Lagging(i64),
    /// An administrator has taken the server out of use.
    OutOfUse(Health),
}

impl TroubleKind {
    /// Returns the severity: ▲ if clients fail.
    pub(crate) const fn severity(self) -> Severity {
        match self {
            Self::Down | Self::NoPrimary | Self::Unusable(_) | Self::Full(_) => Severity::Act,
            Self::NearlyFull(_) | Self::Lagging(_) | Self::OutOfUse(_) => Severity::Look,
        }
    }

    /// Whether it is the trouble of a service, not of a server.
    pub(crate) const fn is_of_service(self) -> bool {
        matches!(self, Self::Full(_) | Self::NearlyFull(_))
    }

    /// Returns the rank, 0 for the worst. Also identifies the kind.
    const fn rank(self) -> u8 {
        match self {
            Self::Down => 0,
            Self::NoPrimary => 1,
            Self::Unusable(_) => 2,
            Self::Full(_) => 3,
            Self::NearlyFull(_) => 4,
            Self::Lagging(_) => 5,
            Self::OutOfUse(_) => 6,
        }
    }

    fn of(health: Health) -> Option<Self> {
        match health {
            Health::Down => Some(Self::Down),
            Health::AuthError | Health::Unresolved => Some(Self::Unusable(health)),
            Health::Lagging(seconds) => Some(Self::Lagging(seconds)),
            Health::Maintenance | Health::Draining | Health::Drained => Some(Self::OutOfUse(health)),
            Health::Running | Health::Unknown => None,
        }
    }
}

impl ServerTrouble {
    /// Formats it without the name: `DOWN 40s`.
    pub(crate) fn words_without_name(&self, now: Duration) -> String {
        let words = self.words(now);
        let name = self.name.as_ref().map_or("", Text::as_str);
        words.strip_prefix(name).unwrap_or(&words).trim_start().to_owned()
    }

    /// Formats it for the header: `db-02 DOWN 40s`, `db-03 lag 12m`, `RW-Split 198/200`.
    ///
    /// A lag has no time of its own. The name is not cut here.
    pub(crate) fn words(&self, now: Duration) -> String {
        let name = self.name.as_ref().map_or("", Text::as_str);
        let age = self.since.map(|since| {
            let seconds = now.saturating_sub(since).as_secs();
            format!(" {}", Span::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX)))
        });
        let age = age.unwrap_or_default();
        match self.kind {
            TroubleKind::Down => format!("{name} DOWN{age}"),
            TroubleKind::NoPrimary => format!("no primary{age}"),
            TroubleKind::Unusable(health) | TroubleKind::OutOfUse(health) => format!("{name} {health}{age}"),
            TroubleKind::Full(load) => format!("{name} FULL {}/{}", load.connections, load.limit),
            TroubleKind::NearlyFull(load) => format!("{name} {}/{}", load.connections, load.limit),
            TroubleKind::Lagging(seconds) => format!("{name} lag {}", Span::from_secs(seconds)),
        }
    }
}

/// Identifies trouble from one reply to the next: name and rank.
type TroubleId = (Option<String>, u8);

/// The trouble of one endpoint.
#[derive(Clone, Debug, Default)]
pub(crate) struct ServerTroubles {
    servers: Vec<ServerTrouble>,
    services: Vec<ServerTrouble>,
    /// Whether a reply about servers came before.
    knows_servers: bool,
    /// Whether a reply about services came before.
    knows_services: bool,
    /// Whether a server accepted writes at any time.
    had_primary: bool,
}

impl ServerTroubles {
    /// Handles a reply about the servers, received at `now`.
    pub(crate) fn on_servers(&mut self, servers: &Servers, now: Duration) {
        let of_server = |server: &crate::model::ServerState| {
            let kind = TroubleKind::of(server.health())?;
            Some((Some(server.name.clone()), kind))
        };
        let mut found: Vec<_> = servers.states.iter().filter_map(of_server).collect();
        let has_primary = servers.states.iter().any(crate::model::ServerState::is_primary);
        self.had_primary |= has_primary;
        if self.had_primary && !has_primary {
            found.push((None, TroubleKind::NoPrimary));
        }
        self.servers = carried(&self.servers, found, self.knows_servers.then_some(now));
        self.knows_servers = true;
    }

    /// Handles a reply about the services, received at `now`.
    pub(crate) fn on_services(&mut self, services: &Services, now: Duration) {
        let of_service = |service: &crate::model::ServiceState| {
            let load = service.load()?;
            let kind = match load {
                load if load.is_full() => TroubleKind::Full(load),
                load if load.is_nearly_full() => TroubleKind::NearlyFull(load),
                _ => return None,
            };
            Some((Some(service.name.clone()), kind))
        };
        let found = services.states.iter().filter_map(of_service).collect();
        self.services = carried(&self.services, found, self.knows_services.then_some(now));
        self.knows_services = true;
    }

    /// Returns all trouble, worst first.
    pub(crate) fn all(&self) -> Vec<&ServerTrouble> {
        let mut all: Vec<_> = self.servers.iter().chain(&self.services).collect();
        all.sort_by_key(|trouble| trouble.kind.rank());
        all
    }

    /// Returns the number of troubles marked ▲.
    pub(crate) fn count_act(&self) -> usize {
        let all = self.servers.iter().chain(&self.services);
        all.filter(|trouble| trouble.kind.severity() == Severity::Act)
            .count()
    }
}

/// Returns the trouble found, each with the time since which it is known. `now` is `None` for the first reply.
fn carried(
    before: &[ServerTrouble],
    found: Vec<(Option<Text>, TroubleKind)>,
    now: Option<Duration>,
) -> Vec<ServerTrouble> {
    let id = |name: &Option<Text>, kind: TroubleKind| -> TroubleId {
        (name.as_ref().map(|name| name.as_str().to_owned()), kind.rank())
    };
    let known: BTreeMap<TroubleId, Option<Duration>> = before
        .iter()
        .map(|trouble| (id(&trouble.name, trouble.kind), trouble.since))
        .collect();
    let with_time = |(name, kind): (Option<Text>, TroubleKind)| {
        let since = known.get(&id(&name, kind)).copied().unwrap_or(now);
        ServerTrouble { name, kind, since }
    };
    found.into_iter().map(with_time).collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::model::{ServerState, ServiceState, TextLimit};

    fn servers(states: &[(&str, &str, Option<i64>)]) -> Servers {
        let state = |(name, state, lag): &(&str, &str, Option<i64>)| ServerState {
            name: Text::clean(name, TextLimit::Name),
            state: Some(Text::clean(state, TextLimit::Name)),
            replication_lag: *lag,
            status: None,
            address: None,
            port: None,
            connections: None,
        };
        Servers {
            states: states.iter().map(state).collect(),
            taken_at: Timestamp::UNIX_EPOCH,
            blanked: 0,
            dropped: 0,
        }
    }

    fn words(troubles: &ServerTroubles, second: u64) -> Vec<String> {
        let now = Duration::from_secs(second);
        troubles.all().iter().map(|trouble| trouble.words(now)).collect()
    }

    #[test]
    fn trouble_has_the_time_since_it_began_and_the_worst_is_first() {
        let mut troubles = ServerTroubles::default();
        let at = Duration::from_secs;
        troubles.on_servers(
            &servers(&[("a", "Master, Running", None), ("b", "Slave, Running", Some(0))]),
            at(0),
        );
        assert_eq!(words(&troubles, 0), [""; 0]);
        let lag = ("b", "Slave, Running", Some(720));
        troubles.on_servers(&servers(&[("a", "Master, Running", None), lag]), at(10));
        assert_eq!(words(&troubles, 12), ["b lag 12m"]);
        troubles.on_servers(&servers(&[("a", "Down", None), lag]), at(20));
        assert_eq!(
            words(&troubles, 60),
            ["a DOWN 40s", "no primary 40s", "b lag 12m"]
        );
        troubles.on_servers(
            &servers(&[("a", "Down", None), ("b", "Master, Running", None)]),
            at(30),
        );
        assert_eq!(words(&troubles, 61), ["a DOWN 41s"], "another primary");
        assert_eq!(troubles.count_act(), 1);
        troubles.on_servers(
            &servers(&[("a", "Slave, Running", None), ("b", "Master, Running", None)]),
            at(40),
        );
        assert_eq!(words(&troubles, 61), [""; 0]);
    }

    #[test]
    fn trouble_that_began_before_the_first_reply_has_no_time() {
        let mut troubles = ServerTroubles::default();
        for second in [0, 10] {
            troubles.on_servers(&servers(&[("a", "Down", None)]), Duration::from_secs(second));
            assert_eq!(words(&troubles, 30), ["a DOWN"], "and no primary was ever seen");
        }
    }

    #[test]
    fn a_service_is_full_or_nearly_full() {
        let service = |connections| Services {
            states: vec![ServiceState {
                name: Text::clean("RW", TextLimit::Name),
                state: None,
                router: None,
                connections: Some(connections),
                total_connections: None,
                most_connections: None,
                max_connections: Some(200),
                retained_statements: None,
            }],
            taken_at: Timestamp::UNIX_EPOCH,
            blanked: 0,
            dropped: 0,
        };
        let mut troubles = ServerTroubles::default();
        for (connections, expected) in [
            (10, None),
            (198, Some("RW 198/200")),
            (200, Some("RW FULL 200/200")),
        ] {
            troubles.on_services(&service(connections), Duration::ZERO);
            assert_eq!(words(&troubles, 0).first().map(String::as_str), expected);
        }
    }
}
