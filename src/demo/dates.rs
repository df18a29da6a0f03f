//! Date formats of the replies.
//!
//! Formatted by hand, because a list can have thousands of dates.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Converts the seconds and nanoseconds of the world's clock.
pub(super) fn timestamp((seconds, nanoseconds): (i64, u32)) -> Timestamp {
    Timestamp::new(seconds, i32::try_from(nanoseconds).unwrap_or(0)).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Formats as `Wed Aug 31 03:03:12 2016`: local time, without a zone.
pub(super) fn asctime(at: Timestamp, zone: &TimeZone) -> String {
    let local = zone.to_datetime(at);
    let mut out = String::with_capacity(24);
    out.push_str(day(local));
    out.push(' ');
    out.push_str(month(local));
    out.push(' ');
    let first = local.day().unsigned_abs() / 10;
    out.push(if first == 0 { ' ' } else { digit(u16::from(first)) });
    out.push(digit(u16::from(local.day().unsigned_abs())));
    out.push(' ');
    clock(&mut out, local);
    out.push(' ');
    four_digits(&mut out, local.year());
    out
}

/// Formats as `Fri, 05 Jan 2024 07:24:06 GMT`.
pub(super) fn http_date(at: Timestamp) -> String {
    gmt(at, four_digits)
}

/// Formats as `Fri, 05 Jan 24 07:24:06 GMT`, the `Date` header of MaxScale releases.
pub(super) fn http_date_short(at: Timestamp) -> String {
    gmt(at, |out, year| {
        two_digits(out, i8::try_from(year % 100).unwrap_or(0));
    })
}

fn gmt(at: Timestamp, year: fn(&mut String, i16)) -> String {
    let utc = TimeZone::UTC.to_datetime(at);
    let mut out = String::with_capacity(29);
    out.push_str(day(utc));
    out.push_str(", ");
    two_digits(&mut out, utc.day());
    out.push(' ');
    out.push_str(month(utc));
    out.push(' ');
    year(&mut out, utc.year());
    out.push(' ');
    clock(&mut out, utc);
    out.push_str(" GMT");
    out
}

/// Formats as `2024-01-05T07:24:06.123`: local time, without a zone.
pub(super) fn local_millis(at: Timestamp, zone: &TimeZone) -> String {
    let local = zone.to_datetime(at);
    let mut out = String::with_capacity(23);
    four_digits(&mut out, local.year());
    for (separator, value) in [('-', local.month()), ('-', local.day()), ('T', local.hour())] {
        out.push(separator);
        two_digits(&mut out, value);
    }
    for value in [local.minute(), local.second()] {
        out.push(':');
        two_digits(&mut out, value);
    }
    let millis = local.millisecond().unsigned_abs();
    out.push('.');
    out.push(digit(millis / 100));
    out.push(digit(millis / 10));
    out.push(digit(millis));
    out
}

fn clock(out: &mut String, at: DateTime) {
    two_digits(out, at.hour());
    out.push(':');
    two_digits(out, at.minute());
    out.push(':');
    two_digits(out, at.second());
}

fn two_digits(out: &mut String, value: i8) {
    let value = value.unsigned_abs();
    out.push(digit(u16::from(value / 10)));
    out.push(digit(u16::from(value)));
}

fn four_digits(out: &mut String, value: i16) {
    let value = value.unsigned_abs();
    for unit in [1_000, 100, 10, 1] {
        out.push(digit(value / unit));
    }
}

/// Returns the last digit of a number.
fn digit(value: u16) -> char {
    char::from(b'0' + u8::try_from(value % 10).unwrap_or(0))
}

fn day(at: DateTime) -> &'static str {
    let place = usize::from(at.weekday().to_monday_zero_offset().unsigned_abs());
    DAYS.get(place).copied().unwrap_or_default()
}

fn month(at: DateTime) -> &'static str {
    let place = usize::from(at.month().unsigned_abs()).saturating_sub(1);
    MONTHS.get(place).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_forms() {
        let at = timestamp((1_704_439_446, 123_000_000));
        assert_eq!(asctime(at, &TimeZone::UTC), "Fri Jan  5 07:24:06 2024");
        assert_eq!(http_date(at), "Fri, 05 Jan 2024 07:24:06 GMT");
        assert_eq!(http_date_short(at), "Fri, 05 Jan 24 07:24:06 GMT");
        assert_eq!(local_millis(at, &TimeZone::UTC), "2024-01-05T07:24:06.123");
    }
}
