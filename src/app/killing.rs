//! The kills of this run: feeds the kill protocol, cancels, stops, and shows the outcomes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::App;
use super::endpoint::EndpointState;
use super::endpoints::Endpoints;
use super::kill_dialog::KillDialog;
use super::kill_log::{CanceledKill, KillLogEntry};
use super::kill_news::KillNews;
use super::kill_totals::BatchTotals;
use super::msg::Now;
use super::outbox::Outbox;
use super::request_shares::{MAX_FOLLOWED, RequestShares};
use super::status::Status;
use super::waiters::Waiters;
use crate::kill::{
    KillBatch, KillEvent, KillOutcome, KillTask, OutcomeKind, ReconnectDetector, Tally, Victim, numbers,
};
use crate::model::{Lookup, RequestError, RowKey, SessionId, Snapshot, Text, counted};

/// The kills of this run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kills {
    /// Confirmed batches that are not finished, newest last.
    pub batches: Vec<KillBatch>,
    /// The last sessions that are gone according to a GET by id.
    pub ended: Vec<RowKey>,
    /// Outcomes, oldest first.
    pub log: Vec<KillLogEntry>,
    /// Counts of the outcomes of each batch in the log. The log does not have all entries of a large batch.
    pub(super) tallies: BTreeMap<u32, Tally>,
    /// The typed reason of each batch in the log that has one.
    pub(super) reasons: BTreeMap<u32, Text>,
    /// Kills that were canceled in their grace period, oldest first.
    pub(super) canceled: Vec<CanceledKill>,
    /// When the last grace period ended without a cancel.
    grace_ended: Option<Duration>,
    /// Number of the batch that was confirmed last.
    newest: Option<u32>,
    /// When the last kill was refused as a whole: no DELETE was sent.
    refused_at: Option<Duration>,
    /// Counts of the last finished batch of several sessions.
    pub(super) totals: Option<BatchTotals>,
    /// Sessions that waited for the victims of the last batches, oldest first.
    pub(super) waiters: Vec<Waiters>,
    /// Lines to print when the program exits.
    pub unsettled: Vec<String>,
    returns: ReconnectDetector,
    /// The first number of the next batch.
    next_number: u32,
    /// At a past moment: number of outcomes after it.
    pub(super) later: usize,
}

impl Kills {
    /// Returns the number of outcomes after the past moment that is shown.
    pub(crate) const fn later(&self) -> usize {
        self.later
    }

    /// Returns the first number of the next batch.
    pub(super) const fn next_number(&self) -> u32 {
        self.next_number
    }

