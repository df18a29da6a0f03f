//! Finds the resource that a path names.

use crate::demo::profile::VersionProfile;

/// A resource, or how it is missing.
#[derive(Debug, Clone, Copy)]
pub(super) enum JsonApiResource<'a> {
    Root,
    Sessions,
    Session(u64),
    Restart,
    MaxScale,
    Threads,
    Thread(&'a str),
    Servers,
    Server(&'a str),
    Services,
    Service(&'a str),
    Users,
    User(&'a str),
    /// The account that sent the request.
    WhoAmI,
    /// The kind is known, such as "session", but no object can have this name.
    NoSuch(&'static str),
    Unknown,
}

impl<'a> JsonApiResource<'a> {
    pub(super) fn of(segments: &[&'a str], profile: &VersionProfile) -> Self {
        match *segments {
            [""] | [] => Self::Root,
            ["sessions"] => Self::Sessions,
            ["sessions", "restart"] | ["sessions", _, "restart"] => Self::Restart,
            ["sessions", id] if profile.sessions.atoi => Self::Session(atoi(id)),
            ["sessions", id] => session_id(id).map_or(Self::NoSuch("session"), Self::Session),
            ["maxscale"] => Self::MaxScale,
            ["maxscale", "threads"] => Self::Threads,
            ["maxscale", "threads", id] => Self::Thread(id),
            ["servers"] => Self::Servers,
            ["servers", name] => Self::Server(name),
            ["services"] => Self::Services,
            ["services", name] => Self::Service(name),
            ["users", "inet"] => Self::Users,
            ["users", "inet", name] => Self::User(name),
            ["users"] if profile.roles => Self::Users,
            ["users", name] if profile.roles => Self::User(name),
            ["whoami"] if profile.roles => Self::WhoAmI,
            _ => Self::Unknown,
        }
    }

    pub(super) fn methods(self, profile: &VersionProfile) -> &'static str {
        match self {
            Self::Session(_) | Self::NoSuch("session") if profile.sessions.delete => "GET, DELETE",
            Self::Restart => "POST",
            Self::Unknown => "",
            _ => "GET",
        }
    }
}

/// Parses a session id: digits only, at least 1, within 64 bits.
fn session_id(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if digits {
        text.parse().ok().filter(|id| *id > 0)
    } else {
        None
    }
}

/// Parses as C's `atoi` into 32 bits. Returns 0, which no session has, if there is no positive
/// number.
fn atoi(text: &str) -> u64 {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let digits = text.get(..end).unwrap_or_default();
    if digits.is_empty() {
        return 0;
    }
    let long: i64 = digits.parse().unwrap_or(i64::MAX);
    let low = u32::try_from(long & 0xFFFF_FFFF).unwrap_or(0);
    i32::try_from(low).map_or(0, |id| u64::from(id.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_as_the_version_reads_them() {
        let [old, new] = ["23.08", "24.02"].map(|name| VersionProfile::named(name).unwrap());
        for (text, lax, strict) in [
            ("7", 7, true),
            ("7x", 7, false),
            ("x7", 0, false),
            ("-1", 0, false),
            ("4294967303", 7, true),
            ("4294967295", 0, true),
            ("99999999999999999999999", 0, false),
        ] {
            let read = |profile| JsonApiResource::of(&["sessions", text], profile);
            assert!(
                matches!(read(old), JsonApiResource::Session(id) if id == lax),
                "{text}"
            );
            assert_eq!(matches!(read(new), JsonApiResource::Session(_)), strict, "{text}");
        }
    }
}
