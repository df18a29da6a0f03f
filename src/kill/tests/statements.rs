//! The statements of a killed session: which are ended, which are left alone, and what the outcome says.

use super::*;
use crate::diagnosis::{DiagnosisSettings, ExpectedFilter};
use crate::model::{
    BoundedRows, Instance, JsonApiFields, RunningStatement, ServerAccessFault, ServerConnection,
    ServerProcess, ServerThread, ServerThreads, ThreadReading,
};

pub(super) const SQL: &str = "UPDATE shop.orders SET paid = 1";

/// A session with a thread on db-01.
pub(super) fn connected_session(id: u64, thread: u32) -> Session {
    let extra = JsonApiFields {
        backends: Some(vec![ServerConnection {
            server: text("db-01"),
            thread_id: Some(thread),
        }]),
        running: Some(RunningStatement {
            sql: Some(text(SQL)),
            received: text("now"),
        }),
        ..JsonApiFields::default()
    };
    Session {
        extra: Some(Arc::new(extra)),
        ..session(id, "alice")
    }
}

/// A thread that runs a statement for alice.
pub(super) fn running_thread(id: u64, query_id: u64) -> ServerThread {
    ServerThread {
        id,
        user: Some(text("alice")),
        host: Some(text("10.0.0.5:33269")),
        command: Some(text("Query")),
        query_id: Some(query_id),
        statement: Some(text(SQL)),
        ..ServerThread::default()
    }
}

/// A complete reading over a connection, in a run of the server.
pub(super) fn reading(connection: u64, run: u64, rows: Vec<ServerThread>) -> ThreadReading {
    ThreadReading {
        connection,
        process: ServerProcess {
            hostname: Some(text("db1")),
            port: Some(3306),
            server_id: Some(1),
            version: Some(text("10.11.9-MariaDB")),
            started: Some(1_000 * run),
            own_thread: Some(9 + connection),
            own_host: Some(text("10.0.0.5:40000")),
            account: None,
        },
        sees_all: true,
        threads: BoundedRows {
            rows,
            ..BoundedRows::default()
        },
    }
}

fn of_db01(reading: Result<ThreadReading, ServerAccessFault>) -> Vec<ServerThreads> {
    vec![ServerThreads {
        server: text("db-01"),
        reading,
    }]
}

pub(super) fn statement_victim(id: u64, thread: u32) -> Victim {
    Victim {
        has_server_access: true,
        ..victim_of(connected_session(id, thread), None)
    }
}

impl KillHarness {
    /// Opens a batch with server access and answers its survey.
    pub(super) fn with_statements(victims: Vec<Victim>, rules: Rules) -> Self {
        let now = Now {
            elapsed: Duration::from_secs(100),
            wall: Timestamp::from_second(1_795_450_800).unwrap(),
        };
        let (batch, orders) = KillBatch::open(1, victims, rules);
        let mut play = Self { batch, now, orders };
        for (ticket, _) in play.asked(|request| matches!(request, KillRequest::Survey)) {
            play.hear(KillEvent::Surveyed(ticket, Ok(Survey::OneProxy)));
        }
        play
    }

    fn readings(&self) -> Vec<Ticket> {
        let asked = self.asked(|request| matches!(request, KillRequest::ReadThreads { .. }));
        asked.into_iter().map(|(ticket, _)| ticket).collect()
    }

    fn ends(&self) -> Vec<(Ticket, u64, u64)> {
        let asked = self.asked(|request| matches!(request, KillRequest::EndStatement { .. }));
        let one = |(ticket, request)| match request {
            KillRequest::EndStatement {
                connection, query_id, ..
            } => (ticket, connection, query_id),
            _ => (ticket, 0, 0),
        };
        asked.into_iter().map(one).collect()
    }

    fn read(&mut self, result: Result<ThreadReading, ServerAccessFault>) {
        let ticket = *self.readings().last().expect("a reading");
        self.hear(KillEvent::ThreadsRead(ticket, of_db01(result)));
    }

    /// Kills the session after this reading, and confirms that it is gone.
    fn kill_after(&mut self, before: Result<ThreadReading, ServerAccessFault>) {
        self.check_after(before);
        self.deleted(Ok(()));
        self.wait(Duration::from_millis(20));
        let ticket = self.last_check();
        self.missing(ticket, None);
    }

