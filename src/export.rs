//! Metrics for Prometheus: counts the sessions of every poll, and writes them as text.
//!
//! [`Exporter`] receives the messages of the pollers and has all state. [`Exposition`] is what it knows after one of
//! them. [`metrics`] has one entry for each metric, and [`Scrape`] writes them. No I/O, no clock:
//! `commands/export.rs` polls and serves.

mod counts;
mod encode;
mod error_cause;
mod exporter;
mod exposition;
mod format;
mod gauges;
mod health;
mod histogram;
mod label;
pub(crate) mod metric;
pub(crate) mod metrics;
mod top;
mod totals;

pub(crate) use self::counts::count;
pub(crate) use self::encode::Scrape;
pub(crate) use self::exporter::Exporter;
pub(crate) use self::exposition::Exposition;
pub(crate) use self::format::TextFormat;

#[cfg(test)]
mod tests;
