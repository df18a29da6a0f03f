//! Writes an exposition in a text format.

use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet, prometheus_text, text};
use prometheus_client::metrics::exemplar::Exemplar;
use prometheus_client::registry::Registry;

use super::exposition::Exposition;
use super::format::TextFormat;
use super::metric::{Kind, LabelSet, Metric, MetricUnit, Samples, Source, Value};
use super::metrics;
use crate::model::Now;

/// An exposition at the time of a scrape.
#[derive(Clone, Debug)]
pub(crate) struct Scrape {
    /// The exposition.
    pub exposition: Arc<Exposition>,
    /// The time.
    pub now: Now,
}

impl Scrape {
    /// Returns the text of all metrics.
    ///
    /// # Errors
    ///
    /// Returns an error if the text cannot be written, which only a lack of memory causes.
    pub(crate) fn text(self, format: TextFormat) -> Result<String, fmt::Error> {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(self));
        let mut out = String::new();
        match format {
            TextFormat::OpenMetrics => text::encode(&mut out, &registry)?,
            TextFormat::Prometheus => prometheus_text::encode(&mut out, &registry)?,
        }
        Ok(out)
    }

    /// Returns the samples of a metric.
    fn samples(&self, metric: &Metric) -> Vec<(LabelSet<'_>, Value<'_>)> {
        let mut samples = Samples::new(metric.labels);
        if let Source::Program(add) = metric.source {
            add(&mut samples);
        }
        for endpoint in &self.exposition.endpoints {
            samples.endpoint = Some(&endpoint.name);
            match metric.source {
                Source::Program(_) => {}
                Source::Endpoint(add) => add(endpoint, &mut samples),
                Source::Timed(add) => add(endpoint, self.now, &mut samples),
            }
        }
        samples.found
    }
}

impl Collector for Scrape {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        for metric in metrics::all() {
            let samples = self.samples(metric);
            // A metric that no endpoint reports is left out.
            if samples.is_empty() {
                continue;
            }
            let unit = metric.unit.map(MetricUnit::unit);
            let kind = metric.kind.metric_type();
            let help = format!("{}.", metric.help);
            let mut family = encoder.encode_descriptor(metric.name, &help, unit.as_ref(), kind)?;
            for (labels, value) in &samples {
                match metric.kind {
                    // The labels of an info are its value.
                    Kind::Info => family.encode_info(labels)?,
                    Kind::Counter | Kind::Gauge | Kind::Histogram => {
                        write_value(family.encode_family(labels)?, metric.kind, *value)?;
                    }
                }
            }
        }
        Ok(())
    }
}

fn write_value(mut encoder: MetricEncoder<'_>, kind: Kind, value: Value<'_>) -> fmt::Result {
    let no_exemplar = None::<&Exemplar<NoLabelSet, f64>>;
    match (kind, value) {
        (_, Value::Histogram(histogram)) => encoder.encode_histogram::<NoLabelSet>(
            histogram.sum(),
            histogram.count(),
            &histogram.buckets(),
            None,
        ),
        (Kind::Counter, Value::Integer(number)) => encoder.encode_counter(&number, no_exemplar),
        (Kind::Counter, Value::Number(number)) => encoder.encode_counter(&number, no_exemplar),
        (_, Value::Integer(number)) => encoder.encode_gauge(&number),
        (_, Value::Number(number)) => encoder.encode_gauge(&number),
    }
}
