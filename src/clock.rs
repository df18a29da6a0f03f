//! The clocks of the program and the local time zone. The pure modules receive the time as a message.

use std::path::Path;
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

/// The system's time zone: a file of the time zone database, usually through a symbolic link.
const SYSTEM_ZONE: &str = "/etc/localtime";

/// Returns the local time zone: from `TZ` if it is set, otherwise the system's. UTC if there is none.
///
/// Found once: the search lists all directories of the time zone database if `TZ` is set.
pub(crate) fn local_zone() -> TimeZone {
    static ZONE: OnceLock<TimeZone> = OnceLock::new();
    ZONE.get_or_init(|| {
        let zone = match variable() {
            Some(value) => zone_of_copy(&value),
            None => zone_of_file(Path::new(SYSTEM_ZONE)),
        };
        zone.unwrap_or_else(TimeZone::system)
    })
    .clone()
}

/// Returns the zone in a file of the database, without a search. `None` if the path is not a link to such
/// a file.
fn zone_of_file(path: &Path) -> Option<TimeZone> {
    let target = std::fs::read_link(path).ok()?;
    let (_, name) = target.to_str()?.rsplit_once("zoneinfo/")?;
    TimeZone::tzif(name, &std::fs::read(path).ok()?).ok()
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
    fn a_link_into_the_time_zone_database_is_read_without_a_search() {
        let Ok(berlin) = TimeZone::get("Europe/Berlin") else {
            // This machine has no time zone database.
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("localtime");
        assert_eq!(zone_of_file(&link), None);
        std::os::unix::fs::symlink("/usr/share/zoneinfo/Europe/Berlin", &link).unwrap();
        if let Some(zone) = zone_of_file(&link) {
            assert_eq!(zone, berlin);
            assert_eq!(zone.iana_name(), Some("Europe/Berlin"));
        }
        let text = folder.path().join("text");
        std::fs::write(&text, "no zone").unwrap();
        assert_eq!(zone_of_file(&text), None, "no link");
    }

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
