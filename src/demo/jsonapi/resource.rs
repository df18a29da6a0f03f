//! Which resource a path names.
//!
//! Who may enter: the JSON:API dialect.

/// The resources and, for the unknown ones, how they are missing.
#[derive(Debug, Clone, Copy)]
pub(super) enum Resource<'a> {
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
    /// The kind is known, the name cannot be one: its text and "session" or the like.
    NoSuch(&'a str, &'static str),
    Unknown,
}

impl<'a> Resource<'a> {
    pub(super) fn of(segments: &[&'a str]) -> Self {
        match *segments {
            [""] | [] => Self::Root,
            ["sessions"] => Self::Sessions,
            ["sessions", "restart"] | ["sessions", _, "restart"] => Self::Restart,
            ["sessions", id] => session_id(id).map_or(Self::NoSuch(id, "session"), Self::Session),
            ["maxscale"] => Self::MaxScale,
            ["maxscale", "threads"] => Self::Threads,
            ["maxscale", "threads", id] => Self::Thread(id),
            ["servers"] => Self::Servers,
            ["servers", name] => Self::Server(name),
            ["services"] => Self::Services,
            ["services", name] => Self::Service(name),
            _ => Self::Unknown,
        }
    }

    pub(super) fn methods(self) -> &'static str {
        match self {
            Self::Session(_) | Self::NoSuch(_, "session") => "GET, DELETE",
            Self::Restart => "POST",
            Self::Unknown => "",
            _ => "GET",
        }
    }
}

/// Digits only, at least 1, within 64 bits.
fn session_id(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if digits {
        text.parse().ok().filter(|id| *id > 0)
    } else {
        None
    }
}
