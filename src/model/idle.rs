//! What `idle` measures: that changed three times, within series too (docs/maxscale-api.md#idle).

use super::Version;

/// What `idle` measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdleMeaning {
    /// The time since the client sent something: it grows while a statement runs.
    Sent,
    /// The time since something passed to or from the client: it still grows while a statement runs.
    Traffic,
    /// The same between statements, and 0 while one runs.
    Between,
}

/// How a meaning is told to people.
#[derive(Clone, Copy, Debug)]
pub struct IdleEntry {
    /// The meaning.
    pub meaning: IdleMeaning,
    /// In one word.
    pub name: &'static str,
    /// In a sentence that begins behind a number of seconds.
    pub about: &'static str,
    /// The releases that mean it.
    pub releases: &'static str,
}

/// Every meaning, the oldest first.
pub static IDLE_MEANINGS: [IdleEntry; 3] = [
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

/// The releases in which the meaning changed within a series: its number, the patch, and what it means from there on.
const CHANGES: [(Version, u32, IdleMeaning); 7] = [
    (Version { major: 2, minor: 5 }, 21, IdleMeaning::Traffic),
    (Version { major: 6, minor: 4 }, 1, IdleMeaning::Traffic),
    (Version { major: 6, minor: 4 }, 8, IdleMeaning::Between),
    (Version { major: 22, minor: 8 }, 0, IdleMeaning::Traffic),
    (Version { major: 22, minor: 8 }, 7, IdleMeaning::Between),
    (Version { major: 23, minor: 2 }, 0, IdleMeaning::Traffic),
    (Version { major: 23, minor: 2 }, 3, IdleMeaning::Between),
];
/// 6.4.16 was renamed 21.06.16: from here on nothing but the last meaning.
const RENAMED: Version = Version { major: 21, minor: 6 };
/// Since its first release.
const SETTLED: Version = Version { major: 23, minor: 8 };

impl IdleMeaning {
    /// What it means in the release with this version text.
    pub fn of(version: &str) -> Option<Self> {
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

    /// How it is told to people.
    pub fn entry(self) -> Option<&'static IdleEntry> {
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
    fn every_meaning_is_told() {
        for meaning in [IdleMeaning::Sent, IdleMeaning::Traffic, IdleMeaning::Between] {
            assert!(meaning.entry().is_some_and(|entry| entry.about.len() <= 56));
        }
    }
}
