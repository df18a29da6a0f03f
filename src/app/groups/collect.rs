//! Groups the rows of a table view. Runs off the drawing thread, as a part of
//! [`build_view`](crate::app::build_view).

use rustc_hash::FxHashMap;

use super::columns::{GROUP_COLUMNS, GroupSort, GroupTable};
use super::group::Group;
use super::groupings::GroupValue;
use super::{GroupSpec, Groups};
use crate::app::column::fit::{self, TextWidths};
use crate::app::table_view::TableView;
use crate::model::{RawText, display_width};

/// Groups the rows of a table view. A session that has left its list is in no group.
pub fn group(view: &TableView, spec: &GroupSpec, previous: Option<&TableView>) -> Groups {
    let previous = previous.filter(|previous| {
        previous.spec.filter == view.spec.filter && previous.spec.hide_idle == view.spec.hide_idle
    });
    let before = previous
        .and_then(|previous| previous.groups.as_ref())
        .filter(|before| before.spec.by == spec.by);
    let mut groups = Groups {
        spec: spec.clone(),
        widths: before.map_or([TextWidths::default(); GROUP_COLUMNS.len()], |before| {
            before.widths
        }),
        sessions: 0,
        several: 0,
        has_gone: false,
        all: Vec::new(),
        order: Vec::new(),
        stuck: Default::default(),
    };
    collect(view, &mut groups);
    keep_gone(&mut groups, before);
    let held = before.filter(|before| view.spec.hold && before.spec.sort == spec.sort);
    groups.order = sorted(&groups.all, spec.sort, held);
    groups.find_stuck();
    widen(&mut groups);
    groups
}

fn collect(view: &TableView, groups: &mut Groups) {
    let grouping = groups.spec.by.grouping();
    let mut places: FxHashMap<Option<RawText<'_>>, usize> = FxHashMap::default();
    let all = &mut groups.all;
    let rows = view.window(0, usize::MAX);
    for row in rows.filter(|row| row.missing == 0) {
        let mut values = 0;
        (grouping.each)(&row, &mut |value| {
            values += 1;
            let place = *places
                .entry(value.as_ref().map(GroupValue::raw))
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

/// Keeps the group under the cursor, so that the cursor does not move to another one.
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

/// Sorts the groups. With `held`, keeps the previous positions and appends new groups. Sort keys are
/// stored contiguously, because there may be as many groups as sessions.
fn sorted(groups: &[Group], sort: GroupSort, held: Option<&Groups>) -> Vec<usize> {
    let before = held.map(Groups::positions).unwrap_or_default();
    let stood = |group: &Group| before.get(&group.key.raw()).copied().unwrap_or(usize::MAX);
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
    let Groups { widths, all, .. } = groups;
    fit::widen::<GroupTable>(widths, |column, count| {
        let cells = all.iter().filter_map(|group| (column.cell)(group));
        cells.for_each(|cell| count(display_width(&cell)));
    });
}
