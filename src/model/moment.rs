//! Parses the date forms of the API, and [`Now`], the time that is passed to the core.
//!
//! `MaxScale` sends four forms (docs/maxscale-api.md#dates): an HTTP date in GMT with a year of four
//! digits, the same with two digits (its `Date` header), `asctime` without a zone (up to 22.08, and the
//! draft) and ISO 8601 without a zone (statements). The draft adds two forms with a zone.

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, ZonedDateTime};
use serde::{Deserialize, Serialize};

use super::duration_micros;

/// Forms in GMT. The form with the short year is first: parsed with `%Y` it would be year 26.
const GMT_FORMS: [&str; 2] = ["%a, %d %b %y %H:%M:%S GMT", "%a, %d %b %Y %H:%M:%S GMT"];
/// Forms with an offset.
const OFFSET_FORMS: [&str; 2] = ["%a, %d %b %Y %H:%M:%S %z", "%Y-%m-%dT%H:%M:%S%:z"];
/// Forms without a zone, in the zone of the server.
const LOCAL_FORMS: [&str; 2] = ["%a %b %e %H:%M:%S %Y", "%Y-%m-%dT%H:%M:%S%.f"];

/// Parses a date in any of the forms.
///
/// `zone` is the server's time zone, used for a form without a zone. Without it such a date gives `None`.
pub(crate) fn parse_moment(text: &str, zone: Option<&TimeZone>) -> Option<Timestamp> {
    if let Some(at) = GMT_FORMS
        .iter()
        .find_map(|form| DateTime::strptime(form, text).ok())
    {
        return Offset::UTC.to_timestamp(at).ok();
    }
    if let Some(at) = OFFSET_FORMS
        .iter()
        .find_map(|form| Timestamp::strptime(form, text).ok())
    {
        return Some(at);
    }
    let at = parse_local(text)?;
    Some(at.to_zoned_datetime(zone?.clone()).ok()?.timestamp())
}

/// Returns the time between two dates of the same unknown zone, in milliseconds.
pub(crate) fn civil_span(from: &str, to: &str) -> Option<i64> {
    let span = parse_local(from)?.duration_until(parse_local(to)?);
    i64::try_from(span.as_millis()).ok()
}

/// Returns a date of an unknown zone as milliseconds since 1970 in that zone.
pub(crate) fn civil_millis(text: &str) -> Option<i64> {
    Some(
        Offset::UTC
            .to_timestamp(parse_local(text)?)
            .ok()?
            .as_millisecond(),
    )
}

/// Formats the `Date` header that the draft requires in every request (RFC 1123, in English).
pub(crate) fn http_date(at: Timestamp) -> String {
    ZonedDateTime::new(at, TimeZone::UTC)
        .strftime("%a, %d %b %Y %H:%M:%S GMT")
        .to_string()
}

fn parse_local(text: &str) -> Option<DateTime> {
    LOCAL_FORMS
        .iter()
        .find_map(|form| DateTime::strptime(form, text).ok())
}

/// Maximum step back of the wall clock that counts as a correction by a time service.
const CLOCK_JITTER: SignedDuration = SignedDuration::from_millis(50);

/// The current time, on the monotonic and on the wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Now {
    /// Monotonic time since the program started. All waiting is measured by it.
    #[serde(with = "duration_micros")]
    pub elapsed: Duration,
    /// Wall clock of this machine, for display.
    pub wall: Timestamp,
}

impl Default for Now {
    fn default() -> Self {
        Self {
            elapsed: Duration::ZERO,
            wall: Timestamp::UNIX_EPOCH,
        }
    }
}

impl Now {
    /// Returns the time that the machine slept since `then`: wall clock time minus monotonic time.
    ///
    /// Also above 0 if the wall clock was set forward.
    pub(crate) fn slept_since(&self, then: &Self) -> Duration {
        let by_wall = Duration::try_from(self.wall.duration_since(then.wall)).unwrap_or_default();
        by_wall.saturating_sub(self.elapsed.saturating_sub(then.elapsed))
    }

    /// Whether `then` is at most `limit` ago by both clocks.
    ///
    /// Returns `false` if the wall clock went back, because the elapsed time is then unknown.
    pub(crate) fn is_within(&self, limit: Duration, then: &Self) -> bool {
        let by_wall = self.wall.duration_since(then.wall);
        let by_wall = if by_wall.is_negative() && by_wall.abs() <= CLOCK_JITTER {
            Ok(Duration::ZERO)
        } else {
            Duration::try_from(by_wall)
        };
        let elapsed = self.elapsed.checked_sub(then.elapsed);
        elapsed.is_some_and(|elapsed| elapsed <= limit) && by_wall.is_ok_and(|by_wall| by_wall <= limit)
    }

    /// Returns the time since `at` by the wall clock, which also runs while the program is stopped.
    pub(crate) fn since(&self, at: Timestamp) -> Duration {
        Duration::try_from(self.wall.duration_since(at)).unwrap_or_default()
    }
}
