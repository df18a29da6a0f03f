//! Estimates the server's clock and time zone.
//!
//! Statement timestamps have no zone. `connected` plus the age gives the clock.

use super::history::{Gap, SessionHistory};
use crate::model::{RunningStatement, Session, civil_millis};

/// Zones differ from GMT by a multiple of this, in milliseconds.
const QUARTER_MS: i64 = 15 * 60 * 1000;
/// Tolerance of the clock, in milliseconds. `connected` has whole seconds only.
const SLACK_MS: i64 = 2_000;
/// Maximum number of sessions, and of statements, inspected. One would do; more are more exact.
const MAX_INSPECTED: usize = 64;

/// Estimate of the server's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Zone {
    /// Offset from GMT, in milliseconds; positive if ahead.
    offset_ms: i64,
    /// Whether a newly received statement has confirmed it. Otherwise it is the lowest possible offset.
    is_certain: bool,
}

/// The server's clock in GMT, at the time of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ServerTime {
    now_ms: Option<i64>,
    zone: Option<Zone>,
}

/// Time that a statement has been running, by the server's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RunningTime {
    pub(super) millis: u64,
    /// Whether it may be longer.
    pub(super) is_least: bool,
}

impl ServerTime {
    /// Estimates clock and zone from a session list. A certain zone is kept until it is confirmed again.
    pub(super) fn read(
        known: Option<Zone>,
        sessions: &[Session],
        histories: &[SessionHistory],
        gap: Gap,
    ) -> Self {
        let clocks = sessions.iter().filter_map(clock).take(MAX_INSPECTED);
        let Some(now_ms) = clocks.max() else {
            return Self {
                now_ms: None,
                zone: known,
            };
        };
        let running = || {
            let both = sessions.iter().zip(histories);
            both.filter_map(|(session, history)| Some((running(session)?, history)))
        };
        let is_fresh =
            |history: &SessionHistory| !history.statement.is_open() && history.statement.millis() == 0;
        let passed = i64::from(gap.passed_ms) + SLACK_MS;
        let fresh = running().filter(|(_, history)| gap.newest.is_some() && is_fresh(history));
        let mut fresh = fresh.take(MAX_INSPECTED);
        let certain = fresh.find_map(|(running, _)| {
            offset_of_new_statement(civil_millis(running.received.as_str())? - now_ms, passed)
        });
        let least = || {
            let behind = running()
                .take(MAX_INSPECTED)
                .filter_map(|(running, _)| least_offset(civil_millis(running.received.as_str())? - now_ms));
            behind.max()
        };
        let zone = match (certain, known) {
            (Some(offset_ms), _) => Some(Zone {
                offset_ms,
                is_certain: true,
            }),
            (None, Some(known)) if known.is_certain => Some(known),
            (None, known) => {
                let least = least().max(known.map(|known| known.offset_ms));
                least.map(|offset_ms| Zone {
                    offset_ms,
                    is_certain: false,
                })
            }
        };
        Self {
            now_ms: Some(now_ms),
            zone,
        }
    }

    /// Computes the clock at the time of a list from the sessions that were not read again, and keeps the zone.
    pub(super) fn keep<'a>(zone: Option<Zone>, sessions: impl Iterator<Item = &'a Session>) -> Self {
        Self {
            now_ms: sessions.filter_map(clock).take(MAX_INSPECTED).max(),
            zone,
        }
    }

    /// Returns the time this many milliseconds later.
    pub(super) fn after(self, passed_ms: u32) -> Self {
        Self {
            now_ms: self.now_ms.map(|now| now.saturating_add(i64::from(passed_ms))),
            ..self
        }
    }

    /// Returns the zone; `None` if unknown.
    pub(super) const fn zone(self) -> Option<Zone> {
        self.zone
    }

    /// Returns the time that a statement has been running.
    ///
    /// `None` if its time of receipt is unknown, before the start of its session, or in the future.
    pub(super) fn ran(self, session: &Session, running: &RunningStatement) -> Option<RunningTime> {
        let zone = self.zone?;
        let ran = self.now_ms? - (civil_millis(running.received.as_str())? - zone.offset_ms);
        let age = i64::try_from(session.age?.as_millis()).ok()?;
        if ran < -SLACK_MS || ran > age + SLACK_MS {
            return None;
        }
        Some(RunningTime {
            millis: u64::try_from(ran.max(0)).ok()?,
            // A session younger than the step between two zones leaves only one possible zone.
            is_least: !zone.is_certain && age >= QUARTER_MS - SLACK_MS,
        })
    }
}

/// Returns the server's clock, computed from one session.
fn clock(session: &Session) -> Option<i64> {
    let began = session.connected.as_ref()?.at?.checked_mul(1000)?;
    began.checked_add(i64::try_from(session.age?.as_millis()).ok()?)
}

fn running(session: &Session) -> Option<&RunningStatement> {
    session.extra.as_ref()?.running.as_ref()
}

/// Returns the offset, from a statement received within the last `passed` milliseconds.
///
/// Its local time is ahead of the server's clock by the offset, minus its own small age.
fn offset_of_new_statement(ahead: i64, passed: i64) -> Option<i64> {
    let offset = least_offset(ahead)?;
    (offset - ahead <= passed && passed < QUARTER_MS / 2).then_some(offset)
}

/// Returns the lowest offset with which a statement was not received in the future.
///
/// `None` if no time zone has this offset: then the time is wrong (around New Year the server writes a
/// wrong year).
fn least_offset(ahead: i64) -> Option<i64> {
    let offset = (ahead - SLACK_MS).div_euclid(QUARTER_MS) * QUARTER_MS + QUARTER_MS;
    let hours = offset / 3_600_000;
    (-12..=14).contains(&hours).then_some(offset)
}
