//! Expiry of a token that no source replaces, as a warning.

use std::time::Duration;

use jiff::Timestamp;

use super::exact_text;

/// Time at which a token expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenExpiry(pub Timestamp);

/// Time left below which seconds are shown.
const SHOWS_SECONDS: Duration = Duration::from_mins(2);
const MINUTE: u64 = 60;

impl TokenExpiry {
    /// Time before the expiry in which it is warned of.
    pub const WARNED: Duration = Duration::from_mins(10);

    /// Returns how long the token is valid: `token expires in 4m`, `token has expired`. `None` if it is valid
    /// longer than [`WARNED`](Self::WARNED).
    pub fn words(self, now: Timestamp) -> Option<String> {
        let Some(left) = self.left(now) else {
            return Some("token has expired".to_owned());
        };
        (left <= Self::WARNED).then(|| {
            let whole = Duration::from_secs(left.as_secs().max(1));
            let shown = if whole >= SHOWS_SECONDS {
                Duration::from_secs(whole.as_secs() / MINUTE * MINUTE)
            } else {
                whole
            };
            format!("token expires in {}", exact_text(shown))
        })
    }

    /// Whether it is in the past.
    pub fn is_past(self, now: Timestamp) -> bool {
        self.left(now).is_none()
    }

    /// Returns the time until the words change. `None` after the expiry.
    pub(crate) fn changes_in(self, now: Timestamp) -> Option<Duration> {
        let left = self.left(now)?;
        if left > Self::WARNED {
            return Some(left.saturating_sub(Self::WARNED));
        }
        let step = if left >= SHOWS_SECONDS { MINUTE } else { 1 };
        let whole = Duration::from_secs(left.as_secs() / step * step);
        let rest = left.saturating_sub(whole);
        // The words change just after a whole step.
        Some(rest.saturating_add(Duration::from_millis(1)).min(left))
    }

    /// Returns the time left; `None` if there is none.
    fn left(self, now: Timestamp) -> Option<Duration> {
        let left = Duration::try_from(self.0.duration_since(now)).ok()?;
        (!left.is_zero()).then_some(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(millis).unwrap()
    }

    #[test]
    fn an_expiry_is_named_ten_minutes_before_and_after_it() {
        let expiry = TokenExpiry(at(1_000_000));
        for (left, expected) in [
            (601_000, None),
            (600_000, Some("token expires in 10m")),
            (299_000, Some("token expires in 4m")),
            (90_000, Some("token expires in 1m 30s")),
            (400, Some("token expires in 1s")),
            (0, Some("token has expired")),
            (-5_000, Some("token has expired")),
        ] {
            let words = expiry.words(at(1_000_000 - left));
            assert_eq!(words.as_deref(), expected, "{left}");
        }
    }

    #[test]
    fn the_words_change_only_when_the_screen_is_woken() {
        let expiry = TokenExpiry(at(1_000_000));
        let mut now = at(1_000_000 - 700_300);
        let mut seen = vec![expiry.words(now)];
        while let Some(wait) = expiry.changes_in(now) {
            let last = now + wait - Duration::from_millis(2);
            if last > now {
                assert_eq!(expiry.words(now), expiry.words(last), "{now}");
            }
            now += wait;
            seen.push(expiry.words(now));
        }
        seen.dedup();
        let shown: Vec<_> = seen.iter().map(|words| words.as_deref().unwrap_or("")).collect();
        assert_eq!(shown[..3], ["", "token expires in 10m", "token expires in 9m"]);
        // Ten, nine … two minutes, then 119 seconds, then the expiry.
        assert_eq!(shown.len(), 1 + 9 + 119 + 1, "{shown:?}");
    }
}
