//! Locks as the servers show them over `/v1/sql`, and kills over both resources.

use maxtop::demo::{SimServer, WorldSpec};
use serde_json::{Value, json};

use crate::client::{delete, get, running, still};
use crate::sql::{Open, open};

const THREADS: &str = "/* maxtop threads */ SET STATEMENT max_statement_time=1 FOR SELECT p.ID AS thread, p.USER AS \
                       user, p.HOST AS host, LEFT(p.INFO, 4096) AS statement, p.QUERY_ID AS query_id, p.STATE AS \
                       state FROM information_schema.PROCESSLIST p WHERE p.ID <> CONNECTION_ID() LIMIT 1001";
const LOCK_WAITS: &str = "/* maxtop lock-waits */ SELECT r.trx_mysql_thread_id AS waiter, b.trx_mysql_thread_id AS \
                          blocker, l.lock_table AS lock_table, l.lock_index AS lock_index, l.lock_mode AS \
                          lock_mode FROM information_schema.INNODB_LOCK_WAITS w WHERE b.trx_state <> 'LOCK WAIT' \
                          OR w.blocking_lock_id <> b.trx_requested_lock_id LIMIT 1001";
const LOCK_COUNT: &str = "/* maxtop lock-count */ SELECT COUNT(*) AS waiting, MAX(TIMESTAMPDIFF(SECOND, \
                          t.trx_wait_started, NOW())) AS longest FROM information_schema.INNODB_TRX t";
const TRANSACTIONS: &str = "/* maxtop transactions */ SELECT t.trx_mysql_thread_id AS thread, t.trx_state AS state, \
                            TIMESTAMPDIFF(SECOND, t.trx_started, NOW()) AS age, TIMESTAMPDIFF(MICROSECOND, \
                            t.trx_wait_started, NOW()) AS wait_age, t.trx_rows_locked AS rows_locked, \
                            t.trx_rows_modified AS rows_modified, trx_query AS text \
                            FROM information_schema.INNODB_TRX t ORDER BY t.trx_started LIMIT 1001";

async fn incidents() -> (SimServer, Open) {
    let mut spec = still(40);
    spec.world.incidents = true;
    let server = running(spec).await;
    let one = open(&server, &[]).await;
    (server, one)
}

/// Returns the session of the thread on db-01 that runs this statement.
async fn session_with(server: &SimServer, thread: &Value) -> Value {
    let list = get(server.addr, "/v1/sessions").await.json();
    let rows = list["data"].as_array().unwrap().iter();
    let mut found = rows.filter(|row| {
        let connections = row["attributes"]["connections"].as_array().unwrap();
        connections
            .iter()
            .any(|one| one["server"] == "db-01" && one["connection_id"] == *thread)
    });
    let session = found.next().expect("a session with this thread").clone();
    assert!(found.next().is_none(), "one session has the thread");
    session
}

async fn count(one: &Open, server: &SimServer) -> u64 {
    one.rows(server, LOCK_COUNT).await[0][0].as_u64().unwrap()
}

#[tokio::test]
async fn the_blocker_is_a_session_and_killing_it_frees_its_waiters() {
    let (server, one) = incidents().await;
    assert_eq!(one.rows(&server, LOCK_COUNT).await, [json!([8, 48])]);
    let pairs = one.rows(&server, LOCK_WAITS).await;
    let orders: Vec<_> = pairs.iter().filter(|pair| pair[2] == "`shop`.`orders`").collect();
    assert_eq!(orders.len(), 7);
    assert!(orders.iter().all(|pair| pair[3] == "PRIMARY" && pair[4] == "X"));
    let root = &orders[0][1];
    assert_eq!(orders.iter().filter(|pair| pair[1] == *root).count(), 6);

    let transactions = one.rows(&server, TRANSACTIONS).await;
    let own = transactions.iter().find(|row| row[0] == *root).unwrap();
    assert_eq!(*own, json!([root, "RUNNING", 358, null, 4, 2, null]));
    let longest = transactions.iter().filter_map(|row| row[3].as_u64()).max();
    assert_eq!(longest, Some(48_000_000));
    assert!(transactions.iter().any(|row| row[0] == 0), "one is prepared");

    let session = session_with(&server, root).await;
    assert_eq!(session["attributes"]["user"], "etl");
    let target = format!("/v1/sessions/{}", session["id"].as_str().unwrap());
    assert_eq!(delete(server.addr, &target).await.status, 200);
    assert_eq!(count(&one, &server).await, 1);
    let waits = one.rows(&server, LOCK_WAITS).await;
    assert_eq!(waits[0][1], 17, "the direct client is not a session");
}