    fn check_after(&mut self, before: Result<ThreadReading, ServerAccessFault>) {
        let ticket = self.last_check();
        self.reply(ticket, Ok(connected_session(17, 269)));
        self.go();
        self.read(before);
        let ticket = self.last_check();
        self.reply(ticket, Ok(connected_session(17, 269)));
    }

    fn log_statements(&mut self) {
        let ticket = self.intents();
        self.hear(KillEvent::Logged(ticket, Ok(())));
    }
}

fn ending() -> Rules {
    Rules {
        kills_statements: true,
        ..Rules::default()
    }
}

fn start(rules: Rules) -> KillHarness {
    KillHarness::with_statements(vec![statement_victim(17, 269)], rules)
}

fn running() -> ThreadReading {
    reading(0, 1, vec![running_thread(269, 77)])
}

fn without() -> ThreadReading {
    reading(0, 1, Vec::new())
}

#[test]
fn the_threads_are_read_before_the_check_and_after_the_session_is_gone() {
    let mut play = start(ending());
    let ticket = play.last_check();
    play.reply(ticket, Ok(connected_session(17, 269)));
    play.go();
    assert_eq!((play.readings().len(), play.checks().len()), (1, 1));
    play.read(Ok(running()));
    assert_eq!((play.checks().len(), play.deletes().len()), (2, 0));
    let ticket = play.last_check();
    play.reply(ticket, Ok(connected_session(17, 269)));
    play.deleted(Ok(()));
    assert_eq!(play.readings().len(), 1);
    play.wait(Duration::from_millis(20));
    let ticket = play.last_check();
    play.missing(ticket, None);
    assert_eq!((play.readings().len(), play.outcome()), (2, None));
}

#[test]
fn without_server_access_the_outcome_says_that_a_statement_may_still_run() {
    let possible = "in 20ms; if a statement was running, it may still run on its server";
    for (dialect, kept, running, words) in [
        (
            Dialect::JsonApi,
            5,
            true,
            "; its statement may still run: not checked, because sql-user is not set",
        ),
        (Dialect::JsonApi, 5, false, "in 20ms"),
        (Dialect::JsonApi, 0, false, possible),
        (Dialect::Draft, 0, false, possible),
    ] {
        let victim = Victim {
            has_server_access: false,
            dialect,
            instance: Some(Instance {
                version: None,
                uptime: None,
                process: None,
                retained_statements: Some(kept),
            }),
            ..statement_victim(17, 269)
        };
        let mut session = connected_session(17, 269);
        if !running && let Some(extra) = session.extra.as_mut().map(Arc::make_mut) {
            extra.running = None;
        }
        if dialect == Dialect::Draft {
            session.extra = None;
        }
        let mut play = KillHarness::with_statements(vec![victim], Rules::default());
        let ticket = play.last_check();
        play.reply(ticket, Ok(session.clone()));
        play.go();
        let ticket = play.last_check();
        play.reply(ticket, Ok(session));
        play.deleted(Ok(()));
        play.wait(Duration::from_millis(20));
        let ticket = play.last_check();
        play.missing(ticket, None);
        assert!(play.readings().is_empty());
        assert!(play.words().ends_with(words), "{}", play.words());
    }
}

#[test]
fn a_statement_that_still_runs_gets_one_kill_after_its_intent_is_logged() {
    let mut play = start(ending());
    play.kill_after(Ok(running()));
    play.read(Ok(running()));
    assert!(play.ends().is_empty());
    let entries = play.orders.iter().rev().find_map(|order| match order {
        Order::WriteIntents { entries, .. } => Some(entries.clone()),
        _ => None,
    });
    let statement = entries.unwrap()[0].statement.clone().unwrap();
    assert_eq!((statement.thread, statement.query_id), (269, 77));
    play.log_statements();
    let [(ticket, 0, 77)] = play.ends()[..] else {
        panic!("{:?}", play.ends());
    };
    play.hear(KillEvent::StatementEnded(ticket, 0, Ok(())));
    play.hear(KillEvent::StatementEnded(ticket, 0, Ok(())));
    play.wait(Duration::from_millis(150));
    play.read(Ok(without()));
    assert!(
        play.words().ends_with(&format!(
            "in 20ms; its statement on db-01 was ended (thread 269, {SQL})"
        )),
        "{}",
        play.words()
    );
    assert_eq!(play.ends().len(), 1);
    assert!(play.batch.is_finished());
}

