//! The kill protocol as a state machine: no network, no clock, no screen, no file.
//!
//! Driven by the screen and by `maxtop kill` alike. It holds who was asked for, hears what the
//! endpoint says ([`KillEvent`]) and answers what to do next ([`Order`]). A DELETE is ordered in one
//! place only: for a session that was confirmed, after its grace time, after its intent was logged,
//! right after a GET that showed the very session that was confirmed (docs/kill-protocol.md).
//!
//! One [`KillBatch`] is one question, with an [`KillTask`] for each victim; [`DialogState`] holds the rules of
//! asking a person.

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
pub use outcome::KillOutcome;
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
