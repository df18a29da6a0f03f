//! What grows with the number of sessions: which rows are shown, and in which order.
//!
//! One pure function, run by the shell beside the drawing thread for every new list and every
//! changed filter or sort; `update` swaps the finished [`Generation`] in. So no key waits for
//! 100,000 rows.

use std::sync::Arc;

use unicode_width::UnicodeWidthStr;

use super::columns::{COLUMNS, ColumnId};
use super::row::Row;
use crate::model::{Found, RowKey, Session, Snapshot};
use crate::query::Filter;

/// By which column, and which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The column.
    pub column: ColumnId,
    /// Largest first.
    pub descending: bool,
}

impl Default for Sort {
    fn default() -> Self {
        Self {
            column: ColumnId::DEFAULT_SORT,
            descending: true,
        }
    }
}

/// What is asked of a generation.
#[derive(Clone, Debug, Default)]
pub struct Spec {
    /// Which rows.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
    /// The session under the cursor: it stays as a ghost when it ends.
    pub cursor: Option<RowKey>,
    /// Keep the order of the previous generation; new rows go to the end.
    pub hold: bool,
    /// Sessions of which a GET has said that they are gone: no second list is needed.
    pub ended: Vec<RowKey>,
}

/// Work for `arrange`.
#[derive(Clone, Debug, Default)]
pub struct Job {
    /// What was shown before.
    pub previous: Option<Arc<Generation>>,
    /// The last good list of each endpoint.
    pub snapshots: Vec<Arc<Snapshot>>,
    /// What is asked.
    pub spec: Spec,
}

/// Where a row's session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Listed { snapshot: u16, index: u32 },
    Ghost,
}

/// A session that is no longer listed, kept while the cursor is on it.
#[derive(Clone, Debug)]
struct Ghost {
    snapshot: Arc<Snapshot>,
    session: Session,
    missing: u8,
    /// The number of the list that counted last.
    counted: u64,
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
    order: Vec<Place>,
    /// For each snapshot and index: the place in `order`, or `HIDDEN`.
    ranks: Vec<Vec<u32>>,
    ghost: Option<Ghost>,
}

const HIDDEN: u32 = u32::MAX;

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

    fn resolve(&self, place: Place) -> Option<Row<'_>> {
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

/// Puts the lists in order.
pub fn arrange(job: Job) -> Generation {
    let Job {
        previous,
        snapshots,
        spec,
    } = job;
    let previous = previous.as_deref();
    let mut generation = Generation {
        ghost: spec
            .cursor
            .as_ref()
            .and_then(|cursor| haunt(previous, &snapshots, cursor, spec.ended.contains(cursor))),
        ranks: snapshots
            .iter()
            .map(|snapshot| vec![HIDDEN; snapshot.sessions.len()])
            .collect(),
        widths: previous.map_or_else(narrowest, |previous| previous.widths),
        snapshots,
        spec,
        order: Vec::new(),
    };
    let mut order = matching(&generation);
    sort(&generation, &mut order, previous);
    generation.widths = widest(&generation, &order);
    generation.order = order;
    rank(&mut generation);
    generation
}

/// The ghost of the session under the cursor, if it has left its list. One that has come back is
/// no ghost; of an endpoint that no longer answers nothing is known.
fn haunt(
    previous: Option<&Generation>,
    snapshots: &[Arc<Snapshot>],
    cursor: &RowKey,
    ended: bool,
) -> Option<Ghost> {
    let previous = previous?;
    let now = snapshots
        .iter()
        .find(|snapshot| snapshot.endpoint == cursor.endpoint)?;
    if matches!(now.find(cursor), Found::Same(_)) {
        return None;
    }
    if let Some(ghost) = &previous.ghost
        && ghost.snapshot.key(&ghost.session) == *cursor
    {
        let counts_again = u8::from(now.number > ghost.counted);
        let missing = ghost.missing.saturating_add(counts_again);
        return Some(Ghost {
            missing: if ended { missing.max(2) } else { missing },
            counted: now.number,
            ..ghost.clone()
        });
    }
    let before = previous
        .snapshots
        .iter()
        .find(|snapshot| snapshot.endpoint == cursor.endpoint)?;
    let Found::Same(session) = before.find(cursor) else {
        return None;
    };
    let another = ended || matches!(now.find(cursor), Found::Other(_)) || now.process() != before.process();
    Some(Ghost {
        snapshot: Arc::clone(before),
        session: session.clone(),
        // Another session under its number, or another process, leaves no doubt.
        missing: if another { 2 } else { 1 },
        counted: now.number,
    })
}

