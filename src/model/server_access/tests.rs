use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::model::{JsonApiFields, ServerConnection, Session, SessionId, Span, Text, TextLimit};

fn text(raw: &str) -> Text {
    Text::clean(raw, TextLimit::Sql)
}

fn rows<T>(rows: Vec<T>) -> BoundedRows<T> {
    BoundedRows {
        rows,
        ..BoundedRows::default()
    }
}

fn transaction(thread: u64, age: i64, wait: Option<i64>) -> Transaction {
    Transaction {
        thread,
        state: if wait.is_some() {
            TransactionState::LockWait
        } else {
            TransactionState::Running
        },
        age: Some(Span::from_secs(age)),
        wait: wait.map(Span::from_secs),
        rows_locked: Some(1),
        rows_modified: Some(0),
    }
}

fn lock_wait(waiter: u64, blocker: u64) -> LockWait {
    LockWait {
        waiter,
        blocker,
        lock: Some(RowLock {
            table: text("`shop`.`orders`"),
            index: Some(text("PRIMARY")),
            mode: Some(text("X")),
        }),
    }
}

fn row_locks(transactions: Vec<Transaction>, pairs: &[(u64, u64)]) -> ServerActivity {
    let waits = pairs.iter().map(|(waiter, blocker)| lock_wait(*waiter, *blocker));
    ServerActivity {
        transactions: rows(transactions),
        lock_waits: LockWaits::Known(rows(waits.collect())),
        ..ServerActivity::default()
    }
}

fn thread(id: u64, state: &str, statement: &str) -> ServerThread {
    ServerThread {
        id,
        database: Some(text("shop")),
        state: Some(text(state)),
        time: Some(Span::from_secs(5)),
        statement: Some(text(statement)),
        ..ServerThread::default()
    }
}

fn lock(thread: u64, mode: &str, table: &str) -> MetadataLock {
    MetadataLock {
        thread,
        mode: Some(text(mode)),
        kind: Some(text("Table metadata lock")),
        schema: Some(text("shop")),
        table: Some(text(table)),
    }
}

fn wait(graph: &WaitGraph, id: u64) -> &Wait {
    graph.nodes[&id].wait.as_ref().unwrap()
}

#[test]
fn a_chain_over_two_rows_leads_to_its_root() {
    // 1 holds a row; 2 holds another and waits for 1; 3 and 4 wait for 2.
    let activity = row_locks(
        vec![
            transaction(1, 90, None),
            transaction(2, 60, Some(50)),
            transaction(3, 40, Some(40)),
            transaction(4, 30, Some(30)),
        ],
        &[(2, 1), (3, 2), (4, 2)],
    );
    let graph = WaitGraph::new(&activity, |_| false);
    assert_eq!(graph.root_blockers(), [1]);
    let root = &graph.nodes[&1];
    assert_eq!((root.blocks, root.blocks_directly), (3, 1));
    assert_eq!(root.longest_blocked, Some(Span::from_secs(50)));
    assert_eq!(graph.nodes[&2].blocks, 2);
    assert!(!graph.nodes[&2].is_root_blocker());
    let last = wait(&graph, 4);
    assert_eq!(
        (last.direct.as_slice(), last.roots.as_slice()),
        ([2].as_slice(), [1].as_slice())
    );
    assert_eq!(last.age, Some(Span::from_secs(30)));
    assert_eq!(last.lock.as_ref().unwrap().table.as_str(), "`shop`.`orders`");
    assert!(last.likely.is_empty());
}

