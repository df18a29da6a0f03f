//! Compares a session list with the previous one.

use std::cmp::Ordering;

use super::{Session, Snapshot};

/// Changes from one snapshot to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListDiff {
    /// Whether the proxy was restarted in between, if the snapshots show it.
    pub is_after_restart: bool,
    /// Number of sessions opened.
    pub came: u32,
    /// Number of sessions closed.
    pub went: u32,
}

impl ListDiff {
    /// Compares a snapshot with the previous one. Both are sorted by id.
    ///
    /// Without a process start, assumes a restart if no earlier session is left and an id was reused or
    /// the highest id went down. MaxScale never reuses an id within one process.
    pub(crate) fn between(before: &Snapshot, now: &Snapshot) -> Self {
        let mut change = Self::default();
        let (mut same, mut other) = (0_u32, 0_u32);
        let (mut old, mut new) = (before.sessions.as_slice(), now.sessions.as_slice());
        loop {
            let order = match (old.first(), new.first()) {
                (Some(old), Some(new)) if old.id == new.id => {
                    if same_connection(old, new) {
                        same += 1;
                    } else {
                        other += 1;
                    }
                    Ordering::Equal
                }
                (Some(old), Some(new)) => old.id.cmp(&new.id),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => break,
            };
            change.went += u32::from(order == Ordering::Less);
            change.came += u32::from(order == Ordering::Greater);
            if order.is_le() {
                old = old.get(1..).unwrap_or_default();
            }
            if order.is_ge() {
                new = new.get(1..).unwrap_or_default();
            }
        }
        change.came += other;
        change.went += other;
        change.is_after_restart = match (before.process(), now.process()) {
            (Some(before), Some(now)) => before != now,
            _ => same == 0 && (other > 0 || highest_id_fell(before, now)),
        };
        change
    }
}

/// Whether `now` has the process start of `before` and the sessions of another process: the proxy was restarted
/// after the process start was read and before the list was.
///
/// Compares up to [`MAX_COMPARED`](super::snapshot::MAX_COMPARED) sessions, by the rule that [`ListDiff::between`]
/// has for lists without a process start.
pub(crate) fn contradicts_process(before: &Snapshot, now: &Snapshot) -> bool {
    let is_one_process = now.process().is_some() && now.process() == before.process();
    if !is_one_process {
        return false;
    }
    let mut has_other = highest_id_fell(before, now);
    for session in now.sample() {
        match before.get(session.id) {
            Some(old) if same_connection(old, session) => return false,
            Some(_) => has_other = true,
            None => {}
        }
    }
    has_other
}

fn highest_id_fell(before: &Snapshot, now: &Snapshot) -> bool {
    let highest = |list: &Snapshot| list.sessions.last().map(|session| session.id);
    !now.sessions.is_empty() && highest(now) < highest(before)
}

fn same_connection(a: &Session, b: &Session) -> bool {
    let sent = |session: &Session| session.connected.as_ref().map(|connected| connected.sent.clone());
    sent(a) == sent(b)
}
