//! Age of a trouble, and when its text changes.

use std::time::Duration;

use crate::model::Span;

/// Age of a trouble: its age when it was first seen, and the time since then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TroubleAge {
    /// When it was first seen, since the program began.
    seen_at: Duration,
    /// Age at that time.
    before: Duration,
    /// Whether it may be older.
    is_least: bool,
}

/// Maximum difference of two ages of the same trouble: the proxy reports whole seconds.
const TOLERANCE: Duration = Duration::from_secs(3);
const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

impl TroubleAge {
    /// Creates the age of a trouble that begins at `now`.
    pub(super) const fn begins(now: Duration) -> Self {
        Self {
            seen_at: now,
            before: Duration::ZERO,
            is_least: false,
        }
    }

    /// Creates the age of a trouble that is first seen at `now`, and may have begun earlier.
    pub(super) const fn first_seen(now: Duration) -> Self {
        Self {
            is_least: true,
            ..Self::begins(now)
        }
    }

    /// Creates the age of a trouble that is `age` old at `now`.
    pub(super) const fn known(age: Duration, now: Duration) -> Self {
        Self {
            seen_at: now,
            before: age,
            is_least: false,
        }
    }

    /// Whether the trouble was seen before a moment.
    pub(super) fn has_begun(&self, at: Duration) -> bool {
        self.seen_at < at
    }

    /// Returns the age at `now`.
    pub(super) fn at(&self, now: Duration) -> Duration {
        now.saturating_sub(self.seen_at).saturating_add(self.before)
    }

    /// Returns this age, or the earlier one if both differ only by the resolution of the proxy's clock, so
    /// that the text does not jump.
    pub(super) fn settled(self, earlier: Option<Self>, now: Duration) -> Self {
        let is_same =
            |earlier: &Self| !earlier.is_least && self.at(now).abs_diff(earlier.at(now)) <= TOLERANCE;
        earlier.filter(is_same).unwrap_or(self)
    }

    /// Formats the age after a blank: ` 40s`, ` over 40s` if it may be older. Empty in the first second if it
    /// may be older.
    pub(super) fn words(&self, now: Duration) -> String {
        let seconds = self.at(now).as_secs();
        let span = Span::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
        match (self.is_least, seconds) {
            (true, 0) => String::new(),
            (true, _) => format!(" over {span}"),
            (false, _) => format!(" {span}"),
        }
    }

    /// Returns when the text next changes: at the next second, minute or hour of the age.
    pub(super) fn wake_at(&self, now: Duration) -> Duration {
        let age = self.at(now).as_secs();
        let step = match age {
            0..MINUTE => 1,
            MINUTE..DAY => MINUTE,
            _ => HOUR,
        };
        let next = Duration::from_secs((age / step + 1).saturating_mul(step));
        self.seen_at.saturating_add(next.saturating_sub(self.before))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_changes_exactly_when_the_screen_is_woken() {
        let at = Duration::from_millis;
        for before in [0, 58_500, 3_600_000, 86_399_000, 90_000_000] {
            let age = TroubleAge::known(at(before), at(2_250));
            let mut now = at(2_250);
            for _ in 0..5 {
                let wake = age.wake_at(now);
                assert!(wake > now);
                assert_eq!(
                    age.words(now),
                    age.words(wake.checked_sub(at(1)).unwrap()),
                    "{before}"
                );
                assert_ne!(age.words(now), age.words(wake), "{before}");
                now = wake;
            }
        }
    }

    #[test]
    fn an_age_that_may_be_longer_says_so() {
        let age = TroubleAge::first_seen(Duration::from_secs(3));
        let words = |second| age.words(Duration::from_secs(second));
        assert_eq!((words(3), words(43)), (String::new(), " over 40s".to_owned()));
    }
}
