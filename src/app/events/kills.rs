//! Kills as events: those of one confirmation that succeed are one line, each failure has its own.

use std::collections::BTreeMap;

use super::{Event, EventKind, Subject};
use crate::app::msg::Now;
use crate::kill::OutcomeKind;
use crate::model::{EndpointId, Identity, counted};
use crate::recording::KillFact;

/// Maximum number of ids in the line of several kills.
const MAX_IDS: usize = 12;

/// The kills of one confirmation that have succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KilledSessions {
    /// Number of the confirmation.
    batch: u32,
    /// Number of sessions that were confirmed.
    confirmed: u32,
    /// Number of sessions that are gone.
    gone: u32,
    /// Ids of the first ones.
    ids: Vec<String>,
}

impl KilledSessions {
    /// Adds the kills of the same confirmation. Returns `false` if they are of another one.
    pub(super) fn add(&mut self, next: &Self) -> bool {
        if self.batch != next.batch {
            return false;
        }
        self.gone = self.gone.saturating_add(next.gone);
        let room = MAX_IDS.saturating_sub(self.ids.len());
        self.ids.extend(next.ids.iter().take(room).cloned());
        true
    }

    /// Formats them: `killed 3 of 12 sessions: 107, 108, 109`.
    pub(super) fn words(&self) -> String {
        let more = usize::try_from(self.gone).unwrap_or(usize::MAX) > self.ids.len();
        let confirmed = usize::try_from(self.confirmed).unwrap_or(usize::MAX);
        let count = if self.gone == self.confirmed {
            counted(confirmed, "session")
        } else {
            format!("{} of {}", self.gone, counted(confirmed, "session"))
        };
        let end = if more { ", …" } else { "" };
        format!("killed {count}: {}{end}", self.ids.join(", "))
    }
}

/// Finds the confirmation of each kill: its intents are written one after the other, before its first outcome.
#[derive(Debug, Default)]
pub(super) struct KillBatches {
    /// The confirmation of each kill that has no outcome yet.
    open: BTreeMap<(EndpointId, u32), u32>,
    /// Number of intents of each confirmation that is not complete, by endpoint.
    intents: BTreeMap<(EndpointId, u32), u32>,
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
        let is_gone = [OutcomeKind::Killed, OutcomeKind::AlreadyGone]
            .into_iter()
            .any(|kind| kind.word() == outcome.word.as_str());
        let (id, client) = (kill.identity.id, kill.identity.client());
        let text = format!("{id} {client}  {} {}", outcome.word, outcome.detail);
        let subject = Subject::Session(Box::new(kill.identity.clone()));
        let mut event = Event::new(at, endpoint, EventKind::Kill, subject, text.trim_end().to_owned());
        if let (Some(batch), Some(confirmed @ 2..), true) = (batch, confirmed, is_gone) {
            event.killed = Some(one_of(batch, confirmed, &kill.identity));
        }
        Some(event)
    }

    fn begin(&mut self, number: u32, endpoint: EndpointId) {
        if !self.is_confirming {
            self.last = self.last.wrapping_add(1);
        }
        self.is_confirming = true;
        self.open.insert((endpoint, number), self.last);
        *self.intents.entry((endpoint, self.last)).or_default() += 1;
    }
}

fn one_of(batch: u32, confirmed: u32, identity: &Identity) -> KilledSessions {
    KilledSessions {
        batch,
        confirmed,
        gone: 1,
        ids: vec![identity.id.to_string()],
    }
}