#[tokio::test]
async fn roots_only_leave_out_blockers_that_wait() {
    let (server, one) = incidents().await;
    let roots = LOCK_WAITS.split(" OR ").next().unwrap();
    let roots = roots.replace("l.lock_mode", "NULL");
    let all = one.rows(&server, LOCK_WAITS).await.len();
    let rows = one.rows(&server, &roots).await;
    assert_eq!(rows.len() + 1, all);
    assert!(rows.iter().all(|row| row[4].is_null()));
}

#[tokio::test]
async fn a_waiting_session_is_idle_zero_in_the_list() {
    let (server, one) = incidents().await;
    let pairs = one.rows(&server, LOCK_WAITS).await;
    for pair in pairs {
        let session = session_with(&server, &pair[0]).await;
        assert_eq!(session["attributes"]["idle"], 0.0);
        let last = session["attributes"]["queries"]
            .as_array()
            .unwrap()
            .last()
            .unwrap();
        assert_eq!(last.get("completed"), None);
    }
}

#[tokio::test]
async fn a_killed_waiter_runs_on_until_its_query_id_is_killed() {
    let (server, one) = incidents().await;
    let threads = one.rows(&server, THREADS).await;
    let alter = |rows: &[Value]| {
        let mut rows = rows.iter();
        rows.find(|row| row[3].as_str().is_some_and(|text| text.starts_with("ALTER")))
            .cloned()
    };
    let before = alter(&threads).unwrap();
    assert_eq!(before[5], "Waiting for table metadata lock");
    let session = session_with(&server, &before[0]).await;
    assert_eq!(session["attributes"]["user"], before[1]);
    let target = format!("/v1/sessions/{}", session["id"].as_str().unwrap());
    assert_eq!(delete(server.addr, &target).await.status, 200);
    let later = alter(&one.rows(&server, THREADS).await).unwrap();
    assert_eq!(later, before, "the same thread runs the same statement");

    let kill = format!("/* maxtop kill */ KILL SOFT QUERY ID {}", later[4]);
    assert_eq!(one.result(&server, &kill).await["affected_rows"], 0);
    assert_eq!(one.result(&server, &kill).await["errno"], 1957);
    assert_eq!(alter(&one.rows(&server, THREADS).await), None);
    let by_thread = format!("/* maxtop kill */ KILL {}", before[0]);
    assert_eq!(one.result(&server, &by_thread).await["errno"], 1064);
}

#[tokio::test]
async fn without_process_only_own_threads_are_visible() {
    let (server, one) = incidents().await;
    server.change_sql(|sql| sql.process = false);
    let everything = THREADS.replace("p.ID <> CONNECTION_ID()", "TRUE");
    let threads = one.rows(&server, &everything).await;
    assert_eq!(threads.len(), 1);
    assert_eq!(threads[0][1], "maxtop");
    assert!(one.rows(&server, THREADS).await.is_empty());
    for sql in [LOCK_COUNT, LOCK_WAITS, TRANSACTIONS] {
        assert_eq!(one.result(&server, sql).await["errno"], 1227, "{sql}");
    }
    let grants = "/* maxtop grants */ SHOW GRANTS";
    let shown = one.rows(&server, grants).await[0][0].to_string();
    assert!(shown.contains("GRANT CONNECTION ADMIN ON *.*"), "{shown}");
    server.change_sql(|sql| sql.process = true);
    let shown = one.rows(&server, grants).await[0][0].to_string();
    assert!(
        shown.contains("GRANT PROCESS, CONNECTION ADMIN ON *.*"),
        "{shown}"
    );
}

#[tokio::test]
async fn metadata_locks_need_the_plugin() {
    let (server, one) = incidents().await;
    let plugin = "/* maxtop metadata-plugin */ SELECT COUNT(*) AS loaded FROM information_schema.PLUGINS";
    let locks = "/* maxtop metadata-locks */ SELECT THREAD_ID AS thread_id, LOCK_MODE AS mode, TABLE_NAME AS \
                 table_name FROM information_schema.METADATA_LOCK_INFO";
    assert_eq!(one.rows(&server, plugin).await, [json!([1])]);
    let held = one.rows(&server, locks).await;
    let on_customers: Vec<_> = held
        .iter()
        .filter(|row| row[2] == "customers")
        .map(|row| &row[1])
        .collect();
    assert_eq!(on_customers, ["MDL_SHARED_READ", "MDL_SHARED_UPGRADABLE"]);
    server.change_sql(|sql| sql.metadata_plugin = false);
    assert_eq!(one.rows(&server, plugin).await, [json!([0])]);
    assert_eq!(one.result(&server, locks).await["errno"], 1109);
}

#[tokio::test]
async fn incidents_are_played_only_when_requested() {
    assert!(!WorldSpec::new(40, 7, 0).incidents);
    let server = running(still(40)).await;
    let one = open(&server, &[]).await;
    assert_eq!(count(&one, &server).await, 0);
    assert!(one.rows(&server, LOCK_WAITS).await.is_empty());
}
