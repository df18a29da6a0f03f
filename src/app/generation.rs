//! Rows in order: what [`arrange`](super::arrange) makes and everybody else reads by window.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::columns::COLUMNS;
use super::groups::Groups;
use super::names::Names;
use super::row::Row;
use super::spec::Spec;
use crate::model::{EndpointId, Found, RowKey, Session, Snapshot};
use crate::query::{Field, Subject};
use crate::triage::{Judged, Samples, Severity, Verdict};

/// Where a row's session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Listed { snapshot: u16, index: u32 },
    Ghost,
}

/// A session that is no longer listed, kept while the cursor is on it.
#[derive(Clone, Debug)]
pub(super) struct Ghost {
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) session: Session,
    pub(super) judged: Arc<Judged>,
    pub(super) missing: u8,
    /// The number of the list that counted last.
    pub(super) counted: u64,
}

impl Ghost {
    /// What was found of it when it was listed last.
    fn verdict(&self) -> Verdict<'_> {
        let place = self.snapshot.position(self.session.id);
        place.map_or_else(Verdict::default, |place| self.judged.verdict(place))
    }
}

/// Rows in order, ready to be drawn by window.
#[derive(Clone, Debug, Default)]
pub struct Generation {
    /// The lists that it was made of.
    pub snapshots: Vec<Arc<Snapshot>>,
    /// What is known of the connections of their sessions.
    pub samples: Vec<Arc<Samples>>,
    /// What was found of each of them: why sessions are stuck.
    pub judged: Vec<Arc<Judged>>,
    /// What was asked.
    pub spec: Spec,
    /// How many are left out for being idle without a reason.
    pub idle_hidden: usize,
    /// The widest text of each column so far, by place in the table of columns. It never shrinks:
    /// a table that breathes cannot be read.
    pub widths: [u16; COLUMNS.len()],
    /// The groups of its rows, where they were asked for; the rows then stand in no order.
    pub groups: Option<Groups>,
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
        let sessions = self
            .snapshots
            .iter()
            .zip(&self.judged)
            .flat_map(|(snapshot, judged)| {
                let sessions = snapshot.sessions.iter().enumerate();
                sessions.map(|(index, session)| (session, judged.verdict(index)))
            });
        let mut texts = BTreeSet::new();
        let mut names = Names::new();
        for (session, verdict) in sessions.take(LOOKED_AT) {
            let subject = Subject {
                reasons: Some(names.of(&verdict)),
                ..Subject::new(session)
            };
            field.each_text(&subject, |text| {
                if texts.len() < VALUES && !text.is_empty() && !texts.contains(text) {
                    texts.insert(text.to_owned());
                }
            });
        }
        texts.into_iter().collect()
    }

    /// What was found of a session, shown or not; nothing if it is not listed.
    pub fn verdict(&self, key: &RowKey) -> Option<Verdict<'_>> {
        let mut lists = self.snapshots.iter().zip(&self.judged);
        lists.find_map(|(snapshot, judged)| match snapshot.find(key) {
            Found::Same(session) => Some(judged.verdict(snapshot.position(session.id)?)),
            _ => None,
        })
    }

    /// How many sessions of an endpoint are that severe, shown or not.
    pub fn count(&self, endpoint: EndpointId, severity: Severity) -> usize {
        let lists = self.snapshots.iter().zip(&self.judged);
        let own = lists.filter(|(snapshot, _)| snapshot.endpoint == endpoint);
        own.map(|(_, judged)| judged.count(severity)).sum()
    }

    /// The name of an endpoint, as it was asked for.
    fn endpoint(&self, id: EndpointId) -> &str {
        let name = self.spec.endpoints.get(usize::from(id.0));
        name.map_or("", AsRef::as_ref)
    }

    pub(super) fn resolve(&self, place: Place) -> Option<Row<'_>> {
        match place {
            Place::Listed { snapshot, index } => {
                let list = usize::from(snapshot);
                let snapshot = self.snapshots.get(list)?;
                let session = snapshot.sessions.get(index as usize)?;
                let judged = self.judged.get(list);
                let samples = self.samples.get(list);
                let sample = samples.and_then(|samples| samples.get(&session.id));
                Some(Row {
                    snapshot,
                    endpoint: self.endpoint(snapshot.endpoint),
                    session,
                    sample: sample.filter(|sample| sample.holds_at(snapshot.taken_at)),
                    verdict: judged.map_or_else(Verdict::default, |judged| judged.verdict(index as usize)),
                    missing: 0,
                })
            }
            Place::Ghost => {
                let ghost = self.ghost.as_ref()?;
                Some(Row {
                    snapshot: &ghost.snapshot,
                    endpoint: self.endpoint(ghost.snapshot.endpoint),
                    session: &ghost.session,
                    sample: None,
                    verdict: ghost.verdict(),
                    missing: ghost.missing,
                })
            }
        }
    }
}