#[test]
fn a_lost_reply_is_never_repeated() {
    let mut play = start(ending());
    play.kill_after(Ok(running()));
    play.read(Ok(running()));
    play.log_statements();
    let (ticket, ..) = play.ends()[0];
    let lost = ServerAccessFault::Request(RequestError::TimedOut(Duration::from_secs(10)));
    play.hear(KillEvent::StatementEnded(ticket, 0, Err(lost)));
    for _ in 0..40 {
        play.wait(Duration::from_secs(1));
        play.read(Ok(running()));
    }
    assert_eq!(play.ends().len(), 1);
    assert!(play.words().contains("still runs on db-01"), "{}", play.words());
}

#[test]
fn without_the_option_the_outcome_says_what_runs_and_the_statement_is_watched() {
    let mut play = start(Rules::default());
    play.kill_after(Ok(running()));
    play.read(Ok(running()));
    assert!(
        play.words().contains(&format!(
            "; its statement still runs on db-01 (thread 269, {SQL}); to end it there: KILL SOFT QUERY ID 77"
        )),
        "{}",
        play.words()
    );
    assert!(!play.batch.is_finished());
    assert_eq!(play.batch.take_news(), [0]);
    play.wait(Duration::from_secs(2));
    play.read(Ok(running()));
    assert_eq!(play.batch.take_news(), [0; 0]);
    play.wait(Duration::from_secs(2));
    play.read(Ok(without()));
    assert!(
        play.words().ends_with("; its statement on db-01 has ended"),
        "{}",
        play.words()
    );
    assert_eq!(play.batch.take_news(), [0]);
    assert!(play.ends().is_empty() && play.batch.is_finished());
}

#[test]
fn another_statement_of_the_same_thread_is_left_alone() {
    for after in [running_thread(269, 78), running_thread(270, 77)] {
        let mut play = start(ending());
        play.kill_after(Ok(running()));
        play.read(Ok(reading(0, 1, vec![after])));
        assert!(play.ends().is_empty());
        assert!(play.batch.is_finished());
    }
}

#[test]
fn another_connection_or_another_run_of_the_server_proves_nothing() {
    for (connection, run) in [(1, 1), (0, 2)] {
        let mut play = start(ending());
        play.kill_after(Ok(running()));
        play.read(Ok(reading(connection, run, vec![running_thread(269, 77)])));
        assert!(play.ends().is_empty());
        assert!(
            play.words()
                .contains("unknown whether its statement on db-01 still runs"),
            "{}",
            play.words()
        );
    }
}

#[test]
fn a_missing_thread_has_ended_only_if_all_threads_are_visible() {
    let cut = |sees_all, has_more| {
        let mut after = without();
        after.sees_all = sees_all;
        after.threads.has_more = has_more;
        let mut play = start(Rules::default());
        play.kill_after(Ok(running()));
        play.read(Ok(after));
        play.words()
    };
    assert!(cut(true, false).ends_with("has ended"));
    assert!(cut(false, false).ends_with("lacks PROCESS"));
    assert!(cut(true, true).ends_with("more statements than can be read"));
}

#[test]
fn without_a_logged_intent_nothing_is_ended() {
    let mut play = start(ending());
    play.kill_after(Ok(running()));
    play.read(Ok(running()));
    let ticket = play.intents();
    play.hear(KillEvent::Logged(ticket, Err(text("disk full"))));
    assert!(play.ends().is_empty());
    assert!(
        play.words()
            .contains("left alone: its intent could not be logged"),
        "{}",
        play.words()
    );
}

#[test]
fn a_late_log_or_a_stop_ends_nothing() {
    let mut play = start(ending());
    play.kill_after(Ok(running()));
    play.read(Ok(running()));
    play.wait(Duration::from_secs(7));
    assert!(
        play.words().contains("the audit log takes too long"),
        "{}",
        play.words()
    );
    play.log_statements();
    assert!(play.ends().is_empty());

    let mut play = start(ending());
    play.kill_after(Ok(running()));
    play.read(Ok(running()));
    let orders = play.batch.stop(play.now);
    play.orders.extend(orders);
    play.log_statements();
    assert!(play.ends().is_empty());
    assert!(play.words().contains("the kill was stopped"), "{}", play.words());
}