    /// Uses the numbers of a batch with this many victims.
    pub(super) fn take_numbers(&mut self, victims: usize) {
        self.next_number = self.next_number.saturating_add(numbers(victims));
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

    /// Splits the request limit between a new batch and those with nothing but follow-ups.
    pub(super) fn share_requests_with(&mut self, new: &mut KillBatch) {
        new.limit_requests(self.share_requests().rest());
    }

    fn share_requests(&mut self) -> RequestShares {
        let followed = self.batches.iter_mut().rev().filter(|batch| !batch.is_busy());
        let followed: Vec<_> = followed.collect();
        let shares = RequestShares::of(followed.len());
        for (place, batch) in (0..).zip(followed) {
            batch.limit_requests(shares.followed(place));
        }
        shares
    }

    /// Returns the batch that can still be canceled.
    pub(crate) fn in_grace(&self) -> Option<&KillBatch> {
        self.batches.iter().find(|batch| batch.grace().is_some())
    }

    /// Whether a DELETE was sent whose outcome is unknown.
    pub(crate) fn in_flight(&self) -> bool {
        self.batches.iter().any(KillBatch::is_in_flight)
    }

    /// Returns when a batch next needs the time.
    pub(super) fn wake_at(&self) -> Option<Duration> {
        self.batches.iter().filter_map(KillBatch::wake_at).min()
    }

    /// Sends an event to the dialog and the batches: to the one that owns its ticket, or to all if it
    /// has none.
    pub(super) fn on_event(
        &mut self,
        dialog: Option<&mut KillDialog>,
        event: &KillEvent,
        now: Now,
        outbox: &mut Outbox,
    ) {
        let ticket = event.ticket();
        let asked = dialog.map(|dialog| &mut dialog.batch);
        for batch in asked.into_iter().chain(&mut self.batches) {
            if ticket.is_none_or(|ticket| batch.owns(ticket)) {
                outbox.push_orders(batch.on_event(event.clone(), now));
            }
        }
    }

    /// Handles a new snapshot, and returns what to show then. A client of a killed session that has reconnected
    /// is shown with the outcome of its kill; those of a batch of several sessions are counted.
    pub(super) fn on_list(
        &mut self,
        snapshot: &Arc<Snapshot>,
        shown: Option<Status>,
        now: Now,
    ) -> Option<Status> {
        let mut status = shown;
        for back in self.returns.on_list(snapshot, now) {
            let Some(logged) = self.log.iter_mut().rev().find(|logged| logged.kill == back.kill) else {
                continue;
            };
            logged.back = Some(back);
            let text = back.words();
            let (batch, outcome) = (logged.batch, logged.outcome.words(&logged.identity));
            let mut entries = self.log.iter().rev().filter(|logged| logged.batch == batch);
            let is_single = entries.nth(1).is_none();
            let is_newest = self.newest == Some(batch);
            if status.as_ref().is_some_and(|status| status.batch.is_some()) || !is_single || !is_newest {
                continue;
            }
            // The outcome stays before it, or comes back.
            let before = status.take().filter(|status| status.text.contains(&outcome));
            let before = before.unwrap_or_else(|| Status::warning(outcome));
            status = Some(Status {
                is_logged: true,
                ..Status::warning_after(Some(before), text)
            });
        }
        if let Some(status) = status.as_mut().filter(|status| status.is_logged) {
            self.add_still_listed(status, snapshot);
        }
        match status.as_ref().and_then(|status| status.batch) {
            Some(batch) => self.totals_status(batch).or(status),
            None => status,
        }
    }

    /// Adds to the line of an unknown outcome that the session is still listed, long after its DELETE.
    fn add_still_listed(&self, status: &mut Status, snapshot: &Snapshot) {
        let Some(last) = self.log.last() else { return };
        let is_shown = last.outcome.kind() == OutcomeKind::Unknown
            && status.text.ends_with(&last.outcome.words(&last.identity));
        let is_listed = snapshot.endpoint == last.identity.endpoint
            && snapshot.asked_at.wall > last.at
            && matches!(snapshot.find(&last.identity.key()), Lookup::Same(_));
        if is_shown && is_listed {
            status.text.push_str(STILL_LISTED);
        }
    }

    /// Starts the confirmed kill of a dialog.
    pub(super) fn confirm(&mut self, dialog: KillDialog, grace: Duration, now: Now, outbox: &mut Outbox) {
        let reason = dialog.typed_reason();
        self.refused_at = None;
        let mut batch = dialog.batch;
        self.newest = Some(batch.number());
        self.share_requests_with(&mut batch);
        self.grace_ended = (!grace.is_zero()).then(|| now.elapsed + grace);
        self.reasons
            .extend(reason.clone().map(|reason| (batch.number(), reason)));
        let orders = batch.confirm(reason, grace, now);
        self.batches.push(batch);
        outbox.push_orders(orders);
    }

    /// Cancels the kill in its grace period. Returns whether there was one.
    pub(super) fn cancel(&mut self, why: &'static str) -> bool {
        self.batches.iter_mut().any(|batch| batch.cancel(why))
    }

    /// Returns when the last grace period ended, if that was a short time ago.
    pub(super) fn late_since(&self, now: Duration) -> Option<Duration> {
        self.grace_ended
            .filter(|ended| *ended <= now && now < *ended + TOO_LATE_TIME)
    }

    /// Returns the outcome of the newest kill, or its victims if it has none yet.
    pub(super) fn newest_words(&self, endpoints: &Endpoints) -> Option<String> {
        let newest = self.newest?;
        let mut entries = self.log.iter().rev().filter(|entry| entry.batch == newest);
        let last = entries.next();
        match (last, entries.next()) {
            (Some(only), None) => {
                let name = endpoints.name_among_several(only.identity.endpoint);
                Some(Status::outcome(&only.outcome, &only.identity, name).text)
            }
            (Some(_), Some(_)) => self.totals_status(newest).map(|status| status.text),
            (None, _) => {
                let batch = self.batches.iter().find(|batch| batch.number() == newest)?;
                Some(format!("already sent to {}", batch.describe_victims()))
            }
        }
    }

    /// Returns when the last kill was refused as a whole, if that was a short time ago. Nothing was sent for it.
    pub(super) fn refused_since(&self, now: Duration) -> Option<Duration> {
        self.refused_at.filter(|at| now < *at + TOO_LATE_TIME)
    }

    /// Starts no more kills of the running batches. Returns whether there was anything to stop.
    pub(super) fn stop(&mut self, now: Now, outbox: &mut Outbox) -> bool {
        let mut stopped = false;
        for batch in self.batches.iter_mut().filter(|batch| batch.may_be_stopped()) {
            stopped = true;
            outbox.push_orders(batch.stop(now));
        }
        stopped
    }

    /// Whether a kill was confirmed and something of it is not sent yet.
    pub(super) fn may_be_stopped(&self) -> bool {
        self.batches.iter().any(KillBatch::may_be_stopped)
    }

    /// Returns what a stop does to the statements of victims whose DELETE was sent. `None` if they get no KILL
    /// anyway.
    fn statements_left(&self) -> Option<Status> {
        let open = self.batches.iter().flat_map(KillBatch::open_statements);
        let names: Vec<_> = open.map(Victim::name).collect();
        let of = match names.as_slice() {
            [] => return None,
            [one] => one.clone(),
            many => counted(many.len(), "session"),
        };
        Some(Status::note(format!(
            "Stopped: the statements of {of} get no KILL"
        )))
    }

    /// Ends all batches because the program exits. Kills in flight are reported as unknown.
    pub(super) fn abandon(&mut self, now: Now, outbox: &mut Outbox) {
        let fault = RequestError::Abandoned;
        for batch in &mut self.batches {
            let in_flight = batch.tasks().iter().filter(|task| task.is_in_flight());
            let unknown = KillOutcome::Unknown(fault.clone());
            let lines = in_flight.map(|task| unknown.words(&task.victim.identity));
            self.unsettled.extend(lines);
            outbox.push_orders(batch.abandon(&fault, now));
        }
    }

    /// Stores the new outcomes, drops finished batches, and returns what else has to be done for them.
    pub(super) fn take_news(&mut self, endpoints: &[EndpointState], now: Now) -> Vec<KillNews> {
        let mut all = Vec::new();
        let mut batches = std::mem::take(&mut self.batches);
        for batch in &mut batches {
            self.take_news_of(batch, endpoints, now, &mut all);
        }
        let before = batches.len();
        batches.retain(|batch| !batch.is_finished());
        self.batches = batches;
        // Those that had to wait may continue.
        if self.batches.len() < before && before > MAX_FOLLOWED {
            self.share_requests();
        }
        all
    }

    fn take_news_of(
        &mut self,
        batch: &mut KillBatch,
        endpoints: &[EndpointState],
        now: Now,
        all: &mut Vec<KillNews>,
    ) {
        if let Some(why) = batch.cancel_reason() {
            self.grace_ended = None;
            all.push(KillNews::Canceled(canceled(batch, why)));
            self.log_canceled(batch, why, now.wall);
            return;
        }
        let news = batch.take_news();
        if news.is_empty() {
            return;
        }
        let is_single = batch.tally().total() == 1;
        for task in news.iter().filter_map(|place| batch.tasks().get(*place)) {
            let Some(outcome) = task.outcome() else {
                continue;
            };
            self.on_outcome(batch.number(), task, outcome, endpoints, now);
            all.push(KillNews::Outcome {
                identity: task.victim.identity.clone(),
                outcome: outcome.clone(),
                is_single,
                is_newest: self.newest == Some(batch.number()),
            });
        }
        self.tallies.insert(batch.number(), batch.tally().clone());
        let is_first = batch.sums_up();
        let is_known = |totals: &BatchTotals| totals.is_of(batch.number());
        let totals = if !is_single && (is_first || self.totals.as_ref().is_some_and(is_known)) {
            self.totals = Some(BatchTotals::of(batch));
            self.totals_status(batch.number())
        } else {
            None
        };
        if is_first && batch.tally().is_refused() {
            self.grace_ended = None;
            self.refused_at = Some(now.elapsed);
        }
        if is_first {
            let endpoints = batch.endpoints();
            all.push(KillNews::Finished { endpoints, totals });
        } else {
            all.extend(totals.map(KillNews::Changed));
        }
    }

    fn on_outcome(
        &mut self,
        batch: u32,
        task: &KillTask,
        outcome: &KillOutcome,
        endpoints: &[EndpointState],
        now: Now,
    ) {
        let identity = &task.victim.identity;
        if outcome.is_gone() {
            self.remember_ended(identity.key());
        }
        // A later outcome about a statement says nothing new about the session.
        let is_known = self
            .log
            .iter()
            .any(|logged| logged.kill == task.number() && logged.outcome.is_gone());
        if matches!(outcome, KillOutcome::Killed { .. }) && !is_known {
            let endpoint = endpoints.get(usize::from(identity.endpoint.0));
            let latest = endpoint.and_then(|endpoint| endpoint.latest.as_ref());
            let highest = latest.and_then(|latest| latest.sessions.last());
            let above = highest.map_or(SessionId(0), |session| session.id);
            self.returns.expect(task.number(), &task.victim, above, now);
        }
        self.log(batch, task, outcome, now.wall);
    }
}

/// Text after an unknown outcome while lists show the session.
pub(crate) const STILL_LISTED: &str = "; it is still listed";
/// Time after a grace period in which `u` shows that it is too late.
const TOO_LATE_TIME: Duration = Duration::from_secs(5);
/// The reason of a cancel by a key.
pub(super) const BY_KEY: &str = "by key";

/// Returns the status line of a canceled batch.
fn canceled(batch: &KillBatch, why: &str) -> Status {
    let victims = match batch.victim_count() {
        1 => batch.describe_victims(),
        _ => format!("these {}", batch.describe_victims()),
    };
    let why = match why {
        BY_KEY => String::new(),
        _ => format!(" ({why})"),
    };
    Status::note(format!("Canceled{why}: nothing was sent to {victims}"))
}

impl App {
    /// Sends an event to the dialog and the kills, and applies the outcomes.
    pub(super) fn on_kill_event(&mut self, event: &KillEvent) {
        let dialog = self.modal.kill_dialog_mut();
        self.kills.on_event(dialog, event, self.now, &mut self.outbox);
        if let Some(dialog) = self.modal.kill_dialog_mut() {
            dialog.count();
        }
        self.apply_kill_news();
    }

