//! Metrics of the sessions.

use super::super::counts::Breakdown;
use super::super::exposition::EndpointFacts;
use super::super::gauges::SessionGauges;
use super::super::metric::{Kind, Metric, Samples, Source};
use super::{BYTES, COUNTER, GAUGE, SECONDS};
use crate::diagnosis::{REASONS, Reason, SERVER_ACCESS, Severity};
use crate::model::Counter;

pub(super) static METRICS: [Metric; 15] = [
    Metric {
        name: "maxtop_sessions",
        help: "Number of sessions",
        source: Source::Endpoint(|endpoint, out| out.add_known(gauges(endpoint).map(|known| known.total))),
        ..GAUGE
    },
    Metric {
        name: "maxtop_service_sessions",
        labels: &["service"],
        help: "Number of sessions by service",
        source: Source::Endpoint(|endpoint, out| add_counts(endpoint, Breakdown::Service, out)),
        ..GAUGE
    },
    Metric {
        name: "maxtop_user_sessions",
        labels: &["user"],
        help: "Number of sessions by user; empty for sessions that are not logged in",
        source: Source::Endpoint(|endpoint, out| add_counts(endpoint, Breakdown::User, out)),
        ..GAUGE
    },
    Metric {
        name: "maxtop_address_sessions",
        labels: &["address"],
        help: "Number of sessions by address of the client",
        source: Source::Endpoint(|endpoint, out| add_counts(endpoint, Breakdown::Address, out)),
        ..GAUGE
    },
    Metric {
        name: "maxtop_state_sessions",
        labels: &["state"],
        help: "Number of sessions by state",
        source: Source::Endpoint(|endpoint, out| add_counts(endpoint, Breakdown::State, out)),
        ..GAUGE
    },
    Metric {
        name: "maxtop_sessions_opened",
        help: "Number of sessions that are new in a list; sessions shorter than the interval are not seen",
        source: Source::Endpoint(|endpoint, out| add_total(endpoint, endpoint.totals.opened, out)),
        ..COUNTER
    },
    Metric {
        name: "maxtop_sessions_closed",
        help: "Number of sessions that have left the list",
        source: Source::Endpoint(|endpoint, out| add_total(endpoint, endpoint.totals.closed, out)),
        ..COUNTER
    },
    Metric {
        name: "maxtop_session_age",
        kind: Kind::Histogram,
        help: "Ages of the sessions of the last list",
        source: Source::Endpoint(|endpoint, out| {
            out.add_known(gauges(endpoint).map(|known| &known.fixed.age));
        }),
        ..SECONDS
    },
    Metric {
        name: "maxtop_session_idle",
        kind: Kind::Histogram,
        help: "Idle times of the sessions of the last list",
        source: Source::Endpoint(|endpoint, out| {
            out.add_known(gauges(endpoint).map(|known| &known.fixed.idle));
        }),
        ..SECONDS
    },
    Metric {
        name: "maxtop_stuck_sessions",
        labels: &["severity"],
        help: "Number of stuck sessions by their highest severity: act or look",
        source: Source::Endpoint(|endpoint, out| {
            let stuck = gauges(endpoint).map(|known| known.fixed.stuck);
            for (severity, count) in Severity::ALL.into_iter().zip(stuck.into_iter().flatten()) {
                out.add_labeled([severity.name().into()], count);
            }
        }),
        ..GAUGE
    },
    Metric {
        name: "maxtop_reason_sessions",
        labels: &["reason", "severity"],
        help: "Number of stuck sessions by reason; a session with several reasons counts for each",
        source: Source::Endpoint(|endpoint, out| {
            let Some(known) = gauges(endpoint) else { return };
            for (reason, counts) in REASONS.iter().zip(&known.fixed.by_reason) {
                for (severity, count) in Severity::ALL.into_iter().zip(counts) {
                    if is_examined(reason, known) && reason.severities.contains(&severity) {
                        out.add_labeled([reason.name.into(), severity.name().into()], *count);
                    }
                }
            }
        }),
        ..GAUGE
    },
    Metric {
        name: "maxtop_undecided_sessions",
        labels: &["reason"],
        help: "Number of sessions for which a reason cannot be decided, because data is missing",
        source: Source::Endpoint(|endpoint, out| {
            let Some(known) = gauges(endpoint) else { return };
            let reasons = REASONS.iter().zip(known.fixed.undecided);
            for (reason, count) in reasons.filter(|(reason, _)| is_examined(reason, known)) {
                out.add_labeled([reason.name.into()], count);
            }
        }),
        ..GAUGE
    },
    Metric {
        name: "maxtop_session_memory",
        help: "Memory of all sessions, of those that report it (22.08 and later)",
        source: Source::Endpoint(|endpoint, out| {
            out.add_known(gauges(endpoint).and_then(|known| known.fixed.memory));
        }),
        ..BYTES
    },
    Metric {
        name: "maxtop_write_queue",
        help: "Data that waits for a client or server to read it, of sessions that report it (23.02 and later)",
        source: Source::Endpoint(|endpoint, out| {
            out.add_known(gauges(endpoint).and_then(|known| known.fixed.write_queue));
        }),
        ..BYTES
    },
    Metric {
        name: "maxtop_connection_events",
        labels: &["event"],
        help: "Events of server connections, counted between two samples of a session (draft)",
        source: Source::Endpoint(|endpoint, out| {
            let events = endpoint.totals.connection_events.into_iter().flatten();
            for (counter, count) in Counter::ALL.into_iter().zip(events) {
                out.add_labeled([counter.name().into()], count);
            }
        }),
        ..COUNTER
    },
];

fn gauges(endpoint: &EndpointFacts) -> Option<&SessionGauges> {
    endpoint.sessions.as_deref()
}

fn add_counts<'a>(endpoint: &'a EndpointFacts, field: Breakdown, out: &mut Samples<'a>) {
    if let Some(known) = gauges(endpoint) {
        out.add_counts(known.by(field));
    }
}

/// Adds a counter of sessions, unless they are counted for another URL of the same proxy.
fn add_total(endpoint: &EndpointFacts, total: u64, out: &mut Samples<'_>) {
    if !endpoint.is_counted_elsewhere {
        out.add(total);
    }
}

/// Whether a reason was examined. Those from locks need a database user.
fn is_examined(reason: &Reason, known: &SessionGauges) -> bool {
    known.fixed.locks.is_some() || reason.requires != SERVER_ACCESS
}