#[test]
fn a_thread_of_an_ended_session_counts_for_none_but_passes_waits_on() {
    // 1 holds a row; 2 waits for 1; 3 waits for 2; 4 holds another row; 5 waits for 4.
    let waits = [(2, 50), (3, 20), (5, 90)];
    let waits = waits.map(|(thread, wait)| transaction(thread, wait, Some(wait)));
    let activity = row_locks(waits.to_vec(), &[(2, 1), (3, 2), (5, 4)]);
    let graph = WaitGraph::new(&activity, |thread| [2, 5].contains(&thread));
    let root = &graph.nodes[&1];
    assert_eq!((root.blocks, root.blocks_directly), (1, 0));
    assert_eq!(root.longest_blocked, Some(Span::from_secs(20)));
    assert_eq!(graph.nodes[&2].blocks, 1);
    let without_client = &graph.nodes[&4];
    assert_eq!((without_client.blocks, without_client.ended_waiters), (0, 1));
    assert!(!without_client.is_root_blocker(), "no client waits for it");
    assert_eq!(
        graph.root_blockers(),
        [1, 4],
        "what waits is still shown below it"
    );
}

#[test]
fn a_cycle_ends_and_is_named() {
    let activity = row_locks(Vec::new(), &[(1, 2), (2, 1), (3, 1), (4, 4)]);
    let graph = WaitGraph::new(&activity, |_| false);
    assert!(graph.root_blockers().is_empty());
    assert_eq!(wait(&graph, 3).roots, [1, 2]);
    assert!(wait(&graph, 3).is_cycle);
    assert_eq!(graph.nodes[&1].blocks, 2);
    assert_eq!(graph.nodes[&4].blocks, 0);
}

#[test]
fn a_prepared_transaction_blocks_without_a_thread() {
    let activity = row_locks(
        vec![transaction(0, 900, None), transaction(5, 10, Some(10))],
        &[(5, 0)],
    );
    let graph = WaitGraph::new(&activity, |_| false);
    assert_eq!(graph.root_blockers(), [0]);
    assert!(graph.nodes[&0].transaction.unwrap().is_prepared_xa());
}

#[test]
fn without_pairs_older_transactions_are_likely() {
    let mut activity = row_locks(
        vec![
            transaction(1, 90, None),
            transaction(2, 3, None),
            transaction(3, 60, Some(50)),
            transaction(4, 300, Some(40)),
        ],
        &[],
    );
    activity.lock_waits = LockWaits::Unknown;
    let graph = WaitGraph::new(&activity, |_| false);
    assert_eq!(wait(&graph, 3).likely, [1]);
    assert_eq!(wait(&graph, 4).likely, [1]);
    assert_eq!(graph.nodes[&1].blocks, 0, "likely ones are not counted");
}

fn alter_behind_a_transaction() -> ServerActivity {
    ServerActivity {
        threads: rows(vec![
            thread(1, "", ""),
            thread(
                2,
                "Waiting for table metadata lock",
                "ALTER TABLE orders ADD COLUMN z INT",
            ),
            thread(
                3,
                "Waiting for table metadata lock",
                "SELECT * FROM shop.`orders` o",
            ),
            thread(4, "Waiting for table metadata lock", "SELECT * FROM customers"),
        ]),
        transactions: rows(vec![transaction(1, 90, None), transaction(9, 1, None)]),
        metadata_locks: MetadataLocks::Known(rows(vec![
            lock(1, "MDL_SHARED_READ", "orders"),
            lock(1, "MDL_SHARED_READ", "items"),
            lock(2, "MDL_SHARED_UPGRADABLE", "orders"),
            lock(7, "MDL_SHARED_NO_READ_WRITE", "customers"),
        ])),
        ..ServerActivity::default()
    }
}

#[test]
fn readers_queue_behind_an_alter_that_waits_for_a_transaction() {
    let graph = WaitGraph::new(&alter_behind_a_transaction(), |_| false);
    assert_eq!(wait(&graph, 2).kind, WaitKind::MetadataLock);
    assert_eq!(wait(&graph, 2).direct, [1]);
    assert_eq!(wait(&graph, 3).direct, [2]);
    assert_eq!(wait(&graph, 3).roots, [1]);
    assert_eq!(graph.nodes[&1].blocks, 2);
    assert_eq!(
        wait(&graph, 4).direct,
        [7],
        "LOCK TABLES blocks a reader directly"
    );
    assert_eq!(graph.root_blockers(), [1, 7]);
}

