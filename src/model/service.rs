//! The services of a proxy, with their connections and connection limits.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Text;

/// Load from which a service is nearly full, in percent of its limit.
const NEARLY_FULL_PERCENT: u64 = 90;

/// A reply of `/v1/services`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Services {
    /// Services, in the order of the reply.
    pub states: Vec<ServiceState>,
    /// Time at which the reply was complete, by this machine's clock.
    pub taken_at: Timestamp,
    /// Number of fields of a wrong type, left blank.
    pub blanked: u32,
    /// Number of rows without a name, left out.
    pub dropped: u32,
}

impl Services {
    /// Returns the service with this name.
    pub(crate) fn find(&self, name: &Text) -> Option<&ServiceState> {
        self.states.iter().find(|service| service.name == *name)
    }
}

/// A service of the proxy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceState {
    /// Name in the proxy's configuration.
    pub name: Text,
    /// State, as sent: `Started`, `Stopped`, `Failed` or `Allocated`.
    pub state: Option<Text>,
    /// Router module.
    pub router: Option<Text>,
    /// Number of current client connections.
    pub connections: Option<u64>,
    /// Number of client connections since the process started.
    pub total_connections: Option<u64>,
    /// Highest number of connections at the same time (`statistics.max_connections`, 2.5 and later).
    pub most_connections: Option<u64>,
    /// Maximum number of connections (`parameters.max_connections`). 0 for no limit.
    pub max_connections: Option<u64>,
    /// Names of the servers that it uses; empty if it uses none, or does not report them.
    pub servers: Vec<Text>,
    /// The service's own `retain_last_statements`. Below 0 the proxy's value applies.
    pub retained_statements: Option<i64>,
}

impl ServiceState {
    /// Creates a service. Only its name is known.
    pub const fn named(name: Text) -> Self {
        Self {
            name,
            state: None,
            router: None,
            connections: None,
            total_connections: None,
            most_connections: None,
            max_connections: None,
            servers: Vec::new(),
            retained_statements: None,
        }
    }

    /// Returns the load; `None` if the service has no limit or does not report it.
    pub fn load(&self) -> Option<Load> {
        let limit = self.max_connections.filter(|limit| *limit > 0)?;
        Some(Load {
            connections: self.connections?,
            limit,
        })
    }

    /// Returns the number of statements that its sessions keep.
    ///
    /// `proxy` is the proxy's own setting, used unless the service overrides it. `None` if unknown.
    pub(crate) fn retains(&self, proxy: Option<u64>) -> Option<u64> {
        match self.retained_statements {
            Some(own) if own >= 0 => u64::try_from(own).ok(),
            _ => proxy,
        }
    }

    /// Whether it accepts clients. Returns `true` if the state is unknown.
    pub fn is_started(&self) -> bool {
        let state = self.state.as_ref();
        state.is_none_or(|state| state.as_str().eq_ignore_ascii_case("started"))
    }
}

/// Current and maximum number of connections of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Number of current connections.
    pub connections: u64,
    /// Maximum number of connections, at least 1.
    pub limit: u64,
}

impl Load {
    /// Returns the connections in percent of the limit.
    ///
    /// Exceeds 100 if the limit was lowered below the current number.
    pub(crate) fn percent(self) -> u64 {
        self.connections.saturating_mul(100) / self.limit.max(1)
    }

    /// Whether the limit is nearly reached, so that new clients may soon be rejected.
    pub(crate) fn is_nearly_full(self) -> bool {
        self.percent() >= NEARLY_FULL_PERCENT
    }

    /// Whether the limit is reached, so that new clients are rejected.
    pub(crate) const fn is_full(self) -> bool {
        self.connections >= self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::TextLimit;

    fn service(connections: Option<u64>, max: Option<u64>, retained: Option<i64>) -> ServiceState {
        ServiceState {
            name: Text::clean("RW", TextLimit::Name),
            state: None,
            router: None,
            connections,
            total_connections: None,
            most_connections: None,
            max_connections: max,
            servers: Vec::new(),
            retained_statements: retained,
        }
    }

    #[test]
    fn no_limit_is_no_load() {
        for (connections, max) in [(Some(5), Some(0)), (Some(5), None), (None, Some(9))] {
            assert_eq!(service(connections, max, None).load(), None);
        }
    }

    #[test]
    fn nearly_full_is_nine_tenths_and_full_is_all() {
        for (connections, nearly, full) in [
            (0, false, false),
            (179, false, false),
            (180, true, false),
            (199, true, false),
            (200, true, true),
            (u64::MAX, true, true),
        ] {
            let load = service(Some(connections), Some(200), None).load().unwrap();
            assert_eq!(
                (load.is_nearly_full(), load.is_full()),
                (nearly, full),
                "{connections}"
            );
        }
    }

    #[test]
    fn a_service_inherits_what_it_does_not_set() {
        for (own, proxy, kept) in [
            (None, Some(3), Some(3)),
            (Some(-1), Some(3), Some(3)),
            (Some(-1), None, None),
            (Some(0), Some(3), Some(0)),
            (Some(7), None, Some(7)),
        ] {
            assert_eq!(service(None, None, own).retains(proxy), kept, "{own:?} {proxy:?}");
        }
    }
}
