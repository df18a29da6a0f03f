//! Lengths of time and sizes, and the short text of each.

use std::fmt;

/// A length of time in tenths of a second, the resolution of the API's own `idle`.
///
/// Range: 0 to about 13 years; longer ones stop there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(u32);

impl Span {
    /// From seconds. Negative, infinite and not-a-number give nothing.
    pub fn from_secs_f64(seconds: f64) -> Option<Self> {
        (seconds.is_finite() && seconds >= 0.0).then(|| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "saturates, checked above"
            )]
            Self((seconds * 10.0).round() as u32)
        })
    }

    /// From whole seconds; negative ones (a clock that runs ahead) count as 0.
    pub fn from_secs(seconds: i64) -> Self {
        let tenths = seconds.clamp(0, i64::from(u32::MAX / 10)) * 10;
        Self(u32::try_from(tenths).unwrap_or(u32::MAX))
    }

    /// In seconds, for JSON.
    pub fn as_secs_f64(self) -> f64 {
        f64::from(self.0) / 10.0
    }

    /// In milliseconds.
    pub fn as_millis(self) -> u64 {
        u64::from(self.0) * 100
    }

    /// Whole seconds.
    pub const fn as_secs(self) -> u32 {
        self.0 / 10
    }
}

/// Two units at most, the way people say it: `0s`, `48s`, `12m`, `4h 12m`, `2d 3h`.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.as_secs();
        let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400);
        let text = match (days, hours, minutes) {
            (0, 0, 0) => format!("{seconds}s"),
            (0, 0, m) => format!("{m}m"),
            (0, h, m) => format!("{h}h {}m", m % 60),
            (d, h, _) => format!("{d}d {}h", h % 24),
        };
        f.pad(&text)
    }
}

/// A number of bytes with a unit of 1000, three digits at most: `0 B`, `67 kB`, `1.2 MB`.
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

/// Three digits at most: `0`, `8.1`, `12`, `4.5k`.
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
