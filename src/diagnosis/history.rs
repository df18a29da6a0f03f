//! What the lists before have left in mind of a session: a few numbers, carried from one list to
//! the next. Time counts, not the number of lists, so a missed one costs nothing.

use std::hash::{Hash as _, Hasher as _};

use rustc_hash::FxHasher;

use super::capabilities::Capabilities;
use crate::model::{Session, SessionId, Text};

/// What may have happened unseen in a longer pause than this is not taken for granted.
const MAX_GAP_MS: u32 = 30_000;

/// For how long something has held without a break, as far as it was watched, in milliseconds. The
/// highest bit says that it held already when it was first looked at, so it may have held for longer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct HeldFor(u32);

impl HeldFor {
    const OPEN: u32 = 1 << 31;

    /// It is seen for the first time.
    pub(super) const fn begun(is_open: bool) -> Self {
        Self(if is_open { Self::OPEN } else { 0 })
    }

    /// It still holds after so much time.
    pub(super) fn after(self, passed_ms: u32) -> Self {
        let lasted = (self.0 & !Self::OPEN)
            .saturating_add(passed_ms)
            .min(Self::OPEN - 1);
        Self(lasted | (self.0 & Self::OPEN))
    }

    /// For how long it was watched.
    pub(super) fn millis(self) -> u64 {
        u64::from(self.0 & !Self::OPEN)
    }

    /// Whether it may have held for longer.
    pub(super) const fn is_open(self) -> bool {
        self.0 & Self::OPEN != 0
    }
}

/// What is kept of one session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct SessionHistory {
    /// Which pool it belongs to: user, address and service, hashed.
    pub(super) pool: u64,
    /// It has been in its phase.
    pub(super) phase: HeldFor,
    /// Its statement has been running.
    pub(super) statement: HeldFor,
    /// The same, and nothing moved.
    pub(super) quiet: HeldFor,
    /// A statement waited without a connection to a server.
    pub(super) bare: HeldFor,
}

/// What lies between two lists.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gap {
    /// How much time, by this machine's clock; a clock that was set back counts as none.
    pub(super) passed_ms: u32,
    /// The newest session of the list before; nothing if there is no such list.
    pub(super) newest: Option<SessionId>,
}

impl SessionHistory {
    /// What is known of a session that was not in the list before. Ids ascend: one above all others
    /// is new, so nothing of it began before it was looked at.
    pub(super) fn first(now: &Session, gap: Gap) -> Self {
        let is_open = gap.newest.is_none_or(|newest| now.id <= newest);
        let begun = HeldFor::begun(is_open);
        Self {
            pool: pool(now),
            phase: begun,
            statement: begun,
            quiet: begun,
            bare: begun,
        }
    }

    /// What is known of a session that was in the list before.
    pub(super) fn next(self, before: &Session, now: &Session, gap: Gap, capabilities: Capabilities) -> Self {
        let goes_on = |lasting: HeldFor, holds: bool| {
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
                goes_on(lasting, holds)
            }
        };
        let same_statement = runs_same(before, now);
        let both = |condition: fn(Capabilities, &Session) -> Option<bool>| {
            condition(capabilities, before) == Some(true) && condition(capabilities, now) == Some(true)
        };
        Self {
            pool: if before.user == now.user && before.service == now.service {
                self.pool
            } else {
                pool(now)
            },
            phase: goes_on(self.phase, before.phase() == now.phase()),
            statement: goes_on(self.statement, same_statement),
            quiet: watched(self.quiet, same_statement && both(Capabilities::is_quiet)),
            bare: watched(self.bare, both(Capabilities::is_bare)),
        }
    }
}

/// Whether the same statement is without an end in both lists.
fn runs_same(before: &Session, now: &Session) -> bool {
    let now = received(now);
    now.is_some() && now == received(before)
}

fn received(session: &Session) -> Option<&Text> {
    Some(&session.extra.as_ref()?.running.as_ref()?.received)
}

fn connected(session: &Session) -> Option<&Text> {
    session.connected.as_ref().map(|connected| &connected.sent)
}

/// Whether both are one session. A user is set at login and never changes after that.
pub(super) fn is_same(before: &Session, now: &Session) -> bool {
    let same_user = before.user.is_none() || before.user == now.user;
    before.id == now.id && same_user && connected(before) == connected(now)
}

/// The sessions of both lists ascend by id: each of the newer one is paired with the one before.
pub(super) fn merge(
    before: &[Session],
    histories: &[SessionHistory],
    now: &[Session],
    gap: Gap,
    capabilities: Capabilities,
) -> Vec<SessionHistory> {
    let mut old = before.iter().zip(histories).peekable();
    let next = |session: &Session| {
        while old.next_if(|(before, _)| before.id < session.id).is_some() {}
        match old.next_if(|(before, _)| is_same(before, session)) {
            Some((before, history)) => history.next(before, session, gap, capabilities),
            None => SessionHistory::first(session, gap),
        }
    };
    now.iter().map(next).collect()
}

fn pool(session: &Session) -> u64 {
    let mut hasher = FxHasher::default();
    (&session.user, &session.address, &session.service).hash(&mut hasher);
    hasher.finish()
}
