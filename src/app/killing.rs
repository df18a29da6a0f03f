//! The kills of this run: feeds the kill protocol, cancels, stops, and shows the outcomes.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::App;
use super::kill_dialog::KillDialog;
use super::msg::Effect;
use super::status::Status;
use crate::kill::{
    KillBatch, KillEvent, KillOutcome, KillTask, MAX_IN_FLIGHT, ReconnectDetector, RefusalReason, Return,
    numbers,
};
use crate::model::{EndpointId, Identity, RequestError, RowKey, SessionId, Snapshot, Text, TextLimit};

/// Maximum number of lines in the kill log of the screen. The audit log has all.
const MAX_KILL_LOG_LINES: usize = 10_000;

/// A line of the kill log.
#[derive(Clone, Debug)]
pub struct KillLogEntry {
    /// Number of the kill within the run.
    pub kill: u32,
    /// When the outcome was known.
    pub at: Timestamp,
    /// Identity of the session.
    pub identity: Identity,
    /// Outcome of the kill. An unknown outcome is replaced once it is known.
    pub outcome: KillOutcome,
    /// The new session of its client, if it reconnected at once.
    pub back: Option<Return>,
}

/// The kills of this run.
#[derive(Clone, Debug, Default)]
pub struct Kills {
    /// The open kill dialog.
    pub asking: Option<KillDialog>,
    /// Confirmed batches that are not finished, newest last.
    pub batches: Vec<KillBatch>,
    /// The last sessions that are gone according to a GET by id.
    pub ended: Vec<RowKey>,
    /// Outcomes, oldest first.
    pub log: Vec<KillLogEntry>,
    /// Lines to print when the program exits.
    pub unsettled: Vec<String>,
    returns: ReconnectDetector,
    begun: u32,
}

impl Kills {
    pub(super) fn take_numbers(&mut self, victims: usize) -> u32 {
        let first = self.begun.saturating_add(1);
        self.begun = self.begun.saturating_add(numbers(victims));
        first
    }

    /// Stores a few keys. Only rows that are still on the screen need them.
    fn remember_ended(&mut self, key: RowKey) {
        const MAX_ENDED_KEYS: usize = 64;
        self.ended.push(key);
        let surplus = self.ended.len().saturating_sub(MAX_ENDED_KEYS);
        self.ended.drain(..surplus);
    }

    /// Returns why no other kill can start now; `None` if one can.
    pub(super) fn busy(&self) -> Option<String> {
        let batch = self.batches.iter().find(|batch| batch.is_busy())?;
        let victims = batch.describe_victims();
        Some(if batch.grace().is_some() {
            format!("still counting down for {victims}; press u to cancel first")
        } else {
            format!("one kill at a time: still killing {victims}")
        })
    }

    /// Splits the request limit: batches with nothing but follow-ups share a quarter, the new batch
    /// gets the rest.
    pub(super) fn share_requests_with(&mut self, new: &mut KillBatch) {
        const FOLLOW_UP_LIMIT: usize = MAX_IN_FLIGHT / 4;
        let others = self.batches.len();
        if others == 0 {
            return;
        }
        for batch in &mut self.batches {
            batch.limit_requests(FOLLOW_UP_LIMIT / others);
        }
        new.limit_requests(MAX_IN_FLIGHT.saturating_sub(others.max(FOLLOW_UP_LIMIT)));
    }

    /// Returns the batch that can still be canceled.
    pub fn in_grace(&self) -> Option<&KillBatch> {
        self.batches.iter().find(|batch| batch.grace().is_some())
    }

    /// Returns the batch that is killing sessions and can be stopped.
    pub fn current(&self) -> Option<&KillBatch> {
        self.batches
            .iter()
            .find(|batch| batch.grace().is_none() && batch.is_busy())
    }

    /// Whether a DELETE was sent whose outcome is unknown.
    pub fn in_flight(&self) -> bool {
        self.batches.iter().any(KillBatch::is_in_flight)
    }

    pub(super) fn wake_at(&self) -> Option<Duration> {
        let asked = self.asking.as_ref().map(|asking| &asking.batch);
        self.batches
            .iter()
            .chain(asked)
            .filter_map(KillBatch::wake_at)
            .min()
    }

