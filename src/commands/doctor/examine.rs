//! Collects the facts by GET requests, one after another, because a proxy serves one request at a time. Only
//! the process start is read on several connections at the same time.

use std::net::SocketAddr;

use jiff::Timestamp;
use tokio::task::JoinSet;

use super::facts::{
    ConnectResult, Facts, ListProbe, NOT_ALLOWED, Probed, RequestSettings, ServerProbe, Unavailable,
};
use crate::client::{Client, Inspection, ListForm, ListReply, MAX_CLOSE_WAIT};
use crate::model::{
    Dialect, Grants, Instance, RequestError, ServerAccessFault, ServerProcess, Servers, Text,
};
use crate::wire::sql::{self, Statement};

const NOT_REACHED: Unavailable = Unavailable::NotReported("the endpoint was not reached");
const NO_ANSWER: Unavailable = Unavailable::NotReported("the endpoint did not reply");
const NO_API: Unavailable = Unavailable::NotReported("no MaxScale admin API found");
const DRAFT: Unavailable = Unavailable::NotReported("not reported in the draft dialect");

/// Examines the endpoint. Skips requests that depend on an earlier one that failed.
pub(super) async fn examine(client: &Client, request: RequestSettings) -> Facts {
    let addresses = client.resolve().await.map_err(Unavailable::Fault);
    let connection = match &addresses {
        Ok(addresses) => connect(client, addresses).await.map_err(Unavailable::Fault),
        Err(_) => Err(NOT_REACHED),
    };
    let proxy = match &connection {
        Ok(_) => inspect(client).await,
        Err(_) => Err(NOT_REACHED),
    };
    let list = match further(&proxy) {
        Ok(()) => list(client).await,
        Err(missing) => Err(missing),
    };
    let mut facts = Facts {
        url: client.url().clone(),
        request,
        addresses,
        connection,
        certificate_end: client.certificate_end(),
        now: Timestamp::now(),
        dialect: client.dialect().filter(|_| proxy.is_ok() || list.is_ok()),
        file_limit: proxy
            .as_ref()
            .ok()
            .and_then(|proxy| file_limit(client, &proxy.instance)),
        proxy,
        instances: Err(NO_API),
        list,
        services: Err(NO_API),
        servers: Err(NO_API),
        workers: Err(NO_API),
        account: Err(NO_API),
        server_access: None,
    };
    match facts.dialect {
        Some(Dialect::JsonApi) => request_jsonapi(client, &mut facts).await,
        Some(Dialect::Draft) => set_unavailable(&mut facts, &DRAFT),
        None => {
            let why = further(&facts.proxy).and(further(&facts.list)).err();
            set_unavailable(&mut facts, &why.unwrap_or(NO_API));
        }
    }
    facts
}

/// Requests that only JSON:API has.
async fn request_jsonapi(client: &Client, facts: &mut Facts) {
    facts.instances = client.instances().await.map_err(Unavailable::Fault);
    facts.services = probed(client.services().await);
    facts.servers = probed(client.servers().await);
    facts.workers = probed(client.workers().await);
    facts.account = probed(client.account(facts.release()).await);
    if let Some(user) = client.database_user() {
        facts.server_access = Some(probe_servers(client, user, &facts.servers).await);
    }
}

/// Runs two statements at each running server, and closes the connections.
async fn probe_servers(client: &Client, user: &str, servers: &Probed<Servers>) -> Vec<ServerProbe> {
    let states = servers.as_ref().map_or(&[][..], |servers| &servers.states);
    let mut probes = Vec::new();
    for state in states.iter().filter(|state| state.accepts_connections()) {
        probes.push(ServerProbe {
            result: probe_server(client, &state.name).await,
            server: state.name.clone(),
            user: user.to_owned(),
        });
    }
    client.close_server_connections(MAX_CLOSE_WAIT).await;
    probes
}

