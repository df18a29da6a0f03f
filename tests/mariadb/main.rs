//! The built-in statements on a real MariaDB server: they run as written and give the expected rows.
//!
//! Run with `just test-mariadb`. Each test starts a server of its own in a temporary directory. Without an
//! installed server the tests print a line and pass.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that panics fails, as it should"
)]

mod server;

use maxtop::model::{
    BoundedRows, LockWaits, MetadataLocks, ServerAccessFault, ServerActivity, ServerThread, WaitGraph,
    WaitKind,
};
use maxtop::wire::sql::{self, SqlText, Statement};

use self::server::MariaDb;

/// Reads everything that a round reads.
fn activity(server: &MariaDb) -> ServerActivity {
    let threads: BoundedRows<ServerThread> = server.run(Statement::Threads, sql::threads);
    let waits_for_metadata = threads.rows.iter().any(ServerThread::waits_for_metadata_lock);
    let has_plugin = server.run(Statement::MetadataPlugin, sql::metadata_plugin);
    ServerActivity {
        threads,
        transactions: server.run(Statement::Transactions, sql::transactions),
        lock_count: server.run(Statement::LockCount, sql::lock_count),
        lock_waits: LockWaits::Known(server.run(Statement::LockWaits, sql::lock_waits)),
        metadata_locks: match (waits_for_metadata, has_plugin) {
            (false, _) => MetadataLocks::None,
            (true, false) => MetadataLocks::NoPlugin,
            (true, true) => MetadataLocks::Known(server.run(Statement::MetadataLocks, sql::metadata_locks)),
        },
    }
}

/// Time between two reads. `InnoDB` reads its transactions and locks again only if nothing has read them for
/// 100 ms.
const READ_INTERVAL: std::time::Duration = std::time::Duration::from_millis(150);

/// Waits until a condition holds.
fn wait_until(server: &MariaDb, condition: impl Fn(&ServerActivity) -> bool) -> ServerActivity {
    for _ in 0..100 {
        let now = activity(server);
        if condition(&now) {
            return now;
        }
        std::thread::sleep(READ_INTERVAL);
    }
    panic!("{:#?}", activity(server));
}

#[test]
#[ignore = "starts a MariaDB server: just test-mariadb"]
fn every_statement_runs_as_written() {
    let Some(server) = MariaDb::start() else { return };
    for entry in Statement::table() {
        if entry.statement != Statement::MetadataLocks {
            server.run(entry.statement, sql::nothing);
        }
    }
    let process = server.run(Statement::Server, sql::server).unwrap();
    assert_eq!(process.is_mariadb(), Some(true));
    assert!(process.version_numbers().unwrap() >= (10, 1, 0));
    let again = server.run(Statement::Server, sql::server).unwrap();
    assert!(process.is_same_run(&again));
    assert!(process.own_host.is_some() && process.own_thread.is_some());
    let grants = server.run(Statement::Grants, sql::grants);
    assert!(grants.may_see_all && !grants.may_kill);
    let unknown = server.try_text(&SqlText::kill(999_999_999), sql::nothing);
    assert_eq!(unknown, Err(ServerAccessFault::Ended));
}

#[test]
#[ignore = "starts a MariaDB server: just test-mariadb"]
fn without_process_the_missing_privilege_is_named() {
    let Some(server) = MariaDb::start() else { return };
    let server = server.with_user("nobody_special");
    let count = server.try_text(&Statement::LockCount.text(), sql::lock_count);
    assert!(matches!(count, Err(ServerAccessFault::NoPrivilege(text)) if text.as_str().contains("PROCESS")));
    assert!(!server.run(Statement::Grants, sql::grants).may_see_all);
}

