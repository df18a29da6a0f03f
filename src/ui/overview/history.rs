//! Figures over time of one endpoint, or of several together on one time axis.

use std::time::Duration;

use super::chart::{Reading, columns, shown_time};
use crate::app::App;
use crate::app::endpoint::EndpointState;
use crate::app::trend_point::TrendPoint;

/// The history of some endpoints.
pub(super) struct History<'a> {
    /// Each endpoint, and how long ago its points end: zero, unless it is stale.
    endpoints: Vec<(&'a EndpointState, Duration)>,
}

impl<'a> History<'a> {
    /// Creates the history of these endpoints.
    pub(super) fn of(app: &App, endpoints: Vec<&'a EndpointState>) -> Self {
        let ended = |endpoint: &EndpointState| {
            let age = endpoint.age(app.now.elapsed).filter(|_| app.is_stale(endpoint));
            age.unwrap_or_default()
        };
        let endpoints = endpoints.into_iter();
        Self {
            endpoints: endpoints.map(|endpoint| (endpoint, ended(endpoint))).collect(),
        }
    }

    /// Returns the time since the first point.
    pub(super) fn covered(&self) -> Duration {
        let spans = self
            .endpoints
            .iter()
            .filter(|(endpoint, _)| endpoint.latest.is_some());
        spans
            .map(|(endpoint, ended)| endpoint.trend.span() + *ended)
            .max()
            .unwrap_or_default()
    }

    /// Returns the time of the axis.
    pub(super) fn shown(&self) -> Duration {
        shown_time(self.covered())
    }

    /// Returns the sum of a figure in each column.
    pub(super) fn sums(&self, read: Reading, count: usize) -> Vec<Option<f64>> {
        self.combined(read, count, |a, b| a + b)
    }

    /// Returns the largest figure in each column.
    pub(super) fn largest(&self, read: Reading, count: usize) -> Vec<Option<f64>> {
        self.combined(read, count, f64::max)
    }

    fn combined(&self, read: Reading, count: usize, combine: fn(f64, f64) -> f64) -> Vec<Option<f64>> {
        let mut all: Vec<Option<f64>> = vec![None; count];
        for (endpoint, ended) in &self.endpoints {
            let own = columns(endpoint.trend.points(), read, count, *ended, self.shown());
            for (sum, figure) in all.iter_mut().zip(own) {
                *sum = sum.zip(figure).map(|(a, b)| combine(a, b)).or(*sum).or(figure);
            }
        }
        all
    }

    /// Returns the sum of the last figures; `None` if no endpoint has one.
    pub(super) fn last(&self, read: Reading) -> Option<f64> {
        let last = self.endpoints.iter().filter_map(|(endpoint, _)| {
            let points = endpoint.trend.points();
            points.last().and_then(read)
        });
        last.reduce(|a, b| a + b)
    }

    /// Returns the sum of a rate of the last seconds, as in the header; `None` if no endpoint has one.
    pub(super) fn latest_rate(&self, read: Reading) -> Option<f64> {
        let rates = self.endpoints.iter().filter_map(|(endpoint, _)| {
            let rate = endpoint.trend.latest_rate(read);
            rate.map(|(rate, _)| rate)
        });
        rates.reduce(|a, b| a + b)
    }

    /// Returns the longest time that one of the latest rates covers.
    pub(super) fn rate_time(&self) -> Option<Duration> {
        let rates = self
            .endpoints
            .iter()
            .filter_map(|(endpoint, _)| endpoint.trend.latest_rate(TrendPoint::opened));
        rates.map(|(_, time)| time).max()
    }

    /// Returns the number of sessions.
    pub(super) fn session_count(&self) -> usize {
        let lists = self
            .endpoints
            .iter()
            .filter_map(|(endpoint, _)| endpoint.latest.as_ref());
        lists.map(|latest| latest.sessions.len()).sum()
    }

    /// Returns the longest typical response time.
    pub(super) fn cost(&self) -> Duration {
        let costs = self.endpoints.iter().map(|(endpoint, _)| endpoint.cost);
        costs.max().unwrap_or_default()
    }
}
