//! Marked sessions: identities, which survive every sort, filter and list, and are dropped when their
//! session ends.

use std::collections::BTreeMap;

use super::row::TableRow;
use super::status::Status;
use super::table::TableState;
use super::table_view::TableView;
use crate::filter::Filter;
use crate::model::{EndpointId, Lookup, RowKey, Session, SessionId, Snapshot};

/// One mark.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    /// Key of the session.
    pub key: RowKey,
    /// The filter that selected it, if all shown sessions were marked at once. A kill re-checks it.
    pub taken_by: Option<Filter>,
    /// Number of consecutive snapshots without the session.
    missing: u8,
    /// The session as listed last, while the latest snapshot does not have it.
    last: Option<Box<Session>>,
}

/// All marks, in the order of endpoints and ids.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks {
    by_place: BTreeMap<(EndpointId, SessionId), Mark>,
    /// Start of a range.
    anchor: Option<RowKey>,
    /// Number of marks hidden by the filter, as counted last.
    pub hidden: usize,
}

impl Marks {
    /// Returns the number of marks.
    pub(crate) fn len(&self) -> usize {
        self.by_place.len()
    }

    /// Whether there are no marks.
    pub(crate) fn is_empty(&self) -> bool {
        self.by_place.is_empty()
    }

    /// Whether a session is marked.
    pub(crate) fn has(&self, key: &RowKey) -> bool {
        let mark = self.by_place.get(&place(key));
        mark.is_some_and(|mark| mark.key.agrees_with(key))
    }

    /// Returns all marks.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Mark> {
        self.by_place.values()
    }

    /// Returns the start of the range; `None` if no range is being chosen.
    pub(crate) const fn anchor(&self) -> Option<&RowKey> {
        self.anchor.as_ref()
    }

    /// Sets or clears the start of a range.
    pub(crate) fn set_anchor(&mut self, anchor: Option<RowKey>) {
        self.anchor = anchor;
    }

    /// Marks or unmarks a session.
    pub(crate) fn toggle(&mut self, key: RowKey) {
        if self.has(&key) {
            self.by_place.remove(&place(&key));
        } else {
            self.by_place.insert(place(&key), Mark::new(key, None));
        }
    }

    /// Marks sessions. An individual mark stays an individual one.
    pub(crate) fn mark(&mut self, keys: impl IntoIterator<Item = RowKey>, taken_by: Option<&Filter>) {
        for key in keys {
            if !self.has(&key) {
                self.by_place.insert(place(&key), Mark::new(key, taken_by));
            }
        }
    }

    /// Removes one mark.
    pub(crate) fn remove(&mut self, key: &RowKey) {
        if self.has(key) {
            self.by_place.remove(&place(key));
        }
    }

    /// Removes the marks of an endpoint.
    pub(crate) fn remove_endpoint(&mut self, endpoint: EndpointId) {
        self.by_place.retain(|(place, _), _| *place != endpoint);
    }

    /// Adds marks that were removed. A mark that exists stays as it is.
    pub(super) fn join(&mut self, removed: Self) {
        for (place, mark) in removed.by_place {
            self.by_place.entry(place).or_insert(mark);
        }
    }

    /// Removes all marks and returns them. A range that is being chosen ends.
    pub(super) fn take(&mut self) -> Self {
        let removed = std::mem::take(self);
        Self {
            anchor: None,
            hidden: 0,
            ..removed
        }
    }

    /// Removes the marks of these sessions and returns them.
    fn take_some(&mut self, keys: &[RowKey]) -> Self {
        let own = keys
            .iter()
            .filter(|key| self.has(key))
            .map(place)
            .collect::<Vec<_>>();
        let removed = own.iter().filter_map(|place| self.by_place.remove_entry(place));
        Self {
            by_place: removed.collect(),
            ..Self::default()
        }
    }

    /// Marks or unmarks the session of a row. Returns why it cannot be marked.
    pub(super) fn toggle_row(&mut self, row: &TableRow<'_>) -> Option<Status> {
        if row.has_ended() {
            return Some(Status::note(format!("{} has already ended", row.session.id)));
        }
        self.toggle(row.key());
        None
    }

    /// Marks sessions, or removes their marks if all of them are marked. Returns the removed marks.
    pub(super) fn toggle_all(&mut self, keys: Vec<RowKey>, are_marked: bool, taken_by: &Filter) -> Self {
        if are_marked {
            return self.take_some(&keys);
        }
        self.mark(keys, Some(taken_by));
        Self::default()
    }

    /// Starts a range at the cursor, or marks the range up to the cursor. Returns what to show for a
    /// range that begins.
    pub(super) fn toggle_range(&mut self, table: &TableState) -> Option<Status> {
        let cursor = table.cursor.key.clone()?;
        let here = table.cursor.position();
        let Some(anchor) = self.anchor.as_ref().and_then(|key| table.view.position(key)) else {
            let text = format!(
                "range from {}: move, then v marks up to there; Esc cancels",
                cursor.id
            );
            self.anchor = Some(cursor);
            return Some(Status::note(text));
        };
        let (from, to) = (anchor.min(here), anchor.max(here));
        self.mark(table.view.live_keys(from, to - from + 1), None);
        self.anchor = None;
        None
    }

    /// Marks all rows of a view, on the screen or not. Each mark stores the filter.
    pub(super) fn mark_all(&mut self, view: &TableView) {
        let filter = &view.spec.filter;
        let filter = (!filter.is_empty()).then_some(filter);
        self.mark(view.live_keys(0, usize::MAX), filter);
    }

    /// Counts the marked sessions that a view does not show. If it leaves out no rows, all are shown.
    pub(super) fn count_hidden(&mut self, view: &TableView) {
        let is_filtered = !view.spec.filter.is_empty() || view.spec.hide_idle || view.logins_hidden > 0;
        let is_hidden = |mark: &&Mark| is_filtered && view.position(&mark.key).is_none();
        self.hidden = self.by_place.values().filter(is_hidden).count();
    }

    /// Drops marks of sessions that ended: the id now belongs to another session, or the session is
    /// missing from two consecutive snapshots. `before` is the previous snapshot.
    pub(crate) fn on_list(&mut self, snapshot: &Snapshot, before: Option<&Snapshot>) {
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

    /// Returns the session as listed last, if the latest snapshot does not have it.
    pub(crate) fn last(&self) -> Option<&Session> {
        self.last.as_deref()
    }
}