#[test]
fn without_the_plugin_older_transactions_are_likely_holders() {
    let activity = ServerActivity {
        metadata_locks: MetadataLocks::NoPlugin,
        ..alter_behind_a_transaction()
    };
    let graph = WaitGraph::new(&activity, |_| false);
    assert!(graph.needs_plugin);
    assert!(wait(&graph, 2).direct.is_empty());
    assert_eq!(wait(&graph, 2).likely, [1]);
}

#[test]
fn candidates_with_the_same_default_database_come_first() {
    let mut activity = alter_behind_a_transaction();
    activity.metadata_locks = MetadataLocks::NoPlugin;
    activity.transactions.rows.push(transaction(8, 5_000, None));
    activity.threads.rows.push(ServerThread {
        database: Some(text("reports")),
        ..thread(8, "", "")
    });
    assert_eq!(wait(&WaitGraph::new(&activity, |_| false), 2).likely, [1, 8]);
}

#[test]
fn get_lock_waits_for_the_lock_of_that_name() {
    let held = |thread, name| MetadataLock {
        kind: Some(text("User lock")),
        schema: Some(text(name)),
        table: Some(text("")),
        ..lock(thread, "MDL_SHARED_NO_WRITE", "")
    };
    let activity = ServerActivity {
        threads: rows(vec![thread(2, "User lock", "SELECT GET_LOCK('jobs', 60)")]),
        metadata_locks: MetadataLocks::Known(rows(vec![held(1, "jobs"), held(3, "other")])),
        ..ServerActivity::default()
    };
    let graph = WaitGraph::new(&activity, |_| false);
    assert_eq!(wait(&graph, 2).kind, WaitKind::UserLock);
    assert_eq!(wait(&graph, 2).direct, [1]);
}

fn session(id: u64, user: &str, threads: &[(&str, Option<u32>)]) -> Session {
    let backends = threads.iter().map(|(server, thread_id)| ServerConnection {
        server: text(server),
        thread_id: *thread_id,
    });
    Session {
        user: Some(text(user)),
        extra: Some(Arc::new(JsonApiFields {
            backends: Some(backends.collect()),
            ..JsonApiFields::default()
        })),
        ..Session::bare(SessionId(id))
    }
}

#[test]
fn a_thread_joins_only_one_session_with_the_same_user() {
    let sessions = [
        session(
            1,
            "app",
            &[("db1", Some(70)), ("db2", Some(70)), ("db1", Some(0))],
        ),
        session(
            2,
            "app",
            &[("db1", Some(0x8000_0001)), ("db1", Some(71)), ("db1", None)],
        ),
        session(3, "etl", &[("db1", Some(71))]),
    ];
    let owners = ThreadOwners::new(&sessions);
    let app = text("app");
    let find = |server: &str, thread, user: Option<&Text>| owners.find(&text(server), thread, user);
    assert_eq!(find("db1", 70, Some(&app)), ThreadOwner::Session(SessionId(1)));
    assert_eq!(find("db2", 70, Some(&app)), ThreadOwner::Session(SessionId(1)));
    assert_eq!(find("db3", 70, Some(&app)), ThreadOwner::NotThisProxy);
    assert_eq!(find("db1", 72, Some(&app)), ThreadOwner::NotThisProxy);
    // The API sends the low 32 bits, negative from 2^31.
    assert_eq!(
        find("db1", 0x8000_0001, Some(&app)),
        ThreadOwner::Session(SessionId(2))
    );
    assert_eq!(
        find("db1", 0x3_8000_0001, Some(&app)),
        ThreadOwner::Session(SessionId(2))
    );
    assert_eq!(find("db1", 70, Some(&text("root"))), ThreadOwner::Unknown);
    assert_eq!(find("db1", 70, None), ThreadOwner::Unknown);
    assert_eq!(
        find("db1", 71, Some(&app)),
        ThreadOwner::Unknown,
        "two sessions list it"
    );
    assert_eq!(find("db1", 0, Some(&app)), ThreadOwner::NotThisProxy);
    assert_eq!(find("db1", 1 << 32, Some(&app)), ThreadOwner::Unknown);
}

