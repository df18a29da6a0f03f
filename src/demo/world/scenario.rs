//! Sessions with scripted problems, as a table.

use super::population::{ClientProfile, DBA, ETL, ORDERS, REPORT, WEB};

/// The problem of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo) enum SessionTrouble {
    /// No problem.
    Ordinary,
    /// Quiet for a long time, but keeps a server connection.
    Leaked,
    /// The client reads more slowly than the servers send.
    SlowReader,
    /// The statement never completes.
    Hung,
    /// Stopping, but never finishes.
    Closing,
    /// Waits for a server connection that it does not get.
    NoBackend,
    /// Not logged in.
    HalfOpen,
}

/// A session of the scenario.
#[derive(Debug)]
pub(super) struct ScenarioSession {
    pub(super) kind: &'static ClientProfile,
    pub(super) plot: SessionTrouble,
    /// Age at the start, in seconds.
    pub(super) age: u64,
    /// How long ago the problem began, in seconds, at the start.
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

/// Sessions with scripted problems, most instructive first. A small fleet has only the first ones.
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

/// Minimum size of a fleet with the whole scenario.
pub(super) const MIN_FLEET_SIZE: usize = SCENARIO.len() + 1;
