//! Filters that compare transactions and locks: they are read right before the DELETE.

use std::collections::BTreeMap;

use super::statements::{connected_session, reading, statement_victim};
use super::*;
use crate::model::{
    BoundedRows, Grants, LockReading, LockWait, LockWaits, ServerAccessFault, ServerActivity, ServerReport,
    ServerReports, ServerThread, ServerThreads, Span, Transaction, TransactionState,
};

const BLOCKER: u32 = 269;

fn bounded<T>(rows: Vec<T>) -> BoundedRows<T> {
    BoundedRows {
        rows,
        ..BoundedRows::default()
    }
}

/// Alice's thread with an open transaction, and the threads that wait for it.
fn activity(waiters: &[u64]) -> ServerActivity {
    let thread = |id, command: &str| ServerThread {
        id,
        user: Some(text("alice")),
        command: Some(text(command)),
        ..ServerThread::default()
    };
    let transaction = |thread, state| Transaction {
        thread,
        state,
        age: Some(Span::from_secs(400)),
        wait: None,
        rows_locked: Some(1),
        rows_modified: None,
    };
    let mut threads = vec![thread(BLOCKER.into(), "Sleep")];
    let mut transactions = vec![transaction(BLOCKER.into(), TransactionState::Running)];
    threads.extend(waiters.iter().map(|id| thread(*id, "Query")));
    transactions.extend(
        waiters
            .iter()
            .map(|id| transaction(*id, TransactionState::LockWait)),
    );
    let pairs = waiters.iter().map(|waiter| LockWait {
        waiter: *waiter,
        blocker: BLOCKER.into(),
        lock: None,
    });
    ServerActivity {
        threads: bounded(threads),
        transactions: bounded(transactions),
        lock_waits: LockWaits::Known(bounded(pairs.collect())),
        ..ServerActivity::default()
    }
}

fn reports(at: Now, activity: Result<ServerActivity, ServerAccessFault>) -> ServerReports {
    let report = ServerReport {
        server: text("db-01"),
        taken_at: at.wall,
        process: None,
        grants: Some(Grants {
            may_see_all: true,
            may_kill: false,
        }),
        activity,
        cost: Duration::ZERO,
        period: Duration::ZERO,
    };
    ServerReports::from([(report.server.clone(), Arc::new(report))])
}

/// A confirmed kill of a session that the filter has selected, up to the reading of its locks.
fn confirmed(filter: &str) -> KillHarness {
    let victim = Victim {
        taken_by: Some(Filter::parse(filter).unwrap()),
        ..statement_victim(17, BLOCKER)
    };
    confirmed_victim(victim, activity(&[300]))
}

/// A confirmed kill, up to the reading of the victim's locks. `known` is in the report at the confirmation.
fn confirmed_victim(victim: Victim, known: ServerActivity) -> KillHarness {
    let at = Now {
        elapsed: Duration::from_secs(100),
        wall: Timestamp::from_second(1_795_450_800).unwrap(),
    };
    let known = reports(at, Ok(known));
    let rules = Rules {
        reports: BTreeMap::from([(EndpointId(0), Arc::new(known))]),
        ..Rules::default()
    };
    let mut play = KillHarness::with_statements(vec![victim], rules);
    play.connected();
    play.go();
    let (ticket, _) = play.asked(|request| matches!(request, KillRequest::ReadThreads { .. }))[0];
    let threads = vec![ServerThreads {
        server: text("db-01"),
        reading: Ok(reading(1, 1, Vec::new())),
    }];
    play.hear(KillEvent::ThreadsRead(ticket, threads));
    play
}

impl KillHarness {
    /// Replies to the last check with the session and its thread.
    fn connected(&mut self) {
        self.reply(self.last_check(), Ok(connected_session(17, BLOCKER)));
    }

    fn lock_reads(&self) -> Vec<Ticket> {
        let asked = self.asked(|request| matches!(request, KillRequest::ReadLocks { .. }));
        asked.into_iter().map(|(ticket, _)| ticket).collect()
    }

    fn locks_read(&mut self, asked_at: Now, activity: Result<ServerActivity, ServerAccessFault>) {
        let ticket = *self.lock_reads().last().expect("a reading");
        let reading = LockReading {
            asked_at,
            reports: reports(asked_at, activity),
        };
        self.hear(KillEvent::LocksRead(ticket, reading));
    }
}

