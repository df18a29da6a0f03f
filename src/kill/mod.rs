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
mod outcome;
mod reconnects;
mod refusal;
mod request_scheduler;
mod state;
pub mod summary;
mod tally;
mod task;
mod victim;

pub use audit_entry::AuditEntry;
pub use batch::{KillBatch, numbers};
pub use dialog::{Choice, DialogResult, DialogState, MAX_CONFIRMED_BY_KEY, Press};
pub use event::{CheckPurpose, KillEvent, KillRequest, Order, Survey, Ticket};
pub use grace::Grace;
pub use killable::Rules;
pub use killable::{Authority, check_killable};
pub use outcome::{KillOutcome, OutcomeKind};
pub use reconnects::{ReconnectDetector, Return};
pub use refusal::RefusalReason;
pub use request_scheduler::MAX_IN_FLIGHT;
pub use state::{FirstCheck, FollowUp, KillState};
pub use tally::Tally;
pub use task::KillTask;
pub use task::MAX_CHECK_AGE;
pub use victim::{Victim, asks_why, reason_names};

#[cfg(test)]
mod tests;
