//! The kill protocol as a state machine: no network, no clock, no screen.
//!
//! Driven by the screen and by `maxtop kill` alike. It holds who was asked for, hears what the
//! endpoint says ([`Event`]) and answers what to ask next ([`Order`]). A DELETE is ordered in one
//! place only, right after a GET that was asked for after the confirmation and that showed the
//! very session that was confirmed (DESIGN section 5).
//!
//! One [`Attempt`] is one victim; [`Dialog`] holds the rules of asking a person.

mod attempt;
mod dialog;
mod event;
mod outcome;
mod permit;
mod stage;

pub use attempt::Attempt;
pub use dialog::{Answer, Choice, Dialog, Press};
pub use event::{Event, Order, Ticket};
pub use outcome::{Outcome, Refusal};
pub use permit::{Authority, permit};
pub use stage::{FirstCheck, Stage};

#[cfg(test)]
mod tests;
