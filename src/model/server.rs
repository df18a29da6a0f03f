//! The database servers behind the proxy, in the states that its monitor reports.
//!
//! If an application hangs, the cause is often one of these.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::session::origin;
use super::{MonitorReport, Replication, Span, Text};

/// Minimum replication lag that is reported, in seconds. A smaller lag may come from the monitor's interval.
const MAX_REPLICATION_LAG: i64 = 10;

/// A reply of `/v1/servers`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Servers {
    /// Servers, in the order of the reply.
    pub states: Vec<ServerState>,
    /// Time at which the reply was complete, by this machine's clock.
    pub taken_at: Timestamp,
    /// Number of fields of a wrong type, left blank.
    pub blanked: u32,
    /// Number of rows without a name, left out.
    pub dropped: u32,
}

impl Servers {
    /// Returns the server with this name.
    pub(crate) fn find(&self, name: &Text) -> Option<&ServerState> {
        self.states.iter().find(|server| server.name == *name)
    }
}

/// A database server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerState {
    /// Name in the proxy's configuration.
    pub name: Text,
    /// State, as sent: tokens separated by commas.
    pub state: Option<Text>,
    /// State in the form of 25.10 and later; `None` before.
    pub status: Option<ServerStatus>,
    /// Address; `None` for a Unix socket.
    pub address: Option<Text>,
    /// Port of the server.
    pub port: Option<u16>,
    /// Replication lag in seconds. Never negative: MaxScale sends a negative value for an unknown lag.
    pub replication_lag: Option<i64>,
    /// Number of the proxy's connections to it, over all sessions.
    pub connections: Option<u64>,
    /// Data of its monitor in addition to the state.
    pub monitor: MonitorReport,
}

/// State of a server in the form of 25.10 and later (`status`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerStatus {
    /// Mode, as set by an administrator: `Normal`, `Maintenance`, `Draining`, `Drained`.
    pub mode: Option<Text>,
    /// Use of the server: `Write`, `Read`, `Up`, `Down`.
    pub state: Option<Text>,
    /// Why it is in this state: `Primary`, `read_only`.
    pub reasons: Vec<Text>,
}

impl ServerStatus {
    /// Returns the health; [`Health::Unknown`] if no part of the status is known.
    fn health(&self) -> Health {
        let parts = self.mode.iter().chain(&self.state).chain(&self.reasons);
        Health::of_tokens(&parts.map(Text::as_str))
    }
}

impl ServerState {
    /// Returns `address:port`, with an IPv6 address in brackets if a port follows.
    pub fn origin(&self) -> Option<String> {
        Some(origin(self.address.as_ref()?.as_str(), self.port))
    }

    /// Whether it is running and accepts writes: `Master`, or `Synced` in a Galera cluster.
    pub(crate) fn is_primary(&self) -> bool {
        let status = self.status.as_ref().and_then(|status| status.state.as_ref());
        if let Some(status) = status {
            return status.as_str().eq_ignore_ascii_case("Write");
        }
        self.has_token("Running") && (self.has_token("Master") || self.has_token("Synced"))
    }

    /// Returns the role that it loses if its replication stops; `None` if it has none.
    pub(crate) fn follower_role(&self) -> Option<FollowerRole> {
        let reasons = self.status.iter().flat_map(|status| &status.reasons);
        let is_replica = || {
            reasons
                .clone()
                .any(|reason| reason.as_str().eq_ignore_ascii_case("Replica"))
        };
        if self.has_token("Synced") {
            Some(FollowerRole::GaleraNode)
        } else if self.has_token("Slave") || is_replica() {
            Some(FollowerRole::Replica)
        } else {
            None
        }
    }

    /// Whether it is up and has no role: neither primary nor replica nor member of a Galera cluster.
    pub(crate) fn has_no_role(&self) -> bool {
        let roles = [
            "Master",
            "Relay Master",
            "Binlog Relay",
            "Slave of External Server",
        ];
        let is_up = matches!(self.health(), Health::Running | Health::Lagging(_));
        is_up
            && !self.is_primary()
            && self.follower_role().is_none()
            && !roles.iter().any(|role| self.has_token(role))
    }

