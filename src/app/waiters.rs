//! The sessions that waited for killed ones: whether they continue.

use std::collections::BTreeSet;
use std::time::Duration;

use super::killing::Kills;
use super::status::Status;
use super::table_view::TableView;
use crate::kill::KillBatch;
use crate::model::{EndpointId, LockHolder, RowKey, SessionId, counted};

/// Maximum number of batches whose waiting sessions are known.
const MAX_BATCHES: usize = 8;

/// Time after the end of a victim in which those that waited for it are counted.
const WATCH_TIME: Duration = Duration::from_mins(1);

/// The sessions that waited for the victims of one batch when it was confirmed.
#[derive(Clone, Debug)]
pub(super) struct Waiters {
    batch: u32,
    keys: Vec<RowKey>,
    /// Number that still wait, after the end of the victims. `None` before the locks are read again. It is final once
    /// none waits, because a session may wait for something else later.
    left: Option<usize>,
}

impl Waiters {
    /// Returns those that wait for the victims of a batch, according to a view. `None` if there are none.
    pub(super) fn of(view: &TableView, batch: &KillBatch) -> Option<Self> {
        let mut waits: Vec<(RowKey, (EndpointId, SessionId))> = Vec::new();
        for (list, locks) in view.snapshots.iter().zip(&view.locks) {
            for (id, own) in locks.sessions() {
                let blocker = own.wait.as_ref().and_then(|wait| wait.blocker.as_ref());
                if let (Some(LockHolder::Session { id: root, .. }), Some(session)) = (blocker, list.get(id)) {
                    waits.push((list.key(session), (list.endpoint, *root)));
                }
            }
        }
        if waits.is_empty() {
            return None;
        }
        let place = |key: &RowKey| (key.endpoint, key.id);
        let involved: BTreeSet<_> = waits.iter().flat_map(|(key, root)| [place(key), *root]).collect();
        let tasks = batch.tasks().iter().filter(|task| !task.is_removed());
        let places = tasks.map(|task| (task.victim.identity.endpoint, task.victim.identity.id));
        let victims: BTreeSet<_> = places.filter(|place| involved.contains(place)).collect();
        waits.retain(|(key, root)| victims.contains(root) && !victims.contains(&place(key)));
        let keys: Vec<_> = waits.into_iter().map(|(key, _)| key).collect();
        (!keys.is_empty()).then(|| Self {
            batch: batch.number(),
            keys,
            left: None,
        })
    }

    /// Counts those that still wait. `false` if nothing has changed.
    fn count(&mut self, view: &TableView) -> bool {
        let waits = |key: &&RowKey| {
            let locks = view.locks_of(key.endpoint);
            let own = locks.and_then(|locks| locks.session(key.id));
            view.diagnosis(key).is_some() && own.is_some_and(|own| own.wait.is_some())
        };
        let left = Some(self.keys.iter().filter(waits).count());
        std::mem::replace(&mut self.left, left) != left
    }

    /// Returns how many continue: `7 sessions that waited continue`. Empty if that is not known.
    fn words(&self) -> String {
        let all = self.keys.len();
        let sessions = counted(all, "session");
        match self.left {
            None => String::new(),
            Some(0) if all == 1 => "the session that waited continues".to_owned(),
            Some(0) => format!("{sessions} that waited continue"),
            Some(left) if left == all && all == 1 => "the session that waited still waits".to_owned(),
            Some(left) if left == all => format!("{sessions} that waited still wait"),
            Some(left) => format!("of {sessions} that waited {left} still wait"),
        }
    }
}

impl Kills {
    /// Stores the sessions that wait for the victims of a batch.
    pub(super) fn expect(&mut self, waiters: Option<Waiters>) {
        self.waiters.extend(waiters);
        let surplus = self.waiters.len().saturating_sub(MAX_BATCHES);
        self.waiters.drain(..surplus);
    }

    /// Returns how many of the sessions that waited for a batch continue, after `; `. Empty if that is not known.
    pub(crate) fn waiters_words(&self, batch: u32) -> String {
        let waiters = self.waiters.iter().find(|waiters| waiters.batch == batch);
        let words = waiters.map(Waiters::words).filter(|words| !words.is_empty());
        words.map(|words| format!("; {words}")).unwrap_or_default()
    }

    /// Counts the waiting sessions again, with the locks of a view that are read after the end of the victims. Adds
    /// the result to the line of a single kill.
    pub(super) fn count_waiters(&mut self, view: &TableView, status: &mut Option<Status>) {
        let mut waiters = std::mem::take(&mut self.waiters);
        for one in &mut waiters {
            let number = one.batch;
            let mut entries = self.log.iter().rev().filter(|entry| entry.batch == number);
            let Some(last) = entries.next() else { continue };
            let is_meant = |key: &RowKey| {
                let locks = view.locks_of(key.endpoint).filter(|locks| !locks.is_empty());
                locks.is_some_and(|locks| {
                    let mut reports = locks.servers.iter().map(|server| server.report.taken_at);
                    reports.all(|taken_at| taken_at > last.at && taken_at < last.at + WATCH_TIME)
                })
            };
            if one.left == Some(0) || !last.outcome.is_gone() || !one.keys.first().is_some_and(is_meant) {
                continue;
            }
            let before = one.words();
            if !one.count(view) || entries.next().is_some() {
                continue;
            }
            let words = last.outcome.words(&last.identity);
            let shown = status
                .as_mut()
                .filter(|status| status.is_logged && status.batch.is_none() && status.text.contains(&words));
            if let Some(status) = shown {
                status.text = if !before.is_empty() && status.text.contains(&before) {
                    status.text.replace(&before, &one.words())
                } else {
                    format!("{}; {}", status.text, one.words())
                };
            }
        }
        self.waiters = waiters;
    }
}
