//! Tests of the kill protocol: a batch, a clock that is moved by hand, and a simulated endpoint and log
//! that do only what a test orders.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::dialog::SETTLE_TIME;
use super::task::{FOLLOW_UP_TIME, LAST_REPLY_TIME};
use super::*;
use crate::filter::{Filter, ReasonNames};
use crate::model::{
    Absence, Connected, Dialect, EndpointId, Identity, Instance, ListDiff, ListStats, Now, Part,
    ProcessStart, RequestError, Session, SessionDetail, SessionId, SessionObservation, Snapshot, Text,
    TextLimit, Version,
};

mod asking;
mod evidence;
mod filters;
mod follow_up;
mod locks;
mod many;
mod one;
mod review;
mod simulation;
mod statement_simulation;
mod statements;
mod storm;
mod summaries;
mod words;

pub(super) fn text(raw: &str) -> Text {
    Text::clean(raw, TextLimit::Name)
}

pub(super) fn session(id: u64, user: &str) -> Session {
    Session {
        state: Some(text("Session started")),
        user: Some(text(user)),
        address: Some(text("10.0.0.7")),
        service: Some(text("RW-Split")),
        connected: Some(Arc::new(Connected {
            sent: text("Mon, 23 Nov 2026 16:17:13 GMT"),
            at: None,
        })),
        ..Session::bare(SessionId(id))
    }
}

fn process(number: u32) -> ProcessStart {
    ProcessStart {
        started_at: text(&format!("start {number}")),
        datadir: None,
        node: None,
    }
}

pub(super) fn victim_of(session: Session, process: Option<&ProcessStart>) -> Victim {
    Victim {
        identity: Identity::new(EndpointId(0), process, &session),
        session,
        endpoint: "127.0.0.1:1".into(),
        is_among_several: false,
        names: Arc::default(),
        dialect: Dialect::JsonApi,
        instance: None,
        reasons: ReasonNames::default(),
        taken_by: None,
        has_server_access: false,
        refused: None,
    }
}

fn victim(id: u64) -> Victim {
    victim_of(session(id, "alice"), None)
}

/// A batch with a simulated endpoint and log.
pub(super) struct KillHarness {
    pub(super) batch: KillBatch,
    pub(super) now: Now,
    /// All orders until now.
    pub(super) orders: Vec<Order>,
}

impl KillHarness {
    fn ask(victims: Vec<Victim>) -> Self {
        Self::protecting(victims, "")
    }

    fn protecting(victims: Vec<Victim>, protect: &str) -> Self {
        let now = Now {
            elapsed: Duration::from_secs(100),
            wall: Timestamp::from_second(1_795_450_800).unwrap(),
        };
        let rules = Rules {
            reports: std::collections::BTreeMap::new(),
            protect: Filter::parse(protect).unwrap(),
            ..Rules::default()
        };
        let (batch, orders) = KillBatch::open(1, victims, rules);
        let mut play = Self { batch, now, orders };
        for (ticket, _) in play.asked(|request| matches!(request, KillRequest::Survey)) {
            play.hear(KillEvent::Surveyed(ticket, Ok(Survey::OneProxy)));
        }
        play
    }

    fn one() -> Self {
        Self::ask(vec![victim(17)])
    }

    fn hear(&mut self, event: KillEvent) {
        self.orders.extend(self.batch.on_event(event, self.now));
        self.batch.check_counts();
    }

    /// Advances the time, with a clock event whenever the batch needs one.
    fn wait(&mut self, span: Duration) {
        let until = self.now.elapsed + span;
        while let Some(at) = self.batch.wake_at().filter(|at| *at <= until) {
            self.leap(at.saturating_sub(self.now.elapsed));
        }
        self.leap(until.saturating_sub(self.now.elapsed));
    }

    /// Advances the time without an event.
    fn leap(&mut self, span: Duration) {
        self.now.elapsed += span;
        self.now.wall += SignedDuration::try_from(span).unwrap();
        self.hear(KillEvent::Clock);
    }

    fn strike(&mut self, place: usize) {
        let orders = self.batch.toggle_removed(&[place], self.now);
        self.orders.extend(orders);
        self.batch.check_counts();
    }

    fn confirm(&mut self, grace: Duration) {
        let orders = self.batch.confirm(None, grace, self.now);
        self.orders.extend(orders);
        self.batch.check_counts();
    }

    /// Confirms without a grace period and logs the intents.
    fn go(&mut self) {
        self.confirm(Duration::ZERO);
        let ticket = self.intents();
        self.hear(KillEvent::Logged(ticket, Ok(())));
    }

    /// Returns the ticket of the last intents.
    fn intents(&self) -> Ticket {
        let last = self.orders.iter().rev().find_map(|order| match order {
            Order::WriteIntents { ticket, .. } => Some(*ticket),
            _ => None,
        });
        last.expect("intents")
    }

