//! Kills as events: those of one confirmation that succeed are one line, and so are those that were stopped. Each failure
//! has its own.

use std::collections::{BTreeMap, BTreeSet};

use super::{Event, EventKind, Subject};
use crate::app::msg::Now;
use crate::kill::OutcomeKind;
use crate::model::{EndpointId, counted};
use crate::recording::KillFact;

/// Maximum number of ids in the line of several kills.
const MAX_IDS: usize = 12;

/// The sessions of one confirmation that are gone, or that were stopped before anything was sent to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KilledSessions {
    /// Whether they were stopped.
    is_stopped: bool,
    /// Number of the confirmation.
    batch: u32,
    /// Number of sessions that were confirmed.
    confirmed: u32,
    /// Number of these sessions.
    count: u32,
    /// Ids of the first ones.
    ids: Vec<String>,
}

impl KilledSessions {
    /// Adds sessions of the same confirmation and outcome. Returns `false` if they are others.
    pub(super) fn add(&mut self, next: &Self) -> bool {
        if (self.batch, self.is_stopped) != (next.batch, next.is_stopped) {
            return false;
        }
        self.count = self.count.saturating_add(next.count);
        let room = MAX_IDS.saturating_sub(self.ids.len());
        self.ids.extend(next.ids.iter().take(room).cloned());
        true
    }

    /// Formats them: `killed 3 of 12 sessions: 107, 108, 109`, `stopped, nothing was sent to 9 of 12 sessions: 110, …`.
    pub(super) fn words(&self) -> String {
        let more = usize::try_from(self.count).unwrap_or(usize::MAX) > self.ids.len();
        let confirmed = usize::try_from(self.confirmed).unwrap_or(usize::MAX);
        let count = if self.count == self.confirmed {
            counted(confirmed, "session")
        } else {
            format!("{} of {}", self.count, counted(confirmed, "session"))
        };
        let what = if self.is_stopped {
            "stopped, nothing was sent to"
        } else {
            "killed"
        };
        let end = if more { ", …" } else { "" };
        format!("{what} {count}: {}{end}", self.ids.join(", "))
    }
}

/// Finds the confirmation of each kill: its intents are written one after the other, before its first outcome.
#[derive(Debug, Default)]
pub(super) struct KillBatches {
    /// The confirmation of each kill that has no outcome yet.
    open: BTreeMap<(EndpointId, u32), u32>,
    /// Number of intents of each confirmation that is not complete, by endpoint.
    intents: BTreeMap<(EndpointId, u32), u32>,
    /// Kills whose sessions are gone. A later outcome is about their statements only.
    gone: BTreeSet<(EndpointId, u32)>,
    last: u32,
    /// Whether the last entry was an intent.
    is_confirming: bool,
}

impl KillBatches {
    /// Handles an entry of the log. Returns the event of an outcome.
    pub(super) fn on_kill(&mut self, kill: &KillFact, endpoint: EndpointId, at: Now) -> Option<Event> {
        let Some(outcome) = &kill.outcome else {
            self.begin(kill.number, endpoint);
            return None;
        };
        self.is_confirming = false;
        let batch = self.open.remove(&(endpoint, kill.number));
        let confirmed = batch.and_then(|batch| self.intents.get(&(endpoint, batch)).copied());
        if let Some(batch) = batch
            && !self
                .open
                .iter()
                .any(|((of, _), open)| *of == endpoint && *open == batch)
        {
            self.intents.remove(&(endpoint, batch));
        }
        let is_one_of = |kinds: &[OutcomeKind]| kinds.iter().any(|kind| kind.word() == outcome.word.as_str());
        let is_gone = is_one_of(&[OutcomeKind::Killed, OutcomeKind::AlreadyGone]);
        let is_stopped = is_one_of(&[OutcomeKind::Stopped]);
        if is_gone && !self.gone.insert((endpoint, kill.number)) {
            return None;
        }
        let (id, client) = (kill.identity.id, kill.identity.client());
        let text = format!("{id} {client}  {} {}", outcome.word, outcome.detail);
        let subject = Subject::Session(Box::new(kill.identity.clone()));
        let mut event = Event::new(at, endpoint, EventKind::Kill, subject, text.trim_end().to_owned());
        if let (Some(batch), Some(confirmed @ 2..), true) = (batch, confirmed, is_gone || is_stopped) {
            event.killed = Some(KilledSessions {
                is_stopped,
                batch,
                confirmed,
                count: 1,
                ids: vec![kill.identity.id.to_string()],
            });
        }
        Some(event)
    }

    fn begin(&mut self, number: u32, endpoint: EndpointId) {
        if !self.is_confirming {
            self.last = self.last.wrapping_add(1);
        }
        self.is_confirming = true;
        // In a recording of several runs numbers repeat.
        self.gone.remove(&(endpoint, number));
        self.open.insert((endpoint, number), self.last);
        *self.intents.entry((endpoint, self.last)).or_default() += 1;
    }
}
