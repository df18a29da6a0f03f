//! Metrics of the program, the endpoints and the polls.

use super::super::error_cause::CAUSES;
use super::super::metric::{Kind, Metric, Source};
use super::{BYTES, COUNTER, GAUGE, SECONDS};
use crate::model::Dialect;

pub(super) static METRICS: [Metric; 10] = [
    Metric {
        name: "maxtop_build",
        kind: Kind::Info,
        labels: &["version"],
        help: "Version of maxtop",
        source: Source::Program(|out| out.add_labeled([env!("CARGO_PKG_VERSION").into()], true)),
        ..GAUGE
    },
    Metric {
        name: "maxtop_up",
        help: "Whether the last poll of the endpoint succeeded",
        source: Source::Endpoint(|endpoint, out| out.add(endpoint.is_up)),
        ..GAUGE
    },
    Metric {
        name: "maxtop_endpoint",
        kind: Kind::Info,
        labels: &["dialect", "version"],
        help: "Dialect and MaxScale version of the endpoint",
        source: Source::Endpoint(|endpoint, out| {
            if let Some(dialect) = endpoint.dialect {
                let version = endpoint.version.as_deref().unwrap_or_default();
                out.add_labeled([Dialect::name(dialect).into(), version.into()], true);
            }
        }),
        ..GAUGE
    },
    Metric {
        name: "maxtop_last_success_timestamp",
        help: "Time of the last list, as Unix time",
        source: Source::Endpoint(|endpoint, out| {
            #[expect(clippy::cast_precision_loss, reason = "microseconds of this century fit")]
            let seconds = |micros: i64| micros as f64 / 1e6;
            out.add_known(endpoint.listed_at.map(|at| seconds(at.wall.as_microsecond())));
        }),
        ..SECONDS
    },
    Metric {
        name: "maxtop_list_age",
        help: "Age of the last list at the time of the scrape",
        source: Source::Timed(|endpoint, now, out| {
            let age = endpoint
                .listed_at
                .map(|at| now.elapsed.saturating_sub(at.elapsed));
            out.add_known(age.map(|age| age.as_secs_f64()));
        }),
        ..SECONDS
    },
    Metric {
        name: "maxtop_list_interval",
        help: "Time from one list to the next: the configured one, or a longer one for expensive lists",
        source: Source::Endpoint(|endpoint, out| out.add_known(endpoint.list.map(|list| list.interval))),
        ..SECONDS
    },
    Metric {
        name: "maxtop_list_response_time",
        kind: Kind::Histogram,
        help: "Response times of the lists since maxtop started",
        source: Source::Endpoint(|endpoint, out| out.add(&endpoint.totals.response_times)),
        ..SECONDS
    },
    Metric {
        name: "maxtop_list_size",
        help: "Size of the last list",
        source: Source::Endpoint(|endpoint, out| out.add_known(endpoint.list.map(|list| list.bytes))),
        ..BYTES
    },
    Metric {
        name: "maxtop_list_errors",
        labels: &["cause"],
        help: "Number of failed polls by cause",
        source: Source::Endpoint(|endpoint, out| {
            for (cause, count) in CAUSES.into_iter().zip(endpoint.totals.errors) {
                out.add_labeled([cause.into()], count);
            }
        }),
        ..COUNTER
    },
    Metric {
        name: "maxtop_restarts",
        help: "Number of restarts of the proxy while maxtop watched",
        source: Source::Endpoint(|endpoint, out| out.add(endpoint.totals.restarts)),
        ..COUNTER
    },
];
