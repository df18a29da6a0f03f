//! Drives the kills of one command: carries out what the protocol orders, and lets it hear what came
//! of it.
//!
//! Requests run as tasks; the batch stays here and hears one event at a time, so there is nothing to
//! lock. Dropping a round, or the future of one of its steps, sends nothing more.
//!
//! What the kill protocol asks of an endpoint.

use std::future::pending;
use std::io;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::client::Client;
use crate::clock;
use crate::kill::{KillBatch, KillEvent, KillRequest, KillTask, Order, Rules, Ticket, Victim};
use crate::model::{RequestError, Text, TextLimit};
use crate::poller::kill_request::answer;
use crate::runtime::audit::{AuditError, AuditLog, AuditWriter};

/// So long the last lines of the audit log are waited for.
const MAX_LOG_WAIT: Duration = Duration::from_secs(2);

/// The kills of one command, in the order in which they were asked for.
pub(super) struct KillDriver<E> {
    /// By their numbers.
    endpoints: Vec<E>,
    audit: AuditLog,
    batch: KillBatch,
    requests: JoinSet<KillEvent>,
    /// Writes the outcomes.
    recorder: AuditWriter,
}

impl<E: KillTransport> KillDriver<E> {
    /// Asks about these victims: the first checks begin.
    pub(super) fn open(
        endpoints: Vec<E>,
        audit: AuditLog,
        victims: Vec<Victim>,
        rules: Rules,
    ) -> io::Result<Self> {
        let recorder = AuditWriter::start(audit.clone())?;
        let (batch, orders) = KillBatch::open(1, victims, rules);
        let mut round = Self {
            endpoints,
            audit,
            batch,
            requests: JoinSet::new(),
            recorder,
        };
        round.carry_out(orders);
        Ok(round)
    }

    /// The victims, as far as each has come.
    pub(super) fn tasks(&self) -> &[KillTask] {
        self.batch.tasks()
    }

    /// How many a Yes would end.
    pub(super) fn confirmable(&self) -> usize {
        self.batch.confirmable()
    }

    /// Why it was taken back, if it was.
    pub(super) const fn cancel_reason(&self) -> Option<&'static str> {
        self.batch.cancel_reason()
    }

    /// Whether nothing was sent yet.
    pub(super) const fn is_in_grace(&self) -> bool {
        self.batch.grace().is_some()
    }

    /// Over: why an outcome could not be logged, if so.
    pub(super) fn close(self) -> Option<String> {
        self.recorder.close(MAX_LOG_WAIT)
    }

    /// Waits until every first check has been answered. A check without an answer is not repeated
    /// here: whoever runs a command can run it again.
    pub(super) async fn wait_for_checks(&mut self) {
        while let Some(event) = next_answer(&mut self.requests).await {
            self.on_event(event);
            self.batch.refuse_unanswered();
        }
    }

    /// Somebody said yes to all whose first check has passed: the grace begins.
    pub(super) fn confirm(&mut self, reason: Option<Text>, grace: Duration) {
        let orders = self.batch.confirm(reason, grace, clock::now());
        self.carry_out(orders);
    }

    /// Ends those that were confirmed, once the grace is over; `tell` hears of each that is.
    pub(super) async fn end(&mut self, tell: &mut impl FnMut(&KillTask)) {
        self.report_finished(tell);
        while !self.is_finished() {
            let wake = self.batch.wake_at().map(clock::instant);
            let event = tokio::select! {
                Some(event) = next_answer(&mut self.requests) => event,
                () = until(wake) => KillEvent::Clock,
            };
            self.on_event(event);
            self.report_finished(tell);
        }
    }

    /// What is unknown is not waited for any longer than it takes to say so.
    fn is_finished(&self) -> bool {
        let tally = self.batch.tally();
        self.cancel_reason().is_some() || tally.finished() == tally.total()
    }

    /// Takes it back, if nothing was sent yet.
    pub(super) fn cancel(&mut self, why: &'static str) {
        self.batch.cancel(why);
    }

    /// The program was stopped: it is taken back, or what has not begun is left alone.
    pub(super) fn halt(&mut self) {
        if !self.batch.cancel("the program was stopped") {
            let orders = self.batch.stop(clock::now());
            self.carry_out(orders);
        }
    }

    /// The command ends here: begins no more, and logs that what is in flight is unknown.
    pub(super) fn abandon(&mut self) {
        let orders = self.batch.abandon(&RequestError::Abandoned, clock::now());
        self.carry_out(orders);
    }

    fn report_finished(&mut self, tell: &mut impl FnMut(&KillTask)) {
        for place in self.batch.take_news() {
            self.batch.tasks().get(place).into_iter().for_each(&mut *tell);
        }
    }

    fn on_event(&mut self, event: KillEvent) {
        let orders = self.batch.on_event(event, clock::now());
        self.carry_out(orders);
    }

    fn carry_out(&mut self, orders: Vec<Order>) {
        for order in orders {
            match order {
                Order::Ask {
                    endpoint,
                    ticket,
                    request,
                } => {
                    // A batch orders only where its victims are.
                    if let Some(endpoint) = self.endpoints.get(usize::from(endpoint.0)).cloned() {
                        self.requests
                            .spawn(async move { endpoint.send(ticket, request).await });
                    }
                }
                Order::WriteIntents { ticket, entries } => {
                    let audit = self.audit.clone();
                    self.requests.spawn_blocking(move || {
                        let written = audit.append(&entries, true);
                        let why = |error: AuditError| Text::clean(&error.to_string(), TextLimit::Line);
                        KillEvent::Logged(ticket, written.map_err(why))
                    });
                }
                Order::WriteOutcomes(entries) => self.recorder.write(entries),
            }
        }
    }
}

/// The next answer; none when nothing was asked. A panic in a request goes on here.
async fn next_answer(requests: &mut JoinSet<KillEvent>) -> Option<KillEvent> {
    match requests.join_next().await? {
        Ok(answer) => Some(answer),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => None,
        },
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => pending().await,
    }
}

/// An endpoint as the protocol sees it; a clone is the same endpoint.
pub(super) trait KillTransport: Clone + Send + 'static {
    /// Asks one thing, and says what came of it.
    fn send(&self, ticket: Ticket, request: KillRequest) -> impl Future<Output = KillEvent> + Send;
}

impl KillTransport for Client {
    async fn send(&self, ticket: Ticket, request: KillRequest) -> KillEvent {
        answer(self, ticket, request).await
    }
}