    /// Whether one of its replication connections does not work. A connection to a primary that is down does
    /// not count: `has_primary` says whether any server accepts writes.
    pub(crate) fn is_replication_broken(&self, has_primary: bool) -> bool {
        let broken = match self.monitor.replication {
            Some(Replication::Stopped) => true,
            Some(Replication::Connecting) => has_primary,
            Some(Replication::Running) | None => false,
        };
        broken && !self.is_primary() && matches!(self.health(), Health::Running | Health::Lagging(_))
    }

    /// Whether the state has this token.
    fn has_token(&self, wanted: &str) -> bool {
        let state = self.state.as_ref().map_or("", Text::as_str);
        let mut tokens = state.split(',').map(str::trim);
        tokens.any(|token| token.eq_ignore_ascii_case(wanted))
    }

    /// Returns the health, from the status or else the state, and from the replication lag.
    pub fn health(&self) -> Health {
        let of_status = self.status.as_ref().map(ServerStatus::health);
        let of_state = || {
            let state = self.state.as_ref().map_or("", Text::as_str);
            Health::of_tokens(&state.split(','))
        };
        let health = of_status.filter(|health| *health != Health::Unknown);
        match (health.unwrap_or_else(of_state), self.replication_lag) {
            (Health::Running, Some(lag)) if lag >= MAX_REPLICATION_LAG => Health::Lagging(lag),
            (health, _) => health,
        }
    }
}

/// Role of a server that receives its data from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FollowerRole {
    /// A replica of a primary.
    Replica,
    /// A synced node of a Galera cluster.
    GaleraNode,
}

/// Health of a server.
///
/// If several apply, the one that best explains a hanging session: a state that an administrator has set
/// explains what the monitor reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// Running.
    Running,
    /// Running, with this replication lag in seconds.
    Lagging(i64),
    /// Set to maintenance: the proxy does not use it.
    Maintenance,
    /// Set to draining: new sessions do not use it.
    Draining,
    /// Drained: no session uses it any more.
    Drained,
    /// Rejects the monitor's credentials.
    AuthError,
    /// Its host name has not been resolved.
    Unresolved,
    /// Down: does not reply to the monitor.
    Down,
    /// Unknown state.
    Unknown,
}

/// State tokens with their health, in order of precedence.
///
/// Roles (`Master`, `Synced`) and tokens of later versions are ignored.
const TOKENS: [(&str, Health); 11] = [
    ("Maintenance", Health::Maintenance),
    ("Down", Health::Down),
    ("Auth Error", Health::AuthError),
    ("Need DNS lookup", Health::Unresolved),
    ("Drained", Health::Drained),
    ("Draining", Health::Draining),
    // Up to 2.4.
    ("Being Drained", Health::Draining),
    ("Running", Health::Running),
    // In the status of 25.10 and later.
    ("Write", Health::Running),
    ("Read", Health::Running),
    ("Up", Health::Running),
];

impl Health {
    /// Returns the health for the tokens of a state. Unknown tokens are ignored.
    fn of_tokens<'a>(tokens: &(impl Iterator<Item = &'a str> + Clone)) -> Self {
        let has = |wanted: &str| {
            let mut tokens = tokens.clone().map(str::trim);
            tokens.any(|token| token.eq_ignore_ascii_case(wanted))
        };
        let found = TOKENS.iter().find(|(token, _)| has(token));
        found.map_or(Self::Unknown, |(_, health)| *health)
    }

    /// Whether the server is down, rejects the monitor or cannot be resolved.
    pub(crate) const fn is_unusable(self) -> bool {
        matches!(self, Self::Down | Self::AuthError | Self::Unresolved)
    }
}

