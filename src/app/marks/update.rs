//! Changes of many marks, and the counts of marks. Both grow with the number of sessions and run off the drawing
//! thread.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::set::{Mark, MarkMap, MarkSet, place};
use crate::app::calculation::Shared;
use crate::app::groups::group::GroupKey;
use crate::app::table_view::TableView;
use crate::filter::Filter;
use crate::model::{EndpointId, Lookup, RowKey, Snapshot};

/// Number of marked sessions of each group that has some.
pub(crate) type GroupMarks = FxHashMap<GroupKey, u64>;

/// A change of many marks.
#[derive(Clone, Debug)]
pub(super) enum MarkChange {
    /// A new list: drops marks of sessions that have ended. `before` is the previous one.
    List {
        snapshot: Arc<Snapshot>,
        before: Option<Arc<Snapshot>>,
    },
    /// Removes the marks of an endpoint.
    Endpoint(EndpointId),
    /// Marks the rows of a window.
    Rows {
        view: Arc<TableView>,
        from: usize,
        count: usize,
        taken_by: Option<Filter>,
    },
    /// Marks the sessions of a group, or removes their marks.
    Group {
        view: Arc<TableView>,
        key: GroupKey,
        taken_by: Filter,
        are_removed: bool,
    },
    /// Adds marks that were removed.
    Back(MarkSet),
}

impl MarkChange {
    /// Whether a key has requested the change.
    pub(super) const fn is_by_key(&self) -> bool {
        match self {
            Self::List { .. } | Self::Endpoint(_) => false,
            Self::Rows { .. } | Self::Group { .. } | Self::Back(_) => true,
        }
    }

    /// Whether the change also concerns marks that a key has removed, because it is about their sessions.
    const fn concerns_removed(&self) -> bool {
        !self.is_by_key()
    }

    /// Applies the change to one set. Returns the marks that a key has removed.
    fn apply(&self, marks: &mut MarkMap) -> MarkMap {
        match self {
            Self::List { snapshot, before } => on_list(marks, snapshot, before.as_deref()),
            Self::Endpoint(endpoint) => marks.retain(|(place, _), _| place != endpoint),
            Self::Rows {
                view,
                from,
                count,
                taken_by,
            } => mark(marks, view.live_keys(*from, *count), taken_by.as_ref()),
            Self::Group {
                view,
                key,
                taken_by,
                are_removed,
            } => {
                let keys = view.rows_of_group(key).map(|row| row.key());
                if *are_removed {
                    let own = keys.filter(|key| has(marks, key)).map(|key| place(&key));
                    let own: Vec<_> = own.collect();
                    return own.iter().filter_map(|place| marks.remove_entry(place)).collect();
                }
                mark(marks, keys, Some(taken_by));
            }
            Self::Back(removed) => {
                for (place, mark) in removed.joined().iter() {
                    marks.entry(*place).or_insert_with(|| mark.clone());
                }
            }
        }
        MarkMap::new()
    }
}

/// Input of an update of the marks: changes, and the view that the marks are counted for.
#[derive(Clone, Debug)]
pub(crate) struct MarksUpdate {
    pub(super) epoch: u64,
    /// Number of the last change of a single mark that `sets` contain.
    pub(super) through: u64,
    /// The marks, and after them those that keys have removed.
    pub(super) sets: Vec<MarkSet>,
    pub(super) changes: Arc<Vec<MarkChange>>,
    pub(super) view: Arc<TableView>,
}

/// Result of an update of the marks.
#[derive(Clone, Debug)]
pub(crate) struct MarksUpdated {
    pub(super) epoch: u64,
    pub(super) through: u64,
    /// The new maps, in the order of the sets.
    pub(super) maps: Vec<Arc<MarkMap>>,
    /// The marks that a key has removed.
    pub(super) removed: Arc<MarkMap>,
    /// Number of marks that the view does not show.
    pub(super) hidden: usize,
    /// Number of marks by group of the view.
    pub(super) by_group: Arc<GroupMarks>,
}

impl MarksUpdated {
    /// Returns what the result shares with the drawing thread.
    pub(in crate::app) fn shared(&self) -> Vec<Shared> {
        let maps = self
            .maps
            .iter()
            .chain([&self.removed])
            .map(|map| Arc::clone(map) as Shared);
        maps.chain([Arc::clone(&self.by_group) as Shared]).collect()
    }
}

impl MarksUpdate {
    /// Returns what the input shares with the drawing thread.
    pub(in crate::app) fn shared(&self) -> Vec<Shared> {
        let maps = self.sets.iter().map(|set| Arc::clone(set.map()) as Shared);
        maps.chain([Arc::clone(&self.changes) as Shared]).collect()
    }

    /// Applies the changes and counts the marks.
    pub(in crate::app) fn run(self) -> MarksUpdated {
        let mut removed = MarkMap::new();
        let mut maps = Vec::with_capacity(self.sets.len());
        for (index, set) in self.sets.iter().enumerate() {
            let concerns = |change: &&MarkChange| index == 0 || change.concerns_removed();
            let mut map = set.joined();
            for change in self.changes.iter().filter(concerns) {
                removed.extend(change.apply(Arc::make_mut(&mut map)));
            }
            maps.push(map);
        }
        let shown = maps.first().map(Arc::as_ref);
        MarksUpdated {
            epoch: self.epoch,
            through: self.through,
            hidden: shown.map_or(0, |marks| hidden(marks, &self.view)),
            by_group: Arc::new(shown.map(|marks| by_group(marks, &self.view)).unwrap_or_default()),
            removed: Arc::new(removed),
            maps,
        }
    }
}

fn has(marks: &MarkMap, key: &RowKey) -> bool {
    let mark = marks.get(&place(key));
    mark.is_some_and(|mark| mark.key.agrees_with(key))
}

/// Marks sessions. An individual mark stays an individual one.
fn mark(marks: &mut MarkMap, keys: impl IntoIterator<Item = RowKey>, taken_by: Option<&Filter>) {
    for key in keys {
        if !has(marks, &key) {
            marks.insert(place(&key), Mark::new(key, taken_by));
        }
    }
}

/// Drops marks of sessions that ended: the id now belongs to another session, or the session is missing from
/// two consecutive snapshots.
fn on_list(marks: &mut MarkMap, snapshot: &Snapshot, before: Option<&Snapshot>) {
    marks.retain(|_, mark| {
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

/// Counts the marked sessions that a view leaves out. One that the last list did not have may have ended.
fn hidden(marks: &MarkMap, view: &TableView) -> usize {
    let is_filtered = !view.spec.filter.is_empty() || view.spec.hide_idle || view.logins_hidden > 0;
    let is_hidden = |mark: &&Mark| is_filtered && mark.missing == 0 && view.position(&mark.key).is_none();
    marks.values().filter(is_hidden).count()
}

/// Counts the marks by group, for the rows of a view.
fn by_group(marks: &MarkMap, view: &TableView) -> GroupMarks {
    let Some(groups) = &view.groups else {
        return GroupMarks::default();
    };
    let rows = marks
        .values()
        .filter_map(|mark| view.row(view.position(&mark.key)?));
    let counts = groups.count(rows).into_iter();
    let counted = groups
        .window(0, usize::MAX)
        .zip(counts)
        .filter(|(_, count)| *count > 0);
    counted.map(|(group, count)| (group.key.clone(), count)).collect()
}
