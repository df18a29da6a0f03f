//! Metrics of transactions and locks. They need server access.

use super::super::counts::{LockCounts, ThreadCounts};
use super::super::exposition::EndpointFacts;
use super::super::metric::{Metric, Samples, Source, Value};
use super::{GAUGE, SECONDS};

pub(super) static METRICS: [Metric; 8] = [
    Metric {
        name: "maxtop_blocking_sessions",
        help: "Number of sessions for whose locks other threads wait",
        source: Source::Endpoint(|endpoint, out| {
            out.add_known(locks(endpoint).and_then(|locks| locks.blocking));
        }),
        ..GAUGE
    },
    Metric {
        name: "maxtop_waiting_sessions",
        help: "Number of sessions that wait for a lock",
        source: Source::Endpoint(|endpoint, out| {
            out.add_known(locks(endpoint).and_then(|locks| locks.waiting));
        }),
        ..GAUGE
    },
    Metric {
        name: "maxtop_transaction_sessions",
        help: "Number of sessions with an open transaction",
        source: Source::Endpoint(|endpoint, out| {
            out.add_known(locks(endpoint).and_then(|locks| locks.in_transaction));
        }),
        ..GAUGE
    },
    Metric {
        name: "maxtop_server_access_up",
        labels: &["server"],
        help: "Whether the locks of the server are known",
        source: Source::Endpoint(|endpoint, out| {
            for server in locks(endpoint).iter().flat_map(|locks| &locks.servers) {
                out.add_labeled([server.server.as_str().into()], server.threads.is_some());
            }
        }),
        ..GAUGE
    },
    Metric {
        name: "maxtop_root_blockers",
        labels: &["server"],
        help: "Number of threads that block others and do not wait, of all clients of the server",
        source: Source::Endpoint(|endpoint, out| {
            add_threads(endpoint, out, |threads| threads.root_blockers.into());
        }),
        ..GAUGE
    },
    Metric {
        name: "maxtop_waiters",
        labels: &["server"],
        help: "Number of threads that wait for a lock, of all clients of the server",
        source: Source::Endpoint(|endpoint, out| {
            add_threads(endpoint, out, |threads| threads.waiters.into());
        }),
        ..GAUGE
    },
    Metric {
        name: "maxtop_open_transactions",
        labels: &["server"],
        help: "Number of threads with an open transaction, of all clients of the server",
        source: Source::Endpoint(|endpoint, out| {
            add_threads(endpoint, out, |threads| threads.transactions.into());
        }),
        ..GAUGE
    },
    Metric {
        name: "maxtop_longest_lock_wait",
        labels: &["server"],
        help: "Longest wait for a lock; 0 if no thread waits",
        source: Source::Endpoint(|endpoint, out| {
            add_threads(endpoint, out, |threads| threads.longest_wait.into());
        }),
        ..SECONDS
    },
];

fn locks(endpoint: &EndpointFacts) -> Option<&LockCounts> {
    endpoint.sessions.as_ref()?.fixed.locks.as_ref()
}

/// Adds a number of each server with known locks.
fn add_threads<'a>(
    endpoint: &'a EndpointFacts,
    out: &mut Samples<'a>,
    number: impl Fn(&ThreadCounts) -> Value<'a>,
) {
    for server in locks(endpoint).iter().flat_map(|locks| &locks.servers) {
        if let Some(threads) = &server.threads {
            out.add_labeled([server.server.as_str().into()], number(threads));
        }
    }
}
