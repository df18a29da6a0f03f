//! All victims of one question, from the question to the last outcome (docs/kill-protocol.md): ask, wait
//! for the grace to pass, log what is meant to be done, check, DELETE, watch, log what came of it.
//!
//! It owns the [`Attempt`]s, hears what the outside says ([`Event`]) and answers what to do
//! ([`Order`]). A DELETE is ordered only for an attempt that was confirmed, whose intent is logged
//! and whose check has just passed.

mod hearing;
mod lists;
mod log;
mod surveys;
mod turns;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::attempt::{Attempt, Reply};
use super::event::{Event, Order, Ticket};
use super::grace::Grace;
use super::traffic::Traffic;
use super::{Outcome, Refusal, Rules, Tally, Victim};
use crate::model::{EndpointId, Fault, Now, Text, counted};

/// Over so many victims the first check is one fresh list for all.
pub(super) const CHECKED_ONE_BY_ONE: usize = 16;
/// The audit log has so long to say that the intents are safe.
const LOG_WITHIN: Duration = Duration::from_secs(2);

/// Where a batch is.
#[derive(Clone, Debug)]
enum Phase {
    /// A person is being asked.
    Asking,
    /// It can be taken back.
    Grace(Grace),
    /// The intents are being written.
    Logging { since: Duration },
    /// Under way, or over.
    Running,
    /// Taken back in its grace time, and why.
    TakenBack(&'static str),
}

/// The victims of one question.
#[derive(Clone, Debug)]
pub struct Batch {
    attempts: Vec<Attempt>,
    /// What was said to be the reason.
    reason: Option<Text>,
    rules: Rules,
    phase: Phase,
    traffic: BTreeMap<EndpointId, Traffic>,
    /// The batch's own last question: for a list, a process, the log.
    ticket: Ticket,
    /// The lists and the log entry that it waits for.
    waits_for: BTreeMap<Ticket, EndpointId>,
    relist_at: BTreeMap<EndpointId, Duration>,
    /// Endpoints at which several proxies answer.
    several: BTreeSet<EndpointId>,
    /// The surveys in progress.
    surveys: BTreeMap<Ticket, EndpointId>,
    /// When a survey that failed is repeated, and why it failed.
    survey_at: BTreeMap<EndpointId, (Duration, Fault)>,
    /// Goes up whenever Yes closes: which question a frame has shown.
    revision: u32,
    /// Attempts whose outcome is new, and not logged yet.
    fresh: Vec<usize>,
    /// Attempts whose outcome is new to whoever drives it.
    news: Vec<usize>,
    /// So many of the first attempts are over.
    over: usize,
    /// Its sum was told.
    summed_up: bool,
}

/// How many numbers a batch of so many victims takes: one for each, one for itself.
pub fn numbers(victims: usize) -> u32 {
    u32::try_from(victims).unwrap_or(u32::MAX).saturating_add(1)
}

impl Batch {
    /// Asks about these victims: the first checks are ordered at once. `number` is the first of
    /// [`numbers`] numbers of this run.
    pub fn ask(number: u32, victims: Vec<Victim>, rules: Rules) -> (Self, Vec<Order>) {
        let numbered = (number.saturating_add(1)..).zip(victims);
        let attempts: Vec<_> = numbered
            .map(|(number, victim)| Attempt::new(number, victim))
            .collect();
        let mut batch = Self {
            traffic: BTreeMap::new(),
            reason: None,
            rules,
            phase: Phase::Asking,
            ticket: Ticket::before_first(number),
            waits_for: BTreeMap::new(),
            relist_at: BTreeMap::new(),
            several: BTreeSet::new(),
            surveys: BTreeMap::new(),
            survey_at: BTreeMap::new(),
            revision: 0,
            fresh: Vec::new(),
            news: Vec::new(),
            over: 0,
            summed_up: false,
            attempts,
        };
        for attempt in &batch.attempts {
            batch.traffic.entry(attempt.victim.identity.endpoint).or_default();
        }
        let mut orders = Vec::new();
        if batch.attempts.len() > CHECKED_ONE_BY_ONE {
            let endpoints: Vec<_> = batch.traffic.keys().copied().collect();
            for endpoint in endpoints {
                batch.relist(endpoint, &mut orders);
            }
        } else {
            for place in 0..batch.attempts.len() {
                if batch.attempts.get(place).is_some_and(Attempt::is_undecided) {
                    batch.with_traffic(place, |traffic| traffic.queue_check(place));
                }
            }
        }
        batch.survey_all(&mut orders);
        batch.send(&mut orders);
        (batch, orders)
    }

