//! Metrics of servers and services, as MaxScale reports them.

use super::super::exposition::EndpointFacts;
use super::super::health::{STATES, state_name};
use super::super::metric::{Metric, Samples, Source, Value};
use super::{COUNTER, GAUGE, SECONDS};
use crate::model::{Now, ServerState, ServiceState};

pub(super) static METRICS: [Metric; 10] = [
    Metric {
        name: "maxtop_server_up",
        labels: &["server"],
        help: "Whether the server is running, according to MaxScale's monitor",
        source: Source::Timed(|endpoint, now, out| {
            add_servers(endpoint, now, out, |server| {
                Some(server.accepts_connections().into())
            });
        }),
        ..GAUGE
    },
    Metric {
        name: "maxtop_server_primary",
        labels: &["server"],
        help: "Whether the server is running and accepts writes",
        source: Source::Timed(|endpoint, now, out| {
            add_servers(endpoint, now, out, |server| Some(server.is_primary().into()));
        }),
        ..GAUGE
    },
    Metric {
        name: "maxtop_server_state",
        labels: &["server", "state"],
        help: "Whether the server is in this state",
        source: Source::Timed(|endpoint, now, out| {
            if endpoint.are_servers_current(now) {
                for (name, server) in endpoint.servers() {
                    let own = state_name(server.health());
                    for state in STATES {
                        out.add_labeled([name.clone().into(), state.into()], state == own);
                    }
                }
            }
        }),
        ..GAUGE
    },
    Metric {
        name: "maxtop_server_connections",
        labels: &["server"],
        help: "Number of the proxy's connections to the server, as MaxScale reports it",
        source: Source::Timed(|endpoint, now, out| {
            add_servers(endpoint, now, out, |server| server.connections.map(Value::from));
        }),
        ..GAUGE
    },
    Metric {
        name: "maxtop_server_replication_lag",
        labels: &["server"],
        help: "Replication lag of the server",
        source: Source::Timed(|endpoint, now, out| {
            add_servers(endpoint, now, out, |server| {
                let lag = server.replication_lag.and_then(|lag| u64::try_from(lag).ok());
                lag.map(Value::from)
            });
        }),
        ..SECONDS
    },
    Metric {
        name: "maxtop_session_connections",
        labels: &["server"],
        help: "Number of server connections of the sessions by server (2.3 and later)",
        source: Source::Endpoint(|endpoint, out| {
            let known = endpoint.sessions.as_deref();
            if let Some(known) = known.filter(|known| !known.by_server.top.is_empty()) {
                out.add_counts(&known.by_server);
            }
        }),
        ..GAUGE
    },
    Metric {
        name: "maxtop_service_up",
        labels: &["service"],
        help: "Whether the service accepts clients",
        source: Source::Timed(|endpoint, now, out| {
            add_services(endpoint, now, out, |service| Some(service.is_started().into()));
        }),
        ..GAUGE
    },
    Metric {
        name: "maxtop_service_connections",
        labels: &["service"],
        help: "Number of client connections of the service, as MaxScale reports it",
        source: Source::Timed(|endpoint, now, out| {
            add_services(endpoint, now, out, |service| service.connections.map(Value::from));
        }),
        ..GAUGE
    },
    Metric {
        name: "maxtop_service_max_connections",
        labels: &["service"],
        help: "Maximum number of client connections of the service; absent if there is no limit",
        source: Source::Timed(|endpoint, now, out| {
            add_services(endpoint, now, out, |service| {
                service.load().map(|load| load.limit.into())
            });
        }),
        ..GAUGE
    },
    Metric {
        name: "maxtop_service_opened_connections",
        labels: &["service"],
        help: "Number of client connections since MaxScale started",
        source: Source::Timed(|endpoint, now, out| {
            add_services(endpoint, now, out, |service| {
                service.total_connections.map(Value::from)
            });
        }),
        ..COUNTER
    },
];

/// Adds a value of each server, unless the data is too old.
fn add_servers<'a>(
    endpoint: &'a EndpointFacts,
    now: Now,
    out: &mut Samples<'a>,
    value: impl Fn(&ServerState) -> Option<Value<'a>>,
) {
    if !endpoint.are_servers_current(now) {
        return;
    }
    for (name, server) in endpoint.servers() {
        if let Some(value) = value(server) {
            out.add_labeled([name.into()], value);
        }
    }
}

/// Adds a value of each service, unless the data is too old.
fn add_services<'a>(
    endpoint: &'a EndpointFacts,
    now: Now,
    out: &mut Samples<'a>,
    value: impl Fn(&ServiceState) -> Option<Value<'a>>,
) {
    if !endpoint.are_services_current(now) {
        return;
    }
    for (name, service) in endpoint.services() {
        if let Some(value) = value(service) {
            out.add_labeled([name.into()], value);
        }
    }
}
