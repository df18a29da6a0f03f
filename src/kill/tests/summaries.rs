//! Facts about the victims and the consequences of a kill.

use super::*;
use crate::filter::Ternary;
use crate::kill::open_work::{OpenWork, consequences};
use crate::kill::summary::{CheckCounts, activity, facts, not_compared};
use crate::model::{JsonApiFields, RunningStatement, ServerConnection};

fn busy(id: u64) -> Session {
    let connection = |server, thread_id| ServerConnection {
        server: text(server),
        thread_id,
    };
    Session {
        extra: Some(Arc::new(JsonApiFields {
            backends: Some(vec![connection("db-01", Some(4021)), connection("db-02", None)]),
            running: Some(RunningStatement {
                sql: Some(Text::clean(&"SELECT ".repeat(100), TextLimit::Sql)),
                received: text("2026-11-23T16:17:13"),
            }),
            ..JsonApiFields::default()
        })),
        ..session(id, "alice")
    }
}

#[test]
fn every_victim_is_counted_once() {
    let refused = Victim {
        refused: Some(RefusalReason::Protected(None)),
        ..victim(1)
    };
    let mut play = KillHarness::ask(vec![refused, victim(2), victim(3), victim(4)]);
    play.still_alice();
    play.strike(1);
    let counts = CheckCounts::of(play.batch.tasks());
    let expected = CheckCounts {
        ended: 0,
        passed: 1,
        refused: 1,
        waiting: 1,
        removed: 1,
    };
    assert_eq!(counts, expected);
    assert_eq!(play.batch.confirmable(), counts.passed);
    let texts = play.batch.texts();
    let alice = [("alice".to_owned(), 2)];
    assert_eq!(texts.by_user, alice, "those that can still be killed");
    assert_eq!(texts.refusals, [("protected".to_owned(), 1)]);
    assert_eq!(texts.selected_by, None);
}

#[test]
fn the_parts_that_no_check_compared_are_named_once() {
    let mut play = KillHarness::ask(vec![victim(1), victim(2)]);
    assert_eq!(not_compared(play.batch.tasks()), None);
    for (ticket, id) in play.checks() {
        play.reply(ticket, Ok(session(id, "alice")));
    }
    let parts = not_compared(play.batch.tasks()).unwrap();
    assert_eq!(parts.matches("process start").count(), 1, "{parts}");
}

#[test]
fn servers_and_the_beginning_of_the_statement_are_facts() {
    let facts = facts(&busy(17));
    let [.., servers, runs] = facts.as_slice() else {
        panic!("{facts:?}");
    };
    assert_eq!(*servers, ("servers", "db-01 #4021, db-02".to_owned()));
    assert_eq!((runs.0, runs.1.chars().count()), ("runs", 201));
    assert_eq!(activity(&session(17, "alice")), []);
}

fn work(transaction: Ternary, statement: Ternary) -> OpenWork {
    OpenWork {
        transaction,
        statement,
        is_unconnected: false,
    }
}

#[test]
fn the_consequences_say_what_is_open_and_what_is_unknown() {
    use Ternary::{No, Unknown, Yes};
    let one = |transaction, statement| consequences(work(transaction, statement), 1, false).split_off(1);
    assert_eq!(one(No, No), [] as [&str; 0]);
    assert_eq!(one(Yes, No), ["Its open transaction is rolled back."]);
    let unknown = [
        "If a transaction is open, it is rolled back.",
        "If a statement runs, it may keep running on its server.",
    ];
    assert_eq!(one(Unknown, Unknown), unknown);
    let several = work(No, Unknown).or(work(Unknown, Yes));
    let expected = [
        "The clients lose their connections without an error.",
        "If transactions are open, they are rolled back.",
        "Statements may keep running on their servers until they finish there.",
    ];
    assert_eq!(consequences(several, 2, false), expected);
}

#[test]
fn of_a_session_without_a_server_connection_nothing_runs_on_a_server() {
    let mut unconnected = victim(1);
    unconnected.session = busy(1);
    if let Some(extra) = &mut unconnected.session.extra {
        Arc::make_mut(extra).backends = Some(Vec::new());
    }
    let work = OpenWork::of_victim(&unconnected);
    let only = "It has no server connection: nothing runs on a server.";
    for kills_statements in [false, true] {
        assert_eq!(consequences(work, 1, kills_statements).split_off(1), [only]);
    }
    let both = "They have no server connections: nothing runs on a server.";
    assert_eq!(consequences(work.or(work), 2, false).split_off(1), [both]);
    let connected = work.or(OpenWork::of_victim(&victim(2)));
    assert!(!consequences(connected, 2, false).contains(&both));
}

#[test]
fn the_draft_reports_neither_transactions_nor_statements() {
    let draft = Victim {
        dialect: Dialect::Draft,
        ..victim(1)
    };
    assert_eq!(OpenWork::of_victim(&draft), OpenWork::UNKNOWN);
}
