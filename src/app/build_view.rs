//! Builds the table view: diagnoses, filters, sorts and groups. All work that grows with the number of
//! sessions is here.
//!
//! One pure function. The shell runs it on another thread than the drawing, for every new snapshot and
//! every changed filter or sort. `update` replaces the old [`TableView`] with the result, so that no
//! key waits for 100,000 rows.
//!
//! If the session under the cursor leaves its list, its row is kept until the cursor leaves it.

use std::sync::Arc;

use super::alert::ViewAlerts;
use super::blockers::BlockerLines;
use super::column::fit::{self, TextWidths};
use super::columns::{COLUMNS, Sessions};
use super::groups::collect::group;
use super::reason_names::Names;
use super::rebuild::{diagnose_snapshots, find_locks};
use super::row::{SortKey, TableRow};
use super::server_view::ServerCounts;
use super::table_view::{DepartedRow, HIDDEN_RANK, RowRef};
use crate::diagnosis::{Samples, Severity};
use crate::filter::{FilterInput, NoMatch};
use crate::kill::asks_why;
use crate::model::{Counter, Lookup, RowKey, ServerReports, Session, Snapshot};

pub use super::table_view::TableView;
pub use super::view_query::{Sort, ViewQuery};

/// Input of [`build_view`].
#[derive(Clone, Debug, Default)]
pub struct ViewRequest {
    /// The view shown before.
    pub previous: Option<Arc<TableView>>,
    /// The latest snapshot of each endpoint.
    pub snapshots: Vec<Arc<Snapshot>>,
    /// Connection samples of each endpoint, in the order of `snapshots`. A missing entry means no
    /// samples.
    pub samples: Vec<Arc<Samples>>,
    /// Latest reports of the servers of each endpoint, in the order of `snapshots`. A missing entry means no
    /// reports.
    pub reports: Vec<Arc<ServerReports>>,
    /// Filter, order and grouping.
    pub spec: ViewQuery,
}

/// Builds the table view from the snapshots. Pure; runs off the drawing thread.
pub fn build_view(job: ViewRequest) -> TableView {
    let previous = job.previous.clone();
    let mut view = diagnose_view(job);
    arrange(&mut view, previous.as_deref());
    view
}

/// Builds a view with diagnoses and without rows, for lists that are not shown.
pub(crate) fn diagnose_view(job: ViewRequest) -> TableView {
    let ViewRequest {
        previous,
        snapshots,
        samples,
        reports,
        spec,
    } = job;
    let previous = previous.as_deref();
    let locks = find_locks(previous, &snapshots, &reports);
    TableView {
        departed_at: None,
        departed: spec
            .cursor
            .as_ref()
            .and_then(|cursor| keep_departed(previous, &snapshots, cursor, spec.ended.contains(cursor))),
        ranks: snapshots
            .iter()
            .map(|snapshot| vec![HIDDEN_RANK; snapshot.sessions.len()])
            .collect(),
        diagnoses: diagnose_snapshots(previous, &snapshots, &samples, &locks, &spec),
        locks,
        blockers: BlockerLines::default(),
        alerts: ViewAlerts::default(),
        server_counts: ServerCounts::default(),
        widths: previous.map_or([TextWidths::default(); COLUMNS.len()], |previous| previous.widths),
        snapshots,
        samples,
        spec,
        groups: None,
        stuck: Default::default(),
        order: Vec::new(),
        idle_hidden: 0,
        uncertain: 0,
        no_match: None,
        logins_hidden: 0,
    }
}

/// Filters, sorts and groups the rows of a view.
fn arrange(view: &mut TableView, previous: Option<&TableView>) {
    view.blockers = BlockerLines::of(&view.snapshots, &view.locks);
    if view.spec.counts_servers {
        view.server_counts = ServerCounts::of(&view.snapshots, &view.diagnoses);
    }
    let (mut order, idle_hidden) = matching(view);
    view.idle_hidden = idle_hidden;
    view.logins_hidden = hide_logins(view, &mut order);
    if order.is_empty() && idle_hidden == 0 && view.logins_hidden == 0 {
        view.no_match = why_none(view);
    }
    view.uncertain = uncertain(view, &order);
    if view.spec.group.is_none() {
        sort(view, &mut order, previous);
        if view.spec.measures_texts {
            view.widths = text_widths(view, &order);
        }
    }
    view.order = order;
    rank(view);
    find_stuck(view);
    if view.spec.finds_alerts {
        view.alerts = ViewAlerts::of(view, previous);
    }
    let asked = view.spec.group.as_ref();
    view.groups = asked.map(|asked| group(view, asked, previous));
}