    /// The victims, as far as each has come.
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// The first of its numbers.
    pub const fn number(&self) -> u32 {
        self.ticket.number()
    }

    /// Whether an answer with this ticket is meant for it.
    pub fn owns(&self, ticket: Ticket) -> bool {
        let first = self.number();
        let numbers = numbers(self.attempts.len());
        (first..first.saturating_add(numbers)).contains(&ticket.number())
    }

    /// How many stand where.
    pub fn tally(&self) -> Tally {
        Tally::of(&self.attempts)
    }

    /// `17 bob@10.0.0.9`, or how many.
    pub fn whom(&self) -> String {
        let was_begun = !matches!(self.phase, Phase::Grace(_) | Phase::Logging { .. });
        let is_meant = |attempt: &&Attempt| !attempt.is_struck() && (was_begun || attempt.is_queued());
        let meant: Vec<_> = self.attempts.iter().filter(is_meant).collect();
        match meant.as_slice() {
            [one] => one.victim.name(),
            many => counted(many.len(), "session"),
        }
    }

    /// What was said to be the reason.
    pub const fn reason(&self) -> Option<&Text> {
        self.reason.as_ref()
    }

    /// The question that can be answered with Yes, if all that it is about is decided and somebody is
    /// left to be ended.
    pub fn open_question(&self) -> Option<Ticket> {
        let question = Ticket(Ticket::before_first(self.number()).0 + u64::from(self.revision));
        (self.is_decided() && self.confirmable() > 0).then_some(question)
    }

    fn is_decided(&self) -> bool {
        matches!(self.phase, Phase::Asking)
            && self.waits_for.is_empty()
            && !self.attempts.iter().any(Attempt::is_undecided)
            && !self.attempts.iter().any(|attempt| self.waits_for_survey(attempt))
    }

    /// How many a Yes would end.
    pub fn confirmable(&self) -> usize {
        self.attempts.iter().filter(|a| a.may_be_confirmed()).count()
    }

    /// Strikes a victim out, or takes it in again: then its check is asked for, if that was left out.
    pub fn strike(&mut self, place: usize, now: Now) -> Vec<Order> {
        if let (Phase::Asking, Some(attempt)) = (&self.phase, self.attempts.get_mut(place)) {
            attempt.strike();
            self.revision += 1;
            if attempt.is_undecided() && !attempt.is_asked() && self.waits_for.is_empty() {
                self.with_traffic(place, |traffic| traffic.queue_check(place));
            }
        }
        self.after(now, Vec::new())
    }

    /// A person said yes. Nothing is sent before the grace has passed and the intents are logged.
    /// Where nobody can be ended any more, that is logged.
    pub fn confirm(&mut self, reason: Option<Text>, grace: Duration, now: Now) -> Vec<Order> {
        if !self.is_decided() {
            return Vec::new();
        }
        self.reason = reason;
        if self.confirmable() == 0 {
            self.run();
            return self.after(now, Vec::new());
        }
        for attempt in &mut self.attempts {
            attempt.confirm();
        }
        self.phase = Phase::Grace(Grace::new(grace, now));
        self.hear(Event::Clock, now)
    }

    /// The time in which it can be taken back, while it lasts.
    pub const fn grace(&self) -> Option<&Grace> {
        if let Phase::Grace(grace) = &self.phase {
            Some(grace)
        } else {
            None
        }
    }

    /// Takes it back, if nothing was begun yet. Says whether it did.
    pub fn take_back(&mut self, why: &'static str) -> bool {
        let may = matches!(self.phase, Phase::Grace(_));
        if may {
            self.phase = Phase::TakenBack(why);
        }
        may
    }

    /// Why it was taken back, if it was.
    pub const fn taken_back(&self) -> Option<&'static str> {
        if let Phase::TakenBack(why) = self.phase {
            Some(why)
        } else {
            None
        }
    }

    /// Whether it still sends anything but looks at what should be gone.
    pub fn is_busy(&self) -> bool {
        match self.phase {
            Phase::Asking | Phase::TakenBack(_) => false,
            Phase::Grace(_) | Phase::Logging { .. } => true,
            Phase::Running => self.tally().left() > 0,
        }
    }

