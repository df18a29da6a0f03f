//! What will happen, in order of time.
//!
//! Who may enter: the world only.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::time::Duration;

use super::population::SimClient;

/// Something that changes the fleet.
#[derive(Debug)]
pub(super) enum FleetEvent {
    /// A short-lived client connects, and the next one is put on the schedule.
    Arrive,
    /// This client connects (again).
    Open(Box<SimClient>, u64),
    /// The session ends by itself.
    End(u64),
    /// The time given by a `ttl` is over.
    Expire(u64),
}

#[derive(Debug)]
struct Due {
    at: Duration,
    /// Keeps events of one moment in the order in which they were added.
    turn: u64,
    event: FleetEvent,
}

/// The events to come.
#[derive(Debug, Default)]
pub(super) struct EventQueue {
    due: BinaryHeap<Reverse<Due>>,
    added: u64,
}

impl EventQueue {
    pub(super) fn add(&mut self, at: Duration, event: FleetEvent) {
        self.added = self.added.saturating_add(1);
        self.due.push(Reverse(Due {
            at,
            turn: self.added,
            event,
        }));
    }

    /// The first event not later than `limit`, taken off the schedule.
    pub(super) fn next_until(&mut self, limit: Duration) -> Option<(Duration, FleetEvent)> {
        if self.due.peek()?.0.at > limit {
            return None;
        }
        self.due.pop().map(|Reverse(due)| (due.at, due.event))
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.turn).cmp(&(other.at, other.turn))
    }
}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Due {}
