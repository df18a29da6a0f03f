//! Reasons that need server access: every lock of the incidents is found, and healthy sessions are not.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, Method};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Watcher;
use crate::demo::endpoint::SimEndpoint;
use crate::demo::http::SimRequest;
use crate::demo::jsonapi;
use crate::demo::world::{SERVERS, SessionTrouble};
use crate::diagnosis::Severity;
use crate::model::{
    LockWaits, MetadataLocks, ServerAccessFault, ServerActivity, ServerReport, ServerReports, ServerThread,
    Text, TextLimit,
};
use crate::wire::sql::{self, ResultSet, Statement};
use crate::wire::{Decoder, Interner};

/// Id and token of the connection to each server.
#[derive(Default)]
pub(super) struct ServerConnections(BTreeMap<&'static str, (String, String)>);

impl ServerConnections {
    /// Opens a connection to each server.
    fn open(endpoint: &SimEndpoint) -> Self {
        let open = |name: &'static str| {
            let body = json!({ "target": name, "user": "maxtop", "password": "maxtop" });
            let reply = post(endpoint, "/v1/sql", "", &body);
            let reply: Value = serde_json::from_slice(&reply).unwrap();
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            (name, (text(&reply["data"]["id"]), text(&reply["meta"]["token"])))
        };
        Self(SERVERS.iter().map(|server| open(server.name)).collect())
    }

    /// Reads all servers.
    pub(super) fn read(&self, endpoint: &SimEndpoint, taken_at: Timestamp) -> ServerReports {
        let report = |name: &&'static str| {
            let server = Text::clean(name, TextLimit::Name);
            let report = ServerReport {
                server: server.clone(),
                taken_at,
                process: None,
                grants: None,
                activity: self.activity(endpoint, name),
                cost: Duration::ZERO,
                period: Duration::from_secs(1),
            };
            (server, Arc::new(report))
        };
        self.0.keys().map(report).collect()
    }

    fn activity(&self, endpoint: &SimEndpoint, server: &str) -> Result<ServerActivity, ServerAccessFault> {
        let (id, token) = &self.0[server];
        let run = Run { endpoint, id, token };
        let lock_count = run.rows(Statement::LockCount, sql::lock_count)?;
        let transactions = run.rows(Statement::Transactions, sql::transactions)?;
        let threads = run.rows(Statement::Threads, sql::threads)?;
        let lock_waits = match lock_count.waiting {
            0 => LockWaits::None,
            _ => LockWaits::Known(run.rows(Statement::LockWaits, sql::lock_waits)?),
        };
        let has_waiters = threads.rows.iter().any(ServerThread::waits_for_metadata_lock);
        let metadata_locks = if has_waiters {
            MetadataLocks::Known(run.rows(Statement::MetadataLocks, sql::metadata_locks)?)
        } else {
            MetadataLocks::None
        };
        Ok(ServerActivity {
            threads,
            transactions,
            lock_count,
            lock_waits,
            metadata_locks,
        })
    }
}

/// Sends statements on one connection.
struct Run<'a> {
    endpoint: &'a SimEndpoint,
    id: &'a str,
    token: &'a str,
}

impl Run<'_> {
    fn rows<T>(
        &self,
        statement: Statement,
        read: fn(&ResultSet<'_>, &mut Decoder<'_>) -> T,
    ) -> Result<T, ServerAccessFault> {
        let body = json!({ "sql": statement.text().as_str(), "max_rows": 1_000 });
        let path = format!("/v1/sql/{}/queries", self.id);
        let reply = post(self.endpoint, &path, &format!("token={}", self.token), &body);
        let mut interner = Interner::default();
        let mut decoder = Decoder::new(&mut interner, None, Timestamp::UNIX_EPOCH);
        sql::query(&reply, &mut decoder, read).unwrap().result
    }
}

fn post(endpoint: &SimEndpoint, path: &str, query: &str, body: &Value) -> Vec<u8> {
    let request = SimRequest {
        method: Method::POST,
        path: path.to_owned(),
        query: query.to_owned(),
        headers: HeaderMap::new(),
        body: body.to_string().into_bytes(),
    };
    jsonapi::answer(endpoint, &request).body
}

/// Returns a client of the incidents with server access.
fn watcher(retained: u64) -> Watcher {
    let mut watcher = Watcher::with_incidents(100, retained);
    watcher.servers = ServerConnections::open(&watcher.endpoint);
    watcher
}