#[test]
fn a_thread_with_the_user_of_the_service_has_an_unknown_session() {
    // With `SET SESSION AUTHORIZATION` the thread of session 1 has the user of the service. Session 3 has that
    // user too, but lists another thread.
    let sessions = [
        session(1, "app", &[("db1", Some(70))]),
        session(2, "app", &[("db1", Some(71))]),
        session(3, "maxscale", &[("db1", Some(72))]),
    ];
    let mut activity = row_locks(
        vec![transaction(70, 60, None), transaction(71, 20, Some(10))],
        &[(71, 70)],
    );
    let user = |id, user| ServerThread {
        user: Some(text(user)),
        ..thread(id, "", "")
    };
    activity.threads = rows(vec![user(70, "maxscale"), user(71, "app"), user(72, "maxscale")]);
    let report = ServerReport {
        server: text("db1"),
        taken_at: Timestamp::UNIX_EPOCH,
        process: None,
        grants: None,
        activity: Ok(activity),
        cost: Duration::ZERO,
        period: Duration::from_secs(1),
    };
    let reports = ServerReports::from([(text("db1"), Arc::new(report))]);
    let locks = EndpointLocks::new(&reports, &sessions, Timestamp::UNIX_EPOCH);
    assert!(
        matches!(locks.of(&sessions[0]), LockKnowledge::Unknown),
        "it may have a transaction"
    );
    assert!(matches!(locks.of(&sessions[2]), LockKnowledge::Known(None)));
    let waits = locks.session(SessionId(2)).unwrap().wait.clone().unwrap();
    assert_eq!(waits.blocker, Some(LockHolder::UnknownSession(70)));
    assert_eq!(
        waits.blocker.unwrap().to_string(),
        "thread 70, its session is unknown"
    );
}

#[test]
fn a_server_process_is_the_same_only_if_all_fields_match() {
    let process = ServerProcess {
        hostname: Some(text("db")),
        port: Some(3306),
        server_id: Some(1),
        version: Some(text("10.11.19-MariaDB-log")),
        started: Some(1_000),
        own_thread: Some(5),
        own_host: None,
        account: None,
    };
    let with = |change: fn(&mut ServerProcess)| {
        let mut other = process.clone();
        change(&mut other);
        process.is_same_run(&other)
    };
    assert!(with(|other| other.own_thread = Some(9)));
    assert!(with(|other| other.started = Some(1_001)));
    assert!(!with(|other| other.started = Some(1_009)));
    assert!(!with(|other| other.port = None));
    assert!(!with(|other| other.server_id = Some(2)));
    assert!(!with(|other| other.hostname = Some(text("db2"))));
    assert_eq!(process.version_numbers(), Some((10, 11, 19)));
    assert_eq!(process.is_mariadb(), Some(true));
    let old = ServerProcess {
        version: Some(text("5.5.5-10.4.2-MariaDB")),
        ..process
    };
    assert_eq!(old.version_numbers(), Some((10, 4, 2)));
}

/// Pairs over few threads, so that cycles and chains are frequent.
fn any_pairs() -> impl Strategy<Value = Vec<(u64, u64)>> {
    prop::collection::vec((1_u64..12, 0_u64..12), 0..40)
}

/// Whether `from` waits for `to`, over any number of steps.
fn waits_for(pairs: &[(u64, u64)], from: u64, to: u64) -> bool {
    let mut reached: BTreeSet<_> = pairs
        .iter()
        .filter(|pair| pair.0 == from)
        .map(|pair| pair.1)
        .collect();
    for _ in 0..12 {
        let next: Vec<_> = pairs
            .iter()
            .filter(|pair| reached.contains(&pair.0))
            .map(|pair| pair.1)
            .collect();
        reached.extend(next);
    }
    reached.contains(&to)
}

