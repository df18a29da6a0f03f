//! The date forms of the API, read with the zone they were written in.
//!
//! `MaxScale` sends four (docs/maxscale-api.md#dates): an HTTP date in GMT with
//! a year of four digits, the same with two (its `Date` header), `asctime` without a zone (up to
//! 22.08, and the draft) and ISO 8601 without a zone (statements). The draft adds two with a zone.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ZonedDateTime};

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
