//! The meaning of `idle`. It has three definitions, and changed within release series (docs/maxscale-api.md#idle).

use super::Version;

/// The time that `idle` measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdleMeaning {
    /// Time since the client sent something. Grows while a statement runs.
    Sent,
    /// Time since data passed to or from the client. Grows while a statement runs.
    Traffic,
    /// Time since data passed to or from the client; 0 while a statement runs.
    Between,
}

/// Description of a meaning, for help and documentation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IdleEntry {
    /// The meaning described.
    pub meaning: IdleMeaning,
    /// One word for it.
    pub name: &'static str,
    /// Description that follows a number of seconds.
    pub about: &'static str,
    /// Releases with this meaning.
    pub releases: &'static str,
}

/// All meanings, oldest first.
pub(crate) static IDLE_MEANINGS: [IdleEntry; 3] = [
    IdleEntry {
        meaning: IdleMeaning::Sent,
        name: "sent",
        about: "since the client last sent; grows during a statement",
        releases: "2.2.0 to 2.5.20, 6.0.0 to 6.4.0",
    },
    IdleEntry {
        meaning: IdleMeaning::Traffic,
        name: "traffic",
        about: "since it last sent or got data; grows during a statement",
        releases: "2.5.21 on, 6.4.1 to .7, 22.08.0 to .6, 23.02.0 to .2",
    },
    IdleEntry {
        meaning: IdleMeaning::Between,
        name: "between",
        about: "since its last statement ended; 0 while one runs",
        releases: "6.4.8 on, 22.08.7 on, 23.02.3 on, all from 23.08",
    },
];

/// Changes of the meaning: series, first patch release, and the meaning in that and later patch releases.
const CHANGES: [(Version, u32, IdleMeaning); 7] = [
    (Version { major: 2, minor: 5 }, 21, IdleMeaning::Traffic),
    (Version { major: 6, minor: 4 }, 1, IdleMeaning::Traffic),
    (Version { major: 6, minor: 4 }, 8, IdleMeaning::Between),
    (Version { major: 22, minor: 8 }, 0, IdleMeaning::Traffic),
    (Version { major: 22, minor: 8 }, 7, IdleMeaning::Between),
    (Version { major: 23, minor: 2 }, 0, IdleMeaning::Traffic),
    (Version { major: 23, minor: 2 }, 3, IdleMeaning::Between),
];
/// Series 21.06 (6.4 was renamed after 6.4.15). All its releases have the last meaning.
const RENAMED: Version = Version { major: 21, minor: 6 };
/// First series whose releases all have the last meaning.
const SETTLED: Version = Version { major: 23, minor: 8 };

impl IdleMeaning {
    /// Returns the meaning in a release; `None` if the version cannot be parsed.
    pub(crate) fn of(version: &str) -> Option<Self> {
        let series = Version::parse(version)?;
        if series == RENAMED || series >= SETTLED {
            return Some(Self::Between);
        }
        let patch = version.split('.').nth(2)?;
        let digits = patch.find(|c: char| !c.is_ascii_digit()).unwrap_or(patch.len());
        let patch: u32 = patch.get(..digits)?.parse().ok()?;
        let changed = CHANGES
            .iter()
            .rev()
            .find(|(own, first, _)| *own == series && *first <= patch);
        Some(changed.map_or(Self::Sent, |(_, _, meaning)| *meaning))
    }

    /// Returns the description.
    pub(crate) fn entry(self) -> Option<&'static IdleEntry> {
        IDLE_MEANINGS.iter().find(|entry| entry.meaning == self)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn every_release_has_its_meaning() {
        use IdleMeaning::{Between, Sent, Traffic};
        for (version, meaning) in [
            ("2.2.0", Some(Sent)),
            ("2.4.19", Some(Sent)),
            ("2.5.20", Some(Sent)),
            ("2.5.21", Some(Traffic)),
            ("2.5.29", Some(Traffic)),
            ("6.1.4", Some(Sent)),
            ("6.4.0", Some(Sent)),
            ("6.4.7", Some(Traffic)),
            ("6.4.15", Some(Between)),
            ("21.06.17", Some(Between)),
            ("22.08.0", Some(Traffic)),
            ("22.08.14", Some(Between)),
            ("23.02.2", Some(Traffic)),
            ("23.02.3-rc1", Some(Between)),
            ("23.08.0", Some(Between)),
            ("24.02.3", Some(Between)),
            ("25.01", Some(Between)),
            ("22.08", None),
            ("unknown", None),
        ] {
            assert_eq!(IdleMeaning::of(version), meaning, "{version}");
        }
    }

    #[test]
    fn docs_have_the_table_of_idle_meanings() {
        let mut table = "| idle | seconds | releases |\n|---|---|---|\n".to_owned();
        for entry in &IDLE_MEANINGS {
            writeln!(table, "| {} | {} | {} |", entry.name, entry.about, entry.releases).unwrap();
        }
        crate::docs::assert_table("compatibility.md", "idle", &table);
    }

    #[test]
    fn every_meaning_has_a_description() {
        for meaning in [IdleMeaning::Sent, IdleMeaning::Traffic, IdleMeaning::Between] {
            assert!(meaning.entry().is_some_and(|entry| entry.about.len() <= 56));
        }
    }
}