#[test]
fn a_session_that_still_blocks_is_killed_after_a_new_reading() {
    let mut play = confirmed("blocks>0");
    let checks = play.checks().len();
    assert_eq!(play.lock_reads().len(), 1);
    play.locks_read(play.now, Ok(activity(&[300, 301])));
    assert_eq!(play.checks().len(), checks + 1, "the check follows the locks");
    play.connected();
    assert_eq!(play.deletes().len(), 1);
}

#[test]
fn a_session_that_no_longer_blocks_is_skipped_although_a_report_says_it_does() {
    let mut play = confirmed("blocks>0");
    play.locks_read(play.now, Ok(activity(&[])));
    play.connected();
    assert_eq!(play.words(), "skipped: 17 alice@10.0.0.7: no longer blocks");
    assert!(play.deletes().is_empty());
}

#[test]
fn without_a_reading_a_session_is_skipped_with_the_cause() {
    for filter in ["blocks>0", "blocks>=0", "trx>1s", "user=alice and rows_locked<9"] {
        let mut play = confirmed(filter);
        play.locks_read(play.now, Err(ServerAccessFault::Busy));
        play.connected();
        let words = play.words();
        assert!(
            words.ends_with("could not be read: db-01: busy: an earlier statement still runs"),
            "{words}"
        );
        assert!(play.deletes().is_empty(), "{filter}");
    }
    let unknown = ServerActivity {
        lock_waits: LockWaits::Unknown,
        ..activity(&[])
    };
    let mut play = confirmed("blocks>0");
    play.locks_read(play.now, Ok(unknown));
    play.connected();
    let begin = "skipped: 17 alice@10.0.0.7: whether it still blocks could not be read: db-01: ";
    assert!(play.words().starts_with(begin), "{}", play.words());
}

#[test]
fn a_server_that_was_not_read_leaves_it_unknown() {
    let mut play = confirmed("blocks>0");
    let ticket = play.lock_reads()[0];
    play.hear(KillEvent::LocksRead(ticket, LockReading::none(play.now)));
    play.connected();
    let words = "skipped: 17 alice@10.0.0.7: whether it still blocks could not be read";
    assert_eq!(play.words(), words);
    assert!(play.deletes().is_empty());
}

#[test]
fn a_filter_that_does_not_need_the_locks_decides_without_them() {
    let mut play = confirmed("user=alice or blocks>0");
    play.locks_read(play.now, Err(ServerAccessFault::Busy));
    play.connected();
    assert_eq!(play.deletes().len(), 1);
    let mut play = confirmed("state='Session started' and blocks>0");
    play.locks_read(play.now, Err(ServerAccessFault::Busy));
    let stopping = Session {
        state: Some(text("Stopping session")),
        ..connected_session(17, BLOCKER)
    };
    play.reply(play.last_check(), Ok(stopping));
    assert!(
        play.words().contains("no longer matches 'state="),
        "{}",
        play.words()
    );
}

#[test]
fn locks_that_are_too_old_are_read_again() {
    let mut play = confirmed("blocks>0");
    let asked_at = play.now;
    play.leap(Duration::from_millis(2_100));
    play.locks_read(asked_at, Ok(activity(&[300])));
    play.connected();
    assert!(play.deletes().is_empty());
    assert_eq!(play.outcome(), None, "it is checked again");
}

#[test]
fn locks_that_are_always_too_old_are_the_reason_of_the_refusal() {
    let mut play = confirmed("blocks>0");
    for round in 0..4 {
        if round > 0 {
            let (ticket, _) = *play
                .asked(|request| matches!(request, KillRequest::ReadThreads { .. }))
                .last()
                .unwrap();
            let threads = vec![ServerThreads {
                server: text("db-01"),
                reading: Ok(reading(1, 1, Vec::new())),
            }];
            play.hear(KillEvent::ThreadsRead(ticket, threads));
        }
        let asked_at = play.now;
        play.leap(Duration::from_secs(12));
        play.locks_read(asked_at, Ok(activity(&[300])));
        play.connected();
    }
    assert!(play.deletes().is_empty());
    assert_eq!(
        play.outcome(),
        Some(&KillOutcome::Refused(RefusalReason::OldLocks(
            Duration::from_secs(12)
        )))
    );
    assert_eq!(
        play.words(),
        "refused: 17 alice@10.0.0.7: locks are 12s old: they may have changed"
    );
}

#[test]
fn a_filter_without_locks_needs_no_reading() {
    let play = confirmed("user=alice");
    assert!(play.lock_reads().is_empty());
    assert_eq!(play.checks().len(), 2);
}

