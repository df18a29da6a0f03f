//! A list as it came: its sessions, and what getting it cost.

use std::time::Duration;

use jiff::Timestamp;

use crate::model::{Census, Change, Dialect, EndpointId, Instance, Now, Snapshot};
use crate::wire::Rows;

/// One good list.
#[derive(Debug)]
pub struct List {
    /// In which dialect it came.
    pub dialect: Dialect,
    /// The sessions.
    pub rows: Rows,
    /// From the request sent to the first byte of the reply.
    pub cost: Duration,
    /// The size of the body.
    pub bytes: usize,
    /// Before its request was written.
    pub asked_at: Now,
    /// When it was complete, by this machine's clock.
    pub taken_at: Timestamp,
    /// What the server's clock said, else this machine's.
    pub server_now: Timestamp,
}

impl List {
    /// The list as the rest of the program knows it. Whether the process was restarted before it,
    /// whoever has the list before can tell.
    pub fn into_snapshot(self, endpoint: EndpointId, instance: Option<Instance>, number: u64) -> Snapshot {
        Snapshot {
            endpoint,
            dialect: self.dialect,
            instance,
            number,
            asked_at: self.asked_at,
            taken_at: self.taken_at,
            cost: self.cost,
            least_interval: Duration::ZERO,
            bytes: self.bytes,
            sessions: self.rows.sessions,
            blanked: self.rows.blanked,
            dropped: self.rows.dropped,
            change: Change::default(),
            census: Census::default(),
        }
    }
}
