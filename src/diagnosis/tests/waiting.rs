//! Statements: long, silent, without a server.

use super::*;

#[test]
fn a_new_statement_is_timed_from_its_first_snapshot() {
    let mut polls = Polls::of("24.02.3");
    assert_eq!(polls.one(0, session(1)), NONE);
    let runs = || session(1).running("16:20:01.000");
    assert_eq!(polls.one(2, runs()), NONE);
    assert!(!polls.is_open("query"));
    assert_eq!(polls.one(29, runs()), NONE);
    assert_eq!(polls.one(1, runs()), [look("query 30s")]);
    assert_eq!(polls.one(269, runs()), [look("query 4m")]);
    assert_eq!(polls.one(1, runs()), [act("query 5m")]);
    assert_eq!(polls.one(1, session(1)), NONE, "it is done");
    assert_eq!(
        polls.one(1, session(1).running("16:25:03.000")),
        NONE,
        "another one"
    );
}

#[test]
fn a_young_session_shows_the_zone_at_once() {
    // The server's day is two hours ahead of GMT; the statement came 48 s ago.
    let hung = session(1).aged(184).running("18:19:12.000");
    assert_eq!(Polls::of("24.02.3").one(0, hung), [look("query 48s")]);
}

#[test]
fn without_a_zone_the_running_time_is_a_minimum() {
    let hung = |after| session(1).later(after).running("18:19:12.000");
    let mut polls = Polls::of("24.02.3");
    assert_eq!(polls.one(0, hung(0)), [look("query over 48s")]);
    // Another session's statement comes while we watch, and with it the server's zone.
    let other = session(2).later(2).running("18:20:02.000");
    polls.list(1, vec![hung(1), session(2).later(1)]);
    let diagnoses = polls.list(1, vec![hung(2), other]);
    assert_eq!(diagnoses.diagnosis(0).found[0].words(&hung(2)), "query 50s");
    assert_eq!(diagnoses.diagnosis(1).found, []);
}

#[test]
fn the_zone_is_the_least_possible_one_until_it_is_known() {
    // Received 20 minutes ago, which looks like 5 minutes in the next zone.
    let hung = |after| session(1).later(after).running("18:00:00.000");
    let mut polls = Polls::of("24.02.3");
    assert_eq!(polls.one(0, hung(0)), [act("query over 5m")]);
    polls.list(1, vec![hung(1), session(2).later(1)]);
    let diagnoses = polls.list(1, vec![hung(2), session(2).later(2).running("18:20:02.000")]);
    assert_eq!(diagnoses.diagnosis(0).found[0].words(&hung(2)), "query 20m");
}

#[test]
fn a_time_that_cannot_be_is_not_believed() {
    // Around New Year the year is another one.
    for received in ["2027-11-23T16:19:12.000", "garbage"] {
        let running = Some(RunningStatement {
            sql: None,
            received: text(received),
        });
        let odd = |after| {
            let session = session(1).later(after).idle(0);
            session.with(|extra| extra.running.clone_from(&running))
        };
        let mut polls = Polls::of("24.02.3");
        assert_eq!(polls.one(0, odd(0)), NONE, "{received}");
        assert!(polls.is_open("query"));
        assert_eq!(polls.one(31, odd(31)), [look("query over 31s")], "{received}");
    }
}

#[test]
fn nothing_comes_before_its_session_does() {
    let mut polls = Polls::of("24.02.3");
    let tells_zone = session(2).aged(60).running("18:19:30.000");
    let odd = session(1).aged(100).running("18:10:00.000");
    let diagnoses = polls.list(0, vec![odd, tells_zone]);
    assert_eq!(diagnoses.diagnosis(0).found, []);
    assert_eq!(diagnoses.diagnosis(1).found[0].short(&session(2)), "query 30s");
    assert!(polls.is_open("query"));
}

