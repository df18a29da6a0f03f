//! The kill protocol as a state machine: no network, no clock, no screen, no file.
//!
//! Driven by the screen and by `maxtop kill` alike. It holds who was asked for, hears what the
//! endpoint says ([`Event`]) and answers what to do next ([`Order`]). A DELETE is ordered in one
//! place only: for a session that was confirmed, after its grace time, after its intent was logged,
//! right after a GET that showed the very session that was confirmed (docs/kill-protocol.md).
//!
//! One [`Batch`] is one question, with an [`Attempt`] for each victim; [`Dialog`] holds the rules of
//! asking a person.

mod attempt;
mod batch;
mod dialog;
mod entry;
mod event;
mod grace;
mod outcome;
mod permit;
mod refusal;
mod returns;
mod rules;
mod stage;
mod tally;
mod traffic;
mod victim;

pub use attempt::Attempt;
pub use attempt::MAX_CHECK_AGE;
pub use batch::{Batch, numbers};
pub use dialog::{Answer, BY_KEY, Choice, Dialog, Press};
pub use entry::Entry;
pub use event::{CheckPurpose, Event, Order, Request, Survey, Ticket};
pub use grace::Grace;
pub use outcome::Outcome;
pub use permit::{Authority, permit};
pub use refusal::Refusal;
pub use returns::{Return, Returns};
pub use rules::Rules;
pub use stage::{FirstCheck, Stage, Watch};
pub use tally::Tally;
pub use traffic::AT_ONCE;
pub use victim::{Victim, asks_why, reason_names};

#[cfg(test)]
mod tests;
