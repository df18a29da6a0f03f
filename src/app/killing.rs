//! The kills of this run: feeds the kill protocol, takes back, stops, and says what came of each.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::App;
use super::asking::Asking;
use super::effect::Effect;
use super::status::Status;
use crate::kill::{AT_ONCE, Attempt, Batch, Event, Outcome, Refusal, Return, Returns, numbers};
use crate::model::{EndpointId, Fault, Identity, Limit, RowKey, SessionId, Snapshot, Text};

/// So many lines the kill log of the screen keeps; the audit log has all.
const LOG_KEPT: usize = 10_000;

/// A line of the kill log.
#[derive(Clone, Debug)]
pub struct Logged {
    /// The number of the kill within the run.
    pub kill: u32,
    /// When its outcome was known.
    pub at: Timestamp,
    /// Whom.
    pub identity: Identity,
    /// What came of it; an unknown outcome is replaced when it was found out.
    pub outcome: Outcome,
    /// The session that its client has now, if it came back at once.
    pub back: Option<Return>,
}

/// The kills of this run.
#[derive(Clone, Debug, Default)]
pub struct Kills {
    /// What a person is being asked about.
    pub asking: Option<Asking>,
    /// Confirmed ones that are not over, the newest last.
    pub batches: Vec<Batch>,
    /// The last ones that are gone, as a GET by id has said.
    pub ended: Vec<RowKey>,
    /// What came of each, the oldest first.
    pub log: Vec<Logged>,
    /// What has to be said when the program ends.
    pub unsettled: Vec<String>,
    returns: Returns,
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
        const KEPT: usize = 64;
        self.ended.push(key);
        let surplus = self.ended.len().saturating_sub(KEPT);
        self.ended.drain(..surplus);
    }

    /// Why nothing else can be killed just now.
    pub(super) fn busy(&self) -> Option<String> {
        let batch = self.batches.iter().find(|batch| batch.is_busy())?;
        let whom = batch.whom();
        Some(if batch.grace().is_some() {
            format!("about to end {whom}: u takes it back, then K asks again")
        } else {
            format!("one at a time: still ending {whom}")
        })
    }

    /// Those that are only watched take a quarter of the room between them, the new one the rest.
    pub(super) fn make_room_for(&mut self, new: &mut Batch) {
        const WATCHED: usize = AT_ONCE / 4;
        let others = self.batches.len();
        if others == 0 {
            return;
        }
        for batch in &mut self.batches {
            batch.confine(WATCHED / others);
        }
        new.confine(AT_ONCE.saturating_sub(others.max(WATCHED)));
    }

    /// The one that can be taken back.
    pub fn in_grace(&self) -> Option<&Batch> {
        self.batches.iter().find(|batch| batch.grace().is_some())
    }

    /// The one that ends sessions, and can be stopped.
    pub fn under_way(&self) -> Option<&Batch> {
        self.batches
            .iter()
            .find(|batch| batch.grace().is_none() && batch.is_busy())
    }

    /// Whether something was sent whose end is not known.
    pub fn in_flight(&self) -> bool {
        self.batches.iter().any(Batch::is_in_flight)
    }

    pub(super) fn wake_at(&self) -> Option<Duration> {
        let asked = self.asking.as_ref().map(|asking| &asking.batch);
        self.batches.iter().chain(asked).filter_map(Batch::wake_at).min()
    }

    fn log(&mut self, attempt: &Attempt, outcome: &Outcome, at: Timestamp) {
        let kill = attempt.number();
        if let Some(logged) = self.log.iter_mut().rev().find(|logged| logged.kill == kill) {
            logged.outcome = outcome.clone();
            return;
        }
        self.log.push(Logged {
            kill,
            at,
            identity: attempt.victim.identity.clone(),
            outcome: outcome.clone(),
            back: None,
        });
        let surplus = self.log.len().saturating_sub(LOG_KEPT);
        self.log.drain(..surplus);
    }
}

impl App {
    /// An answer for a kill: to whom it belongs.
    pub(super) fn kill_heard(&mut self, event: Event, effects: &mut Vec<Effect>) {
        let now = self.now;
        let Some(ticket) = event.ticket() else { return };
        let asked = self.kills.asking.iter_mut().map(|asking| &mut asking.batch);
        let mut batches = asked.chain(&mut self.kills.batches);
        if let Some(batch) = batches.find(|batch| batch.owns(ticket)) {
            effects.extend(batch.hear(event, now).into_iter().map(Effect::Kill));
            self.settle_kills(effects);
        }
    }

    /// All that are asked about or under way hear something.
    pub(super) fn tell_kills(&mut self, event: &Event, effects: &mut Vec<Effect>) {
        let now = self.now;
        let asked = self.kills.asking.iter_mut().map(|asking| &mut asking.batch);
        for batch in asked.chain(&mut self.kills.batches) {
            effects.extend(batch.hear(event.clone(), now).into_iter().map(Effect::Kill));
        }
        self.settle_kills(effects);
    }

