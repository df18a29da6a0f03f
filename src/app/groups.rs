//! Groups of the sessions that the filter lets through: made by [`arrange`](super::arrange) beside the
//! drawing thread, read by window.

pub mod columns;
pub mod group;
pub mod groupings;
pub mod pane;

use rustc_hash::FxHashMap;
use unicode_width::UnicodeWidthStr;

use self::columns::{GROUP_COLUMNS, GroupSort};
use self::group::{Group, GroupKey};
use self::groupings::{GroupingId, Value};
use super::generation::Generation;
use super::row::Row;

/// What is asked of groups.
#[derive(Clone, Debug, Default)]
pub struct GroupSpec {
    /// By what sessions are grouped.
    pub by: GroupingId,
    /// In which order the groups stand.
    pub sort: GroupSort,
    /// The group under the cursor: it stays when its last session is gone.
    pub cursor: Option<GroupKey>,
}

/// Groups in order, ready to be drawn by window.
#[derive(Clone, Debug)]
pub struct Groups {
    /// What was asked.
    pub spec: GroupSpec,
    /// How many sessions were grouped.
    pub sessions: usize,
    /// How many of them are in several groups.
    pub several: usize,
    /// The widest text of each column so far. It never shrinks, as long as the grouping stays.
    pub widths: [u16; GROUP_COLUMNS.len()],
    /// Whether a group is kept that has no session any more.
    pub has_gone: bool,
    /// As they were met.
    all: Vec<Group>,
    /// Their places in `all`, from top to bottom.
    order: Vec<usize>,
}

impl Groups {
    /// How many there are.
    pub const fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// How many have any session.
    pub const fn live(&self) -> usize {
        self.order.len() - self.has_gone as usize
    }

    /// The group at a place.
    pub fn get(&self, position: usize) -> Option<&Group> {
        self.all.get(*self.order.get(position)?)
    }

    /// The groups of a window.
    pub fn window(&self, from: usize, height: usize) -> impl Iterator<Item = &Group> {
        let places = self.order.iter().skip(from).take(height);
        places.filter_map(|place| self.all.get(*place))
    }

    /// Where a group stands.
    pub fn position(&self, key: &GroupKey) -> Option<usize> {
        self.window(0, usize::MAX).position(|group| group.key == *key)
    }

    /// Where each group stands.
    fn places(&self) -> FxHashMap<Option<&str>, usize> {
        let groups = self.window(0, usize::MAX).zip(0..);
        groups.map(|(group, place)| (group.key.text(), place)).collect()
    }

    /// How many of these sessions are in each group, by its place.
    pub(super) fn count<'a>(&self, rows: impl Iterator<Item = Row<'a>>) -> Vec<u64> {
        let places = self.places();
        let mut counts = vec![0; self.order.len()];
        let each = self.spec.by.grouping().each;
        for row in rows {
            each(&row, &mut |value| {
                let place = places.get(&value.as_ref().map(Value::as_str));
                if let Some(count) = place.and_then(|place| counts.get_mut(*place)) {
                    *count += 1;
                }
            });
        }
        counts
    }

    /// Whether a session is in a group.
    pub fn holds(&self, key: &GroupKey, row: &Row<'_>) -> bool {
        let mut is_in = false;
        let each = self.spec.by.grouping().each;
        each(row, &mut |value| {
            is_in |= value.as_ref().map(Value::as_str) == key.text();
        });
        is_in
    }
}

/// Groups the rows of a generation; a session that has left its list is in none.
pub fn group(generation: &Generation, spec: &GroupSpec, previous: Option<&Generation>) -> Groups {
    let previous = previous.filter(|previous| {
        previous.spec.filter == generation.spec.filter && previous.spec.hide_idle == generation.spec.hide_idle
    });
    let before = previous
        .and_then(|previous| previous.groups.as_ref())
        .filter(|before| before.spec.by == spec.by);
    let mut groups = Groups {
        spec: spec.clone(),
        widths: before.map_or([0; GROUP_COLUMNS.len()], |before| before.widths),
        sessions: 0,
        several: 0,
        has_gone: false,
        all: Vec::new(),
        order: Vec::new(),
    };
    collect(generation, &mut groups);
    keep_gone(&mut groups, before);
    let held = before.filter(|before| generation.spec.hold && before.spec.sort == spec.sort);
    groups.order = sorted(&groups.all, spec.sort, held);
    widen(&mut groups);
    groups
}

fn collect(generation: &Generation, groups: &mut Groups) {
    let grouping = groups.spec.by.grouping();
    let mut places: FxHashMap<Option<&str>, usize> = FxHashMap::default();
    let all = &mut groups.all;
    let rows = generation.window(0, usize::MAX);
    for row in rows.filter(|row| row.missing == 0) {
        let mut values = 0;
        (grouping.each)(&row, &mut |value| {
            values += 1;
            let place = *places
                .entry(value.as_ref().map(Value::as_str))
                .or_insert_with(|| {
                    all.push(Group::new(value.into(), grouping.nothing));
                    all.len() - 1
                });
            if let Some(group) = all.get_mut(place) {
                group.add(&row);
            }
        });
        groups.sessions += 1;
        groups.several += usize::from(values > 1);
    }
}

/// The group under the cursor stays, so that no other one slips under it.
fn keep_gone(groups: &mut Groups, before: Option<&Groups>) {
    let Some(cursor) = &groups.spec.cursor else { return };
    if groups.all.iter().all(|group| group.key != *cursor)
        && let Some(before) = before
        && let Some(last) = before.position(cursor).and_then(|place| before.get(place))
    {
        groups.all.push(last.gone());
        groups.has_gone = true;
    }
}

/// Under `held`, each where it stood, and new ones at the end. What is compared stands side by side:
/// there may be as many groups as sessions.
fn sorted(groups: &[Group], sort: GroupSort, held: Option<&Groups>) -> Vec<usize> {
    let before = held.map(Groups::places).unwrap_or_default();
    let stood = |group: &Group| before.get(&group.key.text()).copied().unwrap_or(usize::MAX);
    let mut order: Vec<_> = groups
        .iter()
        .zip(0..)
        .map(|(group, place)| (stood(group), sort.rank(group), place))
        .collect();
    order.sort_unstable_by(|(a_stood, a, _), (b_stood, b, _)| {
        a_stood.cmp(b_stood).then_with(|| sort.compare(a, b))
    });
    order.into_iter().map(|(_, _, place)| place).collect()
}

fn widen(groups: &mut Groups) {
    for (column, widest) in GROUP_COLUMNS.iter().zip(&mut groups.widths) {
        *widest = column.min.max(*widest);
        if *widest >= column.max || column.max == u16::MAX {
            continue;
        }
        let cells = groups.all.iter().filter_map(|group| (column.cell)(group));
        let width = cells.map(|cell| cell.width()).max().unwrap_or(0);
        *widest = u16::try_from(width)
            .unwrap_or(u16::MAX)
            .clamp(*widest, column.max);
    }
}

#[cfg(test)]
mod tests;
