//! Future events in order of time.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::time::Duration;

use super::population::SimClient;

/// An event that changes the fleet.
#[derive(Debug)]
pub(super) enum FleetEvent {
    /// A short-lived client connects and schedules the next arrival.
    Arrive,
    /// A client connects or reconnects.
    Open(Box<SimClient>, u64),
    /// The client closes the session.
    End(u64),
    /// The time to live of the session has passed.
    Expire(u64),
    /// A client connects to the service that fills up, if it has room.
    Fill,
}

#[derive(Debug)]
struct Due {
    at: Duration,
    /// Sequence number. Keeps events of the same time in the order of scheduling.
    turn: u64,
    event: FleetEvent,
}

/// The scheduled events.
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

    /// Removes and returns the first event that is not later than `limit`.
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