/// Returns the rows to show, and the number of matching rows left out because they are idle.
fn matching(view: &TableView) -> (Vec<RowRef>, usize) {
    let ViewQuery {
        filter, hide_idle, ..
    } = &view.spec;
    let mut idle_hidden = 0;
    let mut names = Names::new();
    let mut is_meant = |place: &RowRef| {
        if filter.is_empty() && !hide_idle {
            return true;
        }
        let Some(row) = view.resolve(*place) else {
            return false;
        };
        let matches = filter.evaluate(&filter_input(&row, &mut names)).is_yes();
        let is_left_out = matches && *hide_idle && is_idle(row.session) && row.diagnosis.found.is_empty();
        idle_hidden += usize::from(is_left_out);
        matches && !is_left_out
    };
    let mut order = Vec::with_capacity(view.total() + 1);
    for (snapshot, list) in (0..).zip(&view.snapshots) {
        if view.spec.hidden_endpoints.contains(&list.endpoint) {
            continue;
        }
        let places = (0..)
            .zip(&list.sessions)
            .map(|(index, _)| RowRef::Listed { snapshot, index });
        order.extend(places.filter(&mut is_meant));
    }
    let departed = view.departed.as_ref().map(|_| RowRef::Departed);
    order.extend(departed.filter(&mut is_meant));
    (order, idle_hidden)
}

/// Returns the number of rows that match only because a reason that could not be examined counts as not found.
fn uncertain(view: &TableView, order: &[RowRef]) -> usize {
    let filter = &view.spec.filter;
    if !asks_why(filter) {
        return 0;
    }
    let mut names = Names::new();
    let rows = order.iter().filter_map(|place| view.resolve(*place));
    let mut is_certain = |row: &TableRow<'_>| {
        let input = filter_input(row, &mut names);
        filter.evaluate(&input.strict()).is_yes()
    };
    rows.filter(|row| row.missing == 0 && !is_certain(row)).count()
}

/// Returns a row as input of the filter.
pub(super) fn filter_input<'a>(row: &TableRow<'a>, names: &'a mut Names) -> FilterInput<'a> {
    FilterInput {
        endpoint: Some(row.endpoint).filter(|name| !name.is_empty()),
        names: row.names,
        process: row.snapshot.process(),
        reasons: Some(names.of(&row.diagnosis.for_filter(row.locks))),
        reads: row.total(Counter::Reads),
        writes: row.total(Counter::Writes),
        locks: row.locks.numbers(),
        ..FilterInput::new(row.session)
    }
}

/// Returns why the filter matches no session.
fn why_none(view: &TableView) -> Option<NoMatch> {
    view.spec.filter.why_none(&|see| view.each_input(see))
}