#[test]
fn every_field_of_server_access_counts_as_one_of_locks() {
    for field in &crate::filter::FIELDS {
        let is_listed = crate::kill::victim::LOCK_FIELDS.contains(&field.name);
        assert_eq!(field.about.contains("server access"), is_listed, "{}", field.name);
    }
}

#[test]
fn a_reason_from_old_locks_ends_nothing_without_a_new_reading() {
    for filter in ["stuck", "reason=blocks"] {
        let victim = Victim {
            taken_by: Some(Filter::parse(filter).unwrap()),
            reasons: ReasonNames {
                found: vec!["blocks"],
                unjudged: Vec::new(),
            },
            ..statement_victim(17, BLOCKER)
        };
        let mut busy = activity(&[300]);
        for waiter in &mut busy.transactions.rows {
            waiter.wait = (waiter.state == TransactionState::LockWait).then_some(Span::from_secs(300));
        }
        let mut play = confirmed_victim(victim, busy);
        play.locks_read(play.now, Err(ServerAccessFault::Busy));
        play.connected();
        assert!(play.deletes().is_empty(), "{filter}");
        assert!(
            play.words().contains("could not be read"),
            "{filter}: {}",
            play.words()
        );
    }
}

#[test]
fn a_server_that_the_session_has_used_since_the_question_may_protect_it() {
    use crate::model::JsonApiFields;
    let bare = || Session {
        extra: Some(Arc::new(JsonApiFields {
            backends: Some(Vec::new()),
            ..JsonApiFields::default()
        })),
        ..session(17, "alice")
    };
    for (protect, filter) in [("reason=blocks", ""), ("blocks>0", ""), ("", "not reason=blocks")] {
        let victim = Victim {
            session: bare(),
            taken_by: (!filter.is_empty()).then(|| Filter::parse(filter).unwrap()),
            ..statement_victim(17, BLOCKER)
        };
        let start = Now {
            elapsed: Duration::from_secs(100),
            wall: Timestamp::from_second(1_795_450_800).unwrap(),
        };
        let rules = Rules {
            protect: Filter::parse(protect).unwrap(),
            reports: BTreeMap::from([(EndpointId(0), Arc::new(reports(start, Ok(activity(&[])))))]),
            ..Rules::default()
        };
        let mut play = KillHarness::with_statements(vec![victim], rules);
        play.reply(play.last_check(), Ok(bare()));
        if play.outcome().is_none() {
            play.go();
            play.connected();
        }
        assert!(play.deletes().is_empty(), "protect {protect}, filter {filter}");
    }
}

/// A session without a server connection: it has sent no statement, or its connections are in the pool.
fn without_connection() -> Session {
    Session {
        extra: Some(Arc::new(crate::model::JsonApiFields {
            backends: Some(Vec::new()),
            ..crate::model::JsonApiFields::default()
        })),
        ..session(17, "alice")
    }
}

/// The kill of a session without a server connection, up to the reply to the check before its DELETE.
fn killed_without_connection(protect: &str, filter: &str, last: Session) -> KillHarness {
    let victim = Victim {
        session: without_connection(),
        taken_by: (!filter.is_empty()).then(|| Filter::parse(filter).unwrap()),
        ..statement_victim(17, BLOCKER)
    };
    let at = Now {
        elapsed: Duration::from_secs(100),
        wall: Timestamp::from_second(1_795_450_800).unwrap(),
    };
    let rules = Rules {
        protect: Filter::parse(protect).unwrap(),
        reports: BTreeMap::from([(EndpointId(0), Arc::new(reports(at, Ok(activity(&[])))))]),
        ..Rules::default()
    };
    let mut play = KillHarness::with_statements(vec![victim], rules);
    play.reply(play.last_check(), Ok(without_connection()));
    play.go();
    assert!(play.lock_reads().is_empty(), "there is no server to read");
    play.reply(play.last_check(), Ok(last));
    play
}

#[test]
fn a_session_without_a_server_connection_has_no_locks_and_can_be_killed() {
    for (protect, filter) in [
        ("", "blocks=0"),
        ("blocks>0", ""),
        ("reason=blocks", "not reason=blocks"),
    ] {
        let play = killed_without_connection(protect, filter, without_connection());
        assert_eq!(
            play.deletes().len(),
            1,
            "{protect} {filter}: {:?}",
            play.outcome()
        );
    }
}

#[test]
fn a_session_whose_connections_are_not_reported_has_unknown_locks() {
    for (protect, filter) in [("", "blocks=0"), ("blocks>0", "")] {
        let play = killed_without_connection(protect, filter, session(17, "alice"));
        assert!(play.deletes().is_empty(), "{protect} {filter}");
    }
}