proptest! {
    #[test]
    fn counts_and_roots_are_those_of_a_search(pairs in any_pairs()) {
        let graph = WaitGraph::new(&row_locks(Vec::new(), &pairs), |_| false);
        let ids: BTreeSet<_> = pairs.iter().flat_map(|(waiter, blocker)| [*waiter, *blocker]).collect();
        prop_assert_eq!(graph.nodes.keys().copied().collect::<BTreeSet<_>>(), ids.clone());
        let is_waiting: BTreeMap<_, _> = ids.iter().map(|id| (*id, pairs.iter().any(|pair| pair.0 == *id))).collect();
        for id in &ids {
            let node = &graph.nodes[id];
            let blocked = ids.iter().filter(|other| *other != id && waits_for(&pairs, **other, *id));
            prop_assert_eq!(node.blocks, blocked.count());
            prop_assert_eq!(node.wait.is_some(), is_waiting[id]);
            let Some(wait) = &node.wait else { continue };
            let ends: Vec<_> = ids.iter().copied().filter(|end| !is_waiting[end] && waits_for(&pairs, *id, *end)).collect();
            prop_assert_eq!(wait.is_cycle, ends.is_empty());
            if wait.is_cycle {
                let cycle: Vec<_> = ids.iter().copied()
                    .filter(|other| waits_for(&pairs, *id, *other) && waits_for(&pairs, *other, *other))
                    .collect();
                prop_assert_eq!(&wait.roots, &cycle);
            } else {
                prop_assert_eq!(&wait.roots, &ends);
            }
        }
    }

    #[test]
    fn the_order_of_the_rows_has_no_influence(
        pairs in any_pairs(),
        ages in prop::collection::vec((0_u64..12, 0_i64..100, prop::option::of(0_i64..50)), 0..15),
        seed in any::<u64>(),
    ) {
        let transactions: Vec<_> = ages.iter().map(|(thread, age, wait)| transaction(*thread, *age, *wait)).collect();
        let activity = row_locks(transactions, &pairs);
        let mut shuffled = activity.clone();
        let mut random = fastrand::Rng::with_seed(seed);
        random.shuffle(&mut shuffled.transactions.rows);
        if let LockWaits::Known(waits) = &mut shuffled.lock_waits {
            random.shuffle(&mut waits.rows);
        }
        prop_assert_eq!(WaitGraph::new(&activity, |_| false), WaitGraph::new(&shuffled, |_| false));
    }
}

#[test]
fn a_session_runs_a_statement_only_in_its_own_thread() {
    let sessions = [session(1, "app", &[("db1", Some(70))])];
    let runs = |threads: &[(u64, &str)], age: i64| {
        let threads = threads.iter().map(|(id, user)| ServerThread {
            user: Some(text(user)),
            ..thread(*id, "", "SELECT SLEEP(100)")
        });
        let activity = ServerActivity {
            threads: rows(threads.collect()),
            ..ServerActivity::default()
        };
        let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(age);
        let report = ServerReport {
            server: text("db1"),
            taken_at: Timestamp::UNIX_EPOCH,
            process: None,
            grants: None,
            activity: Ok(activity),
            cost: Duration::ZERO,
            period: Duration::from_secs(1),
        };
        let reports = BTreeMap::from([(text("db1"), Arc::new(report))]);
        let locks = EndpointLocks::new(&reports, &sessions, at);
        locks.servers[0].running.contains(&SessionId(1))
    };
    assert!(runs(&[(70, "app"), (71, "app")], 0));
    assert!(runs(&[((1 << 32) + 70, "app")], 0), "the API has the low 32 bits");
    assert!(!runs(&[(70, "etl")], 0));
    assert!(!runs(&[(70, "app"), ((1 << 32) + 70, "app")], 0));
    assert!(!runs(&[(70, "app")], 60), "the report is old");
}