async fn probe_server(client: &Client, server: &Text) -> Result<(ServerProcess, Grants), ServerAccessFault> {
    let process = client.run_statement(server, Statement::Server, sql::server).await;
    let process = match process {
        Ok(result) => result.rows.ok_or(ServerAccessFault::NotMariaDb)?,
        // Only MariaDB has `SET STATEMENT`.
        Err(ServerAccessFault::Statement { errno: 1064, .. }) => return Err(ServerAccessFault::NotMariaDb),
        Err(fault) => return Err(fault),
    };
    let grants = client
        .run_statement(server, Statement::Grants, sql::grants)
        .await?;
    Ok((process, grants.rows))
}

fn set_unavailable(facts: &mut Facts, why: &Unavailable) {
    facts.instances = Err(why.clone());
    facts.services = Err(why.clone());
    facts.servers = Err(why.clone());
    facts.workers = Err(why.clone());
    facts.account = Err(why.clone());
    if matches!(facts.proxy, Err(Unavailable::NotReported(_))) {
        facts.proxy = Err(why.clone());
    }
}

/// Connects to all addresses at the same time. Returns the first one that accepts, or the error of the first.
async fn connect(client: &Client, addresses: &[SocketAddr]) -> Result<ConnectResult, RequestError> {
    let mut tried = JoinSet::new();
    for (place, address) in addresses.iter().copied().enumerate() {
        let client = client.clone();
        tried.spawn(async move { (place, address, client.reach(address).await) });
    }
    let mut tried = tried.join_all().await;
    tried.sort_by_key(|(place, ..)| *place);
    let (mut connected, mut failed) = (None, Vec::new());
    for (_, address, outcome) in tried {
        match outcome {
            Ok(took) => connected = connected.or(Some((address, took))),
            Err(fault) => failed.push((address, fault)),
        }
    }
    match (connected, failed.first()) {
        (Some((address, took)), _) => Ok(ConnectResult {
            address,
            took,
            failed,
        }),
        (None, Some((_, fault))) => Err(fault.clone()),
        (None, None) => Err(RequestError::Refused),
    }
}

/// Returns why no further requests are worthwhile after the first reply, if so.
fn further<T>(first: &Probed<T>) -> Result<(), Unavailable> {
    match first {
        Err(Unavailable::Fault(fault)) if fault.is_unreachable() => Err(NO_ANSWER),
        Err(Unavailable::Fault(fault)) if fault.is_not_allowed() => Err(NOT_ALLOWED),
        Err(missing) if *missing == NOT_REACHED => Err(NOT_REACHED),
        _ => Ok(()),
    }
}

async fn inspect(client: &Client) -> Probed<Inspection> {
    let answer = client.inspect().await.map_err(Unavailable::Fault)?;
    answer.ok_or(DRAFT)
}

async fn list(client: &Client) -> Probed<ListProbe> {
    let list = client.poll_sessions().await.map_err(Unavailable::Fault)?;
    Ok(list_probe(&list, client.list_form()))
}

fn list_probe(list: &ListReply, form: ListForm) -> ListProbe {
    ListProbe {
        form,
        sessions: list.rows.sessions.len(),
        bytes: list.bytes,
        cost: list.cost,
        dropped: list.rows.dropped,
        blanked: list.rows.blanked,
        // Without a Date header the list has this machine's time.
        server_now: (list.server_now != list.taken_at).then_some(list.server_now),
        heard_at: list.taken_at,
    }
}

fn probed<T>(answer: Result<Option<T>, RequestError>) -> Probed<T> {
    answer
        .map_err(Unavailable::Fault)?
        .ok_or(Unavailable::NotReported("not reported"))
}

/// Returns the file limit of a proxy on this machine.
///
/// The API reports the process id in the name of the data directory. `None` if that is another process here, as
/// with a container or a tunnel.
fn file_limit(client: &Client, instance: &Instance) -> Option<u64> {
    if !client.url().is_loopback() {
        return None;
    }
    let pid = instance.pid()?;
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
    if name.trim_end() != "maxscale" {
        return None;
    }
    limit_in(&std::fs::read_to_string(format!("/proc/{pid}/limits")).ok()?)
}

/// Returns the soft limit of open files in the text of `/proc/PID/limits`.
pub(super) fn limit_in(limits: &str) -> Option<u64> {
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}
