//! Test fixture: a session list of JSON:API and the report of its server, in which some sessions wait for others.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::harness::AppHarness;
use super::msg::Msg;
use crate::model::{
    BoundedRows, Dialect, EndpointId, Grants, LockWait, LockWaits, RowLock, ServerAccessFault,
    ServerActivity, ServerReport, ServerThread, Span, Text, TextLimit, Transaction, TransactionState,
};

/// Sessions by id, user, address, idle seconds and thread id on db-01.
const SESSIONS: [(u64, &str, &str, u64, u64); 6] = [
    (1042, "etl", "10.0.3.7", 358, 261),
    (1187, "shop_api", "10.0.1.7", 0, 269),
    (1188, "web", "10.0.1.2", 0, 270),
    (1211, "web", "10.0.1.3", 0, 271),
    (1230, "web", "10.0.1.4", 0, 272),
    (1300, "app", "10.0.2.4", 2, 280),
];

/// Statement of every waiter.
const UPDATE: &str =
    "UPDATE orders SET status = 'paid', paid_at = NOW(), gateway_ref = 'ch_3PqX' WHERE id = 4999";

fn text(raw: &str) -> Text {
    Text::clean(raw, TextLimit::Sql)
}

/// Returns the session list, without some sessions.
fn body(without: &[u64]) -> String {
    let rows = SESSIONS.iter().filter(|(id, ..)| !without.contains(id));
    let rows = rows.map(|(id, user, address, idle, thread)| {
        format!(
            r#"{{"id":"{id}","type":"sessions","attributes":{{"state":"Session started","user":"{user}","remote":"{address}","connected":"Mon, 23 Nov 2026 13:14:03 GMT","idle":{idle},"io_activity":3,"connections":[{{"server":"db-01","connection_id":{thread}}}],"queries":[]}},"relationships":{{"services":{{"data":[{{"id":"RW-Split","type":"services"}}]}}}}}}"#
        )
    });
    format!(r#"{{"data":[{}]}}"#, rows.collect::<Vec<_>>().join(","))
}

fn bounded<T>(rows: Vec<T>) -> BoundedRows<T> {
    BoundedRows {
        rows,
        ..BoundedRows::default()
    }
}

fn transaction(thread: u64, age: i64, wait: Option<i64>) -> Transaction {
    Transaction {
        thread,
        state: wait.map_or(TransactionState::Running, |_| TransactionState::LockWait),
        age: Some(Span::from_secs(age)),
        wait: wait.map(Span::from_secs),
        rows_locked: Some(4),
        rows_modified: Some(2),
    }
}

fn thread(
    id: u64,
    user: &str,
    host: &str,
    command: &str,
    time: i64,
    statement: Option<&str>,
) -> ServerThread {
    ServerThread {
        id,
        user: Some(text(user)),
        host: Some(text(host)),
        command: Some(text(command)),
        time: Some(Span::from_secs(time)),
        state: statement.map(|_| text("Updating")),
        statement: statement.map(text),
        ..ServerThread::default()
    }
}

fn wait(waiter: u64, blocker: u64, table: &str) -> LockWait {
    LockWait {
        waiter,
        blocker,
        lock: Some(RowLock {
            table: text(table),
            index: Some(text("PRIMARY")),
            mode: Some(text("X")),
        }),
    }
}

/// Session 1042 blocks 1187 and 1188, which blocks 1211. `root@localhost` blocks 1230.
pub(crate) fn activity() -> ServerActivity {
    let runs = |id, user, time| thread(id, user, "10.0.5.5:4711", "Query", time, Some(UPDATE));
    ServerActivity {
        threads: bounded(vec![
            thread(261, "etl", "10.0.5.5:4711", "Sleep", 358, None),
            runs(269, "shop_api", 48),
            runs(270, "web", 12),
            runs(271, "web", 3),
            runs(272, "web", 5),
            thread(77, "root", "localhost", "Sleep", 120, None),
        ]),
        transactions: bounded(vec![
            transaction(261, 360, None),
            transaction(269, 48, Some(48)),
            transaction(270, 44, Some(12)),
            transaction(271, 3, Some(3)),
            transaction(77, 125, None),
            transaction(272, 5, Some(5)),
        ]),
        lock_waits: LockWaits::Known(bounded(vec![
            wait(269, 261, "`shop`.`orders`"),
            wait(270, 261, "`shop`.`orders`"),
            wait(271, 270, "`shop`.`cart`"),
            wait(272, 77, "`shop`.`stock`"),
        ])),
        ..ServerActivity::default()
    }
}

/// Returns a report of db-01.
pub(crate) fn report_at(
    taken_at: Timestamp,
    activity: Result<ServerActivity, ServerAccessFault>,
) -> Arc<ServerReport> {
    Arc::new(ServerReport {
        server: text("db-01"),
        taken_at,
        process: None,
        grants: Some(Grants {
            may_see_all: true,
            may_kill: false,
        }),
        activity,
        cost: Duration::from_millis(2),
        period: Duration::from_secs(1),
    })
}

/// Delivers a report of db-01.
pub(crate) fn report(stage: &mut AppHarness, activity: Result<ServerActivity, ServerAccessFault>) {
    let report = report_at(stage.app.now.wall, activity);
    stage.send(Msg::ServerAccess {
        endpoint: EndpointId(0),
        report,
    });
}

/// Returns a screen of this size with the report and the list.
pub(crate) fn locked(size: (u16, u16)) -> AppHarness {
    let mut stage = AppHarness::new(Dialect::JsonApi, size);
    report(&mut stage, Ok(activity()));
    stage.list(&body(&[]));
    stage
}

/// Delivers the list again, without some sessions.
pub(crate) fn list_without(stage: &mut AppHarness, ids: &[u64]) {
    stage.list(&body(ids));
}

/// Delivers the list again, in which another client has this id.
pub(crate) fn list_with_other(stage: &mut AppHarness, id: u64) {
    let body = body(&[]);
    let (before, rest) = body.split_once(&format!(r#""id":"{id}""#)).unwrap();
    let rest = rest.replacen("13:14:03", "13:55:00", 1);
    stage.list(&format!(r#"{before}"id":"{id}"{rest}"#));
}