#[test]
fn silent_polls_are_counted_by_time() {
    let mut polls = Polls::of("24.02.3");
    polls.one(0, session(1));
    let runs = |io| {
        session(1)
            .running("16:20:01.000")
            .with(|extra| extra.io_activity = Some(io))
    };
    polls.one(2, runs(2));
    polls.one(10, runs(0));
    polls.one(29, runs(0));
    assert_eq!(polls.one(1, runs(0)), [look("query 40s, no data for 30s")]);
    assert!(!polls.is_open("silent"), "one trouble has one reason");
    assert_eq!(polls.one(1, runs(3)), [look("query 41s")], "something moved");
    assert_eq!(polls.one(5, runs(0)), [look("query 46s")]);
    // Data may have moved in a long gap.
    assert_eq!(polls.one(40, runs(0)), [look("query 1m")]);
    assert_eq!(polls.one(15, runs(0)), [look("query 1m")]);
    assert_eq!(polls.one(15, runs(0)), [look("query 1m, no data for 30s")]);
}

#[test]
fn a_short_limit_for_silence_comes_before_a_long_one_for_queries() {
    let mut polls = Polls::of("24.02.3");
    polls.settings.thresholds.query_look = Span::from_secs(120);
    polls.one(0, session(1));
    let runs = || session(1).running("16:20:01.000").moved(0);
    polls.one(2, runs());
    let silent = "no data for 30s while a statement runs (inferred)";
    polls.one(15, runs());
    assert_eq!(polls.one(15, runs()), [look(silent)]);
    assert_eq!(polls.one(90, runs()), [look("query 2m")], "the gap was too long");
}

/// Returns a session that waits for an answer and moves no data, without statements.
fn hangs() -> Session {
    session(1).idle(0).moved(0)
}

/// Returns snapshots of a MaxScale that keeps no statements, as by default.
fn without_statements(release: &str) -> Polls {
    let mut polls = Polls::of(release);
    if let Some(instance) = &mut polls.instance {
        instance.retained_statements = Some(0);
    }
    polls
}

#[test]
fn an_answer_that_does_not_come_is_found_without_statements() {
    for mut polls in [without_statements("24.02.3"), without_statements("23.02.3")] {
        polls.one(0, session(1));
        assert_eq!(polls.one(1, hangs()), NONE);
        for _ in 0..29 {
            assert_eq!(polls.one(1, hangs()), NONE);
        }
        assert!(!polls.is_open("silent"));
        let silent = "no data for 30s while a statement runs (inferred)";
        assert_eq!(polls.one(1, hangs()), [look(silent)]);
        for _ in 0..26 {
            polls.one(10, hangs());
        }
        let silent = "no data for 5m while a statement runs (inferred)";
        assert_eq!(polls.one(10, hangs()), [act(silent)]);
        assert_eq!(polls.one(1, session(1).idle(0).moved(1)), NONE, "data moved");
        assert_eq!(polls.one(1, hangs()), NONE);
    }
}

#[test]
fn a_session_that_hung_before_the_first_snapshot_is_found_too() {
    let mut polls = without_statements("24.02.3");
    assert_eq!(polls.one(0, hangs()), NONE);
    assert!(polls.is_open("silent"));
    polls.one(15, hangs());
    assert_eq!(polls.one(15, hangs()).len(), 1);
}

#[test]
fn two_readings_do_not_show_that_no_data_moves() {
    let mut polls = without_statements("24.02.3");
    polls.one(0, hangs());
    assert_eq!(polls.one(30, hangs()), NONE);
    assert!(polls.is_open("silent"));
    assert_eq!(polls.one(1, hangs()).len(), 1);
}

#[test]
fn what_does_not_wait_for_an_answer_is_not_silent() {
    let no_login = Session {
        user: None,
        ..hangs()
    };
    let others = [
        ("not logged in", no_login),
        ("closing", hangs().in_state("Stopping session")),
        ("between statements", session(1).moved(0)),
        ("busy", session(1).idle(0).moved(3)),
    ];
    for (name, other) in others {
        let mut polls = without_statements("24.02.3");
        polls.one(0, session(1));
        for _ in 0..10 {
            let found = polls.one(10, other.clone());
            assert!(
                !found.iter().any(|(words, _)| words.contains("no data")),
                "{name}: {found:?}"
            );
        }
    }
}

