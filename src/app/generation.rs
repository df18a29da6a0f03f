//! Rows in order: what [`arrange`](super::arrange) makes and everybody else reads by window.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::columns::COLUMNS;
use super::row::Row;
use super::spec::Spec;
use crate::model::{Found, RowKey, Session, Snapshot};
use crate::query::{Field, Subject};

/// Where a row's session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Listed { snapshot: u16, index: u32 },
    Ghost,
}

/// A session that is no longer listed, kept while the cursor is on it.
#[derive(Clone, Debug)]
pub(super) struct Ghost {
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) session: Session,
    pub(super) missing: u8,
    /// The number of the list that counted last.
    pub(super) counted: u64,
}

/// Rows in order, ready to be drawn by window.
#[derive(Clone, Debug, Default)]
pub struct Generation {
    /// The lists that it was made of.
    pub snapshots: Vec<Arc<Snapshot>>,
    /// What was asked.
    pub spec: Spec,
    /// The widest text of each column so far, by place in the table of columns. It never shrinks:
    /// a table that breathes cannot be read.
    pub widths: [u16; COLUMNS.len()],
    pub(super) order: Vec<Place>,
    /// For each snapshot and index: the place in `order`, or `HIDDEN`.
    pub(super) ranks: Vec<Vec<u32>>,
    pub(super) ghost: Option<Ghost>,
}

/// So many sessions are looked at for values, and so many values are kept.
const LOOKED_AT: usize = 20_000;
const VALUES: usize = 300;

/// The rank of a session that is not shown.
pub(super) const HIDDEN: u32 = u32::MAX;

impl Generation {
    /// How many rows are shown.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether no row is shown.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// How many of the rows shown are in a list: all but the ghost.
    pub fn listed(&self) -> usize {
        let ghost_is_shown = self.has_ghost() && self.order.contains(&Place::Ghost);
        self.order.len() - usize::from(ghost_is_shown)
    }

    /// How many sessions there are, shown or not.
    pub fn total(&self) -> usize {
        self.snapshots
            .iter()
            .map(|snapshot| snapshot.sessions.len())
            .sum()
    }

    /// The row at a place.
    pub fn row(&self, position: usize) -> Option<Row<'_>> {
        self.resolve(*self.order.get(position)?)
    }

    /// The rows of a window.
    pub fn window(&self, from: usize, height: usize) -> impl Iterator<Item = Row<'_>> {
        self.order
            .iter()
            .skip(from)
            .take(height)
            .filter_map(|place| self.resolve(*place))
    }

    /// Where a session stands, if it is shown.
    pub fn position(&self, key: &RowKey) -> Option<usize> {
        if let Some(ghost) = &self.ghost
            && ghost.snapshot.key(&ghost.session) == *key
        {
            return self.order.iter().position(|place| *place == Place::Ghost);
        }
        self.snapshots
            .iter()
            .zip(&self.ranks)
            .find_map(|(snapshot, ranks)| match snapshot.find(key) {
                Found::Same(_) => {
                    let rank = *ranks.get(snapshot.position(key.id)?)?;
                    (rank != HIDDEN).then_some(rank as usize)
                }
                _ => None,
            })
    }

    /// Whether a row is kept that is in no list.
    pub const fn has_ghost(&self) -> bool {
        self.ghost.is_some()
    }

    /// The texts that occur in a field, shown or not, in order: what completion offers.
    pub fn texts(&self, field: &Field) -> Vec<String> {
        let sessions = self.snapshots.iter().flat_map(|snapshot| &snapshot.sessions);
        let mut texts = BTreeSet::new();
        for session in sessions.take(LOOKED_AT) {
            field.each_text(&Subject::new(session), |text| {
                if texts.len() < VALUES && !text.is_empty() && !texts.contains(text) {
                    texts.insert(text.to_owned());
                }
            });
        }
        texts.into_iter().collect()
    }

    pub(super) fn resolve(&self, place: Place) -> Option<Row<'_>> {
        match place {
            Place::Listed { snapshot, index } => {
                let snapshot = self.snapshots.get(usize::from(snapshot))?;
                let session = snapshot.sessions.get(index as usize)?;
                Some(Row {
                    snapshot,
                    session,
                    missing: 0,
                })
            }
            Place::Ghost => {
                let ghost = self.ghost.as_ref()?;
                Some(Row {
                    snapshot: &ghost.snapshot,
                    session: &ghost.session,
                    missing: ghost.missing,
                })
            }
        }
    }
}