    /// A good list.
    pub(super) fn kills_listed(&mut self, snapshot: &Arc<Snapshot>, effects: &mut Vec<Effect>) {
        for back in self.kills.returns.listed(snapshot, self.now) {
            let logged = self.kills.log.iter_mut().rev();
            for logged in logged.filter(|logged| logged.kill == back.kill) {
                logged.back = Some(back);
                let text = format!("{} is {}", logged.identity.client(), back.words());
                self.status = Some(Status::warning(text));
            }
        }
        self.tell_kills(&Event::Listed(Arc::clone(snapshot)), effects);
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
        self.tell_kills(&Event::Clock, effects);
    }

    /// Takes back what is in its grace time. Says whether there was anything.
    pub(super) fn take_back(&mut self, why: &'static str, effects: &mut Vec<Effect>) -> bool {
        let mut batches = self.kills.batches.iter_mut();
        let taken = batches.any(|batch| batch.take_back(why));
        if taken {
            self.settle_kills(effects);
        }
        taken
    }

    /// The program is stopped, or was: nobody can take anything back meanwhile, so nothing goes on.
    pub(super) fn halt_kills(&mut self, effects: &mut Vec<Effect>) {
        if !self.take_back("the program was stopped", effects) {
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
            self.settle_kills(effects);
        }
        stopped
    }

    /// The program ends: what was sent and not seen to its end is unknown, and said so.
    pub(super) fn abandon_kills(&mut self, effects: &mut Vec<Effect>) {
        self.kills.asking = None;
        self.take_back("the program ends", effects);
        let fault = Fault::Abandoned;
        for batch in &mut self.kills.batches {
            let in_flight = batch.attempts().iter().filter(|attempt| attempt.is_in_flight());
            let unknown = Outcome::Unknown(fault.clone());
            let lines = in_flight.map(|attempt| unknown.words(&attempt.victim.identity));
            self.kills.unsettled.extend(lines);
            effects.extend(batch.abandon(&fault, self.now).into_iter().map(Effect::Kill));
        }
    }

    /// Says what came of the ones that are over, and lets go of them.
    fn settle_kills(&mut self, effects: &mut Vec<Effect>) {
        let mut batches = std::mem::take(&mut self.kills.batches);
        for batch in &mut batches {
            self.settle(batch, effects);
        }
        batches.retain(|batch| !batch.is_over());
        // What was begun meanwhile, if anything, stands behind.
        batches.append(&mut self.kills.batches);
        self.kills.batches = batches;
    }

    fn settle(&mut self, batch: &mut Batch, effects: &mut Vec<Effect>) {
        if let Some(why) = batch.taken_back() {
            self.status = Some(Status::note(format!("taken back: {}: {why}", batch.whom())));
            return;
        }
        let news = batch.take_news();
        if news.is_empty() {
            return;
        }
        let single = batch.tally().total() == 1;
        for attempt in news.iter().filter_map(|place| batch.attempts().get(*place)) {
            let Some(outcome) = attempt.outcome() else {
                continue;
            };
            self.settle_one(attempt, outcome);
            if single || matches!(outcome, Outcome::NotAllowed(_)) {
                self.status = Some(self.outcome_status(outcome, &attempt.victim.identity));
            }
        }
        if batch.sums_up() {
            // One list for all of them: each has its price.
            effects.push(Effect::Relist(batch.endpoints()));
            if !single {
                self.say_outcomes(batch);
            }
        }
    }

    /// Ids repeat from one endpoint to the next: where there are several, it is named.
    fn outcome_status(&self, outcome: &Outcome, identity: &Identity) -> Status {
        let mut status = Status::outcome(outcome, identity);
        if let Some(name) = self.name_among_several(identity.endpoint) {
            status.text = format!("{name}: {}", status.text);
        }
        status
    }

    fn settle_one(&mut self, attempt: &Attempt, outcome: &Outcome) {
        let (now, identity) = (self.now, &attempt.victim.identity);
        if matches!(outcome, Outcome::NotAllowed(_))
            && let Some(endpoint) = self.endpoint_mut(identity.endpoint)
        {
            endpoint.read_only = true;
            endpoint.may_only_read = matches!(outcome, Outcome::NotAllowed(Fault::MayOnlyRead));
        }
        if matches!(outcome, Outcome::Refused(Refusal::SeveralProxies)) {
            self.note_switch(identity.endpoint);
        }
        if outcome.is_gone() {
            self.kills.remember_ended(identity.key());
            self.marks.remove(&identity.key());
        }
        if matches!(outcome, Outcome::Killed { .. }) {
            let latest = self
                .endpoint(identity.endpoint)
                .and_then(|endpoint| endpoint.latest.as_ref());
            let highest = latest.and_then(|latest| latest.sessions.last());
            let above = highest.map_or(SessionId(0), |session| session.id);
            self.kills
                .returns
                .expect(attempt.number(), &attempt.victim, above, now);
        }
        self.kills.log(attempt, outcome, now.wall);
    }

    /// The sum, and each of them where nothing else has the keys.
    fn say_outcomes(&mut self, batch: &Batch) {
        let tally = batch.tally();
        let all_gone = batch
            .attempts()
            .iter()
            .filter(|attempt| !attempt.is_struck())
            .all(|attempt| attempt.outcome().is_some_and(Outcome::is_gone));
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
    pub(super) fn log_failed(&mut self, why: &str) {
        let why = Text::clean(why, Limit::Line);
        self.status = Some(Status::warning(format!("an outcome was not logged: {why}")));
    }
}