    fn log(&mut self, task: &KillTask, outcome: &KillOutcome, at: Timestamp) {
        let kill = task.number();
        if let Some(logged) = self.log.iter_mut().rev().find(|logged| logged.kill == kill) {
            logged.outcome = outcome.clone();
            return;
        }
        self.log.push(KillLogEntry {
            kill,
            at,
            identity: task.victim.identity.clone(),
            outcome: outcome.clone(),
            back: None,
        });
        let surplus = self.log.len().saturating_sub(MAX_KILL_LOG_LINES);
        self.log.drain(..surplus);
    }
}

impl App {
    /// Sends a kill event to the batch that it belongs to.
    pub(super) fn on_kill_event(&mut self, event: KillEvent) {
        let now = self.now;
        let Some(ticket) = event.ticket() else { return };
        let asked = self.kills.asking.iter_mut().map(|asking| &mut asking.batch);
        let mut batches = asked.chain(&mut self.kills.batches);
        if let Some(batch) = batches.find(|batch| batch.owns(ticket)) {
            self.outbox.push_orders(batch.on_event(event, now));
            self.apply_finished_kills();
        }
    }

    /// Sends an event to the dialog and all batches.
    pub(super) fn send_to_kills(&mut self, event: &KillEvent) {
        let now = self.now;
        let asked = self.kills.asking.iter_mut().map(|asking| &mut asking.batch);
        for batch in asked.chain(&mut self.kills.batches) {
            self.outbox.push_orders(batch.on_event(event.clone(), now));
        }
        self.apply_finished_kills();
    }

    /// Handles a new snapshot.
    pub(super) fn on_list_for_kills(&mut self, snapshot: &Arc<Snapshot>) {
        for back in self.kills.returns.on_list(snapshot, self.now) {
            let logged = self.kills.log.iter_mut().rev();
            for logged in logged.filter(|logged| logged.kill == back.kill) {
                logged.back = Some(back);
                let text = format!("{} is {}", logged.identity.client(), back.words());
                self.status = Some(Status::warning(text));
            }
        }
        self.send_to_kills(&KillEvent::Listed(Arc::clone(snapshot)));
    }

    /// Handles an account that may only read: no session of its endpoint can be killed, and the open
    /// dialog shows that.
    pub(super) fn may_only_read(&mut self, id: EndpointId) {
        if let Some(endpoint) = self.endpoint_mut(id) {
            endpoint.read_only = true;
            endpoint.may_only_read = true;
        }
        let now = self.now;
        if let Some(asking) = &mut self.kills.asking {
            let orders = asking.batch.forbid(id, now);
            self.outbox.push_orders(orders);
        }
    }

    /// Sends the time to all batches.
    pub(super) fn kills_clock(&mut self) {
        self.send_to_kills(&KillEvent::Clock);
    }

    /// Cancels the kill in its grace period. Returns whether there was one.
    pub(super) fn cancel_kill(&mut self, why: &'static str) -> bool {
        let mut batches = self.kills.batches.iter_mut();
        let taken = batches.any(|batch| batch.cancel(why));
        if taken {
            self.apply_finished_kills();
        }
        taken
    }

    /// Cancels or stops the kills because the program is or was suspended: in that time the user cannot
    /// cancel.
    pub(super) fn halt_kills(&mut self) {
        if !self.cancel_kill("maxtop was suspended") {
            self.stop_kills();
        }
    }

    /// Starts no more kills of the running batches. Returns whether there was anything to stop.
    pub(super) fn stop_kills(&mut self) -> bool {
        let now = self.now;
        let mut stopped = false;
        for batch in self.kills.batches.iter_mut().filter(|batch| batch.is_busy()) {
            stopped = true;
            self.outbox.push_orders(batch.stop(now));
        }
        if stopped {
            self.apply_finished_kills();
        }
        stopped
    }

