//! How a connection's counters move: rates between two looks, and their course since the details
//! were opened, in bounded memory.

use std::collections::VecDeque;
use std::time::Duration;

use crate::model::{ConnectionStatistics, Counter, Text};

/// How many rates are kept for each counter: two minutes at one a second.
const MAX_RATES: usize = 120;
/// Looks closer together than this give no rate: the quotient would be noise.
const MIN_RATE_INTERVAL: Duration = Duration::from_millis(100);

/// The course of one connection.
#[derive(Clone, Debug)]
pub struct CounterSeries {
    server: Option<Text>,
    last: ConnectionStatistics,
    last_at: Duration,
    /// By counter; `None` where a rate cannot be known (a missed value, a counter that fell).
    rates: [VecDeque<Option<f64>>; 5],
}

impl CounterSeries {
    /// Begins with a first look.
    pub fn new(server: Option<Text>, first: ConnectionStatistics, at: Duration) -> Self {
        Self {
            server,
            last: first,
            last_at: at,
            rates: Default::default(),
        }
    }

    /// The server of the connection it follows.
    pub const fn server(&self) -> Option<&Text> {
        self.server.as_ref()
    }

    /// Another look.
    pub fn on_sample(&mut self, statistics: ConnectionStatistics, at: Duration) {
        let passed = at.saturating_sub(self.last_at);
        if passed < MIN_RATE_INTERVAL {
            return;
        }
        for (rates, counter) in self.rates.iter_mut().zip(Counter::ALL) {
            let grown = statistics
                .get(counter)
                .zip(self.last.get(counter))
                .and_then(|(now, was)| now.checked_sub(was));
            #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
            rates.push_back(grown.map(|grown| grown as f64 / passed.as_secs_f64()));
            if rates.len() > MAX_RATES {
                rates.pop_front();
            }
        }
        self.last = statistics;
        self.last_at = at;
    }

    /// The last rate of a counter, per second.
    pub fn rate(&self, counter: Counter) -> Option<f64> {
        self.rates.get(counter as usize)?.back().copied().flatten()
    }

    /// The rates of a counter, oldest first.
    pub fn rates(&self, counter: Counter) -> impl DoubleEndedIterator<Item = Option<f64>> + '_ {
        self.rates.get(counter as usize).into_iter().flatten().copied()
    }
}
