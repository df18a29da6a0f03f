//! What a release cannot do or tells otherwise, as far as it matters to whoever watches sessions.

/// A release by its three numbers; 21.06 called itself 6.x up to 6.4.15.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Release(u32, u32, u32);

impl Release {
    /// Reads the numbers of a version text; a third one that is missing is 0.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split('.').map_while(|part| part.parse().ok());
        Some(Self(
            numbers.next()?,
            numbers.next()?,
            numbers.next().unwrap_or(0),
        ))
    }
}

/// One of them.
#[derive(Debug)]
pub(super) struct LimitOfRelease {
    holds: fn(Release) -> bool,
    /// What does not work, in one line.
    pub(super) says: &'static str,
    /// Whether the program can do less for it, and not only tell less.
    pub(super) is_grave: bool,
}

const fn tells(holds: fn(Release) -> bool, says: &'static str) -> LimitOfRelease {
    LimitOfRelease {
        holds,
        says,
        is_grave: false,
    }
}

/// All of them, the gravest first.
const LIMITS: [LimitOfRelease; 8] = [
    LimitOfRelease {
        holds: |release| release < Release(22, 8, 0),
        says: "sessions cannot be ended: there is no DELETE before 22.08",
        is_grave: true,
    },
    tells(
        |release| (Release(22, 8, 0)..Release(24, 2, 0)).contains(&release),
        "ids are read by atoi up to 23.08: sessions above 2147483647 are not ended",
    ),
    tells(
        |release| release < Release(6, 2, 0),
        "up to 6.1 only readwritesplit tells when a statement has ended",
    ),
    tells(
        |release| release < Release(2, 3, 0),
        "connections to servers are not told before 2.3",
    ),
    tells(
        |release| release < Release(6, 3, 1),
        "the client's port is not told before 6.3.1: sessions are told apart by less",
    ),
    tells(
        |release| release < Release(22, 8, 0),
        "memory is not told before 22.08",
    ),
    tells(
        |release| release < Release(23, 2, 0),
        "I/O and write queues are not told before 23.02: nobody is found silent or blocked by them",
    ),
    tells(
        |release| release < Release(24, 2, 0),
        "ages come from the connect time before 24.02, in whole seconds",
    ),
];

/// Those of one release.
pub(super) fn of(release: Release) -> impl Iterator<Item = &'static LimitOfRelease> {
    LIMITS.iter().filter(move |limit| (limit.holds)(release))
}
