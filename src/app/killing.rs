//! The kills of this run: feeds the kill protocol, takes back, stops, and says what came of each.

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

/// So many lines the kill log of the screen keeps; the audit log has all.
const MAX_KILL_LOG_LINES: usize = 10_000;

/// A line of the kill log.
#[derive(Clone, Debug)]
pub struct KillLogEntry {
    /// The number of the kill within the run.
    pub kill: u32,
    /// When its outcome was known.
    pub at: Timestamp,
    /// Whom.
    pub identity: Identity,
    /// What came of it; an unknown outcome is replaced when it was found out.
    pub outcome: KillOutcome,
    /// The session that its client has now, if it came back at once.
    pub back: Option<Return>,
}

/// The kills of this run.
#[derive(Clone, Debug, Default)]
pub struct Kills {
    /// What a person is being asked about.
    pub asking: Option<KillDialog>,
    /// Confirmed ones that are not over, the newest last.
    pub batches: Vec<KillBatch>,
    /// The last ones that are gone, as a GET by id has said.
    pub ended: Vec<RowKey>,
    /// What came of each, the oldest first.
    pub log: Vec<KillLogEntry>,
    /// What has to be said when the program ends.
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

    /// Keeps a few: only a row that still stands on the screen needs them.
    fn remember_ended(&mut self, key: RowKey) {
        const MAX_ENDED_KEYS: usize = 64;
        self.ended.push(key);
        let surplus = self.ended.len().saturating_sub(MAX_ENDED_KEYS);
        self.ended.drain(..surplus);
    }

    /// Why nothing else can be killed just now.
    pub(super) fn busy(&self) -> Option<String> {
        let batch = self.batches.iter().find(|batch| batch.is_busy())?;
        let whom = batch.describe_victims();
        Some(if batch.grace().is_some() {
            format!("about to end {whom}: u takes it back, then K asks again")
        } else {
            format!("one at a time: still ending {whom}")
        })
    }

    /// Those that are only watched take a quarter of the room between them, the new one the rest.
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

    /// The one that can be taken back.
    pub fn in_grace(&self) -> Option<&KillBatch> {
        self.batches.iter().find(|batch| batch.grace().is_some())
    }

    /// The one that ends sessions, and can be stopped.
    pub fn current(&self) -> Option<&KillBatch> {
        self.batches
            .iter()
            .find(|batch| batch.grace().is_none() && batch.is_busy())
    }

    /// Whether something was sent whose end is not known.
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
    /// An answer for a kill: to whom it belongs.
    pub(super) fn on_kill_event(&mut self, event: KillEvent, effects: &mut Vec<Effect>) {
        let now = self.now;
        let Some(ticket) = event.ticket() else { return };
        let asked = self.kills.asking.iter_mut().map(|asking| &mut asking.batch);
        let mut batches = asked.chain(&mut self.kills.batches);
        if let Some(batch) = batches.find(|batch| batch.owns(ticket)) {
            effects.extend(batch.on_event(event, now).into_iter().map(Effect::Kill));
            self.apply_finished_kills(effects);
        }
    }

    /// All that are asked about or under way hear something.
    pub(super) fn send_to_kills(&mut self, event: &KillEvent, effects: &mut Vec<Effect>) {
        let now = self.now;
        let asked = self.kills.asking.iter_mut().map(|asking| &mut asking.batch);
        for batch in asked.chain(&mut self.kills.batches) {
            effects.extend(batch.on_event(event.clone(), now).into_iter().map(Effect::Kill));
        }
        self.apply_finished_kills(effects);
    }

    /// A good list.
    pub(super) fn on_list_for_kills(&mut self, snapshot: &Arc<Snapshot>, effects: &mut Vec<Effect>) {
        for back in self.kills.returns.on_list(snapshot, self.now) {
            let logged = self.kills.log.iter_mut().rev();
            for logged in logged.filter(|logged| logged.kill == back.kill) {
                logged.back = Some(back);
                let text = format!("{} is {}", logged.identity.client(), back.words());
                self.status = Some(Status::warning(text));
            }
        }
        self.send_to_kills(&KillEvent::Listed(Arc::clone(snapshot)), effects);
    }

