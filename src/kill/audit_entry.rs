//! An entry of the audit log, as a value: the intent to kill a session, or the outcome.

use jiff::Timestamp;

use super::{KillOutcome, RefusalReason, StatementEnd, Victim};
use crate::model::{Identity, Text};

/// One line of the audit log. The writer adds the user and the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Time of the entry, by this machine's clock.
    pub at: Timestamp,
    /// Number of the kill within the run. An intent and its outcome have the same number.
    pub kill: u32,
    /// Identity of the victim.
    pub identity: Identity,
    /// Reason that the user gave, if any.
    pub reason: Option<Text>,
    /// Filter that selected the session. `None` if the session was selected directly.
    pub filter: Option<String>,
    /// The statement that will be ended. `None` if the entry is about the session.
    pub statement: Option<StatementEnd>,
    /// How the kill ended. `None` in an intent, before anything is sent.
    pub outcome: Option<KillOutcome>,
}

impl AuditEntry {
    /// Whether the entry is a refusal because the intent could not be logged. If the log cannot be
    /// written, this entry cannot be either, and that is not reported again.
    pub(crate) const fn is_unlogged(&self) -> bool {
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
            statement: None,
            outcome,
        }
    }

    /// Returns the intent to end a statement.
    pub(super) fn of_statement(self, statement: StatementEnd) -> Self {
        Self {
            statement: Some(statement),
            ..self
        }
    }
}
