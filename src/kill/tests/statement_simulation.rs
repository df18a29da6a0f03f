//! Kills with statements against a simulated server: MaxScale hands idle threads to other sessions, thread ids
//! are used again, servers restart, connections are opened again, and replies are lost or arrive twice.
//!
//! All sessions have the same user, the same address and the same statement text, so only the protocol
//! separates them.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::statements::{connected_session, reading, running_thread, statement_victim};
use super::*;
use crate::model::{LockReading, ServerAccessFault, ServerThread, ServerThreads};

/// The victim's id. Other sessions have other ids.
const VICTIM: u64 = 1;
/// Low 32 bits of every thread id are below this, so that ids collide often.
const THREADS: u64 = 3;

/// One change of the world.
#[derive(Clone, Copy, Debug)]
enum Change {
    /// The session starts a statement on its thread, or takes a free thread.
    Begin(u64),
    /// The statement of the thread ends. The thread stays with its session.
    Finish(u64),
    /// MaxScale takes an idle thread from its session.
    Pool(u64),
    /// An idle thread ends. Its id is used again.
    Disconnect(u64),
    /// The server restarts: query ids begin again.
    Restart,
    /// The connection of `/v1/sql` is closed.
    CloseConnection,
    /// The victim's session ends by itself.
    Leave,
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        6 => (1..4_u64).prop_map(Change::Begin),
        4 => (1..=THREADS).prop_map(Change::Finish),
        4 => (1..=THREADS).prop_map(Change::Pool),
        1 => (1..=THREADS).prop_map(Change::Disconnect),
        1 => Just(Change::Restart),
        1 => Just(Change::CloseConnection),
        1 => Just(Change::Leave),
    ]
}

/// The fate of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Arrives,
    Lost,
    Twice,
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![8 => Just(Fate::Arrives), 1 => Just(Fate::Lost), 1 => Just(Fate::Twice)]
}

/// The changes before and after the server handles one request, and the fate of its reply.
type Step = (Vec<Change>, Vec<Change>, Fate);

fn step() -> impl Strategy<Value = Step> {
    let changes = || prop::collection::vec(change(), 0..3);
    (changes(), changes(), fate())
}

#[derive(Clone, Copy, Debug, Default)]
struct SimThread {
    session: Option<u64>,
    /// The running or last statement.
    query_id: u64,
    is_running: bool,
}

struct SimulatedServer {
    threads: BTreeMap<u64, SimThread>,
    run: u64,
    connection: u64,
    next_query: u64,
    /// The session of each statement, by run and query id.
    owners: BTreeMap<(u64, u64), u64>,
    victim_lives: bool,
    /// Statements that were ended by a KILL.
    ended: Vec<(u64, u64)>,
    kills: BTreeSet<(u64, u64)>,
}

impl SimulatedServer {
    fn new() -> Self {
        let mut server = Self {
            threads: BTreeMap::new(),
            run: 1,
            connection: 0,
            next_query: 1,
            owners: BTreeMap::new(),
            victim_lives: true,
            ended: Vec::new(),
            kills: BTreeSet::new(),
        };
        server.apply(Change::Begin(VICTIM));
        server
    }

    fn thread_of(&self, session: u64) -> Option<u64> {
        let mut threads = self.threads.iter();
        threads
            .find(|(_, thread)| thread.session == Some(session))
            .map(|(id, _)| *id)
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Begin(session) if session == VICTIM && !self.victim_lives => {}
            Change::Begin(session) => {
                let is_free = |id: &u64| {
                    self.threads
                        .get(id)
                        .is_none_or(|thread| thread.session.is_none() && !thread.is_running)
                };
                let Some(id) = self.thread_of(session).or_else(|| (1..=THREADS).find(is_free)) else {
                    return;
                };
                if self.threads.get(&id).is_some_and(|thread| thread.is_running) {
                    return;
                }
                let query_id = self.next_query;
                self.next_query += 1;
                self.owners.insert((self.run, query_id), session);
                self.threads.insert(
                    id,
                    SimThread {
                        session: Some(session),
                        query_id,
                        is_running: true,
                    },
                );
            }
            Change::Finish(id) => {
                if let Some(thread) = self.threads.get_mut(&id) {
                    thread.is_running = false;
                }
            }
            Change::Pool(id) => {
                if let Some(thread) = self.threads.get_mut(&id).filter(|thread| !thread.is_running) {
                    thread.session = None;
                }
            }
            Change::Disconnect(id) => {
                if self.threads.get(&id).is_some_and(|thread| !thread.is_running) {
                    self.threads.remove(&id);
                }
            }
            Change::Restart => {
                self.threads.clear();
                self.run += 1;
                self.next_query = 1;
                self.connection += 1;
            }
            Change::CloseConnection => self.connection += 1,
            Change::Leave => self.end_victim(),
        }
    }

    /// Ends the session. A running statement continues, an idle thread is pooled.
    fn end_victim(&mut self) {
        self.victim_lives = false;
        for thread in self
            .threads
            .values_mut()
            .filter(|thread| thread.session == Some(VICTIM))
        {
            thread.session = None;
        }
    }

    fn read(&self) -> Vec<ServerThreads> {
        let rows = self.threads.iter().map(|(id, thread)| {
            let row = running_thread(*id, thread.query_id);
            if thread.is_running {
                return row;
            }
            ServerThread {
                command: Some(text("Sleep")),
                statement: None,
                ..row
            }
        });
        vec![ServerThreads {
            server: text("db-01"),
            reading: Ok(reading(self.connection, self.run, rows.collect())),
        }]
    }

    fn kill(&mut self, connection: u64, query_id: u64) -> Result<(), ServerAccessFault> {
        if connection != self.connection {
            return Err(ServerAccessFault::Lost);
        }
        assert!(self.kills.insert((self.run, query_id)), "a second KILL");
        let found = self
            .threads
            .values_mut()
            .find(|thread| thread.query_id == query_id);
        let Some(thread) = found else {
            return Err(ServerAccessFault::Ended);
        };
        thread.is_running = false;
        self.ended.push((self.run, query_id));
        Ok(())
    }
}