/// Limits of ● and ▲ of waits, in seconds.
const WAIT_LIMITS: (u64, u64) = (10, 60);
/// Waits for row locks and for metadata locks at the start, in seconds.
const ROW_WAITS: [u64; 8] = [48, 41, 29, 22, 12, 33, 18, 26];
const METADATA_WAITS: [u64; 4] = [44, 38, 24, 11];
/// Waits for a thread outside the proxy. The others stay ●, because their blocker is ▲.
const OUTSIDE_WAITS: [u64; 1] = [26];

/// Returns the seconds in which the waits reach the limit of ▲, sorted.
fn limits(waits: &[u64]) -> Vec<u64> {
    let mut limits: Vec<_> = waits.iter().map(|wait| WAIT_LIMITS.1 - wait).collect();
    limits.sort_unstable();
    limits
}

#[test]
fn every_lock_is_found_within_three_polls_after_its_limit_and_healthy_sessions_are_not() {
    let mut watcher = watcher(0);
    let mut seen: BTreeMap<u64, BTreeMap<(&str, Severity), u64>> = BTreeMap::new();
    for second in (0..=60).chain((65..=600).step_by(5)) {
        for (id, reasons) in watcher.poll(second) {
            for reason in reasons {
                seen.entry(id).or_default().entry(reason).or_insert(second);
            }
        }
    }
    let of = |plot: SessionTrouble| -> Vec<_> {
        let all = seen.iter().filter(|(id, _)| watcher.plot(**id) == plot);
        all.map(|(_, reasons)| reasons).collect()
    };
    for blocker in of(SessionTrouble::OpenTransaction) {
        let act = ("blocks", Severity::Act);
        assert_eq!(*blocker, BTreeMap::from([(act, 0)]), "the first list shows it");
    }
    assert_eq!(of(SessionTrouble::OpenTransaction).len(), 2);
    for (name, waits, outside) in [
        ("lock-wait", &ROW_WAITS[..], &OUTSIDE_WAITS[..]),
        ("metadata-lock", &METADATA_WAITS[..], &[]),
    ] {
        let waiters: Vec<_> = of(SessionTrouble::LockWait)
            .into_iter()
            .filter(|reasons| reasons.keys().all(|(reason, _)| *reason == name))
            .collect();
        assert!(waits.iter().all(|wait| *wait > WAIT_LIMITS.0));
        assert!(
            waiters
                .iter()
                .all(|reasons| reasons[&(name, Severity::Look)] == 0),
            "all wait long enough at the start"
        );
        let mut found: Vec<_> = waiters
            .iter()
            .filter_map(|reasons| reasons.get(&(name, Severity::Act)).copied())
            .collect();
        found.sort_unstable();
        assert_eq!(
            waiters.len(),
            waits.len(),
            "{name}: each has this reason and no other"
        );
        let limits = limits(outside);
        assert_eq!(
            found.len(),
            limits.len(),
            "{name}: ▲ only without a listed blocker"
        );
        let is_prompt = |(found, limit): (&u64, &u64)| (*limit..=limit + 3).contains(found);
        assert!(
            found.iter().zip(&limits).all(is_prompt),
            "{name}: {found:?} {limits:?}"
        );
    }
    assert!(of(SessionTrouble::Ordinary).is_empty(), "healthy");
}

#[test]
fn a_transaction_without_waiters_is_found_within_three_polls() {
    let mut watcher = watcher(0);
    watcher.poll(0);
    let waiting = watcher.waiting();
    watcher.endpoint.with_world(|world| {
        for id in waiting {
            world.kill(id);
        }
        // The statement of a killed session continues until it is ended.
        for thread in world.threads(SERVERS[0].name) {
            if thread.session.is_none() && thread.info.is_some() {
                world.kill_query(SERVERS[0].name, thread.query_id);
            }
        }
    });
    for second in 1..=3 {
        watcher.poll(second);
    }
    let found = watcher.poll(3);
    let mut severities: Vec<_> = found
        .iter()
        .filter(|(id, _)| watcher.plot(**id) == SessionTrouble::OpenTransaction)
        .flat_map(|(_, reasons)| reasons.clone())
        .collect();
    severities.sort_unstable();
    // 355 and 134 seconds old: the limits are 30 seconds and 5 minutes.
    assert_eq!(
        severities,
        [("transaction", Severity::Look), ("transaction", Severity::Act)]
    );
}
