//! The sessions of a list in a recording. Those that are written are converted one by one: as records, 100,000 of them
//! would take 30 MB.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::record::RowRecord;
use crate::model::{Session, Snapshot};

/// A session of a list that differs from what is expected of it.
#[derive(Clone, Debug)]
pub(super) struct ChangedRow {
    /// Its index in the list.
    index: usize,
    /// The expected session; `None` for a new one.
    expected: Option<Session>,
}

/// New sessions, and sessions that changed, in ascending order of id.
#[derive(Clone, Debug)]
pub(crate) enum RowRecords {
    /// As they were read.
    Read(Vec<RowRecord>),
    /// All sessions of a list.
    Whole(Arc<Snapshot>),
    /// Some sessions of a list.
    Changed(Arc<Snapshot>, Vec<ChangedRow>),
}

impl ChangedRow {
    pub(super) const fn new(index: usize, expected: Option<Session>) -> Self {
        Self { index, expected }
    }

    fn record(&self, list: &Snapshot) -> Option<RowRecord> {
        let now = list.sessions.get(self.index)?;
        Some(match &self.expected {
            None => RowRecord::of(now),
            Some(expected) => RowRecord::between(expected, now),
        })
    }
}

impl RowRecords {
    /// Returns the records.
    pub(super) fn into_records(self) -> Vec<RowRecord> {
        match self {
            Self::Read(records) => records,
            Self::Whole(list) => list.sessions.iter().map(RowRecord::of).collect(),
            Self::Changed(list, rows) => rows.iter().filter_map(|row| row.record(&list)).collect(),
        }
    }
}

impl Serialize for RowRecords {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Read(records) => serializer.collect_seq(records),
            Self::Whole(list) => serializer.collect_seq(list.sessions.iter().map(RowRecord::of)),
            Self::Changed(list, rows) => {
                serializer.collect_seq(rows.iter().filter_map(|row| row.record(list)))
            }
        }
    }
}

impl<'de> Deserialize<'de> for RowRecords {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::Read)
    }
}