    /// Returns all requests of one kind until now.
    fn asked(&self, wanted: impl Fn(&KillRequest) -> bool) -> Vec<(Ticket, KillRequest)> {
        let asked = self.orders.iter().filter_map(|order| match order {
            Order::Ask { ticket, request, .. } => Some((*ticket, request.clone())),
            _ => None,
        });
        asked.filter(|(_, request)| wanted(request)).collect()
    }

    fn checks(&self) -> Vec<(Ticket, u64)> {
        let checks = self.asked(|request| matches!(request, KillRequest::Check { .. }));
        let id = |request| match request {
            KillRequest::Check { id, .. } => id.0,
            _ => 0,
        };
        checks
            .into_iter()
            .map(|(ticket, request)| (ticket, id(request)))
            .collect()
    }

    fn last_check(&self) -> Ticket {
        self.checks().last().expect("a check").0
    }

    fn deletes(&self) -> Vec<(Ticket, u64)> {
        let deletes = self.asked(|request| matches!(request, KillRequest::Delete { .. }));
        let id = |request| match request {
            KillRequest::Delete { id, .. } => id.0,
            _ => 0,
        };
        deletes
            .into_iter()
            .map(|(ticket, request)| (ticket, id(request)))
            .collect()
    }

    fn last_delete(&self) -> Ticket {
        self.deletes().last().expect("a DELETE").0
    }

    /// Returns the entries of the audit log: number of the kill and word.
    fn logged(&self) -> Vec<(u32, &'static str)> {
        let entries = self.orders.iter().flat_map(|order| match order {
            Order::WriteIntents { entries, .. } | Order::WriteOutcomes(entries) => entries.as_slice(),
            Order::Ask { .. } => &[],
        });
        let word = |entry: &AuditEntry| entry.outcome.as_ref().map_or("intent", KillOutcome::word);
        entries.map(|entry| (entry.kill, word(entry))).collect()
    }

    /// Replies to a check. A 404 comes from the victims' own process.
    fn reply(&mut self, ticket: Ticket, answer: Result<Session, RequestError>) {
        if answer == Err(RequestError::NotFound) {
            let victims = self.batch.tasks().first();
            let process = victims.and_then(|task| task.victim.identity.process.clone());
            return self.missing(ticket, process);
        }
        let answer = answer.map(|session| self.sighting(session));
        self.hear(KillEvent::Seen(ticket, answer));
    }

    fn missing(&mut self, ticket: Ticket, process: Option<ProcessStart>) {
        let absence = Absence {
            process,
            other_process: None,
        };
        self.hear(KillEvent::Missing(ticket, absence));
    }

    /// Replies to the last check from this process, and from `other` if given.
    fn seen_by(&mut self, process: u32, other: Option<u32>) {
        let (ticket, id) = *self.checks().last().expect("a check");
        let observation = SessionObservation {
            process: Some(self::process(process)),
            other_process: other.map(self::process),
            ..Arc::unwrap_or_clone(self.sighting(session(id, "alice")))
        };
        self.hear(KillEvent::Seen(ticket, Ok(Arc::new(observation))));
    }

    fn sighting(&self, session: Session) -> Arc<SessionObservation> {
        Arc::new(SessionObservation {
            endpoint: EndpointId(0),
            process: None,
            other_process: None,
            asked_at: self.now,
            taken_at: self.now.wall,
            detail: SessionDetail::of(session),
        })
    }

    /// Replies to the last check with alice, unchanged.
    fn still_alice(&mut self) {
        let (ticket, id) = *self.checks().last().expect("a check");
        self.reply(ticket, Ok(session(id, "alice")));
    }

    fn deleted(&mut self, answer: Result<(), RequestError>) {
        let ticket = self.last_delete();
        self.hear(KillEvent::Deleted(ticket, answer));
    }

    fn list(&self, sessions: Vec<Session>) -> Snapshot {
        Snapshot {
            endpoint: EndpointId(0),
            dialect: Dialect::JsonApi,
            instance: None,
            number: 1,
            asked_at: self.now,
            taken_at: self.now.wall,
            cost: Duration::ZERO,
            decode_time: Duration::ZERO,
            least_interval: Duration::ZERO,
            bytes: 0,
            sessions,
            blanked: 0,
            dropped: 0,
            change: ListDiff::default(),
            stats: ListStats::default(),
            rows: crate::model::RowReads::default(),
        }
    }

    fn outcome(&self) -> Option<&KillOutcome> {
        self.batch.tasks()[0].outcome()
    }

    fn words(&self) -> String {
        self.outcome()
            .expect("an outcome")
            .words(&self.batch.tasks()[0].victim.identity)
    }
}

fn refused_password() -> RequestError {
    RequestError::NotAllowed {
        status: 401,
        detail: None,
        with_credentials: true,
    }
}
