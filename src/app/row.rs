//! A row of the table, borrowed from a generation; and the key that rows are sorted by.

use std::cmp::Ordering;

use crate::diagnosis::{ConnectionSample, Diagnosis};
use crate::model::{Counter, Identity, RowKey, Session, Snapshot};

/// One visible row.
#[derive(Clone, Copy, Debug)]
pub struct TableRow<'a> {
    /// The list that it comes from; for a ghost, the last one that had it.
    pub snapshot: &'a Snapshot,
    /// The endpoint that lists it, by name.
    pub endpoint: &'a str,
    /// The session.
    pub session: &'a Session,
    /// What the last looks at its connections have shown, if they were not too long ago.
    pub sample: Option<&'a ConnectionSample>,
    /// Why it is stuck, as far as that was judged.
    pub diagnosis: Diagnosis<'a>,
    /// Good lists in a row that did not have it: 0 for a live row, 2 or more for one that ended.
    pub missing: u8,
}

impl TableRow<'_> {
    /// What the cursor holds.
    pub fn key(&self) -> RowKey {
        self.snapshot.key(self.session)
    }

    /// What a counter has come to on all its connections.
    pub fn total(&self, counter: Counter) -> Option<u64> {
        self.sample?.total(counter)
    }

    /// By how much a counter rises a second.
    pub fn rate(&self, counter: Counter) -> Option<f64> {
        self.sample?.rate(counter)
    }

    /// Who it is in full.
    pub fn identity(&self) -> Identity {
        self.snapshot.identity(self.session)
    }

    /// Missing from two good lists in a row: it has ended (docs/kill-protocol.md).
    pub const fn has_ended(&self) -> bool {
        self.missing >= 2
    }
}

/// What a column sorts by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortKey<'a> {
    /// Nothing is known: last, whichever way the rest goes.
    Unknown,
    /// A number.
    Number(u64),
    /// A text.
    Text(&'a str),
}

impl SortKey<'_> {
    /// Compares two keys of one column in the direction asked for.
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
