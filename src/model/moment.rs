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

/// Zone of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FormZone {
    Gmt,
    /// The form has an offset.
    Offset,
    /// The zone of the server.
    Server,
}

/// A date form.
type Form = (FormZone, &'static str);

/// The form with the short year is before that with the long one: parsed with `%Y` it would be year 26.
const GMT_SHORT_YEAR: Form = (FormZone::Gmt, "%a, %d %b %y %H:%M:%S GMT");
const GMT: Form = (FormZone::Gmt, "%a, %d %b %Y %H:%M:%S GMT");
const OFFSET: Form = (FormZone::Offset, "%a, %d %b %Y %H:%M:%S %z");
const ISO_OFFSET: Form = (FormZone::Offset, "%Y-%m-%dT%H:%M:%S%:z");
const ASCTIME: Form = (FormZone::Server, "%a %b %e %H:%M:%S %Y");
const ISO: Form = (FormZone::Server, "%Y-%m-%dT%H:%M:%S%.f");
const FORMS: [Form; 6] = [GMT_SHORT_YEAR, GMT, OFFSET, ISO_OFFSET, ASCTIME, ISO];

/// Returns the only form that a date of this shape can have, if its parts are in their usual places.
fn form_by_shape(text: &str) -> Form {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        let time = text.split_once('T').map_or("", |(_, time)| time);
        return if time.contains(['+', '-']) {
            ISO_OFFSET
        } else {
            ISO
        };
    }
    if text.as_bytes().get(3) != Some(&b',') {
        return ASCTIME;
    }
    if !text.ends_with("GMT") {
        return OFFSET;
    }
    match text.split_ascii_whitespace().nth(3) {
        Some(year) if year.len() == 4 => GMT,
        _ => GMT_SHORT_YEAR,
    }
}

/// Parses a date in one form. Returns `None` if its zone is unknown, and an error if it does not have the form.
fn parse_in(
    (form_zone, form): Form,
    text: &str,
    zone: Option<&TimeZone>,
) -> Result<Option<Timestamp>, jiff::Error> {
    if form_zone == FormZone::Offset {
        return Timestamp::strptime(form, text).map(Some);
    }
    let at = DateTime::strptime(form, text)?;
    Ok(match form_zone {
        FormZone::Server => zone
            .and_then(|zone| at.to_zoned_datetime(zone.clone()).ok())
            .map(|at| at.timestamp()),
        FormZone::Gmt | FormZone::Offset => Offset::UTC.to_timestamp(at).ok(),
    })
}

/// Parses a date in any of the forms: first in the one that its shape suggests.
///
/// `zone` is the server's time zone, used for a form without a zone. Without it such a date gives `None`.
pub(crate) fn parse_moment(text: &str, zone: Option<&TimeZone>) -> Option<Timestamp> {
    let forms = std::iter::once(form_by_shape(text)).chain(FORMS);
    forms
        .into_iter()
        .find_map(|form| parse_in(form, text, zone).ok())?
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
    let forms = [form_by_shape(text), ASCTIME, ISO].into_iter();
    let mut local = forms.filter(|(zone, _)| *zone == FormZone::Server);
    local.find_map(|(_, form)| DateTime::strptime(form, text).ok())
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Parses a date by trying every form in turn.
    fn by_trying_all(text: &str, zone: Option<&TimeZone>) -> Option<Timestamp> {
        FORMS
            .into_iter()
            .find_map(|form| parse_in(form, text, zone).ok())?
    }

    proptest! {
        #[test]
        fn the_form_by_its_shape_gives_the_same_date_as_trying_all_forms(
            form in 0..FORMS.len(),
            seconds in 0_i64..4_000_000_000,
            cut in 0_usize..40,
            noise in "[ 0-9TZ:+,GM-]{0,3}",
        ) {
            let at = Timestamp::from_second(seconds).unwrap().to_zoned_datetime(TimeZone::UTC);
            let text = at.strftime(FORMS[form].1).to_string();
            let head: String = text.chars().take(cut).collect();
            let tail: String = text.chars().skip(cut).collect();
            for text in [text, format!("{head}{noise}{tail}"), format!("{head}{tail}{noise}"), head] {
                for zone in [None, Some(&TimeZone::UTC)] {
                    prop_assert_eq!(parse_moment(&text, zone), by_trying_all(&text, zone), "{}", text);
                }
            }
        }

        #[test]
        fn the_shape_of_a_date_is_its_form(form in 0..FORMS.len(), seconds in 0_i64..4_000_000_000) {
            let at = Timestamp::from_second(seconds).unwrap().to_zoned_datetime(TimeZone::UTC);
            prop_assert_eq!(form_by_shape(&at.strftime(FORMS[form].1).to_string()), FORMS[form]);
        }
    }
}
