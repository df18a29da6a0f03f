//! Ending a session from the screen: opens the dialog, feeds the kill protocol, says what came of it.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::App;
use super::effect::Effect;
use super::keymap::Action;
use super::status::Status;
use crate::kill::{Answer, Attempt, Dialog, Event, FirstCheck, Order, Outcome, Press, Stage, Ticket, permit};
use crate::model::{Fault, Found, Identity, RowKey, Session, Sighting, Snapshot};

/// The open dialog.
#[derive(Clone, Debug)]
pub struct Asking {
    /// The victim, and what is known of it.
    pub attempt: Attempt,
    /// What is chosen, and whether Yes is open.
    pub dialog: Dialog,
}

/// The kills of this run.
#[derive(Clone, Debug, Default)]
pub struct Kills {
    /// The one that a person is being asked about.
    pub asking: Option<Asking>,
    /// Confirmed ones that are not over.
    pub running: Vec<Attempt>,
    /// The last ones that are gone, as a GET by id has said.
    pub ended: Vec<RowKey>,
    begun: u32,
}

impl Kills {
    /// Keeps a few: only a row that still stands on the screen needs them.
    fn remember_ended(&mut self, key: RowKey) {
        const KEPT: usize = 64;
        self.ended.push(key);
        let surplus = self.ended.len().saturating_sub(KEPT);
        self.ended.drain(..surplus);
    }

    /// Whether something was sent whose end is not known.
    pub fn in_flight(&self) -> bool {
        self.running.iter().any(Attempt::is_in_flight)
    }
}

impl App {
    /// `K`: asks about the session in the details if they have the keys, else the one under the cursor.
    pub(super) fn ask_to_kill(&mut self, effects: &mut Vec<Effect>) {
        if let Some(busy) = self.kills.running.first() {
            self.status = Some(Status::warning(format!(
                "one at a time: {} is still being ended",
                busy.identity.id
            )));
            return;
        }
        let victim = match &self.detail {
            Some(detail) if self.detail_has_keys() => Some((
                detail.identity.clone(),
                detail.session().clone(),
                detail.ended.is_some(),
            )),
            _ => self
                .table
                .generation
                .row(self.table.position())
                .map(|row| (row.identity(), row.session.clone(), row.has_ended())),
        };
        match victim {
            None => {}
            Some((identity, _, true)) => {
                self.status = Some(Status::note(format!("{} has ended already", identity.id)));
            }
            Some((identity, session, false)) => self.open_dialog(identity, session, effects),
        }
    }

    fn open_dialog(&mut self, identity: Identity, session: Session, effects: &mut Vec<Effect>) {
        let Some(endpoint) = self.endpoint(identity.endpoint) else {
            return;
        };
        let permitted = permit(&session, endpoint.authority());
        let (Some(dialect), Ok(())) = (endpoint.dialect, &permitted) else {
            let why = permitted
                .err()
                .map_or_else(|| "nothing was heard yet".to_owned(), |refusal| refusal.words());
            self.status = Some(Status::warning(format!("{}: {why}", identity.id)));
            return;
        };
        self.kills.begun += 1;
        let (attempt, order) = Attempt::new(self.kills.begun, identity, session, dialect);
        effects.push(effect(&attempt, order));
        self.kills.asking = Some(Asking {
            attempt,
            dialog: Dialog::default(),
        });
    }

    /// A key in the dialog.
    pub(super) fn dialog_key(&mut self, action: Action, effects: &mut Vec<Effect>) {
        let press = match action {
            Action::Yes => Press::Yes,
            Action::No => Press::No,
            Action::Choose => Press::Move,
            Action::Accept => Press::Enter,
            _ => return,
        };
        let now = self.now.elapsed;
        let Some(asking) = &mut self.kills.asking else {
            return;
        };
        match asking.dialog.press(press, now) {
            Answer::Stay => {}
            Answer::No => self.close_dialog(effects),
            Answer::Yes => {
                let order = asking.attempt.hear(Event::Confirmed, now);
                if let Some(Asking { mut attempt, .. }) = self.kills.asking.take() {
                    // What was compared last is what was confirmed.
                    attempt.session = confirmed_session(&attempt);
                    effects.extend(order.map(|order| effect(&attempt, order)));
                    self.status = Some(Status::note(format!(
                        "ending {} {} …",
                        attempt.identity.id,
                        attempt.identity.client()
                    )));
                    self.kills.running.push(attempt);
                }
                self.rearrange(effects);
            }
        }
    }

    fn close_dialog(&mut self, effects: &mut Vec<Effect>) {
        self.kills.asking = None;
        self.rearrange(effects);
    }

    /// The question that can be answered with Yes, if one is asked: what a frame drawn now shows.
    pub fn open_question(&self) -> Option<Ticket> {
        let asking = self.kills.asking.as_ref()?;
        asking.attempt.may_be_confirmed().then(|| asking.attempt.ticket())
    }