    /// An account may only read: no session of its endpoint can be killed, and the open dialog says so.
    pub(super) fn may_only_read(&mut self, id: EndpointId, effects: &mut Vec<Effect>) {
        if let Some(endpoint) = self.endpoint_mut(id) {
            endpoint.read_only = true;
            endpoint.may_only_read = true;
        }
        let now = self.now;
        if let Some(asking) = &mut self.kills.asking {
            let orders = asking.batch.forbid(id, now);
            effects.extend(orders.into_iter().map(Effect::Kill));
        }
    }

    /// Time has passed.
    pub(super) fn kills_clock(&mut self, effects: &mut Vec<Effect>) {
        self.send_to_kills(&KillEvent::Clock, effects);
    }

    /// Takes back what is in its grace time. Says whether there was anything.
    pub(super) fn cancel_kill(&mut self, why: &'static str, effects: &mut Vec<Effect>) -> bool {
        let mut batches = self.kills.batches.iter_mut();
        let taken = batches.any(|batch| batch.cancel(why));
        if taken {
            self.apply_finished_kills(effects);
        }
        taken
    }

    /// The program is stopped, or was: nobody can take anything back meanwhile, so nothing goes on.
    pub(super) fn halt_kills(&mut self, effects: &mut Vec<Effect>) {
        if !self.cancel_kill("the program was stopped", effects) {
            self.stop_kills(effects);
        }
    }

    /// Begins no more of what is under way. Says whether there was anything to stop.
    pub(super) fn stop_kills(&mut self, effects: &mut Vec<Effect>) -> bool {
        let now = self.now;
        let mut stopped = false;
        for batch in self.kills.batches.iter_mut().filter(|batch| batch.is_busy()) {
            stopped = true;
            effects.extend(batch.stop(now).into_iter().map(Effect::Kill));
        }
        if stopped {
            self.apply_finished_kills(effects);
        }
        stopped
    }

    /// The program ends: what was sent and not seen to its end is unknown, and said so.
    pub(super) fn abandon_kills(&mut self, effects: &mut Vec<Effect>) {
        self.kills.asking = None;
        self.cancel_kill("the program ends", effects);
        let fault = RequestError::Abandoned;
        for batch in &mut self.kills.batches {
            let in_flight = batch.tasks().iter().filter(|task| task.is_in_flight());
            let unknown = KillOutcome::Unknown(fault.clone());
            let lines = in_flight.map(|task| unknown.words(&task.victim.identity));
            self.kills.unsettled.extend(lines);
            effects.extend(batch.abandon(&fault, self.now).into_iter().map(Effect::Kill));
        }
    }

    /// Says what came of the ones that are over, and lets go of them.
    fn apply_finished_kills(&mut self, effects: &mut Vec<Effect>) {
        let mut batches = std::mem::take(&mut self.kills.batches);
        for batch in &mut batches {
            self.apply_outcomes(batch, effects);
        }
        batches.retain(|batch| !batch.is_finished());
        // What was begun meanwhile, if anything, stands behind.
        batches.append(&mut self.kills.batches);
        self.kills.batches = batches;
    }

    fn apply_outcomes(&mut self, batch: &mut KillBatch, effects: &mut Vec<Effect>) {
        if let Some(why) = batch.cancel_reason() {
            self.status = Some(Status::note(format!(
                "taken back: {}: {why}",
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
            // One list for all of them: each has its price.
            effects.push(Effect::Relist(batch.endpoints()));
            if !single {
                self.show_outcomes(batch);
            }
        }
    }

    /// Ids repeat from one endpoint to the next: where there are several, it is named.
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

    /// The sum, and each of them where nothing else has the keys.
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

    /// The audit log could not take an outcome.
    pub(super) fn on_log_failure(&mut self, why: &str) {
        let why = Text::clean(why, TextLimit::Line);
        self.status = Some(Status::warning(format!("an outcome was not logged: {why}")));
    }
}