    /// Cancels the kill in its grace period. Returns whether there was one.
    pub(super) fn cancel_kill(&mut self, why: &'static str) -> bool {
        let canceled = self.kills.cancel(why);
        self.apply_kill_news();
        canceled
    }

    /// Cancels and stops the kills because the program is or was suspended: in that time the user cannot
    /// cancel. While one kill is in its grace period, statements of an earlier one may still get their KILLs.
    pub(super) fn halt_kills(&mut self) {
        let canceled = self.cancel_kill("maxtop was suspended");
        let canceled = self.status.take_if(|_| canceled);
        self.stop_kills();
        self.status = match (canceled, self.status.take()) {
            (Some(canceled), Some(stopped)) => Some(stopped.after(&canceled)),
            (canceled, stopped) => canceled.or(stopped),
        };
    }

    /// Starts no more kills of the running batches. Returns whether there was anything to stop.
    pub(super) fn stop_kills(&mut self) -> bool {
        let left = self.kills.statements_left();
        let stopped = self.kills.stop(self.now, &mut self.outbox);
        self.status = left.or_else(|| self.status.take());
        self.apply_kill_news();
        stopped
    }

    /// Ends all batches because the program exits.
    pub(super) fn abandon_kills(&mut self) {
        if self.modal.kill_dialog().is_some() {
            self.modal.close();
        }
        self.cancel_kill("maxtop exits");
        self.kills.abandon(self.now, &mut self.outbox);
    }
}