/// Writes one or two words: `maintenance`, `lag 42s`.
impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lagging(seconds) => return write!(f, "lag {}", Span::from_secs(*seconds)),
            Self::Running => "running",
            Self::Maintenance => "maintenance",
            Self::Draining => "draining",
            Self::Drained => "drained",
            Self::AuthError => "auth error",
            Self::Unresolved => "no DNS",
            Self::Down => "down",
            Self::Unknown => "state unknown",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::TextLimit;

    fn server(state: &str, lag: Option<i64>) -> ServerState {
        ServerState {
            name: Text::clean("db1", TextLimit::Name),
            state: Some(Text::clean(state, TextLimit::Name)),
            status: None,
            address: None,
            port: None,
            replication_lag: lag,
            connections: None,
            monitor: MonitorReport::default(),
        }
    }

    #[test]
    fn states_of_every_version_are_recognized() {
        for (state, expected) in [
            ("Master, Running", Health::Running),
            ("Slave, Running", Health::Running),
            ("Relay Master, Slave, Running", Health::Running),
            ("Binlog Relay, Running", Health::Running),
            ("Master, Synced, Running", Health::Running),
            ("Slave of External Server, Running", Health::Running),
            ("Running", Health::Running),
            ("Maintenance, Running", Health::Maintenance),
            ("Maintenance, Slave, Running", Health::Maintenance),
            ("Maintenance, Down", Health::Maintenance),
            ("Draining, Slave, Running", Health::Draining),
            ("Being Drained, Slave, Running", Health::Draining),
            ("Drained, Slave, Running", Health::Drained),
            ("Draining, Down", Health::Down),
            ("Down", Health::Down),
            ("Auth Error, Down", Health::Down),
            ("Auth Error, Running", Health::AuthError),
            ("Need DNS lookup, Running", Health::Unresolved),
        ] {
            assert_eq!(server(state, Some(0)).health(), expected, "{state}");
        }
    }

    #[test]
    fn unknown_tokens_and_sloppy_commas_do_no_harm() {
        for (state, expected) in [
            ("Slave, On Holiday, Running", Health::Running),
            (" running ,,slave,", Health::Running),
            ("DOWN", Health::Down),
            ("On Holiday", Health::Unknown),
            ("Running Late", Health::Unknown),
            ("", Health::Unknown),
            (", ,", Health::Unknown),
        ] {
            assert_eq!(server(state, None).health(), expected, "{state:?}");
        }
        let silent = ServerState {
            state: None,
            ..server("", Some(99))
        };
        assert_eq!(silent.health(), Health::Unknown);
    }

    #[test]
    fn a_status_comes_before_the_state_and_an_unknown_one_after_it() {
        for (mode, state, reasons, expected) in [
            ("Normal", "Write", &["Primary"][..], Health::Running),
            ("Normal", "Read", &["Replica", "read_only"], Health::Running),
            ("Normal", "Up", &[], Health::Running),
            ("Normal", "Down", &[], Health::Down),
            ("Maintenance", "Down", &[], Health::Maintenance),
            ("maintenance", "Up", &[], Health::Maintenance),
            ("Draining", "Read", &[], Health::Draining),
            ("Drained", "Read", &[], Health::Drained),
            ("Normal", "Down", &["Auth Error"], Health::Down),
            ("Normal", "Up", &["Auth Error"], Health::AuthError),
            // Nothing of the status is known: the state counts.
            ("Normal", "Sideways", &[], Health::Lagging(99)),
        ] {
            let text = |text: &str| Some(Text::clean(text, TextLimit::Name));
            let found = ServerState {
                status: Some(ServerStatus {
                    mode: text(mode),
                    state: text(state),
                    reasons: reasons.iter().copied().filter_map(text).collect(),
                }),
                ..server("Slave, Running", (expected == Health::Lagging(99)).then_some(99))
            };
            assert_eq!(found.health(), expected, "{mode} {state} {reasons:?}");
        }
    }

    #[test]
    fn a_lag_is_reported_from_ten_seconds_if_nothing_is_worse() {
        for (lag, expected) in [
            (None, Health::Running),
            (Some(0), Health::Running),
            (Some(9), Health::Running),
            (Some(10), Health::Lagging(10)),
            (Some(i64::MAX), Health::Lagging(i64::MAX)),
        ] {
            assert_eq!(server("Slave, Running", lag).health(), expected, "{lag:?}");
        }
        assert_eq!(server("Down", Some(900)).health(), Health::Down);
        assert_eq!(
            server("Maintenance, Running", Some(900)).health(),
            Health::Maintenance
        );
        assert_eq!(Health::Lagging(42).to_string(), "lag 42s");
        assert_eq!(Health::Lagging(7_300).to_string(), "lag 2h 1m");
    }
}
