//! Limitations of MaxScale releases that matter for watching sessions.

/// A release number. 21.06 called itself 6.x up to 6.4.15.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Release(u32, u32, u32);

impl Release {
    /// Parses a version. A missing third number is 0.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split('.').map_while(|part| part.parse().ok());
        Some(Self(
            numbers.next()?,
            numbers.next()?,
            numbers.next().unwrap_or(0),
        ))
    }
}

/// A limitation of some releases.
#[derive(Debug)]
pub(super) struct Limitation {
    applies: fn(Release) -> bool,
    /// Description of what does not work, in one line.
    pub(super) text: &'static str,
    /// Whether a function of the program is missing, and not only a value.
    pub(super) is_grave: bool,
}

const fn limitation(applies: fn(Release) -> bool, text: &'static str) -> Limitation {
    Limitation {
        applies,
        text,
        is_grave: false,
    }
}

/// All limitations, most severe first.
const LIMITATIONS: [Limitation; 9] = [
    Limitation {
        applies: |release| release < Release(22, 8, 0),
        text: "sessions cannot be killed: there is no DELETE before 22.08",
        is_grave: true,
    },
    limitation(
        |release| (Release(22, 8, 0)..Release(24, 2, 0)).contains(&release),
        "up to 23.08 MaxScale reads ids with atoi: sessions above 2147483647 are not killed",
    ),
    limitation(
        |release| release < Release(6, 2, 0),
        "up to 6.1 only readwritesplit reports when a statement has ended",
    ),
    limitation(
        |release| release < Release(2, 3, 0),
        "server connections are not reported before 2.3",
    ),
    limitation(
        |release| release < Release(6, 3, 1),
        "the client's port is not reported before 6.3.1: identities have one field less",
    ),
    limitation(
        |release| release < Release(22, 8, 0),
        "memory is not reported before 22.08",
    ),
    limitation(
        |release| release < Release(23, 2, 0),
        "I/O and write queues are not reported before 23.02: 'silent' and 'back-pressure' cannot be detected; \
         what hangs is found only if statements are kept (retain_last_statements)",
    ),
    limitation(
        |release| (Release(23, 2, 0)..Release(23, 2, 3)).contains(&release),
        "before 23.02.3 idle grows during a statement: 'silent' needs statements (retain_last_statements)",
    ),
    limitation(
        |release| release < Release(24, 2, 0),
        "before 24.02 ages are computed from the connect time, in whole seconds",
    ),
];

/// Returns the limitations of one release.
pub(super) fn of(release: Release) -> impl Iterator<Item = &'static Limitation> {
    LIMITATIONS
        .iter()
        .filter(move |limitation| (limitation.applies)(release))
}
