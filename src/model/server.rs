//! The database servers behind the proxy, as its monitor sees them: when an application hangs, it
//! is often one of these.

use std::fmt;

use jiff::Timestamp;

use super::session::origin;
use super::{Span, Text};

/// A replica that is behind by so many seconds is worth a word. Below that it is the monitor's
/// rhythm as much as the replica.
const MAX_REPLICATION_LAG: i64 = 10;

/// One answer of `/v1/servers`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Servers {
    /// The servers, in the order in which they were sent.
    pub states: Vec<ServerState>,
    /// When the reply was complete, by this machine's clock.
    pub taken_at: Timestamp,
    /// Fields of a wrong type, left blank.
    pub blanked: u32,
    /// Rows without a name, left out.
    pub dropped: u32,
}

impl Servers {
    /// One server.
    pub fn find(&self, name: &Text) -> Option<&ServerState> {
        self.states.iter().find(|server| server.name == *name)
    }
}

/// One server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerState {
    /// Its name in the proxy's configuration.
    pub name: Text,
    /// Its state, as sent: tokens with commas between.
    pub state: Option<Text>,
    /// Where it is; unknown for one behind a Unix socket.
    pub address: Option<Text>,
    /// Its port.
    pub port: Option<u16>,
    /// How far it is behind, in seconds; never negative, which stands for an unknown lag.
    pub replication_lag: Option<i64>,
    /// The proxy's connections to it, of all sessions.
    pub connections: Option<u64>,
}

impl ServerState {
    /// `address:port`; an IPv6 address in brackets when a port follows.
    pub fn origin(&self) -> Option<String> {
        Some(origin(self.address.as_ref()?.as_str(), self.port))
    }

    /// What the state and the lag come to.
    pub fn health(&self) -> Health {
        let Some(state) = &self.state else {
            return Health::Unknown;
        };
        match (Health::of_state(state.as_str()), self.replication_lag) {
            (Health::Running, Some(lag)) if lag >= MAX_REPLICATION_LAG => Health::Lagging(lag),
            (health, _) => health,
        }
    }
}

/// How a server is doing. Where several things are true, the one that says most about a session
/// that hangs: what people have asked for explains what the monitor sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It answers.
    Running,
    /// It answers, and is so many seconds behind.
    Lagging(i64),
    /// Someone has told the proxy to leave it alone.
    Maintenance,
    /// Someone has told the proxy to send nobody new there.
    Draining,
    /// The same, and nobody is left.
    Drained,
    /// It is there, and refuses the monitor.
    AuthError,
    /// Its address is a name that nobody has resolved.
    Unresolved,
    /// It does not answer.
    Down,
    /// Its state says nothing known.
    Unknown,
}

/// Every token that tells how a server is, the telling ones first. Roles (`Master`, `Synced`) and
/// what later versions may add say nothing about that.
const TOKENS: [(&str, Health); 8] = [
    ("Maintenance", Health::Maintenance),
    ("Down", Health::Down),
    ("Auth Error", Health::AuthError),
    ("Need DNS lookup", Health::Unresolved),
    ("Drained", Health::Drained),
    ("Draining", Health::Draining),
    // Up to 2.4.
    ("Being Drained", Health::Draining),
    ("Running", Health::Running),
];

impl Health {
    /// From the tokens of a state, whatever stands between them that is not known.
    fn of_state(state: &str) -> Self {
        let has = |wanted: &str| {
            let mut tokens = state.split(',').map(str::trim);
            tokens.any(|token| token.eq_ignore_ascii_case(wanted))
        };
        let told = TOKENS.iter().find(|(token, _)| has(token));
        told.map_or(Self::Unknown, |(_, health)| *health)
    }

    /// Whether sessions on the server have nothing to wait for.
    pub const fn is_out(self) -> bool {
        matches!(self, Self::Down | Self::AuthError | Self::Unresolved)
    }
}

/// One word or two: `maintenance`, `lag 42s`.
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
            address: None,
            port: None,
            replication_lag: lag,
            connections: None,
        }
    }

    #[test]
    fn the_states_of_every_version_are_told_apart() {
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
    fn a_lag_counts_from_ten_seconds_on_and_only_where_nothing_is_worse() {
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
