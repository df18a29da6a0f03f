//! Tests of the kill log: which entries are dropped, and the time of an outcome that is replaced.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::app::kill_log::{DROPPED_TOGETHER, KillLogEntry, MAX_KILL_LOG_ENTRIES};
use crate::app::killing::Kills;
use crate::kill::{
    EndAttempt, KillOutcome, OutcomeKind, RefusalReason, StatementEnd, StatementResults, StatementState,
    Tally,
};
use crate::model::{EndpointId, Identity, RequestError, Session, SessionId, Text, TextLimit};

fn killed() -> KillOutcome {
    KillOutcome::Killed {
        after: Duration::from_millis(20),
        statements: Box::default(),
    }
}

/// Killed, and its statement still runs.
fn still_runs() -> KillOutcome {
    let text = |raw: &str| Text::clean(raw, TextLimit::Name);
    KillOutcome::Killed {
        after: Duration::from_millis(20),
        statements: Box::new(StatementResults {
            statements: vec![StatementEnd {
                server: text("db-01"),
                thread: 7,
                query_id: 77,
                sql: text("SELECT 1"),
                state: StatementState::Running,
                attempt: EndAttempt::None,
            }],
            ..StatementResults::default()
        }),
    }
}

fn entry(batch: u32, kill: u32, outcome: KillOutcome) -> KillLogEntry {
    let session = Session::bare(SessionId(kill.into()));
    KillLogEntry {
        batch,
        kill,
        at: Timestamp::UNIX_EPOCH,
        identity: Identity::new(EndpointId(0), None, &session),
        outcome,
        back: None,
    }
}

fn refused() -> KillOutcome {
    KillOutcome::Refused(RefusalReason::Restarted)
}

#[test]
fn a_full_log_keeps_what_failed_and_what_may_still_run() {
    let mut kills = Kills::default();
    kills.add_entry(entry(1, 1, still_runs()));
    for kill in 2..=51 {
        kills.add_entry(entry(1, kill, refused()));
    }
    for kill in 52..=20_001 {
        kills.add_entry(entry(1, kill, killed()));
    }
    kills.tallies.insert(
        1,
        Tally::of_outcomes([(OutcomeKind::Killed, 19_951), (OutcomeKind::Refused, 50)]),
    );
    assert!(kills.log.len() < MAX_KILL_LOG_ENTRIES + DROPPED_TOGETHER);
    let batch = &kills.logged_batches()[0];
    let failed = batch.entries.iter().filter(|entry| !entry.outcome.is_gone());
    assert_eq!(failed.count(), 50);
    assert!(batch.entries.iter().any(|entry| entry.kill == 1), "it still runs");
    assert_eq!(
        (batch.total(), batch.count(OutcomeKind::Killed)),
        (20_001, 19_951)
    );
}

#[test]
fn failures_of_older_kills_are_dropped_before_those_of_the_newest() {
    let mut kills = Kills::default();
    for kill in 1..=10_000 {
        kills.add_entry(entry(1, kill, refused()));
    }
    kills.tallies.insert(1, Tally::default());
    for kill in 10_001..=10_512 {
        kills.add_entry(entry(2, kill, killed()));
    }
    let entries = |batch| kills.log.iter().filter(|entry| entry.batch == batch).count();
    assert_eq!((entries(1), entries(2)), (9_488, 512), "the newest are kept too");
    for kill in 20_001..=40_000 {
        kills.add_entry(entry(3, kill, refused()));
    }
    assert!(kills.log.iter().all(|entry| entry.batch == 3));
    assert_eq!(kills.log.len(), 20_000);
    assert!(kills.tallies.is_empty());
}

#[test]
fn the_time_of_an_outcome_is_when_the_session_was_found_to_be_gone() {
    let mut kills = Kills::default();
    let unknown = KillOutcome::Unknown(RequestError::TimedOut(Duration::from_secs(10)));
    kills.add_entry(entry(1, 1, unknown));
    let later = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(60);
    for (at, outcome) in [
        (later, still_runs()),
        (later + SignedDuration::from_secs(60), killed()),
    ] {
        kills.add_entry(KillLogEntry {
            at,
            ..entry(1, 1, outcome)
        });
        assert_eq!(
            kills.log[0].at, later,
            "a later result about a statement has no new time"
        );
    }
}