struct Simulation {
    play: KillHarness,
    server: SimulatedServer,
    handled: usize,
    is_logged: bool,
}

impl Simulation {
    fn new() -> Self {
        let rules = Rules {
            kills_statements: true,
            ..Rules::default()
        };
        let victim = statement_victim(VICTIM, 1);
        let mut simulation = Self {
            play: KillHarness::with_statements(vec![victim], rules),
            server: SimulatedServer::new(),
            handled: 0,
            is_logged: false,
        };
        let ticket = simulation.play.last_check();
        let first = simulation.session();
        simulation.play.reply(ticket, Ok(first));
        simulation.handled = simulation.play.orders.len();
        simulation.play.confirm(Duration::ZERO);
        simulation
    }

    /// The victim's session as the proxy reports it now.
    fn session(&self) -> Session {
        let thread = self.server.thread_of(VICTIM).unwrap_or_default();
        connected_session(VICTIM, u32::try_from(thread).unwrap())
    }

    fn run(&mut self, steps: &[Step]) {
        let quiet = (Vec::new(), Vec::new(), Fate::Arrives);
        let mut steps = steps.iter();
        for _ in 0..60 {
            let Some(order) = self.play.orders.get(self.handled).cloned() else {
                match self.play.batch.wake_at() {
                    Some(at) => self.play.leap(at.saturating_sub(self.play.now.elapsed)),
                    None => return,
                }
                continue;
            };
            self.handled += 1;
            let (before, after, fate) = steps.next().unwrap_or(&quiet);
            for change in before {
                self.server.apply(*change);
            }
            let reply = self.handle(order, *fate == Fate::Lost);
            for change in after {
                self.server.apply(*change);
            }
            if let Some(event) = reply {
                if *fate == Fate::Twice {
                    self.play.hear(event.clone());
                }
                self.play.hear(event);
            }
        }
    }

    fn handle(&mut self, order: Order, is_lost: bool) -> Option<KillEvent> {
        let lost = || RequestError::TimedOut(Duration::from_secs(10));
        match order {
            Order::WriteOutcomes(_) => None,
            Order::WriteIntents { ticket, entries } => {
                let is_about_statement = entries.iter().any(|entry| entry.statement.is_some());
                self.is_logged |= is_about_statement && !is_lost;
                let result = if is_lost { Err(text("disk full")) } else { Ok(()) };
                Some(KillEvent::Logged(ticket, result))
            }
            Order::Ask { ticket, request, .. } => Some(match request {
                KillRequest::Survey => KillEvent::Surveyed(ticket, Ok(Survey::OneProxy)),
                KillRequest::List => return None,
                KillRequest::Check { .. } if is_lost => KillEvent::Seen(ticket, Err(lost())),
                KillRequest::Check { .. } if self.server.victim_lives => {
                    let session = self.session();
                    KillEvent::Seen(ticket, Ok(self.play.sighting(session)))
                }
                KillRequest::Check { .. } => KillEvent::Missing(
                    ticket,
                    Absence {
                        process: None,
                        other_process: None,
                    },
                ),
                KillRequest::Delete { .. } => {
                    let lived = self.server.victim_lives;
                    self.server.end_victim();
                    let found = if lived {
                        Ok(())
                    } else {
                        Err(RequestError::NotFound)
                    };
                    KillEvent::Deleted(ticket, if is_lost { Err(lost()) } else { found })
                }
                KillRequest::ReadThreads { .. } => {
                    let mut readings = self.server.read();
                    if is_lost {
                        readings[0].reading = Err(ServerAccessFault::Request(lost()));
                    }
                    KillEvent::ThreadsRead(ticket, readings)
                }
                KillRequest::ReadLocks { .. } => {
                    KillEvent::LocksRead(ticket, LockReading::none(self.play.now))
                }
                KillRequest::EndStatement {
                    connection,
                    query_id,
                    index,
                    ..
                } => {
                    assert!(self.is_logged, "a KILL without an intent");
                    assert!(!self.server.victim_lives, "a KILL before the DELETE");
                    let result = self.server.kill(connection, query_id);
                    let lost = || Err(ServerAccessFault::Request(lost()));
                    KillEvent::StatementEnded(ticket, index, if is_lost { lost() } else { result })
                }
            }),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn a_kill_ends_only_statements_of_the_confirmed_session(steps in prop::collection::vec(step(), 0..14)) {
        let mut simulation = Simulation::new();
        simulation.run(&steps);
        let server = &simulation.server;
        for ended in &server.ended {
            prop_assert_eq!(server.owners.get(ended), Some(&VICTIM));
        }
        // What the outcome calls ended does not run.
        if let Some(results) = simulation.play.outcome().and_then(KillOutcome::statements) {
            let runs = |query_id: u64| {
                let mut threads = server.threads.values();
                threads.any(|thread| thread.is_running && thread.query_id == query_id)
            };
            for statement in &results.statements {
                let is_of_this_run = server.run == 1;
                prop_assert!(!(is_of_this_run && statement.state == StatementState::Ended && runs(statement.query_id)));
            }
        }
    }
}

#[test]
fn an_undisturbed_statement_is_ended() {
    let mut simulation = Simulation::new();
    simulation.run(&[]);
    assert_eq!(simulation.server.ended, [(1, 1)]);
    assert!(
        simulation.play.words().contains("was ended"),
        "{}",
        simulation.play.words()
    );
}