#[test]
fn without_statements_silence_is_unknown_where_idle_grows_or_events_are_not_counted() {
    for (release, io) in [("23.02.2", Some(0)), ("22.08.14", None), ("24.02.3", None)] {
        let hangs = || hangs().with(|extra| extra.io_activity = io);
        let mut polls = without_statements(release);
        polls.one(0, hangs());
        assert_eq!(polls.one(30, hangs()), NONE, "{release}");
        assert!(polls.is_open("silent"), "{release}");
    }
}

#[test]
fn a_session_idle_in_a_transaction_has_its_own_limit() {
    let open = |idle| {
        session(1)
            .idle(idle)
            .with(|extra| extra.in_transaction = Some(true))
    };
    let mut polls = Polls::of("24.02.3");
    assert_eq!(polls.one(0, open(29)), NONE);
    assert!(!polls.is_open("transaction"));
    let words = "transaction open, idle for 30s since its last statement (inferred)";
    assert_eq!(polls.one(1, open(30)), [look(words)]);
    let words = "transaction open, idle for 5m since its last statement (inferred)";
    assert_eq!(polls.one(270, open(300)), [act(words)]);
    let words = "transaction open, idle for 2h 0m since its last statement (inferred)";
    assert_eq!(
        polls.one(6900, open(7200)),
        [act(words)],
        "one trouble has one reason"
    );
    let closed = session(1)
        .idle(7201)
        .with(|extra| extra.in_transaction = Some(false));
    assert_eq!(polls.one(1, closed), [look("idle 2h 0m, keeps db-01 open")]);
    assert_eq!(polls.one(1, session(1).idle(60)), NONE);
    assert!(polls.is_open("transaction"), "statements that do not show it");
}

#[test]
fn silence_needs_the_count_of_events() {
    let mut polls = Polls::of("22.08.14");
    let runs = || {
        session(1)
            .running("16:20:01.000")
            .with(|extra| extra.io_activity = None)
    };
    polls.one(0, runs());
    polls.one(60, runs());
    assert!(polls.is_open("silent"));
}

#[test]
fn a_statement_waits_for_a_server() {
    let bare = || {
        session(1)
            .running("16:20:01.000")
            .with(|extra| extra.backends = Some(Vec::new()))
    };
    let mut polls = Polls::of("24.02.3");
    polls.one(0, session(1));
    assert_eq!(polls.one(2, bare()), NONE);
    assert_eq!(polls.one(9, bare()), NONE);
    assert!(!polls.is_open("no-backend"));
    assert_eq!(polls.one(1, bare()), [look("no backend 10s")]);
    let starting = bare().in_state("Session created");
    assert_eq!(polls.one(1, starting), NONE, "not ready");
    // Nothing to do and no server is how a session begins.
    let lazy = || session(1).with(|extra| extra.backends = Some(Vec::new()));
    polls.one(1, lazy());
    assert_eq!(polls.one(60, lazy()), NONE);
}

#[test]
fn up_to_6_1_what_is_idle_may_run_or_not() {
    let never_booked = || session(1).running("16:00:00.000").idle(900);
    for (release, is_open) in [("2.5.29", true), ("6.1.4", true), ("6.4.3", false)] {
        let mut polls = Polls::of(release);
        polls.one(0, never_booked());
        let found = polls.one(400, never_booked());
        assert_eq!(polls.is_open("query"), is_open, "{release}");
        assert_eq!(found.is_empty(), is_open, "{release}: {found:?}");
    }
    for release in ["21.06.17", "24.02.3"] {
        let mut polls = Polls::of(release);
        assert_eq!(polls.one(0, never_booked()), NONE, "idle is 0 during a statement");
        assert!(!polls.is_open("query"));
    }
}
