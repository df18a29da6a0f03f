//! The sessions that something is wrong with, as a table.
//!
//! Who may enter: the world.

use super::population::{ClientProfile, DBA, ETL, ORDERS, REPORT, WEB};

/// What is wrong with a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo) enum SessionTrouble {
    /// Nothing.
    Ordinary,
    /// It went quiet long ago and still holds a backend.
    Leaked,
    /// Its client reads slower than the servers send.
    SlowReader,
    /// Its statement never ends.
    Hung,
    /// It was told to stop and does not.
    Closing,
    /// It waits for a backend that it does not get.
    NoBackend,
    /// It has not logged in.
    HalfOpen,
}

/// A part in the story.
#[derive(Debug)]
pub(super) struct ScenarioSession {
    pub(super) kind: &'static ClientProfile,
    pub(super) plot: SessionTrouble,
    /// Age at the start, in seconds.
    pub(super) age: u64,
    /// How long ago the trouble began, in seconds.
    pub(super) trouble: u64,
}

const fn role(kind: &'static ClientProfile, plot: SessionTrouble, age: u64, trouble: u64) -> ScenarioSession {
    ScenarioSession {
        kind,
        plot,
        age,
        trouble,
    }
}

/// The story, the most telling parts first: a small fleet has only the first of them.
pub(super) static SCENARIO: [ScenarioSession; 7] = [
    role(
        ETL,
        SessionTrouble::Leaked,
        2 * 86_400 + 3 * 3_600,
        4 * 3_600 + 12 * 60,
    ),
    role(ETL, SessionTrouble::Ordinary, 2 * 86_400 + 3 * 3_600 + 2, 0),
    role(WEB, SessionTrouble::Hung, 184, 48),
    role(REPORT, SessionTrouble::SlowReader, 12 * 60, 12 * 60),
    role(ORDERS, SessionTrouble::Closing, 3_700, 95),
    role(ORDERS, SessionTrouble::NoBackend, 2_520, 25),
    role(ETL, SessionTrouble::Ordinary, 5 * 3_600, 0),
];

/// The connection that has not logged in.
pub(super) static HALF_OPEN: ScenarioSession = role(DBA, SessionTrouble::HalfOpen, 7, 7);

/// From this size on a fleet has the whole story.
pub(super) const MIN_FLEET_SIZE: usize = SCENARIO.len() + 1;
