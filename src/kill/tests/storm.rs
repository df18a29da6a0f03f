//! Random events in random order: only confirmed sessions are killed, at most once each, and only after
//! their intent is logged.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

/// One thing that may happen. Tickets are picked from those that were given out.
#[derive(Clone, Debug)]
enum StormEvent {
    Strike(usize),
    Confirm(u64),
    TakeBack,
    Stop,
    Seen(usize, u8),
    Survey(usize, u8),
    Relisted(usize, u8),
    Deleted(usize, u8),
    Logged(usize, bool),
    Listed(u8, bool),
    Time(u64),
}

fn happens() -> impl Strategy<Value = StormEvent> {
    let pick = any::<usize>;
    prop_oneof![
        1 => pick().prop_map(StormEvent::Strike),
        3 => (0_u64..4_000).prop_map(StormEvent::Confirm),
        1 => Just(StormEvent::TakeBack),
        1 => Just(StormEvent::Stop),
        12 => (pick(), 0_u8..9).prop_map(|(ticket, kind)| StormEvent::Seen(ticket, kind)),
        2 => (pick(), 0_u8..4).prop_map(|(ticket, kind)| StormEvent::Survey(ticket, kind)),
        3 => (pick(), 0_u8..4).prop_map(|(ticket, kind)| StormEvent::Relisted(ticket, kind)),
        6 => (pick(), 0_u8..7).prop_map(|(ticket, kind)| StormEvent::Deleted(ticket, kind)),
        4 => (pick(), prop::bool::weighted(0.8)).prop_map(|(ticket, ok)| StormEvent::Logged(ticket, ok)),
        3 => (0_u8..4, prop::bool::weighted(0.1)).prop_map(|(kind, restart)| StormEvent::Listed(kind, restart)),
        6 => (0_u64..2_500).prop_map(StormEvent::Time),
    ]
}

const PROCESS: u32 = 1;

fn instance(number: u32) -> Instance {
    Instance {
        version: None,
        uptime: None,
        process: Some(process(number)),
        retained_statements: None,
    }
}

/// The simulated outside: what it has issued and received.
struct Storm {
    play: KillHarness,
    /// Number of orders that were checked.
    diagnoses: usize,
    confirmed: Vec<u64>,
    intents: Vec<u32>,
    /// The tickets of checks whose answer showed the very session that was confirmed.
    proven: BTreeMap<u64, bool>,
    /// The tickets of each session's DELETEs.
    deletes: BTreeMap<u64, Vec<u64>>,
    /// Tickets of DELETEs that were not written.
    unsent: BTreeSet<u64>,
    /// Number of orders before the first stop.
    orders_before_stop: Option<usize>,
}

impl Storm {
    fn new(victims: u64) -> Self {
        let known = process(PROCESS);
        let victims = (1..=victims).map(|id| victim_of(session(id, "alice"), Some(&known)));
        Self {
            play: KillHarness::ask(victims.collect()),
            diagnoses: 0,
            confirmed: Vec::new(),
            intents: Vec::new(),
            proven: BTreeMap::new(),
            deletes: BTreeMap::new(),
            unsent: BTreeSet::new(),
            orders_before_stop: None,
        }
    }

    fn tickets(&self) -> Vec<(Ticket, Option<u64>)> {
        let tickets = self.play.orders.iter().filter_map(|order| match order {
            Order::Ask { ticket, request, .. } => Some((
                *ticket,
                match request {
                    KillRequest::Check { id, .. } | KillRequest::Delete { id, .. } => Some(id.0),
                    _ => None,
                },
            )),
            Order::WriteIntents { ticket, .. } => Some((*ticket, None)),
            Order::WriteOutcomes(_) => None,
        });
        tickets.collect()
    }

    fn pick(&self, index: usize) -> (Ticket, u64) {
        let tickets = self.tickets();
        let (ticket, id) = tickets
            .get(index % tickets.len().max(1))
            .copied()
            .unwrap_or_default();
        (ticket, id.unwrap_or(1))
    }

