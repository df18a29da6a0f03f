//! The sessions that something is wrong with, as a table.
//!
//! Who may enter: the world.

use super::cast::{DBA, ETL, Kind, ORDERS, REPORT, WEB};

/// What is wrong with a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo) enum Plot {
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
pub(super) struct Role {
    pub(super) kind: &'static Kind,
    pub(super) plot: Plot,
    /// Age at the start, in seconds.
    pub(super) age: u64,
    /// How long ago the trouble began, in seconds.
    pub(super) trouble: u64,
}

const fn role(kind: &'static Kind, plot: Plot, age: u64, trouble: u64) -> Role {
    Role {
        kind,
        plot,
        age,
        trouble,
    }
}

/// The story, the most telling parts first: a small fleet has only the first of them.
pub(super) static ROLES: [Role; 7] = [
    role(ETL, Plot::Leaked, 2 * 86_400 + 3 * 3_600, 4 * 3_600 + 12 * 60),
    role(ETL, Plot::Ordinary, 2 * 86_400 + 3 * 3_600 + 2, 0),
    role(WEB, Plot::Hung, 184, 48),
    role(REPORT, Plot::SlowReader, 12 * 60, 12 * 60),
    role(ORDERS, Plot::Closing, 3_700, 95),
    role(ORDERS, Plot::NoBackend, 2_520, 25),
    role(ETL, Plot::Ordinary, 5 * 3_600, 0),
];

/// The connection that has not logged in.
pub(super) static HALF_OPEN: Role = role(DBA, Plot::HalfOpen, 7, 7);

/// From this size on a fleet has the whole story.
pub(super) const WHOLE: usize = ROLES.len() + 1;
