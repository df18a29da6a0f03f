//! The audit log's part: intents before anything is sent, outcomes as they become known.

use super::{Batch, Phase};
use crate::kill::attempt::Attempt;
use crate::kill::event::{Order, Ticket};
use crate::kill::{Entry, Outcome, Refusal};
use crate::model::{Now, Text};

impl Batch {
    /// Whether its intents are being written: nothing was sent yet.
    pub const fn is_logging(&self) -> bool {
        matches!(self.phase, Phase::Logging { .. })
    }

    /// Nothing is sent before this is answered.
    pub(super) fn write_intents(&mut self, now: Now, orders: &mut Vec<Order>) {
        self.phase = Phase::Logging { since: now.elapsed };
        self.ticket = self.ticket.next();
        let queued = self.attempts.iter().filter(|attempt| attempt.is_queued());
        let entries: Vec<_> = queued.map(|attempt| self.entry(attempt, None, now)).collect();
        orders.push(Order::WriteIntents {
            ticket: self.ticket,
            entries,
        });
    }

    pub(super) fn logged(&mut self, ticket: Ticket, answer: Result<(), Text>) {
        if !matches!(self.phase, Phase::Logging { .. }) || ticket != self.ticket {
            return;
        }
        if let Err(why) = answer {
            return self.not_logged(&why);
        }
        self.run();
        for place in 0..self.attempts.len() {
            if self.attempts.get(place).is_some_and(Attempt::is_queued) {
                self.with_traffic(place, |traffic| traffic.queue_check(place));
            }
        }
    }

    pub(super) fn not_logged(&mut self, why: &Text) {
        self.run();
        let why = Refusal::Unlogged(why.clone());
        self.withdraw(|_| true, &Outcome::Refused(why));
    }

    /// From here on outcomes count: those that the first check has ended come first.
    pub(super) fn run(&mut self) {
        self.phase = Phase::Running;
        let ended = |(_, attempt): &(usize, &Attempt)| !attempt.is_struck() && attempt.outcome().is_some();
        let ended = (0..).zip(&self.attempts).filter(ended);
        self.fresh.extend(ended.map(|(place, _)| place));
    }

    pub(super) fn log_outcomes(&mut self, now: Now, orders: &mut Vec<Order>) {
        let fresh = std::mem::take(&mut self.fresh);
        let entries: Vec<_> = fresh
            .iter()
            .filter_map(|place| self.attempts.get(*place))
            .map(|attempt| self.entry(attempt, attempt.outcome().cloned(), now))
            .collect();
        if !entries.is_empty() {
            orders.push(Order::WriteOutcomes(entries));
        }
        self.news.extend(fresh);
    }

    pub(super) fn entry(&self, attempt: &Attempt, outcome: Option<Outcome>, now: Now) -> Entry {
        Entry::new(
            now.wall,
            attempt.number(),
            &attempt.victim,
            self.reason.as_ref(),
            outcome,
        )
    }
}
