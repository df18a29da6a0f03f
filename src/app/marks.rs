//! Marked sessions: identities, which survive every sort, filter and list, and are dropped when their
//! session ends.

use std::collections::BTreeMap;

use crate::filter::Filter;
use crate::model::{EndpointId, Lookup, RowKey, Session, SessionId, Snapshot};

/// One mark.
#[derive(Clone, Debug)]
pub struct Mark {
    /// Whose.
    pub key: RowKey,
    /// The filter that it was taken by, if all shown were marked at once: a kill asks it again.
    pub taken_by: Option<Filter>,
    /// Good lists in a row without its session.
    missing: u8,
    /// How its session stood last, while the newest list does not have it.
    last: Option<Box<Session>>,
}

/// All marks, in the order of endpoints and ids.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    by_place: BTreeMap<(EndpointId, SessionId), Mark>,
    /// Where a range begins.
    anchor: Option<RowKey>,
    /// How many the filter hides, as it was counted last.
    pub hidden: usize,
}

impl Marks {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_place.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_place.is_empty()
    }

    /// Whether a session is marked.
    pub fn has(&self, key: &RowKey) -> bool {
        let mark = self.by_place.get(&place(key));
        mark.is_some_and(|mark| mark.key.agrees_with(key))
    }

    /// All that are marked.
    pub fn iter(&self) -> impl Iterator<Item = &Mark> {
        self.by_place.values()
    }

    /// Where a range begins, while one is chosen.
    pub const fn anchor(&self) -> Option<&RowKey> {
        self.anchor.as_ref()
    }

    /// Begins a range, or forgets it.
    pub fn set_anchor(&mut self, anchor: Option<RowKey>) {
        self.anchor = anchor;
    }

    /// Marks a session, or takes its mark away.
    pub fn toggle(&mut self, key: RowKey) {
        if self.has(&key) {
            self.by_place.remove(&place(&key));
        } else {
            self.by_place.insert(place(&key), Mark::new(key, None));
        }
    }

    /// Marks sessions. Who was pointed at before stays so.
    pub fn mark(&mut self, keys: impl IntoIterator<Item = RowKey>, taken_by: Option<&Filter>) {
        for key in keys {
            if !self.has(&key) {
                self.by_place.insert(place(&key), Mark::new(key, taken_by));
            }
        }
    }

    /// Takes one mark away.
    pub fn remove(&mut self, key: &RowKey) {
        if self.has(key) {
            self.by_place.remove(&place(key));
        }
    }

    /// Removes the marks of an endpoint.
    pub fn remove_endpoint(&mut self, endpoint: EndpointId) {
        self.by_place.retain(|(place, _), _| *place != endpoint);
    }

    /// Takes all marks away.
    pub fn clear(&mut self) {
        self.by_place.clear();
        self.anchor = None;
        self.hidden = 0;
    }

    /// A good list came, after `before`. Whose number belongs to another now has ended; so has who is
    /// missing from two lists in a row.
    pub fn on_list(&mut self, snapshot: &Snapshot, before: Option<&Snapshot>) {
        self.by_place.retain(|_, mark| {
            let key = &mark.key;
            if key.endpoint != snapshot.endpoint {
                return true;
            }
            match snapshot.find(key) {
                Lookup::Same(_) => {
                    mark.missing = 0;
                    mark.last = None;
                    true
                }
                Lookup::Other(_) => false,
                Lookup::Missing => {
                    if let Some(Lookup::Same(session)) = before.map(|before| before.find(key)) {
                        mark.last = Some(Box::new(session.clone()));
                    }
                    mark.missing = mark.missing.saturating_add(1);
                    mark.missing < 2
                }
            }
        });
    }
}

const fn place(key: &RowKey) -> (EndpointId, SessionId) {
    (key.endpoint, key.id)
}

impl Mark {
    fn new(key: RowKey, taken_by: Option<&Filter>) -> Self {
        Self {
            key,
            taken_by: taken_by.cloned(),
            missing: 0,
            last: None,
        }
    }

    /// How its session stood last, if the newest list does not have it.
    pub fn last(&self) -> Option<&Session> {
        self.last.as_deref()
    }
}
