//! How a list differs from the one before it.

use std::cmp::Ordering;

use super::{Session, Snapshot};

/// What has changed from one list to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListDiff {
    /// Another process answered, as far as both lists can tell.
    pub is_after_restart: bool,
    /// Sessions that were not there before.
    pub came: u32,
    /// Sessions that are not there any more.
    pub went: u32,
}

impl ListDiff {
    /// Compares a list with the one before it. Both ascend by id.
    ///
    /// Where the dialect does not tell the process, a restart shows in that nobody is left of before
    /// while ids belong to others now, or begin anew: within one process an id is never used again.
    pub fn between(before: &Snapshot, now: &Snapshot) -> Self {
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
            _ => same == 0 && (other > 0 || begins_anew(before, now)),
        };
        change
    }
}

fn begins_anew(before: &Snapshot, now: &Snapshot) -> bool {
    let highest = |list: &Snapshot| list.sessions.last().map(|session| session.id);
    !now.sessions.is_empty() && highest(now) < highest(before)
}

fn same_connection(a: &Session, b: &Session) -> bool {
    let sent = |session: &Session| session.connected.as_ref().map(|connected| connected.sent.clone());
    sent(a) == sent(b)
}
