//! The services of a proxy: how many connections each has, of how many it lets in.

use jiff::Timestamp;

use super::Text;

/// From this share of what a service lets in it is nearly full, in percent.
const NEARLY_FULL_PERCENT: u64 = 90;

/// One answer of `/v1/services`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Services {
    /// The services, in the order in which they were sent.
    pub states: Vec<ServiceState>,
    /// When the reply was complete, by this machine's clock.
    pub taken_at: Timestamp,
    /// Fields of a wrong type, left blank.
    pub blanked: u32,
    /// Rows without a name, left out.
    pub dropped: u32,
}

impl Services {
    /// One service.
    pub fn find(&self, name: &Text) -> Option<&ServiceState> {
        self.states.iter().find(|service| service.name == *name)
    }
}

/// One service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceState {
    /// Its name in the proxy's configuration.
    pub name: Text,
    /// `Started`, `Stopped`, `Failed`, `Allocated`, as sent.
    pub state: Option<Text>,
    /// Its router module.
    pub router: Option<Text>,
    /// The clients that it has now.
    pub connections: Option<u64>,
    /// The clients that it has had.
    pub total_connections: Option<u64>,
    /// The most that it had at a time (`statistics.max_connections`, 2.5 and later).
    pub most_connections: Option<u64>,
    /// The most that it lets in (`parameters.max_connections`); 0 is no limit.
    pub max_connections: Option<u64>,
    /// Its own `retain_last_statements`; below 0 the proxy's holds.
    pub retained_statements: Option<i64>,
}

impl ServiceState {
    /// How full it is; nothing where it has no limit, or does not tell.
    pub fn load(&self) -> Option<Load> {
        let limit = self.max_connections.filter(|limit| *limit > 0)?;
        Some(Load {
            connections: self.connections?,
            limit,
        })
    }

    /// How many statements its sessions keep, where the proxy keeps so many; unknown stays so.
    pub fn retains(&self, proxy: Option<u64>) -> Option<u64> {
        match self.retained_statements {
            Some(own) if own >= 0 => u64::try_from(own).ok(),
            _ => proxy,
        }
    }

    /// Whether it is there for clients; one that does not tell is.
    pub fn is_started(&self) -> bool {
        let state = self.state.as_ref();
        state.is_none_or(|state| state.as_str().eq_ignore_ascii_case("started"))
    }
}

/// The connections of a service and how many it lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Those that it has.
    pub connections: u64,
    /// Those that it may have; at least 1.
    pub limit: u64,
}

impl Load {
    /// In percent; above 100 it was lowered under those that are in.
    pub fn percent(self) -> u64 {
        self.connections.saturating_mul(100) / self.limit.max(1)
    }

    /// Whether the next clients may be turned away.
    pub fn is_nearly_full(self) -> bool {
        self.percent() >= NEARLY_FULL_PERCENT
    }

    /// Whether the next client is turned away.
    pub const fn is_full(self) -> bool {
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