fn matching(generation: &Generation) -> Vec<Place> {
    let filter = &generation.spec.filter;
    let mut order = Vec::with_capacity(generation.total() + 1);
    for (snapshot, list) in (0..).zip(&generation.snapshots) {
        let shown = (0..)
            .zip(&list.sessions)
            .filter(|(_, session)| filter.matches(session));
        order.extend(shown.map(|(index, _)| Place::Listed { snapshot, index }));
    }
    let ghost_is_shown = generation
        .ghost
        .as_ref()
        .is_some_and(|ghost| filter.matches(&ghost.session));
    order.extend(ghost_is_shown.then_some(Place::Ghost));
    order
}

/// An order is held only if there is one, of the same rows in the same way.
fn holds(spec: &Spec, previous: &Generation) -> bool {
    spec.hold
        && !previous.is_empty()
        && previous.spec.sort == spec.sort
        && previous.spec.filter == spec.filter
}

/// By the column, then by id, so that equal rows never swap. Under `hold`, by where each stood.
fn sort(generation: &Generation, order: &mut [Place], previous: Option<&Generation>) {
    if let Some(previous) = previous.filter(|previous| holds(&generation.spec, previous)) {
        order.sort_by_cached_key(|place| {
            let row = generation.resolve(*place);
            let before = row.and_then(|row| previous.position(&row.key()));
            (before.unwrap_or(usize::MAX), row.map(|row| row.session.id))
        });
        return;
    }
    let Sort { column, descending } = generation.spec.sort;
    let key = column.column().key;
    let mut keyed: Vec<_> = order
        .iter()
        .filter_map(|place| {
            generation
                .resolve(*place)
                .map(|row| (key(&row), row.session.id, *place))
        })
        .collect();
    keyed.sort_unstable_by(|(a, a_id, _), (b, b_id, _)| a.compare(*b, descending).then(a_id.cmp(b_id)));
    for (slot, (_, _, place)) in order.iter_mut().zip(keyed) {
        *slot = place;
    }
}

/// The widths that the columns have without any row.
fn narrowest() -> [u16; COLUMNS.len()] {
    let mut widths = [0; COLUMNS.len()];
    for (width, column) in widths.iter_mut().zip(&COLUMNS) {
        *width = column.min;
    }
    widths
}

fn widest(generation: &Generation, order: &[Place]) -> [u16; COLUMNS.len()] {
    let mut widths = generation.widths;
    for (column, widest) in COLUMNS.iter().zip(&mut widths) {
        if *widest >= column.max || column.max == u16::MAX {
            continue;
        }
        let cells = order
            .iter()
            .filter_map(|place| (column.cell)(&generation.resolve(*place)?));
        let width = cells.map(|cell| cell.width()).max().unwrap_or(0);
        *widest = u16::try_from(width)
            .unwrap_or(u16::MAX)
            .clamp(*widest, column.max);
    }
    widths
}

fn rank(generation: &mut Generation) {
    for (rank, place) in (0..).zip(&generation.order) {
        if let Place::Listed { snapshot, index } = place
            && let Some(ranks) = generation.ranks.get_mut(usize::from(*snapshot))
            && let Some(slot) = ranks.get_mut(*index as usize)
        {
            *slot = rank;
        }
    }
}

#[cfg(test)]
mod tests;
