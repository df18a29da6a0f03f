//! Sentences about a session that was replaced, and about a 404 that proves nothing.

use super::*;
use crate::model::{Difference, Part};

#[test]
fn the_other_session_is_named_with_its_port_and_its_name_is_quoted() {
    let was = Session {
        port: Some(4711),
        ..session(17, "alice")
    };
    let identity = victim_of(was, None).identity;
    let now = |part, now: &str| Difference {
        part,
        was: String::new(),
        now: now.to_owned(),
    };
    for (difference, expected) in [
        (
            now(Part::User, "bob@10.9.9.9   live"),
            "id 17 is now 'bob@10.9.9.9   live'@10.0.0.7:4711",
        ),
        (now(Part::Port, "4712"), "id 17 is now alice@10.0.0.7:4712"),
        (
            now(Part::Address, "2001:db8::7"),
            "id 17 is now alice@[2001:db8::7]:4711",
        ),
    ] {
        let outcome = KillOutcome::Refused(RefusalReason::Changed(vec![difference]));
        let words = outcome.words(&identity);
        assert!(words.contains(expected), "{words}");
    }
}

#[test]
fn a_404_after_the_delete_says_why_it_proves_nothing() {
    for (seen, expected) in [
        (None, "status 404: the process start could not be read after it"),
        (Some(process(2)), "status 404: another MaxScale process answered"),
    ] {
        let mut play = KillHarness::ask(vec![victim_of(session(17, "alice"), Some(&process(1)))]);
        play.seen_by(1, None);
        play.go();
        play.seen_by(1, None);
        play.deleted(Ok(()));
        play.wait(Duration::from_millis(20));
        for _ in 0..60 {
            if play.outcome().is_some() {
                break;
            }
            play.missing(play.last_check(), seen.clone());
            play.wait(Duration::from_millis(250));
        }
        let words = play.words();
        assert!(words.ends_with(expected), "{words}");
    }
}

#[test]
fn words_without_sql_name_a_statement_by_its_ids() {
    use crate::kill::{EndAttempt, StatementDoubt, StatementEnd, StatementResults, StatementState};
    let identity = victim(17).identity;
    let states = [
        StatementState::Running,
        StatementState::Ended,
        StatementState::Unknown(StatementDoubt::NotConfirmed),
    ];
    let attempts = [
        EndAttempt::None,
        EndAttempt::Sent,
        EndAttempt::LeftAlone("it is expected"),
    ];
    for state in states {
        for attempt in attempts.clone() {
            let statement = StatementEnd {
                server: text("db-01"),
                thread: 269,
                query_id: 48_213,
                sql: text("ALTER USER x IDENTIFIED BY 'hunter2'"),
                state: state.clone(),
                attempt,
            };
            let outcome = KillOutcome::Killed {
                after: Duration::from_millis(20),
                statements: Box::new(StatementResults {
                    statements: vec![statement],
                    ..StatementResults::default()
                }),
            };
            let words = outcome.words_without_sql(&identity);
            assert!(words.starts_with("killed 17 alice@10.0.0.7 in 20ms; "), "{words}");
            assert!(!words.contains("ALTER") && !words.contains("hunter2"), "{words}");
            if state != StatementState::Ended {
                assert!(words.contains("(thread 269, query 48213)"), "{words}");
            }
        }
    }
}