    /// Whether nothing more will come of it.
    pub fn is_over(&self) -> bool {
        match self.phase {
            Phase::TakenBack(_) => true,
            Phase::Running => self.over == self.attempts.len(),
            _ => false,
        }
    }

    /// Whether all have an outcome, for the first time: an unknown one may still be found out.
    pub fn sums_up(&mut self) -> bool {
        let tally = self.tally();
        tally.settled() == tally.total() && !std::mem::replace(&mut self.summed_up, true)
    }

    /// Whether something was sent whose end is not known.
    pub fn is_in_flight(&self) -> bool {
        self.attempts.iter().any(Attempt::is_in_flight)
    }

    /// Those whose outcome is new since this was asked last.
    pub fn take_news(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.news)
    }

    /// Begins no more: whoever waits for their turn is left alone.
    pub fn stop(&mut self, now: Now) -> Vec<Order> {
        if matches!(self.phase, Phase::Logging { .. }) {
            // An answer of the log is not waited for any more.
            self.run();
        }
        self.withdraw(|_| true, &Outcome::Refused(Refusal::Stopped));
        self.after(now, Vec::new())
    }

    /// The program ends: begins no more, and what is in flight stays unknown.
    pub fn abandon(&mut self, fault: &Fault, now: Now) -> Vec<Order> {
        match self.phase {
            Phase::Running => {}
            // The log's reply is no longer waited for.
            Phase::Logging { .. } => self.run(),
            Phase::Asking | Phase::Grace(_) | Phase::TakenBack(_) => return Vec::new(),
        }
        self.withdraw(|_| true, &Outcome::Refused(Refusal::Stopped));
        for place in 0..self.attempts.len() {
            let Some(attempt) = self.attempts.get_mut(place) else {
                continue;
            };
            if attempt.is_in_flight() {
                let was_told = attempt.outcome().is_some();
                attempt.abandon(fault);
                self.fresh.extend((!was_told).then_some(place));
            }
        }
        self.after(now, Vec::new())
    }

    /// Hears what happened and says what is to be done.
    pub fn hear(&mut self, event: Event, now: Now) -> Vec<Order> {
        let mut orders = Vec::new();
        match event {
            Event::Seen(ticket, reply) => self.seen(ticket, reply.into(), now, &mut orders),
            Event::Missing(ticket, absence) => {
                self.seen(ticket, Reply::Missing(absence), now, &mut orders);
            }
            Event::Surveyed(ticket, reply) => self.surveyed(ticket, reply, now),
            Event::Deleted(ticket, answer) => self.deleted(ticket, answer, now),
            Event::Relisted(ticket, answer) => self.relisted(ticket, &answer, now),
            Event::Logged(ticket, answer) => self.logged(ticket, answer),
            Event::Listed(snapshot) => self.listed(&snapshot, now),
            Event::SeveralProxies(endpoint) => self.several_proxies(endpoint),
            Event::Clock => {}
        }
        self.after(now, orders)
    }

    /// When it next has to hear the time.
    pub fn wake_at(&self) -> Option<Duration> {
        match &self.phase {
            Phase::Grace(grace) => Some(grace.wake_at()),
            Phase::Logging { since } => Some(*since + LOG_WITHIN),
            Phase::Asking | Phase::Running => {
                let alarms = self.traffic.values().filter_map(Traffic::wake_at);
                let surveys = self.survey_at.values().map(|(at, _)| *at);
                alarms
                    .chain(self.relist_at.values().copied())
                    .chain(surveys)
                    .min()
            }
            Phase::TakenBack(_) => None,
        }
    }

    /// Leaves those alone of whom nothing was sent.
    fn withdraw(&mut self, whom: impl Fn(&Attempt) -> bool, outcome: &Outcome) {
        // Before that, `run` collects the outcomes.
        let counts = matches!(self.phase, Phase::Running);
        for (place, attempt) in (0..).zip(&mut self.attempts) {
            let is_meant = !attempt.is_struck() && whom(attempt);
            if is_meant && attempt.withdraw(outcome.clone()) && counts {
                self.fresh.push(place);
            }
        }
    }

    fn with_traffic(&mut self, place: usize, change: impl FnOnce(&mut Traffic)) {
        let endpoint = self.attempts.get(place).map(|a| a.victim.identity.endpoint);
        if let Some(traffic) = endpoint.and_then(|endpoint| self.traffic.get_mut(&endpoint)) {
            change(traffic);
        }
    }
}
