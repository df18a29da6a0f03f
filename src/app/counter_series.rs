//! Rates of a connection's counters between samples, since the details were opened. Memory is bounded.

use std::collections::VecDeque;
use std::time::Duration;

use crate::model::{ConnectionStatistics, Counter, Text};

/// Maximum number of rates kept for each counter: two minutes at one per second.
const MAX_RATES: usize = 120;
/// Minimum time between two samples for a rate. Below that the quotient would be noise.
const MIN_RATE_INTERVAL: Duration = Duration::from_millis(100);

/// Counter rates of one connection.
#[derive(Clone, Debug)]
pub(crate) struct CounterSeries {
    server: Option<Text>,
    last: ConnectionStatistics,
    last_at: Duration,
    /// Rates by counter; `None` if a rate is unknown (a missed value, a counter that fell).
    rates: [VecDeque<Option<f64>>; 5],
}

impl CounterSeries {
    /// Creates a series with its first sample.
    pub(crate) fn new(server: Option<Text>, first: ConnectionStatistics, at: Duration) -> Self {
        Self {
            server,
            last: first,
            last_at: at,
            rates: Default::default(),
        }
    }

    /// Returns the server of the connection.
    pub(crate) const fn server(&self) -> Option<&Text> {
        self.server.as_ref()
    }

    /// Adds a sample.
    pub(crate) fn on_sample(&mut self, statistics: ConnectionStatistics, at: Duration) {
        let passed = at.saturating_sub(self.last_at);
        if passed < MIN_RATE_INTERVAL {
            return;
        }
        for (rates, counter) in self.rates.iter_mut().zip(Counter::ALL) {
            let grown = statistics
                .get(counter)
                .zip(self.last.get(counter))
                .and_then(|(now, was)| now.checked_sub(was));
            #[expect(clippy::cast_precision_loss, reason = "a rate is approximate")]
            rates.push_back(grown.map(|grown| grown as f64 / passed.as_secs_f64()));
            if rates.len() > MAX_RATES {
                rates.pop_front();
            }
        }
        self.last = statistics;
        self.last_at = at;
    }

    /// Returns the last rate of a counter, per second.
    pub(crate) fn rate(&self, counter: Counter) -> Option<f64> {
        self.rates.get(counter as usize)?.back().copied().flatten()
    }

    /// Returns the rates of a counter, oldest first.
    pub(crate) fn rates(&self, counter: Counter) -> impl DoubleEndedIterator<Item = Option<f64>> + '_ {
        self.rates.get(counter as usize).into_iter().flatten().copied()
    }
}
