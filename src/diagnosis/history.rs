//! Durations of a session's conditions, carried from one snapshot to the next.
//!
//! Conditions are measured in time, not in snapshots, so a missed snapshot does not matter.

use std::hash::{Hash as _, Hasher as _};

use rustc_hash::FxHasher;

use super::capabilities::Capabilities;
use crate::model::{Session, SessionId, Text};

/// Longest gap between two snapshots, in milliseconds.
///
/// After a longer one the conditions `silent` and `no-backend` are timed from the new snapshot.
const MAX_GAP_MS: u32 = 30_000;

/// How long a condition has held without interruption, in milliseconds.
///
/// The high bit marks a condition that already held when first observed, so the true time may be longer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct HeldFor(u32);

impl HeldFor {
    /// The high bit.
    const OPEN: u32 = 1 << 31;

    /// Starts a condition. `is_open` if it may have held before.
    pub(super) const fn begun(is_open: bool) -> Self {
        Self(if is_open { Self::OPEN } else { 0 })
    }

    /// Returns the duration after the condition held for `passed_ms` more.
    pub(super) fn after(self, passed_ms: u32) -> Self {
        let lasted = (self.0 & !Self::OPEN)
            .saturating_add(passed_ms)
            .min(Self::OPEN - 1);
        Self(lasted | (self.0 & Self::OPEN))
    }

    /// Returns the observed duration, in milliseconds.
    pub(super) fn millis(self) -> u64 {
        u64::from(self.0 & !Self::OPEN)
    }

    /// Whether the condition may have held for longer.
    pub(super) const fn is_open(self) -> bool {
        self.0 & Self::OPEN != 0
    }
}

/// Durations of the conditions of one session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct SessionHistory {
    /// Pool of the session: a hash of user, address and service.
    pub(super) pool: u64,
    /// Time in its phase.
    pub(super) phase: HeldFor,
    /// Time that its statement has been running.
    pub(super) statement: HeldFor,
    /// Time that it has been waiting for an answer without I/O events.
    pub(super) quiet: HeldFor,
    /// Number of readings that showed this, one after another.
    pub(super) quiet_reads: u8,
    /// Time that a statement has been waiting without a server connection.
    pub(super) bare: HeldFor,
    /// Whether it was found idle while its pool was in use, and has been idle since.
    pub(super) is_forgotten: bool,
}

/// The gap between two snapshots.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gap {
    /// Length, by this machine's clock, in milliseconds. 0 if the clock was set back.
    pub(super) passed_ms: u32,
    /// Highest id of the previous snapshot; `None` if there is no previous snapshot.
    pub(super) newest: Option<SessionId>,
}

impl SessionHistory {
    /// Returns the history of a session that is not in the previous snapshot.
    ///
    /// Ids ascend: a session with a higher id than all others is new, so no condition held before.
    pub(super) fn first(now: &Session, gap: Gap) -> Self {
        let is_open = gap.newest.is_none_or(|newest| now.id <= newest);
        let begun = HeldFor::begun(is_open);
        Self {
            pool: pool(now),
            phase: begun,
            statement: begun,
            quiet: begun,
            quiet_reads: 0,
            bare: begun,
            is_forgotten: false,
        }
    }

    /// Returns the history of a session that is in the previous snapshot too.
    pub(super) fn next(self, before: &Session, now: &Session, gap: Gap, capabilities: Capabilities) -> Self {
        let continued = |lasting: HeldFor, holds: bool| {
            if holds {
                lasting.after(gap.passed_ms)
            } else {
                HeldFor::begun(false)
            }
        };
        let watched = |lasting: HeldFor, holds: bool| {
            if holds && gap.passed_ms > MAX_GAP_MS {
                HeldFor::begun(true)
            } else {
                continued(lasting, holds)
            }
        };
        let same_statement = received(before) == received(now);
        let runs_same = same_statement && received(now).is_some();
        let both = |condition: fn(Capabilities, &Session) -> Option<bool>| {
            condition(capabilities, before) == Some(true) && condition(capabilities, now) == Some(true)
        };
        let stays_quiet = same_statement && both(Capabilities::is_quiet);
        Self {
            pool: if before.user == now.user && before.service == now.service {
                self.pool
            } else {
                pool(now)
            },
            phase: continued(self.phase, before.phase() == now.phase()),
            statement: continued(self.statement, runs_same),
            quiet: watched(self.quiet, stays_quiet),
            quiet_reads: if stays_quiet {
                self.quiet_reads.saturating_add(1)
            } else {
                0
            },
            bare: watched(self.bare, both(Capabilities::is_bare)),
            is_forgotten: self.is_forgotten && before.idle <= now.idle,
        }
    }
}

/// Returns the time of receipt of the running statement, as sent. Identifies it within its session.
fn received(session: &Session) -> Option<&Text> {
    Some(&session.extra.as_ref()?.running.as_ref()?.received)
}

fn connected(session: &Session) -> Option<&Text> {
    session.connected.as_ref().map(|connected| &connected.sent)
}

/// Whether both are one session. The user is set at login and never changes after that.
pub(super) fn is_same(before: &Session, now: &Session) -> bool {
    let same_user = before.user.is_none() || before.user == now.user;
    before.id == now.id && same_user && connected(before) == connected(now)
}

/// Returns the histories of the sessions in `now`. Both lists must be sorted by id.
///
/// `row_gap` returns the time between the readings of one session, if it differs from the gap between the lists.
/// A session that was not read again keeps its history.
pub(super) fn merge(
    before: &[Session],
    histories: &[SessionHistory],
    now: &[Session],
    gap: Gap,
    row_gap: &dyn Fn(SessionId) -> Option<u32>,
    capabilities: Capabilities,
) -> Vec<SessionHistory> {
    let mut old = before.iter().zip(histories).peekable();
    let next = |session: &Session| {
        while old.next_if(|(before, _)| before.id < session.id).is_some() {}
        match old.next_if(|(before, _)| is_same(before, session)) {
            Some((before, history)) => match row_gap(session.id) {
                Some(0) => *history,
                Some(passed_ms) => history.next(before, session, Gap { passed_ms, ..gap }, capabilities),
                None => history.next(before, session, gap, capabilities),
            },
            None => SessionHistory::first(session, gap),
        }
    };
    now.iter().map(next).collect()
}

/// Returns the hash of the session's user, address and service.
fn pool(session: &Session) -> u64 {
    let mut hasher = FxHasher::default();
    (&session.user, &session.address, &session.service).hash(&mut hasher);
    hasher.finish()
}