    /// Ends all batches because the program exits. Kills in flight are reported as unknown.
    pub(super) fn abandon_kills(&mut self) {
        self.kills.asking = None;
        self.cancel_kill("maxtop exits");
        let fault = RequestError::Abandoned;
        for batch in &mut self.kills.batches {
            let in_flight = batch.tasks().iter().filter(|task| task.is_in_flight());
            let unknown = KillOutcome::Unknown(fault.clone());
            let lines = in_flight.map(|task| unknown.words(&task.victim.identity));
            self.kills.unsettled.extend(lines);
            self.outbox.push_orders(batch.abandon(&fault, self.now));
        }
    }

    /// Shows the outcomes of the finished batches, and drops these.
    fn apply_finished_kills(&mut self) {
        let mut batches = std::mem::take(&mut self.kills.batches);
        for batch in &mut batches {
            self.apply_outcomes(batch);
        }
        batches.retain(|batch| !batch.is_finished());
        // Batches that were added during the loop come last.
        batches.append(&mut self.kills.batches);
        self.kills.batches = batches;
    }

    fn apply_outcomes(&mut self, batch: &mut KillBatch) {
        if let Some(why) = batch.cancel_reason() {
            self.status = Some(Status::note(format!(
                "canceled ({why}): nothing was sent to {}",
                batch.describe_victims()
            )));
            return;
        }
        let news = batch.take_news();
        if news.is_empty() {
            return;
        }
        let single = batch.tally().total() == 1;
        for task in news.iter().filter_map(|place| batch.tasks().get(*place)) {
            let Some(outcome) = task.outcome() else {
                continue;
            };
            self.apply_outcome(task, outcome);
            if single || matches!(outcome, KillOutcome::NotAllowed(_)) {
                self.status = Some(self.outcome_status(outcome, &task.victim.identity));
            }
        }
        if batch.sums_up() {
            // One list request for the whole batch: each one has a cost for the proxy.
            self.outbox.push(Effect::Relist(batch.endpoints()));
            if !single {
                self.show_outcomes(batch);
            }
        }
    }

    /// Ids repeat between endpoints, so with several endpoints the name is shown.
    fn outcome_status(&self, outcome: &KillOutcome, identity: &Identity) -> Status {
        let mut status = Status::outcome(outcome, identity);
        if let Some(name) = self.name_among_several(identity.endpoint) {
            status.text = format!("{name}: {}", status.text);
        }
        status
    }

    fn apply_outcome(&mut self, task: &KillTask, outcome: &KillOutcome) {
        let (now, identity) = (self.now, &task.victim.identity);
        if matches!(outcome, KillOutcome::NotAllowed(_))
            && let Some(endpoint) = self.endpoint_mut(identity.endpoint)
        {
            endpoint.read_only = true;
            endpoint.may_only_read = matches!(outcome, KillOutcome::NotAllowed(RequestError::MayOnlyRead));
        }
        if matches!(outcome, KillOutcome::Refused(RefusalReason::SeveralProxies)) {
            self.note_switch(identity.endpoint);
        }
        if outcome.is_gone() {
            self.kills.remember_ended(identity.key());
            self.marks.remove(&identity.key());
        }
        if matches!(outcome, KillOutcome::Killed { .. }) {
            let latest = self
                .endpoint(identity.endpoint)
                .and_then(|endpoint| endpoint.latest.as_ref());
            let highest = latest.and_then(|latest| latest.sessions.last());
            let above = highest.map_or(SessionId(0), |session| session.id);
            self.kills.returns.expect(task.number(), &task.victim, above, now);
        }
        self.kills.log(task, outcome, now.wall);
    }

    /// Shows the totals, and each outcome if no overlay is open.
    fn show_outcomes(&mut self, batch: &KillBatch) {
        let tally = batch.tally();
        let all_gone = batch
            .tasks()
            .iter()
            .filter(|task| !task.is_removed())
            .all(|task| task.outcome().is_some_and(KillOutcome::is_gone));
        let text = format!("{}: l shows each", tally.words());
        self.status = Some(if all_gone {
            Status::done(text)
        } else {
            Status::warning(text)
        });
        if self.has_no_overlay() {
            self.open_kill_log();
        }
    }

    /// Reports that the audit log could not write an outcome.
    pub(super) fn on_log_failure(&mut self, why: &str) {
        let why = Text::clean(why, TextLimit::Line);
        self.status = Some(Status::warning(format!("an outcome was not logged: {why}")));
    }
}
