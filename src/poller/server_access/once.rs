//! Reads servers once: for a command, and for a kill right before its DELETE.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::task::JoinSet;

use super::round::{ServerReader, Tables};
use crate::client::{Client, LockTablesTurn};
use crate::clock;
use crate::model::{LockReading, Now, RequestError, ServerAccessFault, ServerReport, ServerReports, Text};
use crate::poller::server_schedule::ServerSchedule;

/// Maximum time to read a server for a command. MaxScale waits five seconds for a connection.
const MAX_COMMAND_TIME: Duration = Duration::from_secs(6);
/// Maximum time to read a server for a kill, including its connection.
const MAX_KILL_TIME: Duration = Duration::from_secs(3);

/// Reads every running server once. Empty without a database user. A server that is down has a report that says so.
///
/// # Errors
///
/// Returns the error of the list of servers. An error of a single server is in its report.
pub(crate) async fn read_servers(client: &Client) -> Result<ServerReports, ServerAccessFault> {
    if !client.has_server_access() {
        return Ok(ServerReports::new());
    }
    let servers = client.servers().await.map_err(ServerAccessFault::Request)?;
    let servers = servers.ok_or(ServerAccessFault::NotInDraft)?;
    let running = servers.states.iter().filter(|state| state.accepts_connections());
    let mut reads = JoinSet::new();
    for name in running.map(|state| state.name.clone()) {
        let client = client.clone();
        reads.spawn(async move {
            let report = tokio::time::timeout(MAX_COMMAND_TIME, read_current(&client, &name)).await;
            report.unwrap_or_else(|_| late(&name, MAX_COMMAND_TIME))
        });
    }
    let down = servers.states.iter();
    let down = down.filter_map(|state| ServerReport::of_down(state, Timestamp::now()).map(Arc::new));
    let read = reads.join_all().await.into_iter();
    Ok(read.chain(down).map(by_name).collect())
}

/// Reads the locks of these servers at the same time, each from new tables.
pub(crate) async fn read_locks(client: &Client, servers: Vec<Text>) -> LockReading {
    let wanted_at = clock::now();
    let mut reads = JoinSet::new();
    for name in servers {
        let client = client.clone();
        reads.spawn(async move {
            let read = read_new(&client, &name, wanted_at);
            let report = tokio::time::timeout(MAX_KILL_TIME, read).await;
            report.unwrap_or_else(|_| (clock::now(), late(&name, MAX_KILL_TIME)))
        });
    }
    let reports = reads.join_all().await;
    // A reading is as old as its oldest part.
    let times = reports.iter().map(|(asked_at, _)| *asked_at);
    LockReading {
        asked_at: times.min_by_key(|at| at.elapsed).unwrap_or_else(clock::now),
        reports: reports.into_iter().map(|(_, report)| by_name(report)).collect(),
    }
}

async fn read_current(client: &Client, server: &Text) -> Arc<ServerReport> {
    match client.lock_tables(server).await {
        Some(mut turn) => read(client, server, &mut turn, Tables::Current).await.1,
        None => failed(server, ServerAccessFault::NotAllowed),
    }
}

/// Reads the locks of a server from new tables. Uses the reading of another kill if that has begun since
/// `wanted_at`.
async fn read_new(client: &Client, server: &Text, wanted_at: Now) -> (Now, Arc<ServerReport>) {
    let Some(mut turn) = client.lock_tables(server).await else {
        return (wanted_at, failed(server, ServerAccessFault::NotAllowed));
    };
    if let Some(latest) = turn.latest_since(wanted_at) {
        return latest;
    }
    let (asked_at, report) = read(client, server, &mut turn, Tables::New).await;
    turn.keep(asked_at, Arc::clone(&report));
    (asked_at, report)
}

async fn read(
    client: &Client,
    server: &Text,
    turn: &mut LockTablesTurn,
    tables: Tables,
) -> (Now, Arc<ServerReport>) {
    let mut reader = ServerReader::new(client.clone(), server.clone());
    let mut schedule = ServerSchedule::new(Duration::ZERO, 1.0);
    let round = reader.read(&mut schedule, turn, tables).await;
    let asked_at = round.asked_at;
    (asked_at, Arc::new(reader.report(round, Duration::ZERO)))
}

fn by_name(report: Arc<ServerReport>) -> (Text, Arc<ServerReport>) {
    (report.server.clone(), report)
}

fn late(server: &Text, after: Duration) -> Arc<ServerReport> {
    failed(server, ServerAccessFault::Request(RequestError::TimedOut(after)))
}

fn failed(server: &Text, fault: ServerAccessFault) -> Arc<ServerReport> {
    Arc::new(ServerReport {
        server: server.clone(),
        taken_at: Timestamp::now(),
        process: None,
        grants: None,
        activity: Err(fault),
        cost: Duration::ZERO,
        period: Duration::ZERO,
    })
}
