//! Runs the kills of one command: executes the orders of the protocol and returns the results to it.
//!
//! Requests run as tasks. The batch stays here and handles one event at a time, so no lock is needed.
//! Dropping a driver, or the future of one of its steps, sends nothing more.

use std::io;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::client::Client;
use crate::clock;
use crate::kill::{KillBatch, KillEvent, KillRequest, KillTask, Order, Rules, Ticket, Victim};
use crate::model::{RequestError, Text};
use crate::poller::kill_request::answer;
use crate::runtime::audit::{AuditLog, AuditReport, AuditThread, IncompleteLog, MAX_LOG_WAIT};

/// The kills of one command, in the order of the victims.
pub(super) struct KillDriver<E> {
    /// Endpoints, by number.
    endpoints: Vec<E>,
    batch: KillBatch,
    requests: JoinSet<KillEvent>,
    audit: AuditThread,
    reports: mpsc::UnboundedReceiver<AuditReport>,
}

impl<E: KillTransport> KillDriver<E> {
    /// Starts the first checks of the victims.
    pub(super) fn open(
        endpoints: Vec<E>,
        audit: AuditLog,
        victims: Vec<Victim>,
        rules: Rules,
    ) -> io::Result<Self> {
        let (report, reports) = mpsc::unbounded_channel();
        // Fails only if the driver was dropped.
        let audit = AuditThread::start(audit, move |result| drop(report.send(result)))?;
        let (batch, orders) = KillBatch::open(0, victims, rules);
        let mut round = Self {
            endpoints,
            batch,
            requests: JoinSet::new(),
            audit,
            reports,
        };
        round.carry_out(orders);
        Ok(round)
    }

    /// Returns the kill tasks with their current state.
    pub(super) fn tasks(&self) -> &[KillTask] {
        self.batch.tasks()
    }

    /// Returns the number of sessions that a confirmation would kill.
    pub(super) fn confirmable(&self) -> usize {
        self.batch.confirmable()
    }

    /// Returns why the kills were canceled; `None` if they were not.
    pub(super) const fn cancel_reason(&self) -> Option<&'static str> {
        self.batch.cancel_reason()
    }

    /// Whether the grace period is running. Nothing was sent yet.
    pub(super) const fn is_in_grace(&self) -> bool {
        self.batch.grace().is_some()
    }

    /// Closes the audit log.
    ///
    /// # Errors
    ///
    /// Returns an error if an outcome could not be logged.
    pub(super) fn close(self) -> Result<(), IncompleteLog> {
        self.audit.close(MAX_LOG_WAIT)
    }

    /// Waits for the replies to all first checks.
    ///
    /// A check without a reply is not repeated: the command can be run again.
    pub(super) async fn wait_for_checks(&mut self) {
        while let Some(event) = next_answer(&mut self.requests).await {
            self.on_event(event);
            while self.batch.compares_lists() {
                self.on_event(KillEvent::Clock);
            }
            self.batch.refuse_unanswered();
        }
    }

    /// Confirms all victims whose first check has passed, and starts the grace period.
    pub(super) fn confirm(&mut self, reason: Option<Text>, grace: Duration) {
        let orders = self.batch.confirm(reason, grace, clock::now());
        self.carry_out(orders);
    }

    /// Kills the confirmed sessions after the grace period. Calls `report` for each finished task.
    pub(super) async fn kill(&mut self, report: &mut impl FnMut(&KillTask)) {
        self.report_finished(report);
        while !self.is_finished() {
            let wake = self.batch.wake_at().map(clock::instant);
            let event = tokio::select! {
                Some(event) = next_answer(&mut self.requests) => event,
                Some(report) = self.reports.recv() => match report {
                    AuditReport::Intents(event) => event,
                    // `close` returns it.
                    AuditReport::OutcomesFailed(_) => continue,
                },
                () = clock::until(wake) => KillEvent::Clock,
            };
            self.on_event(event);
            self.report_finished(report);
        }
    }

    /// Whether all tasks are finished or the kills were canceled.
    fn is_finished(&self) -> bool {
        let tally = self.batch.tally();
        self.cancel_reason().is_some() || tally.finished() == tally.total()
    }

    /// Cancels the kills if nothing was sent yet.
    pub(super) fn cancel(&mut self, why: &'static str) {
        self.batch.cancel(why);
    }

    /// Handles a stop of the program: cancels the kills, or does not start the remaining ones.
    pub(super) fn halt(&mut self) {
        if !self.batch.cancel("the program was stopped") {
            let orders = self.batch.stop(clock::now());
            self.carry_out(orders);
        }
    }

    /// Starts no more kills, and logs those in flight as unknown.
    pub(super) fn abandon(&mut self) {
        let orders = self.batch.abandon(&RequestError::Abandoned, clock::now());
        self.carry_out(orders);
    }

    /// Calls `report` for each task with a new outcome.
    pub(super) fn report_finished(&mut self, report: &mut impl FnMut(&KillTask)) {
        for place in self.batch.take_news() {
            self.batch.tasks().get(place).into_iter().for_each(&mut *report);
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
                    // A batch has orders only for endpoints of its victims.
                    if let Some(endpoint) = self.endpoints.get(usize::from(endpoint.0)).cloned() {
                        self.requests
                            .spawn(async move { endpoint.send(ticket, request).await });
                    }
                }
                Order::WriteIntents { ticket, entries } => self.audit.write_intents(ticket, entries),
                Order::WriteOutcomes(entries) => self.audit.write_outcomes(entries),
            }
        }
    }
}

/// Returns the next reply; `None` if no request is in flight. Continues a panic of a request here.
async fn next_answer(requests: &mut JoinSet<KillEvent>) -> Option<KillEvent> {
    match requests.join_next().await? {
        Ok(answer) => Some(answer),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => None,
        },
    }
}

/// An endpoint, as the kill protocol uses it. Clones share the endpoint.
pub(super) trait KillTransport: Clone + Send + 'static {
    /// Sends a request and returns its result.
    fn send(&self, ticket: Ticket, request: KillRequest) -> impl Future<Output = KillEvent> + Send;
}

impl KillTransport for Client {
    async fn send(&self, ticket: Ticket, request: KillRequest) -> KillEvent {
        answer(self, ticket, request).await
    }
}