    fn happen(&mut self, what: &StormEvent) {
        match *what {
            StormEvent::Strike(place) => {
                let count = self.play.batch.tasks().len();
                self.play.strike(place % count);
            }
            StormEvent::Confirm(grace) => {
                let question = self.play.batch.open_dialog_ticket();
                let meant = self.play.batch.tasks().iter().filter(|a| a.may_be_confirmed());
                let meant: Vec<_> = meant.map(|a| a.victim.identity.id.0).collect();
                if question.is_some() {
                    self.confirmed = meant;
                    self.play.confirm(Duration::from_millis(grace));
                }
            }
            StormEvent::TakeBack => drop(self.play.batch.cancel("storm")),
            StormEvent::Stop => {
                self.orders_before_stop.get_or_insert(self.play.orders.len());
                let orders = self.play.batch.stop(self.play.now);
                self.play.orders.extend(orders);
            }
            StormEvent::Seen(index, kind) => self.reply(index, kind),
            StormEvent::Survey(index, kind) => {
                let (ticket, _) = self.pick(index);
                let answer = match kind {
                    0 | 1 => Ok(Survey::OneProxy),
                    2 => Ok(Survey::SeveralProxies),
                    _ => Err(RequestError::TimedOut(Duration::from_secs(10))),
                };
                self.play.hear(KillEvent::Surveyed(ticket, answer));
            }
            StormEvent::Relisted(index, kind) => {
                let (ticket, _) = self.pick(index);
                let answer = match kind {
                    0 | 1 => Ok(Arc::new(self.rows(0))),
                    2 => Ok(Arc::new(self.rows(2))),
                    _ => Err(RequestError::Refused),
                };
                self.play.hear(KillEvent::Relisted(ticket, answer));
            }
            StormEvent::Deleted(index, kind) => {
                let (ticket, _) = self.pick(index);
                let answer = match kind {
                    0 => Ok(()),
                    1 => Err(RequestError::NotFound),
                    2 => Err(refused_password()),
                    3 => Err(RequestError::TimedOut(Duration::from_secs(10))),
                    4 => Err(RequestError::CheckExpired),
                    5 => Err(RequestError::Unsent),
                    _ => Err(RequestError::Status {
                        status: 500,
                        detail: None,
                    }),
                };
                if matches!(answer, Err(RequestError::CheckExpired | RequestError::Unsent)) {
                    self.unsent.insert(ticket.0);
                }
                self.play.hear(KillEvent::Deleted(ticket, answer));
            }
            StormEvent::Logged(index, ok) => {
                let (ticket, _) = self.pick(index);
                let answer = if ok { Ok(()) } else { Err(text("no")) };
                self.play.hear(KillEvent::Logged(ticket, answer));
            }
            StormEvent::Listed(kind, restart) => {
                let mut rows = self.rows(kind);
                rows.change.is_after_restart = restart;
                self.play.hear(KillEvent::Listed(Arc::new(rows)));
            }
            StormEvent::Time(ms) => self.play.leap(Duration::from_millis(ms)),
        }
    }

    fn reply(&mut self, index: usize, kind: u8) {
        let (ticket, id) = self.pick(index);
        let is_proof = kind <= 2;
        self.proven.insert(ticket.0, is_proof);
        let mut observation = Arc::unwrap_or_clone(self.play.sighting(session(id, "alice")));
        observation.process = Some(process(PROCESS));
        match kind {
            0..=2 => {}
            3 => observation.detail.session = session(id, "bob"),
            4 => observation.process = Some(process(PROCESS + 1)),
            5 => observation.other_process = Some(process(PROCESS + 1)),
            6 => observation.asked_at.wall -= SignedDuration::from_millis(1_001),
            7 => return self.play.missing(ticket, Some(process(PROCESS))),
            _ => return self.play.missing(ticket, Some(process(PROCESS + 1))),
        }
        self.play.hear(KillEvent::Seen(ticket, Ok(Arc::new(observation))));
    }

    fn rows(&self, kind: u8) -> Snapshot {
        let user = if kind == 2 { "bob" } else { "alice" };
        let count = self.play.batch.tasks().len() as u64;
        let rows = (1..=count).filter(|id| kind != 3 || id % 2 == 0);
        let mut list = self.play.list(rows.map(|id| session(id, user)).collect());
        list.instance = Some(instance(PROCESS));
        list
    }

    /// Checks every new order.
    fn check_invariants(&mut self) -> Result<(), TestCaseError> {
        let mut under_way = 0_usize;
        for (place, order) in (0..).zip(&self.play.orders).skip(self.diagnoses) {
            match order {
                Order::WriteIntents { entries, .. } => {
                    self.intents.extend(entries.iter().map(|entry| entry.kill));
                }
                Order::Ask {
                    ticket,
                    request: KillRequest::Delete { id, .. },
                    ..
                } => {
                    prop_assert!(self.confirmed.contains(&id.0), "{} was not confirmed", id.0);
                    let is_after_stop = self.orders_before_stop.is_some_and(|before| place >= before);
                    prop_assert!(!is_after_stop, "{} after the stop", id.0);
                    prop_assert!(self.intents.contains(&ticket.number()), "no intent for {}", id.0);
                    let check = Ticket(ticket.0 - 1);
                    prop_assert_eq!(self.proven.get(&check.0), Some(&true), "{} was not seen", id.0);
                    self.deletes.entry(id.0).or_default().push(ticket.0);
                }
                Order::Ask { .. } => under_way += 1,
                Order::WriteOutcomes(_) => {}
            }
        }
        self.diagnoses = self.play.orders.len();
        prop_assert!(under_way <= 17, "{under_way} at once");
        for tickets in self.deletes.values() {
            let (_last, before) = tickets.split_last().unwrap();
            prop_assert!(before.iter().all(|ticket| self.unsent.contains(ticket)), "twice");
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_delete_without_yes_intent_and_proof_and_none_twice(
        victims in prop_oneof![Just(1_u64), 2_u64..6, 17_u64..40],
        story in prop::collection::vec(happens(), 0..120),
    ) {
        let mut storm = Storm::new(victims);
        for what in &story {
            storm.happen(what);
            storm.check_invariants()?;
        }
    }
}
