//! Facts about the victims and the consequences of a kill.

use super::*;
use crate::kill::summary::{
    CheckCounts, activity, consequences, count_by, facts, not_compared, refusals, selected_by,
};
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
        refused: Some(RefusalReason::Protected),
        ..victim(1)
    };
    let mut play = KillHarness::ask(vec![refused, victim(2), victim(3), victim(4)]);
    play.still_alice();
    play.strike(1);
    let counts = CheckCounts::of(play.batch.tasks());
    let expected = CheckCounts {
        passed: 1,
        refused: 1,
        waiting: 1,
        removed: 1,
    };
    assert_eq!(counts, expected);
    assert_eq!(play.batch.confirmable(), counts.passed);
    let users = count_by(play.batch.tasks(), |session| session.user.as_ref());
    assert_eq!(users, [("alice".to_owned(), 2)], "those that can still be killed");
    let refusals = refusals(play.batch.tasks());
    assert_eq!(refusals, [("protected".to_owned(), 1)]);
    assert_eq!(selected_by(play.batch.tasks()), None);
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

#[test]
fn statements_go_on_only_at_a_real_maxscale() {
    let draft = || Victim {
        dialect: Dialect::Draft,
        ..victim(1)
    };
    for (victims, count) in [
        (vec![draft()], 1),
        (vec![victim(1)], 2),
        (vec![draft(), victim(2)], 2),
    ] {
        let play = KillHarness::ask(victims);
        assert_eq!(
            consequences(
                play.batch.tasks().len(),
                play.batch.counts().runs_statements,
                false
            )
            .len(),
            count
        );
    }
}
