//! What grows with the number of sessions: why they are stuck, which rows are shown, in which order.
//!
//! One pure function, run by the shell beside the drawing thread for every new list and every
//! changed filter or sort; `update` swaps the finished [`Generation`] in. So no key waits for
//! 100,000 rows.

use std::sync::Arc;

use super::columns::COLUMNS;
use super::generation::{HIDDEN, Place};
use super::ghost::haunt;
use super::groups::collect::group;
use super::judging::judged;
use super::names::Names;
use super::row::SortKey;
use crate::model::{Counter, Session, Snapshot, display_width};
use crate::query::Subject;
use crate::triage::Samples;

pub use super::generation::Generation;
pub use super::spec::{Sort, Spec};

/// Work for `arrange`.
#[derive(Clone, Debug, Default)]
pub struct Job {
    /// What was shown before.
    pub previous: Option<Arc<Generation>>,
    /// The last good list of each endpoint.
    pub snapshots: Vec<Arc<Snapshot>>,
    /// What is known of the connections of their sessions, in the same order; none: of nobody.
    pub samples: Vec<Arc<Samples>>,
    /// What is asked.
    pub spec: Spec,
}

/// Puts the lists in order.
pub fn arrange(job: Job) -> Generation {
    let Job {
        previous,
        snapshots,
        samples,
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
        judged: judged(previous, &snapshots, &samples, &spec.thresholds),
        widths: previous.map_or_else(narrowest, |previous| previous.widths),
        snapshots,
        samples,
        spec,
        groups: None,
        order: Vec::new(),
        idle_hidden: 0,
    };
    let (mut order, idle_hidden) = matching(&generation);
    generation.idle_hidden = idle_hidden;
    if generation.spec.group.is_none() {
        sort(&generation, &mut order, previous);
        generation.widths = widest(&generation, &order);
    }
    generation.order = order;
    rank(&mut generation);
    let asked = generation.spec.group.as_ref();
    generation.groups = asked.map(|asked| group(&generation, asked, previous));
    generation
}

/// The rows that are shown, and how many of those that match are left out for being idle.
fn matching(generation: &Generation) -> (Vec<Place>, usize) {
    let Spec {
        filter,
        endpoints,
        hide_idle,
        ..
    } = &generation.spec;
    let mut idle_hidden = 0;
    let mut names = Names::new();
    let mut is_meant = |place: &Place| {
        if filter.is_empty() && !hide_idle {
            return true;
        }
        let Some(row) = generation.resolve(*place) else {
            return false;
        };
        let endpoint = endpoints.get(usize::from(row.snapshot.endpoint.0));
        let subject = Subject {
            endpoint: endpoint.map(AsRef::as_ref),
            reasons: Some(names.of(&row.verdict)),
            reads: row.total(Counter::Reads),
            writes: row.total(Counter::Writes),
            ..Subject::new(row.session)
        };
        let matches = filter.judge(&subject).is_yes();
        let is_left_out = matches && *hide_idle && is_idle(row.session) && row.verdict.found.is_empty();
        idle_hidden += usize::from(is_left_out);
        matches && !is_left_out
    };
    let mut order = Vec::with_capacity(generation.total() + 1);
    for (snapshot, list) in (0..).zip(&generation.snapshots) {
        let places = (0..)
            .zip(&list.sessions)
            .map(|(index, _)| Place::Listed { snapshot, index });
        order.extend(places.filter(&mut is_meant));
    }
    let ghost = generation.ghost.as_ref().map(|_| Place::Ghost);
    order.extend(ghost.filter(&mut is_meant));
    (order, idle_hidden)
}

/// Who has done nothing for so many seconds is idle.
const IDLE_FROM: f64 = 10.0;

fn is_idle(session: &Session) -> bool {
    session.idle.is_some_and(|idle| idle.as_secs_f64() >= IDLE_FROM)
}

/// An order is held only if there is one, of the same rows in the same way.
fn holds(spec: &Spec, previous: &Generation) -> bool {
    spec.hold
        && !previous.is_empty()
        && previous.groups.is_none()
        && previous.spec.sort == spec.sort
        && previous.spec.filter == spec.filter
        && previous.spec.hide_idle == spec.hide_idle
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
    let Sort {
        column,
        descending,
        then,
    } = generation.spec.sort;
    let key = column.column().key;
    let second_key = then.map(|(column, _)| column.column().key);
    let second_descending = then.is_some_and(|(_, descending)| descending);
    let mut keyed: Vec<_> = order
        .iter()
        .filter_map(|place| {
            let row = generation.resolve(*place)?;
            let second = second_key.map_or(SortKey::Unknown, |key| key(&row));
            Some((key(&row), second, row.session.id, *place))
        })
        .collect();
    // Of equal ids on several endpoints the first endpoint's stands first.
    keyed.sort_unstable_by(|(a, a2, a_id, a_place), (b, b2, b_id, b_place)| {
        let by_key = a.compare(*b, descending).then(a2.compare(*b2, second_descending));
        by_key.then(a_id.cmp(b_id)).then(a_place.cmp(b_place))
    });
    for (slot, (_, _, _, place)) in order.iter_mut().zip(keyed) {
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
        let width = cells.map(|cell| display_width(&cell)).max().unwrap_or(0);
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
