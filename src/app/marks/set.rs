//! A set of marks that can be read on one thread while the next one is computed on another.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::filter::Filter;
use crate::model::{EndpointId, RowKey, Session, SessionId};

/// One mark.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    /// Key of the session.
    pub key: RowKey,
    /// The filter that selected it, if all shown sessions were marked at once. A kill re-checks it.
    pub taken_by: Option<Filter>,
    /// Number of consecutive snapshots without the session.
    pub(super) missing: u8,
    /// The session as listed last, while the latest snapshot does not have it.
    pub(super) last: Option<Box<Session>>,
}

/// The endpoint and id of a marked session.
pub(in crate::app) type Place = (EndpointId, SessionId);

/// Marks in the order of endpoints and ids.
pub(in crate::app) type MarkMap = BTreeMap<Place, Mark>;

/// A change of one mark since the map was computed: its number, and the mark; `None` if it was removed.
type MarkEdit = (u64, Option<Mark>);

/// Marks: a map that is shared with calculations, and the few changes of single marks since it was computed.
#[derive(Clone, Debug, Default)]
pub(crate) struct MarkSet {
    map: Arc<MarkMap>,
    edits: BTreeMap<Place, MarkEdit>,
}

impl MarkSet {
    fn get(&self, place: Place) -> Option<&Mark> {
        match self.edits.get(&place) {
            Some((_, mark)) => mark.as_ref(),
            None => self.map.get(&place),
        }
    }

    /// Whether a session is marked.
    pub(super) fn has(&self, key: &RowKey) -> bool {
        self.get(place(key)).is_some_and(|mark| mark.key.agrees_with(key))
    }

    /// Returns the number of marks.
    pub(super) fn len(&self) -> usize {
        let mut count = self.map.len();
        for (place, (_, mark)) in &self.edits {
            match (mark, self.map.contains_key(place)) {
                (Some(_), false) => count += 1,
                (None, true) => count -= 1,
                _ => {}
            }
        }
        count
    }

    /// Whether there are no marks.
    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the number of changes since the map was computed.
    pub(super) fn edit_count(&self) -> usize {
        self.edits.len()
    }

    /// Returns the map without the changes.
    pub(super) const fn map(&self) -> &Arc<MarkMap> {
        &self.map
    }

    /// Marks or unmarks a session, as the change with this number.
    pub(super) fn toggle(&mut self, key: &RowKey, number: u64) {
        let mark = (!self.has(key)).then(|| Mark::new(key.clone(), None));
        self.edits.insert(place(key), (number, mark));
    }

    /// Removes the mark of a session, as the change with this number.
    pub(super) fn remove(&mut self, key: &RowKey, number: u64) {
        if self.has(key) {
            self.edits.insert(place(key), (number, None));
        }
    }

    /// Returns all marks in one map. Copies it if there are changes.
    pub(in crate::app) fn joined(&self) -> Arc<MarkMap> {
        if self.edits.is_empty() {
            return Arc::clone(&self.map);
        }
        let mut map = MarkMap::clone(&self.map);
        for (place, (_, mark)) in &self.edits {
            match mark {
                Some(mark) => _ = map.insert(*place, mark.clone()),
                None => _ = map.remove(place),
            }
        }
        Arc::new(map)
    }

    /// Replaces the map by one that contains all changes up to this number.
    pub(super) fn replace(&mut self, map: Arc<MarkMap>, through: u64) {
        self.map = map;
        self.edits.retain(|_, (number, _)| *number > through);
    }
}

impl From<Arc<MarkMap>> for MarkSet {
    fn from(map: Arc<MarkMap>) -> Self {
        Self {
            map,
            edits: BTreeMap::new(),
        }
    }
}

impl Mark {
    pub(super) fn new(key: RowKey, taken_by: Option<&Filter>) -> Self {
        Self {
            key,
            taken_by: taken_by.cloned(),
            missing: 0,
            last: None,
        }
    }

    /// Returns the session as listed last, if the latest snapshot does not have it.
    pub(in crate::app) fn last(&self) -> Option<&Session> {
        self.last.as_deref()
    }
}

pub(super) const fn place(key: &RowKey) -> Place {
    (key.endpoint, key.id)
}