#[test]
fn a_thread_of_another_user_or_address_is_left_alone() {
    let other_user = ServerThread {
        user: Some(text("maxscale")),
        statement: Some(text("DELETE FROM shop.orders")),
        ..running_thread(269, 77)
    };
    let other_host = ServerThread {
        host: Some(text("10.9.9.9:1")),
        ..running_thread(269, 77)
    };
    for thread in [other_user, other_host] {
        let mut play = start(ending());
        play.kill_after(Ok(reading(0, 1, vec![thread.clone()])));
        play.read(Ok(reading(0, 1, vec![thread])));
        assert!(
            play.words().contains("was left alone: its thread has another"),
            "{}",
            play.words()
        );
        assert!(play.ends().is_empty());
    }
}

#[test]
fn a_thread_of_the_service_or_with_the_clients_address_counts_if_the_rest_is_equal() {
    let service = ServerThread {
        user: Some(text("maxscale")),
        ..running_thread(269, 77)
    };
    let proxied = ServerThread {
        host: Some(text("::ffff:10.0.0.7:52811")),
        ..running_thread(269, 77)
    };
    for thread in [service, proxied] {
        let mut play = start(ending());
        play.kill_after(Ok(reading(0, 1, vec![thread.clone()])));
        play.read(Ok(reading(0, 1, vec![thread])));
        play.log_statements();
        assert_eq!(play.ends().len(), 1);
    }
}

#[test]
fn an_ipv6_address_is_compared_without_its_port() {
    let session = Session {
        address: Some(text("2001:db8::7")),
        ..connected_session(17, 269)
    };
    let thread = |host: &str| ServerThread {
        host: Some(text(host)),
        ..running_thread(269, 77)
    };
    let is_own = |host: &str| {
        let reading = reading(0, 1, Vec::new());
        super::super::statements::refusal(&session, &reading, &thread(host)).is_none()
    };
    assert!(is_own("2001:db8::7:52811") && is_own("10.0.0.5:1"));
    assert!(!is_own("2001:db8::8:52811") && !is_own("2001:db8::7:1:1") && !is_own("localhost"));
}

#[test]
fn the_statement_of_an_expected_session_is_left_alone() {
    let mut play = start(Rules {
        diagnosis: DiagnosisSettings {
            expected: ExpectedFilter::parse("user=alice").unwrap(),
            ..DiagnosisSettings::default()
        },
        ..ending()
    });
    play.kill_after(Ok(running()));
    play.read(Ok(running()));
    assert!(
        play.words()
            .contains("left alone: the session is expected to wait"),
        "{}",
        play.words()
    );
    assert!(play.ends().is_empty());
}

#[test]
fn an_ended_statement_and_a_missing_privilege_are_named() {
    let kill = |fault| {
        let mut play = start(ending());
        play.kill_after(Ok(running()));
        play.read(Ok(running()));
        play.log_statements();
        let (ticket, ..) = play.ends()[0];
        play.hear(KillEvent::StatementEnded(ticket, 0, Err(fault)));
        play.wait(Duration::from_secs(4));
        if !play.batch.is_finished() {
            play.read(Ok(running()));
        }
        play.words()
    };
    assert!(kill(ServerAccessFault::Ended).ends_with("its statement on db-01 has ended"));
    let words = kill(ServerAccessFault::NoPrivilege(text(
        "You are not owner of thread 269",
    )));
    assert!(
        words.contains("still runs on db-01") && words.contains("missing privilege"),
        "{words}"
    );
}

#[test]
fn a_failed_reading_does_not_stop_the_kill_of_the_session() {
    let mut play = start(ending());
    play.kill_after(Err(ServerAccessFault::Lost));
    assert!(
        play.words()
            .ends_with("; unknown whether a statement still runs on db-01: the connection was closed"),
        "{}",
        play.words()
    );
    assert!(play.outcome().unwrap().statements().unwrap().may_run());
}

#[test]
fn two_lists_without_the_session_do_not_confirm_its_end() {
    let mut play = start(ending());
    play.check_after(Ok(running()));
    play.deleted(Ok(()));
    for _ in 0..2 {
        let list = play.list(Vec::new());
        play.hear(KillEvent::Listed(Arc::new(list)));
    }
    assert!(
        play.words()
            .ends_with("so the server was not read again; b shows what runs"),
        "{}",
        play.words()
    );
    assert!(play.ends().is_empty() && play.readings().len() == 1);
}

#[test]
fn without_server_access_nothing_is_read() {
    let mut play = KillHarness::with_statements(vec![victim_of(connected_session(17, 269), None)], ending());
    let ticket = play.last_check();
    play.reply(ticket, Ok(connected_session(17, 269)));
    play.go();
    assert!(play.readings().is_empty());
    assert_eq!(play.checks().len(), 2);
}