impl TableView {
    /// Calls the function with every session of all snapshots.
    pub(super) fn each_input(&self, see: &mut dyn FnMut(&FilterInput<'_>)) {
        let mut names = Names::new();
        for (snapshot, list) in (0..).zip(&self.snapshots) {
            for (index, _) in (0..).zip(&list.sessions) {
                if let Some(row) = self.resolve(RowRef::Listed { snapshot, index }) {
                    see(&filter_input(&row, &mut names));
                }
            }
        }
    }
}

/// Maximum number of sessions that are only not logged in and have rows of their own. Any client can open
/// more, without a password.
const MAX_LOGIN_ROWS: usize = 5;
/// The reason of a session that has not logged in.
const LOGIN: &str = "login";

/// Removes the sessions that are only not logged in, if they are many. Returns their number. Groups count
/// them, and a filter on the reason shows them.
fn hide_logins(view: &TableView, order: &mut Vec<RowRef>) -> usize {
    if view.spec.shows_all_logins || view.spec.group.is_some() || view.spec.filter.uses("reason") {
        return 0;
    }
    let is_login = |place: &RowRef| {
        let RowRef::Listed { snapshot, index } = place else {
            return false;
        };
        let list = view.diagnoses.get(usize::from(*snapshot));
        let diagnosis = list.map(|list| list.diagnosis(*index as usize));
        diagnosis.is_some_and(|diagnosis| matches!(diagnosis.found, [only] if only.reason.name == LOGIN))
    };
    let count = order.iter().filter(|place| is_login(place)).count();
    if count <= MAX_LOGIN_ROWS {
        return 0;
    }
    order.retain(|place| !is_login(place));
    count
}

/// Idle time from which a session counts as idle, in seconds.
const IDLE_THRESHOLD_SECS: f64 = 10.0;

fn is_idle(session: &Session) -> bool {
    session
        .idle
        .is_some_and(|idle| idle.as_secs_f64() >= IDLE_THRESHOLD_SECS)
}

/// Whether the previous order is kept: it exists, and filter and sort are the same.
fn holds(spec: &ViewQuery, previous: &TableView) -> bool {
    spec.hold
        && !previous.is_empty()
        && previous.groups.is_none()
        && previous.spec.sort == spec.sort
        && previous.spec.filter == spec.filter
        && previous.spec.hide_idle == spec.hide_idle
}

/// Sorts by the column, then by id, so that equal rows never swap. With `hold`, sorts by the previous
/// position.
fn sort(view: &TableView, order: &mut [RowRef], previous: Option<&TableView>) {
    if let Some(previous) = previous.filter(|previous| holds(&view.spec, previous)) {
        order.sort_by_cached_key(|place| {
            let row = view.resolve(*place);
            let before = row.and_then(|row| previous.position(&row.key()));
            (before.unwrap_or(usize::MAX), row.map(|row| row.session.id))
        });
        return;
    }
    let Sort {
        column,
        descending,
        then,
    } = view.spec.sort;
    let key = column.column().key;
    let second_key = then.map(|(column, _)| column.column().key);
    let second_descending = then.is_some_and(|(_, descending)| descending);
    let mut keyed: Vec<_> = order
        .iter()
        .filter_map(|place| {
            let row = view.resolve(*place)?;
            let second = second_key.map_or(SortKey::Unknown, |key| key(&row));
            Some((key(&row), second, row.session.id, *place))
        })
        .collect();
    // Equal ids of several endpoints are in the order of the endpoints.
    keyed.sort_unstable_by(|(a, a2, a_id, a_place), (b, b2, b_id, b_place)| {
        let by_key = a.compare(*b, descending).then(a2.compare(*b2, second_descending));
        by_key.then(a_id.cmp(b_id)).then(a_place.cmp(b_place))
    });
    for (slot, (_, _, _, place)) in order.iter_mut().zip(keyed) {
        *slot = place;
    }
}

fn text_widths(view: &TableView, order: &[RowRef]) -> [TextWidths; COLUMNS.len()] {
    let mut widths = view.widths;
    let rows = order.iter().filter_map(|place| view.resolve(*place));
    fit::widen_to_rows::<Sessions>(&mut widths, rows);
    widths
}

fn rank(view: &mut TableView) {
    if view.departed.is_some() {
        let departed_at = view.order.iter().position(|place| *place == RowRef::Departed);
        view.departed_at = departed_at;
    }
    for (rank, place) in (0..).zip(&view.order) {
        if let RowRef::Listed { snapshot, index } = place
            && let Some(ranks) = view.ranks.get_mut(usize::from(*snapshot))
            && let Some(slot) = ranks.get_mut(*index as usize)
        {
            *slot = rank;
        }
    }
}

/// Finds the positions of the stuck rows.
fn find_stuck(view: &mut TableView) {
    let mut stuck: [Vec<u32>; Severity::ALL.len()] = Default::default();
    for (position, place) in (0..).zip(&view.order) {
        if let RowRef::Listed { snapshot, index } = place
            && let Some(diagnoses) = view.diagnoses.get(usize::from(*snapshot))
            && let Some(severity) = diagnoses.diagnosis(*index as usize).severity()
        {
            let mut lists = Severity::ALL.iter().zip(&mut stuck);
            if let Some((_, list)) = lists.find(|(listed, _)| **listed == severity) {
                list.push(position);
            }
        }
    }
    view.stuck = stuck;
}

/// Returns the departed row for the session under the cursor, if the previous view had it and the
/// current snapshot of its endpoint does not. Returns `None` if the session is listed again or its
/// endpoint no longer replies.
pub(super) fn keep_departed(
    previous: Option<&TableView>,
    snapshots: &[Arc<Snapshot>],
    cursor: &RowKey,
    ended: bool,
) -> Option<DepartedRow> {
    let previous = previous?;
    let now = snapshots
        .iter()
        .find(|snapshot| snapshot.endpoint == cursor.endpoint)?;
    if matches!(now.find(cursor), Lookup::Same(_)) {
        return None;
    }
    if let Some(departed) = &previous.departed
        && departed.snapshot.key(&departed.session) == *cursor
    {
        let counts_again = u8::from(now.number > departed.counted);
        let missing = departed.missing.saturating_add(counts_again);
        return Some(DepartedRow {
            missing: if ended { missing.max(2) } else { missing },
            counted: now.number,
            ..departed.clone()
        });
    }
    let mut lists = previous.snapshots.iter().zip(&previous.diagnoses);
    let (before, diagnoses) = lists.find(|(snapshot, _)| snapshot.endpoint == cursor.endpoint)?;
    let Lookup::Same(session) = before.find(cursor) else {
        return None;
    };
    let another = ended || matches!(now.find(cursor), Lookup::Other(_)) || now.process() != before.process();
    Some(DepartedRow {
        snapshot: Arc::clone(before),
        session: session.clone(),
        diagnoses: Arc::clone(diagnoses),
        // Another session with the same id or another process is certain; no second list is needed.
        missing: if another { 2 } else { 1 },
        counted: now.number,
    })
}

#[cfg(test)]
mod tests;