    /// The program was stopped meanwhile: what was seen before does not count any more.
    pub(super) fn dialog_resumed(&mut self) {
        if let Some(asking) = &mut self.kills.asking {
            asking.dialog = Dialog::default();
        }
    }

    /// A frame was written: if it showed that Yes is open, the 300 ms begin.
    pub(super) fn dialog_drawn(&mut self, question: Option<Ticket>) {
        let now = self.now.elapsed;
        let open = self.open_question();
        if let Some(asking) = &mut self.kills.asking {
            asking.dialog.drawn(open.is_some() && open == question, now);
        }
    }

    /// The answer of a check.
    pub(super) fn kill_seen(
        &mut self,
        ticket: Ticket,
        answer: Result<Arc<Sighting>, Fault>,
        effects: &mut Vec<Effect>,
    ) {
        let waited = answer
            .as_ref()
            .map_or(Duration::ZERO, |sighting| self.waited(sighting.taken_at));
        self.tell(ticket, Event::Seen(ticket, answer, waited), effects);
    }

    /// How long ago an answer was complete; by the wall clock, which goes on while we are stopped.
    fn waited(&self, taken_at: Timestamp) -> Duration {
        Duration::try_from(self.now.wall.duration_since(taken_at)).unwrap_or_default()
    }

    /// The answer of a DELETE.
    pub(super) fn kill_deleted(
        &mut self,
        ticket: Ticket,
        answer: Result<(), Fault>,
        effects: &mut Vec<Effect>,
    ) {
        self.tell(ticket, Event::Deleted(ticket, answer), effects);
    }

    fn tell(&mut self, ticket: Ticket, event: Event, effects: &mut Vec<Effect>) {
        let now = self.now.elapsed;
        let asked = self.kills.asking.iter_mut().map(|asking| &mut asking.attempt);
        let Some(attempt) = asked
            .chain(&mut self.kills.running)
            .find(|attempt| attempt.owns(ticket))
        else {
            return;
        };
        if let Some(order) = attempt.hear(event, now) {
            effects.push(effect(attempt, order));
        }
        self.settle_kills(effects);
    }

    /// A good list: a victim that is missing from two in a row is gone.
    pub(super) fn kills_listed(&mut self, snapshot: &Snapshot, effects: &mut Vec<Effect>) {
        let now = self.now.elapsed;
        for attempt in &mut self.kills.running {
            if attempt.identity.endpoint == snapshot.endpoint {
                let present = matches!(snapshot.find(&attempt.identity.key()), Found::Same(_));
                attempt.hear(Event::Listed { present }, now);
            }
        }
        self.settle_kills(effects);
    }

    /// Time has passed.
    pub(super) fn kills_clock(&mut self, effects: &mut Vec<Effect>) {
        let now = self.now.elapsed;
        for attempt in &mut self.kills.running {
            attempt.hear(Event::Clock, now);
        }
        self.settle_kills(effects);
    }

    /// Says what came of the ones that are over, and lets go of them.
    fn settle_kills(&mut self, effects: &mut Vec<Effect>) {
        let (over, running): (Vec<_>, Vec<_>) = std::mem::take(&mut self.kills.running)
            .into_iter()
            .partition(|attempt| attempt.outcome().is_some());
        self.kills.running = running;
        for attempt in &over {
            let Some(outcome) = attempt.outcome() else {
                continue;
            };
            if matches!(outcome, Outcome::NotAllowed(_))
                && let Some(endpoint) = self.endpoint_mut(attempt.identity.endpoint)
            {
                endpoint.read_only = true;
            }
            if outcome.is_gone() {
                self.kills.remember_ended(attempt.identity.key());
            }
            self.status = Some(Status::outcome(outcome, &attempt.identity));
        }
        if !over.is_empty() {
            effects.push(Effect::Refresh);
        }
        effects.extend(
            self.kills
                .running
                .iter()
                .filter_map(Attempt::wake_at)
                .min()
                .map(Effect::WakeAt),
        );
    }

    /// What is to be said when the program ends now: a line for each that was sent and not seen to
    /// its end.
    pub fn unsettled(&self) -> Vec<String> {
        let in_flight = self.kills.running.iter().filter(|attempt| attempt.is_in_flight());
        let line = |attempt: &Attempt| {
            let Identity { id, .. } = attempt.identity;
            format!(
                "unknown whether {id} {} ended: left before that was seen",
                attempt.identity.client()
            )
        };
        in_flight.map(line).collect()
    }
}

/// The session as the first check showed it.
fn confirmed_session(attempt: &Attempt) -> Session {
    match attempt.stage() {
        Stage::Asked(FirstCheck::Passed { sighting, .. }) => sighting.detail.session.clone(),
        _ => attempt.session.clone(),
    }
}

fn effect(attempt: &Attempt, order: Order) -> Effect {
    let Identity { endpoint, id, .. } = attempt.identity;
    match order {
        Order::Check { ticket, after } => Effect::Check {
            endpoint,
            id,
            ticket,
            after,
        },
        Order::Delete { ticket } => Effect::Delete { endpoint, id, ticket },
    }
}
