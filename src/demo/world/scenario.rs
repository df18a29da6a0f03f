//! Sessions with scripted problems, as a table.

use super::population::{CRON, ClientProfile, DBA, ETL, ORDERS, REPORT, WEB};

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
    /// Idle in an open transaction.
    OpenTransaction,
    /// The statement waits for a lock.
    LockWait,
}

impl SessionTrouble {
    /// Whether the client sends nothing more once the problem has begun.
    pub(super) const fn interrupts(self) -> bool {
        !matches!(self, Self::Ordinary | Self::SlowReader | Self::HalfOpen)
    }

    /// Whether a statement runs until the problem ends.
    pub(super) const fn is_waiting(self) -> bool {
        matches!(self, Self::Hung | Self::NoBackend | Self::LockWait)
    }
}

/// Statements of a session around its problem.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Script {
    /// Statements right before the problem, oldest first.
    pub(super) before: &'static [&'static str],
    /// The statement that waits.
    pub(super) waiting: Option<&'static str>,
}

/// Script of sessions that send their usual statements.
pub(super) static NO_SCRIPT: Script = Script {
    before: &[],
    waiting: None,
};

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

/// Sessions with old problems, which the first lists show. They are the oldest ones, so they get the lowest ids.
pub(super) static OLD_TROUBLES: [ScenarioSession; 3] = [
    role(
        CRON,
        SessionTrouble::Leaked,
        2 * 86_400 + 5 * 3_600,
        6 * 3_600 + 7 * 60,
    ),
    role(
        REPORT,
        SessionTrouble::SlowReader,
        2 * 86_400 + 4 * 3_600,
        50 * 3_600,
    ),
    role(
        DBA,
        SessionTrouble::Leaked,
        2 * 86_400 + 3 * 3_600 + 60,
        9 * 3_600 + 40 * 60,
    ),
];

/// The connection that has not logged in.
pub(super) static HALF_OPEN: ScenarioSession = role(DBA, SessionTrouble::HalfOpen, 7, 7);

/// Minimum size of a fleet with the whole scenario.
pub(super) const MIN_FLEET_SIZE: usize = SCENARIO.len() + 1;
