//! The date forms of the API, read with the zone they were written in.
//!
//! `MaxScale` sends four (docs/maxscale-api.md#dates): an HTTP date in GMT with
//! a year of four digits, the same with two (its `Date` header), `asctime` without a zone (up to
//! 22.08, and the draft) and ISO 8601 without a zone (statements). The draft adds two with a zone.
//!
//! The time, as the shell tells it: the core has no clock of its own.

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, ZonedDateTime};

/// Forms whose zone is GMT. The short year first: read as a long one it would be year 26.
const GMT_FORMS: [&str; 2] = ["%a, %d %b %y %H:%M:%S GMT", "%a, %d %b %Y %H:%M:%S GMT"];
/// Forms that carry their offset.
const OFFSET_FORMS: [&str; 2] = ["%a, %d %b %Y %H:%M:%S %z", "%Y-%m-%dT%H:%M:%S%:z"];
/// Forms in the zone of the server.
const LOCAL_FORMS: [&str; 2] = ["%a %b %e %H:%M:%S %Y", "%Y-%m-%dT%H:%M:%S%.f"];

/// Reads a moment in any of the forms. `zone` is the server's, when it is known: without it a
/// form without a zone means nothing, and nothing is returned.
pub fn parse_moment(text: &str, zone: Option<&TimeZone>) -> Option<Timestamp> {
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

/// The time between two moments of the same unknown zone, in milliseconds: what a statement took.
pub fn civil_span(from: &str, to: &str) -> Option<i64> {
    let span = parse_local(from)?.duration_until(parse_local(to)?);
    i64::try_from(span.as_millis()).ok()
}

/// A moment of an unknown zone on a scale of milliseconds: its distance from 1970 in the same zone.
pub fn civil_millis(text: &str) -> Option<i64> {
    Some(
        Offset::UTC
            .to_timestamp(parse_local(text)?)
            .ok()?
            .as_millisecond(),
    )
}

/// The `Date` header that the draft asks of every request (RFC 1123, in English).
pub fn http_date(at: Timestamp) -> String {
    ZonedDateTime::new(at, TimeZone::UTC)
        .strftime("%a, %d %b %Y %H:%M:%S GMT")
        .to_string()
}

fn parse_local(text: &str) -> Option<DateTime> {
    LOCAL_FORMS
        .iter()
        .find_map(|form| DateTime::strptime(form, text).ok())
}

/// Steps back of the wall clock up to this size are corrections by a time service.
const CLOCK_JITTER: SignedDuration = SignedDuration::from_millis(50);

/// One moment, both ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Monotonic, since the program began: all waiting is measured by it.
    pub elapsed: Duration,
    /// This machine's wall clock, for what people read.
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
    /// How much more time the wall clock has seen pass since `then` than the monotonic one did: the
    /// machine slept (or its clock was set forward).
    pub fn slept_since(&self, then: &Self) -> Duration {
        let by_wall = Duration::try_from(self.wall.duration_since(then.wall)).unwrap_or_default();
        by_wall.saturating_sub(self.elapsed.saturating_sub(then.elapsed))
    }

    /// Whether `then` is at most `limit` ago by both clocks. A wall clock that went back proves nothing,
    /// so the answer is `false` then.
    pub fn is_within(&self, limit: Duration, then: &Self) -> bool {
        let by_wall = self.wall.duration_since(then.wall);
        let by_wall = if by_wall.is_negative() && by_wall.abs() <= CLOCK_JITTER {
            Ok(Duration::ZERO)
        } else {
            Duration::try_from(by_wall)
        };
        let elapsed = self.elapsed.checked_sub(then.elapsed);
        elapsed.is_some_and(|elapsed| elapsed <= limit) && by_wall.is_ok_and(|by_wall| by_wall <= limit)
    }

    /// How long ago something was, by the wall clock, which goes on while the program is stopped.
    pub fn since(&self, at: Timestamp) -> Duration {
        Duration::try_from(self.wall.duration_since(at)).unwrap_or_default()
    }
}
