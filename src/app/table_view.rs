//! Rows in order: built by [`build_view`](super::build_view), and read by window everywhere else.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use super::alert::ViewAlerts;
use super::blockers::BlockerLines;
use super::column::fit::TextWidths;
use super::columns::COLUMNS;
use super::cursor::KeyedRows;
use super::groups::Groups;
use super::groups::group::GroupKey;
use super::reason_names::Names;
use super::row::TableRow;
use super::server_view::ServerCounts;
use super::view_query::ViewQuery;
use crate::diagnosis::{Diagnoses, Diagnosis, Samples, Severity};
use crate::filter::{FilterField, FilterInput, NoMatch};
use crate::model::{
    EndpointId, EndpointLocks, EndpointNames, LockKnowledge, LockNumbers, Lookup, RowKey, Session, SessionId,
    Snapshot,
};

/// Reference to a session: snapshot and index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RowRef {
    Listed { snapshot: u16, index: u32 },
    Departed,
}

/// A departed row: a session that is no longer listed, kept while the cursor is on it.
#[derive(Clone, Debug)]
pub(super) struct DepartedRow {
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) session: Session,
    pub(super) diagnoses: Arc<Diagnoses>,
    pub(super) missing: u8,
    /// Number of the last snapshot that was counted as missing it.
    pub(super) counted: u64,
}

impl DepartedRow {
    /// Returns the findings from when the session was listed last.
    fn diagnosis(&self) -> Diagnosis<'_> {
        let place = self.snapshot.position(self.session.id);
        place.map_or_else(Diagnosis::default, |place| self.diagnoses.diagnosis(place))
    }
}

/// Rows in order, ready to be drawn by window.
#[derive(Clone, Debug, Default)]
pub struct TableView {
    /// The snapshots that the view was built from.
    pub snapshots: Vec<Arc<Snapshot>>,
    /// Connection samples of each snapshot.
    pub samples: Vec<Arc<Samples>>,
    /// Transactions and locks of each snapshot's sessions.
    pub locks: Vec<Arc<EndpointLocks>>,
    /// Lines and totals of the view of blockers.
    pub(crate) blockers: BlockerLines,
    /// Number of sessions of each server and service, while they are shown.
    pub(crate) server_counts: ServerCounts,
    /// Diagnoses of each snapshot.
    pub diagnoses: Vec<Arc<Diagnoses>>,
    /// New ▲ and counts for the bell and the title of the terminal, if the query requests them.
    pub(crate) alerts: ViewAlerts,
    /// The query that the view was built for.
    pub spec: ViewQuery,
    /// Number of rows left out because they are idle without a reason.
    pub idle_hidden: usize,
    /// Number of rows that match only because a reason that could not be examined counts as not found. A kill by the
    /// filter refuses them.
    pub(crate) uncertain: usize,
    /// Why the filter matches no session. `None` if it matches one, or has no condition.
    pub(crate) no_match: Option<NoMatch>,
    /// Number of matching rows left out because they are only not logged in, and many.
    pub logins_hidden: usize,
    /// Widths of the texts of each column so far, by index in `COLUMNS`.
    pub widths: [TextWidths; COLUMNS.len()],
    /// The groups of the rows, if sessions are grouped. The rows are then not sorted.
    pub groups: Option<Groups>,
    /// Positions of the stuck rows, in order, for each of [`Severity::ALL`].
    pub(super) stuck: [Vec<u32>; Severity::ALL.len()],
    pub(super) order: Vec<RowRef>,
    /// The position in `order` for each snapshot and index, or `HIDDEN_RANK`.
    pub(super) ranks: Vec<Vec<u32>>,
    pub(super) departed: Option<DepartedRow>,
    /// The position of the departed row in `order`, if it is shown.
    pub(super) departed_at: Option<usize>,
}

/// Maximum number of values kept for completion.
const MAX_VALUES: usize = 300;

/// Rank of a session that is not shown.
pub(super) const HIDDEN_RANK: u32 = u32::MAX;

impl KeyedRows<RowKey> for TableView {
    fn row_count(&self) -> usize {
        self.len()
    }

    fn key_at(&self, position: usize) -> Option<RowKey> {
        self.row(position).map(|row| row.key())
    }

    fn position_of(&self, key: &RowKey) -> Option<usize> {
        self.position(key)
    }

    fn has_departed(&self) -> bool {
        self.has_departed_row()
    }
}

impl TableView {
    /// Returns the number of rows shown.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether no row is shown.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// Returns the number of shown rows that are in a list: all but the departed row.
    pub fn listed_count(&self) -> usize {
        self.order.len() - usize::from(self.departed_at.is_some())
    }

    /// Returns the number of sessions, shown or not.
    pub fn total(&self) -> usize {
        self.snapshots
            .iter()
            .map(|snapshot| snapshot.sessions.len())
            .sum()
    }

