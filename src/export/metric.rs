//! Definition of a metric. Its samples, and the table in `docs/metrics.md`, are made from it.

use std::borrow::Cow;

use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Unit;

use super::exposition::EndpointFacts;
use super::histogram::Histogram;
use super::label::OTHER;
use super::top::LabelCounts;
use crate::model::Now;

/// A metric.
pub(crate) struct Metric {
    /// Name without its unit and without the suffix of its kind.
    pub name: &'static str,
    /// Kind of its values.
    pub kind: Kind,
    /// Unit of its values; `None` for a number of things, and for 0 or 1.
    pub unit: Option<MetricUnit>,
    /// Labels in addition to `endpoint`.
    pub labels: &'static [&'static str],
    /// Meaning, in one line.
    pub help: &'static str,
    pub(super) source: Source,
}

/// Kind of a metric's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A value that only rises.
    Counter,
    /// A value that rises and falls.
    Gauge,
    /// A distribution.
    Histogram,
    /// Texts, as labels of the value 1.
    Info,
}

/// Unit of a metric's values. A base unit of Prometheus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MetricUnit {
    /// Bytes.
    Bytes,
    /// Seconds.
    Seconds,
}

/// Function that adds the samples of a metric.
#[derive(Clone, Copy)]
pub(super) enum Source {
    /// Function for the program. Its samples have no label `endpoint`.
    Program(for<'a> fn(&mut Samples<'a>)),
    /// Function for each endpoint.
    Endpoint(for<'a> fn(&'a EndpointFacts, &mut Samples<'a>)),
    /// Function for each endpoint at the time of the scrape.
    Timed(for<'a> fn(&'a EndpointFacts, Now, &mut Samples<'a>)),
}

impl Kind {
    /// Returns the type in the text formats.
    pub(super) const fn metric_type(self) -> MetricType {
        match self {
            Self::Counter => MetricType::Counter,
            Self::Gauge => MetricType::Gauge,
            Self::Histogram => MetricType::Histogram,
            Self::Info => MetricType::Info,
        }
    }

    #[cfg(test)]
    /// Returns the end of the names of its samples. A histogram has several.
    const fn suffixes(self) -> &'static [&'static str] {
        match self {
            Self::Counter => &["_total"],
            Self::Gauge => &[""],
            Self::Histogram => &["_bucket", "_sum", "_count"],
            Self::Info => &["_info"],
        }
    }
}

impl MetricUnit {
    /// Returns the unit in the text formats.
    pub(super) const fn unit(self) -> Unit {
        match self {
            Self::Bytes => Unit::Bytes,
            Self::Seconds => Unit::Seconds,
        }
    }
}

#[cfg(test)]
impl Metric {
    /// Returns the name with its unit.
    pub(crate) fn family(&self) -> String {
        let unit = self.unit.map(|unit| format!("_{}", unit.unit().as_str()));
        format!("{}{}", self.name, unit.unwrap_or_default())
    }

    /// Returns the names of its samples, as queries use them.
    pub(crate) fn sample_names(&self) -> impl Iterator<Item = String> {
        let family = self.family();
        let suffixes = self.kind.suffixes().iter();
        suffixes.map(move |suffix| format!("{family}{suffix}"))
    }

    /// Returns all labels.
    pub(crate) fn all_labels(&self) -> Vec<&'static str> {
        let endpoint = match self.source {
            Source::Program(_) => None,
            Source::Endpoint(_) | Source::Timed(_) => Some(ENDPOINT),
        };
        endpoint.into_iter().chain(self.labels.iter().copied()).collect()
    }
}

/// Label with the name of the endpoint.
pub(super) const ENDPOINT: &str = "endpoint";

/// A value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    Integer(u64),
    Number(f64),
    Histogram(&'a Histogram),
}

impl From<u64> for Value<'_> {
    fn from(number: u64) -> Self {
        Self::Integer(number)
    }
}

impl From<usize> for Value<'_> {
    fn from(number: usize) -> Self {
        Self::Integer(number as u64)
    }
}

impl From<bool> for Value<'_> {
    fn from(yes: bool) -> Self {
        Self::Integer(yes.into())
    }
}

impl From<f64> for Value<'_> {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl<'a> From<&'a Histogram> for Value<'a> {
    fn from(histogram: &'a Histogram) -> Self {
        Self::Histogram(histogram)
    }
}

/// Labels of a sample, with their names.
pub(super) type LabelSet<'a> = Vec<(&'static str, Cow<'a, str>)>;

/// The samples of one metric.
pub(super) struct Samples<'a> {
    names: &'static [&'static str],
    /// Name of the endpoint.
    pub(super) endpoint: Option<&'a str>,
    pub(super) found: Vec<(LabelSet<'a>, Value<'a>)>,
}

impl<'a> Samples<'a> {
    /// Creates an empty list for a metric with these labels.
    pub(super) const fn new(names: &'static [&'static str]) -> Self {
        Self {
            names,
            endpoint: None,
            found: Vec::new(),
        }
    }

    /// Adds a sample without labels of its own.
    pub(super) fn add(&mut self, value: impl Into<Value<'a>>) {
        self.add_labeled([], value);
    }

    /// Adds a sample, if its value is known.
    pub(super) fn add_known(&mut self, value: Option<impl Into<Value<'a>>>) {
        if let Some(value) = value {
            self.add(value);
        }
    }

    /// Adds a sample with these label values, in the order of the metric's labels.
    pub(super) fn add_labeled<const N: usize>(
        &mut self,
        values: [Cow<'a, str>; N],
        value: impl Into<Value<'a>>,
    ) {
        let endpoint = self.endpoint.map(|name| (ENDPOINT, Cow::Borrowed(name)));
        let own = self.names.iter().copied().zip(values);
        self.found
            .push((endpoint.into_iter().chain(own).collect(), value.into()));
    }

    /// Adds a sample for each label, and one for the rest.
    pub(super) fn add_counts(&mut self, counts: &'a LabelCounts) {
        for (value, count) in &counts.top {
            self.add_labeled([value.into()], *count);
        }
        self.add_labeled([OTHER.into()], counts.other);
    }
}
