//! The server's clock and zone, as far as its list gives them away. Statements carry their time of
//! receipt in the server's zone, which nobody names; `connected` and the age give its clock.

use super::history::{Gap, SessionHistory};
use crate::model::{RunningStatement, Session, civil_millis};

/// Zones differ from GMT by a multiple of this.
const QUARTER_MS: i64 = 15 * 60 * 1000;
/// `connected` has whole seconds only.
const SLACK_MS: i64 = 2_000;
/// So many sessions, and statements, are looked at: one would do, more are more exact.
const MAX_INSPECTED: usize = 64;

/// What is known of the server's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Zone {
    /// Ahead of GMT by so much.
    offset_ms: i64,
    /// A statement that came while we watched has shown it. Else it is the least possible one.
    is_certain: bool,
}

/// The server's clock, in GMT, at the time of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ServerTime {
    now_ms: Option<i64>,
    zone: Option<Zone>,
}

/// How long a statement has been running, by the server's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RunningTime {
    pub(super) millis: u64,
    /// It may have been longer.
    pub(super) is_least: bool,
}

impl ServerTime {
    /// Reads clock and zone from a list. What was certain before stays so until it is seen anew.
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
        let certain = fresh
            .find_map(|(running, _)| seen_to_come(civil_millis(running.received.as_str())? - now_ms, passed));
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

    pub(super) const fn zone(self) -> Option<Zone> {
        self.zone
    }

    /// How long a statement has been running, if its time of receipt makes sense: it came after its
    /// session began, and not in the future.
    pub(super) fn ran(self, session: &Session, running: &RunningStatement) -> Option<RunningTime> {
        let zone = self.zone?;
        let ran = self.now_ms? - (civil_millis(running.received.as_str())? - zone.offset_ms);
        let age = i64::try_from(session.age?.as_millis()).ok()?;
        if ran < -SLACK_MS || ran > age + SLACK_MS {
            return None;
        }
        Some(RunningTime {
            millis: u64::try_from(ran.max(0)).ok()?,
            // In a session younger than the step between two zones there is only one possible zone.
            is_least: !zone.is_certain && age >= QUARTER_MS - SLACK_MS,
        })
    }
}

/// What the server's clock said, by one of its sessions.
fn clock(session: &Session) -> Option<i64> {
    let began = session.connected.as_ref()?.at?.checked_mul(1000)?;
    began.checked_add(i64::try_from(session.age?.as_millis()).ok()?)
}

fn running(session: &Session) -> Option<&RunningStatement> {
    session.extra.as_ref()?.running.as_ref()
}

/// The offset by a statement that came within the last `passed` milliseconds: its local time is
/// ahead of the server's clock by the offset, less its own small age.
fn seen_to_come(ahead: i64, passed: i64) -> Option<i64> {
    let offset = least_offset(ahead)?;
    (offset - ahead <= passed && passed < QUARTER_MS / 2).then_some(offset)
}

/// The least offset with which a statement did not come in the future. Beyond what zones there are,
/// the time is wrong (around New Year the server writes another year).
fn least_offset(ahead: i64) -> Option<i64> {
    let offset = (ahead - SLACK_MS).div_euclid(QUARTER_MS) * QUARTER_MS + QUARTER_MS;
    let hours = offset / 3_600_000;
    (-12..=14).contains(&hours).then_some(offset)
}
