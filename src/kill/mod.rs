//! The kill protocol as a state machine: no network, no clock, no screen, no file.
//!
//! The screen and `maxtop kill` both drive it. It takes [`KillEvent`]s (replies, time) and returns
//! [`Order`]s (requests, log writes). A DELETE is ordered in one place only: for a confirmed session,
//! after its grace period, after its intent was logged, and right after a GET that showed the same
//! session (docs/kill-protocol.md).
//!
//! A [`KillBatch`] is the kills of one confirmation, with a [`KillTask`] for each victim. [`DialogState`]
//! has the rules of the confirmation dialog.

mod audit_entry;
mod batch;
mod dialog;
mod event;
mod grace;
mod killable;
mod lock_effects;
pub(crate) mod open_work;
mod outcome;
mod reconnects;
mod refusal;
mod request_scheduler;
mod state;
mod statements;
pub(crate) mod summary;
mod tally;
mod task;
mod victim;

pub(crate) use audit_entry::AuditEntry;
pub(crate) use batch::{KillBatch, TaskTexts, numbers};
pub(crate) use dialog::{Choice, DialogResult, DialogState, MAX_CONFIRMED_BY_KEY, Press};
pub(crate) use event::EndedVictim;
pub use event::{CheckPurpose, KillEvent, KillRequest, Order, Survey, Ticket};
pub use grace::Grace;
pub(crate) use grace::was_stopped;
pub(crate) use killable::Rules;
pub(crate) use killable::{Authority, check_killable, protection};
pub(crate) use lock_effects::{EffectKind, LockEffects, continue_later};
pub(crate) use outcome::{KillOutcome, OutcomeKind};
pub(crate) use reconnects::{ReconnectDetector, Return};
pub(crate) use refusal::RefusalReason;
pub(crate) use request_scheduler::MAX_IN_FLIGHT;
pub use state::{FirstCheck, FollowUp, KillState, StatementWatch};
pub(crate) use statements::running_statement;
pub use statements::{
    EndAttempt, StatementDoubt, StatementEnd, StatementResults, StatementState, UnfollowedStatement,
};
pub(crate) use tally::Tally;
pub(crate) use task::KillTask;
pub(crate) use task::MAX_CHECK_AGE;
pub(crate) use victim::{Victim, asks_why, depends_on_locks, is_uncertain, is_undecided, reason_names};

#[cfg(test)]
mod tests;