    /// Returns the row at a position.
    pub fn row(&self, position: usize) -> Option<TableRow<'_>> {
        self.resolve(*self.order.get(position)?)
    }

    /// Returns the rows of a window.
    pub fn window(&self, from: usize, height: usize) -> impl Iterator<Item = TableRow<'_>> {
        self.order
            .iter()
            .skip(from)
            .take(height)
            .filter_map(|place| self.resolve(*place))
    }

    /// Returns the stuck rows, the worst first.
    pub(super) fn stuck_rows(&self) -> impl Iterator<Item = TableRow<'_>> {
        let worst_first = Severity::ALL.iter().zip(&self.stuck);
        let positions = worst_first.flat_map(|(_, positions)| positions);
        positions.filter_map(|position| self.resolve(*self.order.get(*position as usize)?))
    }

    /// Returns the keys of a window of rows, without departed rows.
    pub(super) fn live_keys(&self, from: usize, rows: usize) -> Vec<RowKey> {
        let rows = self.window(from, rows);
        rows.filter(|row| row.missing == 0).map(|row| row.key()).collect()
    }

    /// Returns the rows of a group, without departed rows.
    pub(super) fn rows_of_group(&self, key: &GroupKey) -> impl Iterator<Item = TableRow<'_>> {
        let groups = self.groups.as_ref();
        let rows = self.window(0, usize::MAX).filter(|row| row.missing == 0);
        rows.filter(move |row| groups.is_some_and(|groups| groups.contains_row(key, row)))
    }

    /// Returns the position of a session, if it is shown.
    pub fn position(&self, key: &RowKey) -> Option<usize> {
        if let Some(departed) = &self.departed
            && departed.snapshot.key(&departed.session) == *key
        {
            return self.departed_at;
        }
        self.snapshots
            .iter()
            .zip(&self.ranks)
            .find_map(|(snapshot, ranks)| match snapshot.find(key) {
                Lookup::Same(_) => {
                    let rank = *ranks.get(snapshot.position(key.id)?)?;
                    (rank != HIDDEN_RANK).then_some(rank as usize)
                }
                _ => None,
            })
    }

    /// Returns the position of the first session whose id begins with digits: the exact id, then the shortest
    /// longer one, which is the smallest.
    pub(super) fn position_by_digits(&self, digits: u64) -> Option<usize> {
        let lists = self.snapshots.iter().zip(&self.ranks);
        let listed = lists.filter_map(|(snapshot, ranks)| first_by_digits(&snapshot.sessions, ranks, digits));
        let departed = self.departed.as_ref().zip(self.departed_at);
        let departed = departed.map(|(departed, position)| (departed.session.id, position));
        let departed = departed.filter(|(id, _)| begins_with(id.0, digits));
        let first = listed.chain(departed).min_by_key(|(id, _)| *id);
        first.map(|(_, position)| position)
    }

    /// Whether there is a departed row.
    pub const fn has_departed_row(&self) -> bool {
        self.departed.is_some()
    }

    /// Returns the sorted texts that occur in a field, shown or not, for completion.
    pub fn texts(&self, field: &FilterField) -> Vec<String> {
        let sessions = self
            .snapshots
            .iter()
            .zip(&self.diagnoses)
            .flat_map(|(snapshot, diagnoses)| {
                let sessions = snapshot.sessions.iter().enumerate();
                sessions.map(|(index, session)| (session, diagnoses.diagnosis(index)))
            });
        let mut texts = BTreeSet::new();
        let mut names = Names::new();
        for (session, diagnosis) in sessions {
            let subject = FilterInput {
                reasons: Some(names.of(&diagnosis)),
                ..FilterInput::new(session)
            };
            field.each_text(&subject, |text| {
                if texts.len() < MAX_VALUES && !text.is_empty() && !texts.contains(text) {
                    texts.insert(text.to_owned());
                }
            });
        }
        texts.into_iter().collect()
    }

    /// Returns the diagnosis of a session, shown or not; `None` if it is not listed.
    pub fn diagnosis(&self, key: &RowKey) -> Option<Diagnosis<'_>> {
        let mut lists = self.snapshots.iter().zip(&self.diagnoses);
        lists.find_map(|(snapshot, diagnoses)| match snapshot.find(key) {
            Lookup::Same(session) => Some(diagnoses.diagnosis(snapshot.position(session.id)?)),
            _ => None,
        })
    }

    /// Returns the number of shown rows with this severity in a range of positions.
    pub(crate) fn count_rows(&self, severity: Severity, positions: Range<usize>) -> usize {
        let lists = Severity::ALL.iter().zip(&self.stuck);
        let own = lists.filter(|(listed, _)| **listed == severity);
        let before = |list: &[u32], end| list.partition_point(|position| (*position as usize) < end);
        own.map(|(_, list)| before(list, positions.end).saturating_sub(before(list, positions.start)))
            .sum()
    }

    /// Returns the number of sessions of an endpoint with this severity, shown or not.
    pub fn count(&self, endpoint: EndpointId, severity: Severity) -> usize {
        let lists = self.snapshots.iter().zip(&self.diagnoses);
        let own = lists.filter(|(snapshot, _)| snapshot.endpoint == endpoint);
        own.map(|(_, diagnoses)| diagnoses.count(severity)).sum()
    }

    /// Returns the number of sessions that are expected to wait, shown or not.
    pub(crate) fn expected(&self) -> usize {
        self.diagnoses.iter().map(|diagnoses| diagnoses.expected()).sum()
    }

    /// Returns the number of stuck sessions, shown or not.
    pub(crate) fn stuck_total(&self) -> usize {
        let severities = Severity::ALL.into_iter();
        let of =
            |diagnoses: &Diagnoses| -> usize { severities.clone().map(|one| diagnoses.count(one)).sum() };
        self.diagnoses.iter().map(|diagnoses| of(diagnoses)).sum()
    }

    /// Returns the number of sessions with a reason, shown or not.
    pub(crate) fn count_reason(&self, name: &str) -> usize {
        let lists = self.diagnoses.iter();
        lists.map(|diagnoses| diagnoses.count_reason(name)).sum()
    }

    /// Returns the transactions and locks of an endpoint.
    pub(crate) fn locks_of(&self, endpoint: EndpointId) -> Option<&EndpointLocks> {
        let mut lists = self.snapshots.iter().zip(&self.locks);
        let found = lists.find(|(snapshot, _)| snapshot.endpoint == endpoint);
        found.map(|(_, locks)| locks.as_ref())
    }

    /// Returns the numbers of a session's transaction and locks.
    pub(crate) fn lock_numbers(&self, endpoint: EndpointId, session: &Session) -> LockNumbers {
        let locks = self.locks_of(endpoint);
        locks.map(|locks| locks.of(session).numbers()).unwrap_or_default()
    }

    /// Returns the name of an endpoint.
    fn endpoint(&self, id: EndpointId) -> &str {
        let name = self.spec.endpoints.get(usize::from(id.0));
        name.map_or("", AsRef::as_ref)
    }

    /// Returns URL and other names of an endpoint.
    fn names(&self, id: EndpointId) -> Option<&EndpointNames> {
        self.spec.names.get(usize::from(id.0)).map(AsRef::as_ref)
    }

    pub(super) fn resolve(&self, place: RowRef) -> Option<TableRow<'_>> {
        match place {
            RowRef::Listed { snapshot, index } => {
                let list = usize::from(snapshot);
                let snapshot = self.snapshots.get(list)?;
                let session = snapshot.sessions.get(index as usize)?;
                let diagnoses = self.diagnoses.get(list);
                let samples = self.samples.get(list);
                let sample = samples.and_then(|samples| samples.get(&session.id));
                Some(TableRow {
                    snapshot,
                    endpoint: self.endpoint(snapshot.endpoint),
                    names: self.names(snapshot.endpoint),
                    session,
                    locks: self
                        .locks
                        .get(list)
                        .map(|locks| locks.of(session))
                        .unwrap_or_default(),
                    sample: sample.filter(|sample| sample.is_current_at(snapshot.taken_at)),
                    diagnosis: diagnoses.map_or_else(Diagnosis::default, |diagnoses| {
                        diagnoses.diagnosis(index as usize)
                    }),
                    missing: 0,
                })
            }
            RowRef::Departed => {
                let departed = self.departed.as_ref()?;
                Some(TableRow {
                    snapshot: &departed.snapshot,
                    endpoint: self.endpoint(departed.snapshot.endpoint),
                    names: self.names(departed.snapshot.endpoint),
                    session: &departed.session,
                    sample: None,
                    locks: LockKnowledge::NoAccess,
                    diagnosis: departed.diagnosis(),
                    missing: departed.missing,
                })
            }
        }
    }
}

/// Returns the smallest id that begins with digits among the sessions that are shown, and its position. Reads only
/// the ranks of sessions with such an id.
fn first_by_digits(sessions: &[Session], ranks: &[u32], digits: u64) -> Option<(SessionId, usize)> {
    let mut range = (digits, digits.checked_add(1));
    loop {
        let (from, to) = range;
        let start = sessions.partition_point(|session| session.id.0 < from);
        let end = to.map_or(sessions.len(), |to| {
            sessions.partition_point(|session| session.id.0 < to)
        });
        let own = ranks.get(start..end).unwrap_or_default();
        let shown = own.iter().position(|rank| *rank != HIDDEN_RANK);
        if let Some(index) = shown
            && let Some((session, rank)) = sessions.get(start + index).zip(own.get(index))
        {
            return Some((session.id, *rank as usize));
        }
        let next = from
            .checked_mul(10)
            .filter(|next| *next > 0 && end < sessions.len())?;
        range = (next, to.and_then(|to| to.checked_mul(10)));
    }
}

/// Whether a number begins with the digits of another.
const fn begins_with(mut id: u64, digits: u64) -> bool {
    while digits > 0 && id > digits {
        id /= 10;
    }
    id == digits
}
