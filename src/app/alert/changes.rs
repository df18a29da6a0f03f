//! Finds the sessions that become ▲ from one view to the next, and counts the stuck ones.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::app::table_view::{HIDDEN_RANK, TableView};
use crate::diagnosis::{Diagnoses, Severity};
use crate::model::{EndpointId, Lookup, RowKey, SessionId, Snapshot};

/// Time in which a session that recovers and is ▲ again does not count as new.
const RECOVERY_TIME: Duration = Duration::from_secs(10);
/// Maximum number of sessions kept that were ▲ in an earlier list.
const MAX_RECENT: usize = 1000;

/// Content of the bell and the title of the terminal for a view. Only sessions that match the filter count.
#[derive(Clone, Debug, Default)]
pub(crate) struct ViewAlerts {
    /// Whether a session is ▲ that was not in the previous view.
    pub(crate) has_new: bool,
    /// Number of stuck sessions of each endpoint, for each of [`Severity::ALL`].
    pub(super) stuck: Vec<(EndpointId, [usize; Severity::ALL.len()])>,
    /// Sessions that were ▲ in an earlier list and are not in the last one.
    recent: BTreeMap<(EndpointId, SessionId), Recovered>,
}

/// A session that was ▲ in an earlier list.
#[derive(Clone, Debug)]
struct Recovered {
    key: RowKey,
    /// Time of the last list in which it was ▲.
    act_at: Duration,
    /// Number of the first list without it. A list is not atomic, so the session may be in the next one.
    missing_in: Option<u64>,
}

/// The list of an endpoint in a view.
#[derive(Clone, Copy)]
struct List<'a> {
    snapshot: &'a Snapshot,
    diagnoses: &'a Diagnoses,
    /// Rank of each session in the view.
    ranks: &'a [u32],
}

impl ViewAlerts {
    /// Compares a view with the previous one. The first list of a process has no new ▲.
    pub(in crate::app) fn of(view: &TableView, previous: Option<&TableView>) -> Self {
        let mut alerts = Self::default();
        for now in lists(view) {
            let endpoint = now.snapshot.endpoint;
            alerts.stuck.push((endpoint, now.count_stuck()));
            let Some(previous) = previous else { continue };
            let before = lists(previous).find(|before| before.snapshot.endpoint == endpoint);
            if let Some(before) = before.filter(|before| !is_restarted(before.snapshot, now.snapshot)) {
                // A filter that has changed, or an endpoint that replies again, shows old ▲.
                let has_same_rows = previous.spec.filter == view.spec.filter
                    && !previous.spec.hidden_endpoints.contains(&endpoint);
                alerts.compare(before, now, has_same_rows, &previous.alerts);
            }
        }
        alerts
    }

    /// Compares two lists of an endpoint, or one with its newer rows. With `has_same_rows` a session that the previous
    /// filter hid counts as new.
    fn compare(&mut self, before: List<'_>, now: List<'_>, has_same_rows: bool, past: &Self) {
        let was_act = move |index| before.is_act(index) && (before.is_shown(index) || !has_same_rows);
        let is_known = |key: &RowKey| match before.snapshot.find(key) {
            Lookup::Same(session) => before.snapshot.position(session.id).is_some_and(was_act),
            _ => false,
        };
        self.has_new |= now.alarming().any(|key| !is_known(&key) && !past.is_recent(&key));
        let recent = past.recent.values();
        let recent = recent.filter(|known| known.key.endpoint == now.snapshot.endpoint);
        let last = before.keys(was_act).map(|key| Recovered {
            key,
            act_at: before.snapshot.asked_at.elapsed,
            missing_in: None,
        });
        let room = MAX_RECENT.saturating_sub(self.recent.len());
        let kept = recent.cloned().chain(last).filter_map(|known| known.kept(now));
        for known in kept.take(room) {
            self.recent.insert((known.key.endpoint, known.key.id), known);
        }
    }

    fn is_recent(&self, key: &RowKey) -> bool {
        let known = self.recent.get(&(key.endpoint, key.id));
        known.is_some_and(|known| known.key.agrees_with(key))
    }
}

impl Recovered {
    /// Returns the session after the next list. `None` if it is ▲ there, or counts as new the next time.
    fn kept(self, now: List<'_>) -> Option<Self> {
        let number = now.snapshot.number;
        let is_recent = now.snapshot.asked_at.elapsed.saturating_sub(self.act_at) < RECOVERY_TIME;
        if let Lookup::Same(session) = now.snapshot.find(&self.key) {
            let index = now.snapshot.position(session.id)?;
            let is_alarming = now.is_act(index) && now.is_shown(index);
            (is_recent && !is_alarming).then_some(Self {
                missing_in: None,
                ..self
            })
        } else {
            let is_first = self.missing_in.is_none_or(|first| first == number);
            (is_recent || is_first).then(|| Self {
                missing_in: self.missing_in.or(Some(number)),
                ..self
            })
        }
    }
}

impl<'a> List<'a> {
    fn is_act(&self, index: usize) -> bool {
        self.diagnoses.diagnosis(index).severity() == Some(Severity::Act)
    }

    /// Whether the filter shows this session.
    fn is_shown(&self, index: usize) -> bool {
        self.ranks.get(index).is_some_and(|rank| *rank != HIDDEN_RANK)
    }

    /// Returns the sessions that are ▲ and shown.
    fn alarming(self) -> impl Iterator<Item = RowKey> + 'a {
        self.keys(move |index| self.is_act(index) && self.is_shown(index))
    }

    /// Returns the ▲ sessions among those at these indices.
    fn keys(self, is_one: impl Fn(usize) -> bool + 'a) -> impl Iterator<Item = RowKey> + 'a {
        let has_any = self.diagnoses.count(Severity::Act) > 0;
        let sessions = self.snapshot.sessions.iter().enumerate();
        let sessions = sessions.filter(move |(index, _)| has_any && is_one(*index));
        sessions.map(move |(_, session)| self.snapshot.key(session))
    }

    /// Returns the number of its stuck sessions that are shown.
    fn count_stuck(&self) -> [usize; Severity::ALL.len()] {
        let shown = (0..self.snapshot.sessions.len()).filter(|index| self.is_shown(*index));
        let mut counts = [0; Severity::ALL.len()];
        for severity in shown.filter_map(|index| self.diagnoses.diagnosis(index).severity()) {
            let mut slots = counts.iter_mut().zip(Severity::ALL);
            if let Some((count, _)) = slots.find(|(_, listed)| *listed == severity) {
                *count += 1;
            }
        }
        counts
    }
}

fn lists(view: &TableView) -> impl Iterator<Item = List<'_>> {
    let parts = view.snapshots.iter().zip(&view.diagnoses).zip(&view.ranks);
    parts.map(|((snapshot, diagnoses), ranks)| List {
        snapshot,
        diagnoses,
        ranks,
    })
}

/// Whether the sessions of two lists are of different processes.
fn is_restarted(before: &Snapshot, now: &Snapshot) -> bool {
    let is_next = now.number != before.number;
    is_next && (now.change.is_after_restart || now.is_of_another_process(before))
}
