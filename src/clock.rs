//! The clocks of the program and the local time zone. The pure modules receive the time as a message.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::model::Now;

static BEGAN: OnceLock<Instant> = OnceLock::new();

/// Returns the start of the program: the time of the first call.
fn began() -> Instant {
    *BEGAN.get_or_init(|| {
        let now = Instant::now();
        // Tests need times before the start.
        let before = if cfg!(test) {
            now.checked_sub(Duration::from_mins(1))
        } else {
            None
        };
        before.unwrap_or(now)
    })
}

/// Returns the time of both clocks.
pub(crate) fn now() -> Now {
    Now {
        elapsed: began().elapsed(),
        wall: Timestamp::now(),
    }
}

/// Converts a time since the start for the runtime's timers.
pub(crate) fn instant(at: Duration) -> tokio::time::Instant {
    (began() + at).into()
}

/// Waits until this time. Never returns without one.
pub(crate) async fn until(at: Option<tokio::time::Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Prefixes in `TZ` that select another copy of the time zone database. The zones are the same except for
/// leap seconds.
const COPIES: [&str; 2] = ["posix/", "right/"];

/// Returns the local time zone: from `TZ` if it is set, otherwise the system's. UTC if there is none.
pub(crate) fn local_zone() -> TimeZone {
    variable()
        .as_deref()
        .and_then(zone_of_copy)
        .unwrap_or_else(TimeZone::system)
}

/// Returns the value of `TZ` if it is not a known time zone, so that [`local_zone`] is UTC.
pub(crate) fn unknown_zone() -> Option<String> {
    let value = variable()?;
    let is_known = zone_of_copy(&value).is_some() || TimeZone::try_system().is_ok();
    (!is_known).then_some(value)
}

fn variable() -> Option<String> {
    let value = std::env::var_os("TZ").filter(|value| !value.is_empty())?;
    Some(value.to_string_lossy().into_owned())
}

/// Returns the zone of `posix/Europe/Berlin` or `:right/Europe/Berlin`; `None` for another form.
fn zone_of_copy(value: &str) -> Option<TimeZone> {
    let path = value.strip_prefix(':').unwrap_or(value);
    let name = path.rsplit_once("/zoneinfo/").map_or(path, |(_, name)| name);
    let name = COPIES.iter().find_map(|copy| name.strip_prefix(copy))?;
    TimeZone::get(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_of_the_time_zone_database_has_the_same_zones() {
        let Ok(berlin) = TimeZone::get("Europe/Berlin") else {
            // This machine has no time zone database.
            return;
        };
        for value in [
            "posix/Europe/Berlin",
            ":posix/Europe/Berlin",
            "right/Europe/Berlin",
            ":/usr/share/zoneinfo/right/Europe/Berlin",
        ] {
            assert_eq!(zone_of_copy(value), Some(berlin.clone()), "{value}");
        }
        for other in ["Europe/Berlin", "posix/Europe/Berlim", "EST5EDT", ":"] {
            assert_eq!(zone_of_copy(other), None, "{other}");
        }
    }
}