#[test]
#[ignore = "starts a MariaDB server: just test-mariadb"]
fn a_chain_of_row_locks_leads_to_its_root() {
    let Some(server) = MariaDb::start() else { return };
    let mut root = server.session();
    root.send("BEGIN; UPDATE orders SET n = n + 1 WHERE id = 1; SELECT SLEEP(0)");
    let holder = wait_until(&server, |now| now.transactions.rows.len() == 1)
        .transactions
        .rows[0]
        .thread;
    let mut middle = server.session();
    middle.send("BEGIN; UPDATE orders SET n = 9 WHERE id = 2; UPDATE orders SET n = 9 WHERE id = 1");
    wait_until(&server, |now| now.lock_count.waiting == 1);
    let mut waiters = Vec::new();
    for id in [2, 2, 1, 1] {
        let mut waiter = server.session();
        waiter.send(&format!("UPDATE orders SET n = 5 WHERE id = {id}"));
        waiters.push(waiter);
    }
    let now = wait_until(&server, |now| now.lock_count.waiting == 5);
    let graph = WaitGraph::new(&now, |_| false);
    assert_eq!(graph.root_blockers(), [holder]);
    assert_eq!(graph.nodes[&holder].blocks, 5);
    assert_eq!(
        graph.nodes[&holder].blocks_directly, 3,
        "not the queue behind each other: {now:#?}"
    );
    let inner = graph.nodes.values().find(|node| node.blocks == 2).unwrap();
    let wait = inner.wait.as_ref().unwrap();
    assert_eq!(wait.roots, [holder]);
    assert_eq!(wait.lock.as_ref().unwrap().table.as_str(), "`shop`.`orders`");
    assert_eq!(wait.lock.as_ref().unwrap().mode.as_ref().unwrap().as_str(), "X");
    // The server's clock has another time zone than this statement's session.
    let transaction = graph.nodes[&holder].transaction.unwrap();
    assert!(transaction.age.unwrap().as_secs() < 60 && transaction.rows_modified == Some(1));
    let roots = server.run(Statement::LockRoots, sql::lock_waits);
    assert_eq!(roots.rows.len(), 3, "the two others wait for a thread that waits");
    // The holder sleeps in its transaction, and is listed all the same.
    let thread = now
        .threads
        .rows
        .iter()
        .find(|thread| thread.id == holder)
        .unwrap();
    assert_eq!(thread.command.as_ref().unwrap().as_str(), "Sleep");
    assert!(thread.query_id.is_some() && thread.user.is_some());
}

#[test]
#[ignore = "starts a MariaDB server: just test-mariadb"]
fn a_queue_of_readers_behind_a_waiting_writer_has_a_root() {
    let Some(server) = MariaDb::start() else { return };
    let mut root = server.session();
    root.send("BEGIN; SELECT * FROM orders WHERE id = 1 LOCK IN SHARE MODE");
    let holder = wait_until(&server, |now| now.transactions.rows.len() == 1)
        .transactions
        .rows[0]
        .thread;
    let mut writer = server.session();
    writer.send("UPDATE orders SET n = 5 WHERE id = 1");
    wait_until(&server, |now| now.lock_count.waiting == 1);
    let mut reader = server.session();
    reader.send("SELECT * FROM orders WHERE id = 1 LOCK IN SHARE MODE");
    let now = wait_until(&server, |now| now.lock_count.waiting == 2);
    assert_eq!(WaitGraph::new(&now, |_| false).nodes[&holder].blocks, 2);
}

