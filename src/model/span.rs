//! Durations, sizes and rates, with their short texts.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::num::NonZeroU64;
use std::time::Duration;

/// A duration in tenths of a second, the resolution of `idle` in the API.
///
/// Range: 0 to about 136 years, so that its whole seconds fit into 32 bits. Stored as the number plus one, so
/// that an optional span takes no more memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "u64", try_from = "u64")]
pub struct Span(NonZeroU64);

/// Maximum of a span, in seconds.
const MAX_SECS: u32 = u32::MAX;

/// A number of tenths of a second that is out of range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a duration of {0} tenths of a second is out of range")]
pub struct SpanOutOfRange(u64);

impl From<Span> for u64 {
    fn from(span: Span) -> Self {
        span.tenths()
    }
}

impl TryFrom<u64> for Span {
    type Error = SpanOutOfRange;

    fn try_from(tenths: u64) -> Result<Self, SpanOutOfRange> {
        let in_range = tenths < (u64::from(MAX_SECS) + 1) * 10;
        in_range
            .then(|| Self::from_tenths(tenths))
            .ok_or(SpanOutOfRange(tenths))
    }
}

impl Default for Span {
    fn default() -> Self {
        Self::from_tenths(0)
    }
}

impl Span {
    pub(crate) const fn from_tenths(tenths: u64) -> Self {
        Self(NonZeroU64::MIN.saturating_add(tenths))
    }

    pub(crate) const fn tenths(self) -> u64 {
        self.0.get() - 1
    }

    /// Creates a span from seconds. Returns `None` if they are negative or too large.
    pub(crate) fn from_secs_f64(seconds: f64) -> Option<Self> {
        (0.0..=f64::from(MAX_SECS)).contains(&seconds).then(|| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "in range, checked above"
            )]
            Self::from_tenths((seconds * 10.0).round() as u64)
        })
    }

    /// Creates a span from whole seconds, limited to the range.
    pub fn from_secs(seconds: i64) -> Self {
        Self::checked_from_secs(seconds).unwrap_or(Self::from_tenths(u64::from(MAX_SECS) * 10))
    }

    /// Creates a span from whole seconds. Negative ones (a clock that runs ahead) become 0.
    ///
    /// Returns `None` if they are too large.
    pub(crate) fn checked_from_secs(seconds: i64) -> Option<Self> {
        let seconds = u32::try_from(seconds.max(0)).ok()?;
        Some(Self::from_tenths(u64::from(seconds) * 10))
    }

    /// Returns the seconds, for JSON.
    pub fn as_secs_f64(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "at most 36 bits")]
        let tenths = self.tenths() as f64;
        tenths / 10.0
    }

    /// Returns the milliseconds.
    pub(crate) const fn as_millis(self) -> u64 {
        self.tenths() * 100
    }

    /// Returns the whole seconds, rounded down.
    pub const fn as_secs(self) -> u32 {
        #[expect(clippy::cast_possible_truncation, reason = "the range is 32 bits of seconds")]
        let seconds = (self.tenths() / 10) as u32;
        seconds
    }
}

/// Writes at most two units: `0s`, `48s`, `12m`, `4h 12m`, `2d 3h`.
///
/// From 1000 days the hours are left out, so that it fits a column: `1200d`.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.as_secs();
        let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400);
        let text = match (days, hours, minutes) {
            (0, 0, 0) => format!("{seconds}s"),
            (0, 0, m) => format!("{m}m"),
            (0, h, m) => format!("{h}h {}m", m % 60),
            (d @ ..1000, h, _) => format!("{d}d {}h", h % 24),
            (d, ..) => format!("{d}d"),
        };
        f.pad(&text)
    }
}

/// Maximum digits of one number in a duration (31 years of seconds). Keeps humantime from overflowing.
const MAX_DIGITS: usize = 9;
/// Maximum length of a duration, in bytes. `1year 2months 3days 4h 5m 6s 700ms` fits.
const MAX_DURATION_LEN: usize = 64;

/// Parses a duration of a setting or filter: `5m`, `1h 30m`, `500ms`. A bare number is in seconds: `5`, `0.5`.
///
/// Rejects numbers that could overflow in humantime when they are added up.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let runs = text.split(|c: char| !c.is_ascii_digit());
    if text.len() > MAX_DURATION_LEN || runs.into_iter().any(|run| run.len() > MAX_DIGITS) {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return Duration::try_from_secs_f64(text.parse().ok()?).ok();
    }
    humantime::parse_duration(text).ok()
}

/// Formats a duration exactly: `500ms`, `1m 30s`.
pub fn exact_text(duration: Duration) -> String {
    humantime::format_duration(duration).to_string()
}

/// Formats a duration exactly and without blanks, as filters take it: `500ms`, `1m30s`.
pub fn setting_text(duration: Duration) -> String {
    exact_text(duration).replace(' ', "")
}

/// Formats a measured duration with about two digits: `0.3ms`, `8ms`, `14ms`, `1.4s`, `12s`.
pub fn measured_text(duration: Duration) -> String {
    let ms = duration.as_secs_f64() * 1e3;
    if ms < 9.95 {
        format!("{ms:.1}ms").replace(".0", "")
    } else if ms < 999.5 {
        format!("{ms:.0}ms")
    } else if ms < 9_950.0 {
        format!("{:.1}s", ms / 1e3)
    } else {
        format!("{:.0}s", ms / 1e3)
    }
}

/// Formats a number of bytes with a decimal unit and at most three digits: `0 B`, `67 kB`, `1.2 MB`.
pub fn size_text(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let mut value = bytes as f64;
    let mut unit = "";
    for name in UNITS {
        value /= 1000.0;
        unit = name;
        if value < 999.5 {
            break;
        }
    }
    if value < 9.95 {
        format!("{value:.1} {unit}")
    } else {
        format!("{value:.0} {unit}")
    }
}

/// Formats a rate with at most four digits: `0`, `8.1`, `12`, `9500`, `12k`.
pub fn rate_text(rate: f64) -> String {
    if rate < 0.05 {
        "0".to_owned()
    } else if rate < 9.95 {
        format!("{rate:.1}")
    } else if rate < 9_999.5 {
        format!("{rate:.0}")
    } else {
        format!("{:.0}k", rate / 1000.0)
    }
}
