//! A line of the audit log, as a value: what was meant to be done to whom, or what came of it.

use jiff::Timestamp;

use super::{KillOutcome, RefusalReason, Victim};
use crate::model::{Identity, Text};

/// One line. Who did it and on which machine, the writer knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// When, by this machine's clock.
    pub at: Timestamp,
    /// The number of the kill within the run: an intent and its outcome have the same.
    pub kill: u32,
    /// Whom.
    pub identity: Identity,
    /// What was said to be the reason.
    pub reason: Option<Text>,
    /// The filter that the session was taken by.
    pub filter: Option<String>,
    /// How it ended; none: it is about to be done.
    pub outcome: Option<KillOutcome>,
}

impl AuditEntry {
    /// Whether it tells of one that was left alone because its intent could not be logged: where this
    /// cannot be logged either, nothing new is to be said.
    pub const fn is_unlogged(&self) -> bool {
        matches!(
            self.outcome,
            Some(KillOutcome::Refused(RefusalReason::Unlogged(_)))
        )
    }

    pub(super) fn new(
        at: Timestamp,
        kill: u32,
        victim: &Victim,
        reason: Option<&Text>,
        outcome: Option<KillOutcome>,
    ) -> Self {
        Self {
            at,
            kill,
            identity: victim.identity.clone(),
            reason: reason.cloned(),
            filter: victim.taken_by.as_ref().map(|filter| filter.text().to_owned()),
            outcome,
        }
    }
}
