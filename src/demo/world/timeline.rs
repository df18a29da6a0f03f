//! Activity of a session, as a function of its seed and its age.
//!
//! Time is divided into periods. Each period has one burst of statements, at an offset that depends on the
//! seed and the number of the period. So the start and end of the n-th statement, and the number of
//! statements, take constant time to compute at any age. Times are microseconds since the session was opened.

/// Activity pattern of a client profile, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rhythm {
    /// Length of a period. Each has one burst.
    pub(super) period: u32,
    /// Number of statements in a burst.
    pub(super) statements: u32,
    /// Duration of a statement.
    pub(super) run: u32,
    /// Pause between two statements of a burst.
    pub(super) gap: u32,
}

/// Activity pattern of one session.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timeline {
    seed: u64,
    period: u64,
    statements: u64,
    run: u64,
    gap: u64,
}

/// Progress of a session at some age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Progress {
    /// Number of statements started.
    pub(super) started: u64,
    /// Number of statements completed. One less than `started` while a statement runs.
    pub(super) finished: u64,
}

impl Timeline {
    /// Varies the rhythm by the seed: the period by 3/4 to 5/4, the statements by 1/2 to 3/2.
    pub(super) fn new(rhythm: Rhythm, seed: u64) -> Self {
        let statements = u64::from(rhythm.statements.max(1));
        let run = scaled(rhythm.run, 50, mix(seed, 11));
        let gap = u64::from(rhythm.gap.max(1)) * 1_000;
        let period = scaled_narrow(rhythm.period, mix(seed, 12)).max(statements * (run + gap));
        Self {
            seed,
            period,
            statements,
            run,
            gap,
        }
    }

    fn slot(self) -> u64 {
        self.run + self.gap
    }

    /// Returns when the burst of a period starts.
    fn burst(self, period: u64) -> u64 {
        let spare = self.period - self.statements * self.slot();
        period.saturating_mul(self.period) + mix(self.seed, period) % (spare + 1)
    }

    /// Returns the progress at an age.
    pub(super) fn progress(self, age: u64) -> Progress {
        let period = age / self.period;
        let before = period.saturating_mul(self.statements);
        let Some(into) = age.checked_sub(self.burst(period)) else {
            return Progress {
                started: before,
                finished: before,
            };
        };
        let slot = into / self.slot();
        if slot >= self.statements {
            let done = before + self.statements;
            return Progress {
                started: done,
                finished: done,
            };
        }
        let running = u64::from(into % self.slot() < self.run);
        Progress {
            started: before + slot + 1,
            finished: before + slot + 1 - running,
        }
    }

    /// Returns start and end of the `number`-th statement, from 0.
    pub(super) fn span(self, number: u64) -> (u64, u64) {
        let start = self.burst(number / self.statements) + number % self.statements * self.slot();
        (start, start + self.run)
    }
}

/// Converts milliseconds to microseconds, scaled by `floor` to `floor + 100` percent.
fn scaled(millis: u32, floor: u64, random: u64) -> u64 {
    (u64::from(millis) * 10 * (floor + random % 101)).max(1)
}

/// Converts milliseconds to microseconds, scaled by 75 to 125 percent.
fn scaled_narrow(millis: u32, random: u64) -> u64 {
    u64::from(millis) * 10 * (75 + random % 51)
}

/// Returns a pseudo-random number that depends on both: the finalizer of `SplitMix64`.
pub(in crate::demo) fn mix(seed: u64, salt: u64) -> u64 {
    let mut z = seed
        ^ salt
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_agrees_with_the_spans() {
        let timeline = Timeline::new(
            Rhythm {
                period: 5_000,
                statements: 3,
                run: 300,
                gap: 50,
            },
            7,
        );
        for number in 0..200 {
            let (start, end) = timeline.span(number);
            assert!(start < end && end < timeline.span(number + 1).0, "{number}");
            assert_eq!(
                timeline.progress(start),
                Progress {
                    started: number + 1,
                    finished: number
                }
            );
            assert_eq!(
                timeline.progress(end),
                Progress {
                    started: number + 1,
                    finished: number + 1
                }
            );
            assert_eq!(timeline.progress(start - 1).started, number);
        }
    }
}
