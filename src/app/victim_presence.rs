//! Victims of the open kill dialog that are missing from the lists. They have ended, and the dialog must not count
//! them.

use std::sync::Arc;
use std::time::Duration;

use super::table_view::TableView;
use crate::kill::EndedVictim;
use crate::model::{Lookup, RowKey, Snapshot};

/// Number of consecutive lists without a session that show that it has ended. A list is not atomic: one is not
/// enough.
const MIN_LISTS: u8 = 2;

/// The lists in a row that do not have a victim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Presence {
    missing: u8,
    /// When the newest list was requested, since the program started.
    asked_at: Option<Duration>,
}

impl Presence {
    /// Whether the newest list does not have the victim.
    pub(super) const fn is_missing(&self) -> bool {
        self.missing > 0
    }

    /// Counts the newest list of the victim's own process. The list of another process says nothing about it.
    fn with_list(self, lists: &[Arc<Snapshot>], key: &RowKey) -> Self {
        let is_own =
            |list: &&Arc<Snapshot>| list.endpoint == key.endpoint && list.process() == key.process.as_ref();
        let Some(list) = lists.iter().find(is_own) else {
            return self;
        };
        let asked_at = Some(list.asked_at.elapsed);
        if self.asked_at >= asked_at {
            return self;
        }
        let missing = match list.find(key) {
            Lookup::Same(_) => 0,
            Lookup::Other(_) | Lookup::Missing => self.missing.saturating_add(1),
        };
        Self { missing, asked_at }
    }
}

/// Compares the victims with the lists of a view. Returns their new state, and those that have ended.
pub(super) fn compare(
    view: &TableView,
    keys: &[RowKey],
    before: &[Presence],
) -> (Vec<Presence>, Vec<EndedVictim>) {
    let mut ended = Vec::new();
    let before = before
        .iter()
        .copied()
        .chain(std::iter::repeat(Presence::default()));
    let presences = keys.iter().zip(before).enumerate().map(|(index, (key, before))| {
        let presence = before.with_list(&view.snapshots, key);
        // Reported with every list: the check of a victim may be younger, or the number may be typed just now.
        let asked_at = presence.asked_at.filter(|_| presence.missing >= MIN_LISTS);
        if let Some(asked_at) = asked_at {
            ended.push(EndedVictim { index, asked_at });
        }
        presence
    });
    (presences.collect(), ended)
}