#[test]
#[ignore = "starts a MariaDB server: just test-mariadb"]
fn an_alter_behind_a_transaction_is_found_with_and_without_the_plugin() {
    let Some(server) = MariaDb::start() else { return };
    let mut root = server.session();
    root.send("BEGIN; SELECT * FROM orders");
    let holder = wait_until(&server, |now| now.transactions.rows.len() == 1)
        .transactions
        .rows[0]
        .thread;
    // Ages of transactions are whole seconds.
    wait_until(&server, |now| {
        now.transactions.rows[0].age.is_some_and(|age| age.as_secs() >= 2)
    });
    let mut alter = server.session();
    alter.send("ALTER TABLE orders ADD COLUMN z INT");
    let mut reader = server.session();
    wait_until(&server, |now| {
        now.threads.rows.iter().any(ServerThread::waits_for_metadata_lock)
    });
    reader.send("SELECT COUNT(*) FROM orders");
    let two_wait = |now: &ServerActivity| {
        let waiting = now
            .threads
            .rows
            .iter()
            .filter(|thread| thread.waits_for_metadata_lock());
        waiting.count() == 2
    };
    let graph = WaitGraph::new(&wait_until(&server, two_wait), |_| false);
    assert!(graph.needs_plugin);
    let waits = graph.nodes.values().filter_map(|node| node.wait.as_ref());
    assert!(waits.clone().count() == 2 && waits.clone().all(|wait| wait.likely == [holder]));
    assert!(waits.clone().all(|wait| wait.kind == WaitKind::MetadataLock));
    server.admin("INSTALL SONAME 'metadata_lock_info'");
    let graph = WaitGraph::new(&wait_until(&server, two_wait), |_| false);
    assert_eq!(graph.root_blockers(), [holder]);
    assert_eq!(
        (graph.nodes[&holder].blocks, graph.nodes[&holder].blocks_directly),
        (2, 1)
    );
}

#[test]
#[ignore = "starts a MariaDB server: just test-mariadb"]
fn a_prepared_transaction_blocks_without_a_thread() {
    let Some(server) = MariaDb::start() else { return };
    let mut prepared = server.session();
    prepared.send("XA START 'x'; UPDATE orders SET n = 77 WHERE id = 1; XA END 'x'; XA PREPARE 'x'");
    wait_until(&server, |now| now.transactions.rows.len() == 1);
    prepared.end();
    wait_until(&server, |now| {
        now.transactions
            .rows
            .iter()
            .any(maxtop::model::Transaction::is_prepared_xa)
    });
    let mut waiter = server.session();
    waiter.send("UPDATE orders SET n = 2 WHERE id = 1");
    let now = wait_until(&server, |now| now.lock_count.waiting == 1);
    assert_eq!(WaitGraph::new(&now, |_| false).root_blockers(), [0]);
}

#[test]
#[ignore = "starts a MariaDB server: just test-mariadb"]
fn a_statement_is_ended_by_its_query_id() {
    let Some(server) = MariaDb::start() else { return };
    let mut sleeper = server.session();
    sleeper.send("SELECT SLEEP(100)");
    let sleeps = |now: &ServerActivity| {
        now.threads
            .rows
            .iter()
            .find(|thread| {
                thread
                    .statement
                    .as_ref()
                    .is_some_and(|text| text.as_str().contains("SLEEP(100)"))
            })
            .cloned()
    };
    let now = wait_until(&server, |now| sleeps(now).is_some());
    let kill = SqlText::kill(sleeps(&now).unwrap().query_id.unwrap());
    let denied = server.try_text(&kill, sql::nothing);
    assert!(
        matches!(denied, Err(ServerAccessFault::NoPrivilege(_))),
        "{denied:?}"
    );
    assert_eq!(server.as_admin(&kill, sql::nothing), Ok(()));
    wait_until(&server, |now| sleeps(now).is_none());
    // The idle thread keeps the id of its last statement, so the server reports success.
    assert_eq!(server.as_admin(&kill, sql::nothing), Ok(()));
    // Once the thread runs another statement, the id is unknown.
    sleeper.send("SELECT SLEEP(200)");
    wait_until(&server, |now| {
        let mut texts = now
            .threads
            .rows
            .iter()
            .filter_map(|thread| thread.statement.as_ref());
        texts.any(|text| text.as_str().contains("SLEEP(200)"))
    });
    assert_eq!(
        server.as_admin(&kill, sql::nothing),
        Err(ServerAccessFault::Ended)
    );
}
