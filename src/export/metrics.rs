//! The table of metrics, in the order of the text.

mod lists;
mod locks;
mod servers;
mod sessions;

use super::metric::{Kind, Metric, MetricUnit, Source};

/// Returns all metrics.
pub(crate) fn all() -> impl Iterator<Item = &'static Metric> {
    let tables: [&'static [Metric]; 4] = [
        &lists::METRICS,
        &sessions::METRICS,
        &locks::METRICS,
        &servers::METRICS,
    ];
    tables.into_iter().flatten()
}

/// Default entry: a number of things at each endpoint.
const GAUGE: Metric = Metric {
    name: "",
    kind: Kind::Gauge,
    unit: None,
    labels: &[],
    help: "",
    source: Source::Endpoint(|_, _| {}),
};

/// Default entry for a time.
const SECONDS: Metric = Metric {
    unit: Some(MetricUnit::Seconds),
    ..GAUGE
};

/// Default entry for a size.
const BYTES: Metric = Metric {
    unit: Some(MetricUnit::Bytes),
    ..GAUGE
};

/// Default entry for a value that only rises.
const COUNTER: Metric = Metric {
    kind: Kind::Counter,
    ..GAUGE
};

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::fmt::Write as _;

    #[test]
    fn docs_have_the_table_of_metrics() {
        let mut table = "| metric | type | labels | what it is |\n|---|---|---|---|\n".to_owned();
        for metric in all() {
            let names: Vec<_> = metric.sample_names().collect();
            let name = match metric.kind {
                Kind::Histogram => metric.family(),
                _ => names.concat(),
            };
            let labels: Vec<_> = metric.all_labels();
            let labels: Vec<_> = labels.iter().map(|label| format!("`{label}`")).collect();
            let kind = metric.kind.metric_type();
            writeln!(
                table,
                "| `{name}` | {} | {} | {} |",
                kind.as_str(),
                labels.join(", "),
                metric.help
            )
            .unwrap();
        }
        crate::docs::assert_table("metrics.md", "metrics", &table);
    }

    #[test]
    fn names_follow_the_conventions_and_are_distinct() {
        let mut seen = BTreeSet::new();
        for metric in all() {
            let family = metric.family();
            assert!(seen.insert(family.clone()), "{family}");
            let plain = family.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            assert!(plain && family.starts_with("maxtop_"), "{family}");
            for end in ["_total", "_info", "_count", "_sum", "_bucket"] {
                assert!(!family.ends_with(end), "{family}");
            }
            assert!(!metric.labels.contains(&"le"), "{family}");
            assert!(
                metric.help.starts_with(char::is_uppercase) && !metric.help.ends_with('.'),
                "{family}"
            );
        }
    }
}
