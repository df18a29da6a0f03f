//! Drives the kills of one command: carries out what each [`Attempt`] orders, and lets it hear
//! what came of it.
//!
//! Requests run as tasks; the attempts stay here and hear one event at a time, so there is nothing
//! to lock. Dropping a round, or the future of one of its steps, sends nothing more.

use std::future::pending;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use super::endpoint::Endpoint;
use crate::kill::{Attempt, Event, FirstCheck, Order, Outcome, Refusal, Stage};
use crate::model::{Dialect, Identity, Session};

/// So many are under way at a time.
const AT_ONCE: usize = 16;

/// The kills of one command, in the order in which they were asked for.
pub(super) struct Round<E> {
    endpoint: E,
    began: Instant,
    attempts: Vec<Attempt>,
    /// The place of an attempt with what it is to hear.
    requests: JoinSet<(usize, Event)>,
}

impl<E: Endpoint> Round<E> {
    pub(super) fn new(endpoint: E) -> Self {
        Self {
            endpoint,
            began: Instant::now(),
            attempts: Vec::new(),
            requests: JoinSet::new(),
        }
    }

    /// The victims, as far as each has come.
    pub(super) fn attempts(&self) -> impl Iterator<Item = &Attempt> {
        self.attempts.iter()
    }

    /// Adds a victim whose kill was refused before anything was asked.
    pub(super) fn refuse(
        &mut self,
        identity: Identity,
        session: Session,
        dialect: Dialect,
        refusal: Refusal,
    ) {
        let (mut attempt, _) = Attempt::new(self.next_number(), identity, session, dialect);
        attempt.withdraw(Outcome::Refused(refusal));
        self.attempts.push(attempt);
    }

    /// Adds a victim and begins its first check, waiting while too many are under way.
    pub(super) async fn add(&mut self, identity: Identity, session: Session, dialect: Dialect) {
        while self.requests.len() >= AT_ONCE {
            self.hear_first_check().await;
        }
        let (attempt, order) = Attempt::new(self.next_number(), identity, session, dialect);
        self.attempts.push(attempt);
        self.carry_out(self.attempts.len() - 1, order);
    }

    /// Waits until every first check has been answered. A check without an answer is not repeated
    /// here: whoever runs a command can run it again.
    pub(super) async fn checked(&mut self) {
        while !self.requests.is_empty() {
            self.hear_first_check().await;
        }
        for attempt in &mut self.attempts {
            if let Stage::Asked(FirstCheck::NoAnswer(fault)) = attempt.stage() {
                let fault = fault.clone();
                attempt.withdraw(if fault.is_not_allowed() {
                    Outcome::NotAllowed(fault)
                } else {
                    Outcome::Refused(Refusal::Unreadable(fault))
                });
            }
        }
    }

    async fn hear_first_check(&mut self) {
        let now = self.now();
        if let Some((place, event)) = next_answer(&mut self.requests).await
            && let Some(attempt) = self.attempts.get_mut(place)
        {
            attempt.hear(event, now);
        }
    }

    /// Ends all whose first check has passed; `tell` hears of each that is over.
    pub(super) async fn end(&mut self, tell: &mut impl FnMut(&Attempt)) {
        self.attempts
            .iter()
            .filter(|attempt| attempt.outcome().is_some())
            .for_each(&mut *tell);
        loop {
            self.confirm();
            // A look that still hangs after its attempt is over is not waited for.
            if self.under_way() == 0 {
                return;
            }
            let wake = self.next_wake();
            let answer = tokio::select! {
                answer = next_answer(&mut self.requests) => answer,
                place = wake_up(wake) => Some((place, Event::Clock)),
            };
            let Some((place, event)) = answer else {
                return;
            };
            self.hear(place, event, tell);
        }
    }

    /// Confirms as many as may be under way.
    fn confirm(&mut self) {
        let now = self.now();
        while self.under_way() < AT_ONCE {
            let next = self.attempts.iter().position(Attempt::may_be_confirmed);
            let Some((place, attempt)) = next.and_then(|place| Some((place, self.attempts.get_mut(place)?)))
            else {
                return;
            };
            if let Some(order) = attempt.hear(Event::Confirmed, now) {
                self.carry_out(place, order);
            }
        }
    }

    fn under_way(&self) -> usize {
        let is_under_way =
            |attempt: &&Attempt| matches!(attempt.stage(), Stage::Checking { .. }) || attempt.is_in_flight();
        self.attempts.iter().filter(is_under_way).count()
    }

    fn hear(&mut self, place: usize, event: Event, tell: &mut impl FnMut(&Attempt)) {
        let now = self.now();
        let Some(attempt) = self.attempts.get_mut(place) else {
            return;
        };
        if attempt.outcome().is_some() {
            return;
        }
        let order = attempt.hear(event, now);
        let ended = attempt.outcome().is_some();
        let not_allowed = matches!(attempt.outcome(), Some(Outcome::NotAllowed(_)));
        if ended {
            tell(attempt);
        }
        if let Some(order) = order {
            self.carry_out(place, order);
        }
        if not_allowed {
            self.refuse_the_rest(tell);
        }
    }

    /// The endpoint has said that this account may not: it is not asked again.
    fn refuse_the_rest(&mut self, tell: &mut impl FnMut(&Attempt)) {
        for attempt in self
            .attempts
            .iter_mut()
            .filter(|attempt| attempt.may_be_confirmed())
        {
            attempt.withdraw(Outcome::Refused(Refusal::ReadOnly));
            tell(attempt);
        }
    }

    fn carry_out(&mut self, place: usize, order: Order) {
        let Some(identity) = self.attempts.get(place).map(|attempt| &attempt.identity) else {
            return;
        };
        let id = identity.id;
        let endpoint = self.endpoint.clone();
        self.requests.spawn(async move {
            let event = match order {
                Order::Check { ticket, after } => {
                    sleep(after).await;
                    Event::Seen(ticket, endpoint.look(id).await, Duration::ZERO)
                }
                Order::Delete { ticket } => Event::Deleted(ticket, endpoint.delete(id).await),
            };
            (place, event)
        });
    }

    /// When an attempt has to know the time next, and its place. A look that hangs must not hold
    /// the watch longer than it may last.
    fn next_wake(&self) -> Option<(Instant, usize)> {
        let attempts = self.attempts.iter().enumerate();
        let wakes = attempts.filter_map(|(place, attempt)| Some((self.began + attempt.wake_at()?, place)));
        wakes.min()
    }

    fn next_number(&self) -> u32 {
        u32::try_from(self.attempts.len() + 1).unwrap_or(u32::MAX)
    }

    fn now(&self) -> Duration {
        self.began.elapsed()
    }
}

/// The next answer; none when nothing was asked. A panic in a request goes on here.
async fn next_answer(requests: &mut JoinSet<(usize, Event)>) -> Option<(usize, Event)> {
    match requests.join_next().await? {
        Ok(answer) => Some(answer),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => None,
        },
    }
}

async fn wake_up(wake: Option<(Instant, usize)>) -> usize {
    match wake {
        Some((at, place)) => {
            sleep_until(at).await;
            place
        }
        None => pending().await,
    }
}
