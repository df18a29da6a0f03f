//! A time in a recording, as a user types it.

use std::str::FromStr;
use std::time::Duration;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use super::reader::Recording;
use crate::model::{parse_duration, visible};

/// A time in a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordingTime {
    /// A time of day.
    Clock(Time),
    /// A date with a time.
    At(Timestamp),
    /// A time since the start of the recording.
    Since(Duration),
}

/// A time that is not in a recording, or no time.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RecordingTimeError {
    /// None of the forms.
    #[error("'{0}' is not a time: use 13:41, 13:41:05, 2026-11-23T13:41:05Z, or 5m after the start")]
    Form(String),
    /// The recording does not have it.
    #[error("the recording has no such time: it is from {from} to {to}")]
    Outside {
        /// Its start.
        from: String,
        /// Its end.
        to: String,
    },
}

impl FromStr for RecordingTime {
    type Err = RecordingTimeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let clock = ["%H:%M:%S%.f", "%H:%M"];
        let clock = clock.iter().find_map(|form| Time::strptime(form, text).ok());
        let clock = clock.map(Self::Clock);
        let at = || text.parse().ok().map(Self::At);
        let since = || parse_duration(text).map(Self::Since);
        let found = clock.or_else(at).or_else(since);
        found.ok_or_else(|| RecordingTimeError::Form(visible(text).into_owned()))
    }
}

impl RecordingTime {
    /// Returns the moment at which a part ends, since the recorder started: that of [`Self::find`], or the end of the
    /// recording if the time is later.
    ///
    /// # Errors
    ///
    /// Returns an error if the time is before the recording.
    pub fn find_end(&self, recording: &Recording, zone: &TimeZone) -> Result<Duration, RecordingTimeError> {
        let found = self.find(recording, zone);
        let Some((_, to)) = recording.span().filter(|_| found.is_err()) else {
            return found;
        };
        let is_later = match self {
            Self::Since(_) => true,
            Self::At(at) => *at > to.wall,
            Self::Clock(time) => *time > zone.to_datetime(to.wall).time(),
        };
        if is_later { Ok(to.elapsed) } else { found }
    }

    /// Returns the moment in a recording, since the recorder started.
    ///
    /// # Errors
    ///
    /// Returns an error if the recording does not have this time.
    pub fn find(&self, recording: &Recording, zone: &TimeZone) -> Result<Duration, RecordingTimeError> {
        let clock = |at: Timestamp| {
            let at = zone.to_datetime(at);
            at.strftime("%Y-%m-%d %H:%M:%S").to_string()
        };
        let Some((from, to)) = recording.span() else {
            return Err(RecordingTimeError::Outside {
                from: String::new(),
                to: String::new(),
            });
        };
        let outside = || RecordingTimeError::Outside {
            from: clock(from.wall),
            to: clock(to.wall),
        };
        let found = match self {
            Self::Since(span) => Some(from.elapsed.saturating_add(*span)),
            Self::At(at) => recording
                .moment_at(*at)
                .filter(|_| covers(from.wall, to.wall, *at)),
            Self::Clock(time) => {
                let days = (0..).map_while(|days| {
                    let day = zone.to_datetime(from.wall).date();
                    let day = day.checked_add(SignedDuration::from_hours(24 * days)).ok()?;
                    let at = day
                        .to_datetime(*time)
                        .to_zoned_datetime(zone.clone())
                        .ok()?
                        .timestamp();
                    (at <= to.wall || days == 0).then_some(at)
                });
                let mut found = days.filter(|at| covers(from.wall, to.wall, *at));
                found.next().and_then(|at| recording.moment_at(at))
            }
        };
        found.filter(|at| *at <= to.elapsed).ok_or_else(outside)
    }
}

/// Whether a time is in a span. A second at each end is added, because users type whole seconds.
fn covers(from: Timestamp, to: Timestamp, at: Timestamp) -> bool {
    const SLACK: SignedDuration = SignedDuration::from_secs(1);
    let near = |one: Timestamp, other: Timestamp| one <= other.saturating_add(SLACK).unwrap_or(other);
    near(from, at) && near(at, to)
}
