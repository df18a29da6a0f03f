//! A row of the table, borrowed from a table view, and its sort key.

use std::cmp::Ordering;

use crate::diagnosis::{ConnectionSample, Diagnosis};
use crate::model::{Counter, EndpointNames, Identity, LockKnowledge, RowKey, Session, Snapshot};

/// One row.
#[derive(Clone, Copy, Debug)]
pub struct TableRow<'a> {
    /// The snapshot that contains the session; for a departed row, the last one.
    pub snapshot: &'a Snapshot,
    /// Name of the endpoint that lists it.
    pub endpoint: &'a str,
    /// URL and other names of that endpoint.
    pub names: Option<&'a EndpointNames>,
    /// The session.
    pub session: &'a Session,
    /// The latest sample of its connections, if it is recent enough.
    pub sample: Option<&'a ConnectionSample>,
    /// Its transaction and locks.
    pub locks: LockKnowledge<'a>,
    /// Why the session is stuck.
    pub diagnosis: Diagnosis<'a>,
    /// Number of consecutive snapshots without the session: 0 for a live row, 2 or more for one that
    /// ended.
    pub missing: u8,
}

impl TableRow<'_> {
    /// Returns the key that the cursor stores.
    pub fn key(&self) -> RowKey {
        self.snapshot.key(self.session)
    }

    /// Returns the sum of a counter over all connections.
    pub fn total(&self, counter: Counter) -> Option<u64> {
        self.sample?.total(counter)
    }

    /// Returns the rate of a counter, per second.
    pub fn rate(&self, counter: Counter) -> Option<f64> {
        self.sample?.rate(counter)
    }

    /// Returns the full identity.
    pub fn identity(&self) -> Identity {
        self.snapshot.identity(self.session)
    }

    /// Whether the session is missing from two consecutive snapshots: it has ended
    /// (docs/kill-protocol.md).
    pub const fn has_ended(&self) -> bool {
        self.missing >= 2
    }
}

/// Sort key of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortKey<'a> {
    /// The value is unknown. Sorts last in both directions.
    Unknown,
    /// A number.
    Number(u64),
    /// A text.
    Text(&'a str),
}

impl SortKey<'_> {
    /// Compares two keys of one column in the given direction.
    pub fn compare(self, other: SortKey<'_>, descending: bool) -> Ordering {
        let order = match (self, other) {
            (SortKey::Unknown, SortKey::Unknown) => return Ordering::Equal,
            (SortKey::Unknown, _) => return Ordering::Greater,
            (_, SortKey::Unknown) => return Ordering::Less,
            (SortKey::Number(a), SortKey::Number(b)) => a.cmp(&b),
            (SortKey::Text(a), SortKey::Text(b)) => a.cmp(b),
            (SortKey::Number(_), SortKey::Text(_)) => Ordering::Less,
            (SortKey::Text(_), SortKey::Number(_)) => Ordering::Greater,
        };
        if descending { order.reverse() } else { order }
    }
}
