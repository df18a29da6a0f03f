//! A distribution of times, with the same buckets everywhere.

/// Upper bounds of the buckets, in seconds. A value that is equal to a bound is in its bucket.
pub(super) const AGE_BOUNDS: [f64; BUCKETS] = [
    1.0, 10.0, 60.0, 300.0, 600.0, 1_800.0, 3_600.0, 14_400.0, 86_400.0, 604_800.0,
];
/// Upper bounds for response times, in seconds.
pub(super) const RESPONSE_BOUNDS: [f64; BUCKETS] =
    [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0];
/// Number of buckets with a bound. One more has none.
const BUCKETS: usize = 10;

/// Number of values in each bucket, and their sum.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Histogram {
    bounds: &'static [f64; BUCKETS],
    counts: [u64; BUCKETS + 1],
    sum: f64,
}

impl Histogram {
    /// Creates a histogram without values.
    pub(super) const fn new(bounds: &'static [f64; BUCKETS]) -> Self {
        Self {
            bounds,
            counts: [0; BUCKETS + 1],
            sum: 0.0,
        }
    }

    /// Adds a value, in seconds.
    pub(super) fn add(&mut self, seconds: f64) {
        let bucket = self.bounds.partition_point(|bound| *bound < seconds);
        if let Some(count) = self.counts.get_mut(bucket) {
            *count += 1;
        }
        self.sum += seconds;
    }

    /// Returns the sum of all values, in seconds.
    pub(super) const fn sum(&self) -> f64 {
        self.sum
    }

    /// Returns the number of values.
    pub(super) fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Returns the bound and the number of values of each bucket. The last bound is infinite.
    pub(super) fn buckets(&self) -> Vec<(f64, u64)> {
        let bounds = self.bounds.iter().copied().chain([f64::INFINITY]);
        bounds.zip(self.counts).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_on_a_bound_is_in_its_bucket() {
        let mut histogram = Histogram::new(&AGE_BOUNDS);
        for seconds in [0.0, 1.0, 1.5, 604_800.0, 604_801.0] {
            histogram.add(seconds);
        }
        let counts: Vec<_> = histogram.buckets().into_iter().map(|(_, count)| count).collect();
        assert_eq!(counts, [2, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
        assert_eq!((histogram.count(), histogram.sum()), (5, 1_209_603.5));
    }
}
