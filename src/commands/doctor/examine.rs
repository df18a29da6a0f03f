//! Asks all there is to ask, one after another, by GETs alone: a proxy serves one request at a time. Only the
//! process start is read on several connections side by side.

use std::net::SocketAddr;

use jiff::Timestamp;
use tokio::task::JoinSet;

use super::facts::{ConnectResult, Facts, ListProbe, NOT_ALLOWED, Probed, RequestSettings, Unavailable};
use crate::client::{Client, Inspection, ListForm, ListReply};
use crate::model::{Dialect, Instance, RequestError};

const NOT_REACHED: Unavailable = Unavailable::Untold("the endpoint was not reached");
const NO_ANSWER: Unavailable = Unavailable::Untold("the endpoint gave no answer");
const NO_API: Unavailable = Unavailable::Untold("no MaxScale admin API was found there");
const DRAFT: Unavailable = Unavailable::Untold("the draft dialect does not tell");

/// Examines the endpoint. What depends on an earlier answer that did not come is not asked.
pub(super) async fn examine(client: &Client, asker: RequestSettings) -> Facts {
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
        asker,
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
        workers: Err(NO_API),
        account: Err(NO_API),
    };
    match facts.dialect {
        Some(Dialect::JsonApi) => ask_neighbours(client, &mut facts).await,
        Some(Dialect::Draft) => untold(&mut facts, &DRAFT),
        None => {
            let why = further(&facts.proxy).and(further(&facts.list)).err();
            untold(&mut facts, &why.unwrap_or(NO_API));
        }
    }
    facts
}

/// What only JSON:API has.
async fn ask_neighbours(client: &Client, facts: &mut Facts) {
    facts.instances = client.instances().await.map_err(Unavailable::Fault);
    facts.services = probed(client.services().await);
    facts.workers = probed(client.workers().await);
    facts.account = probed(client.account().await);
}

fn untold(facts: &mut Facts, why: &Unavailable) {
    facts.instances = Err(why.clone());
    facts.services = Err(why.clone());
    facts.workers = Err(why.clone());
    facts.account = Err(why.clone());
    if matches!(facts.proxy, Err(Unavailable::Untold(_))) {
        facts.proxy = Err(why.clone());
    }
}

/// All addresses side by side; the first of them that lets us in counts. Without one, the first says
/// why.
async fn connect(client: &Client, addresses: &[SocketAddr]) -> Result<ConnectResult, RequestError> {
    let mut tried = JoinSet::new();
    for (place, address) in addresses.iter().copied().enumerate() {
        let client = client.clone();
        tried.spawn(async move { (place, address, client.reach(address).await) });
    }
    let mut tried = tried.join_all().await;
    tried.sort_by_key(|(place, ..)| *place);
    let (mut stands, mut failed) = (None, Vec::new());
    for (_, address, outcome) in tried {
        match outcome {
            Ok(took) => stands = stands.or(Some((address, took))),
            Err(fault) => failed.push((address, fault)),
        }
    }
    match (stands, failed.first()) {
        (Some((address, took)), _) => Ok(ConnectResult {
            address,
            took,
            failed,
        }),
        (None, Some((_, fault))) => Err(fault.clone()),
        (None, None) => Err(RequestError::Refused),
    }
}

/// Whether there is any sense in asking more, after the first answer.
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
        // Without a Date the list took this machine's clock for the server's.
        server_now: (list.server_now != list.taken_at).then_some(list.server_now),
        heard_at: list.taken_at,
    }
}

fn probed<T>(answer: Result<Option<T>, RequestError>) -> Probed<T> {
    answer
        .map_err(Unavailable::Fault)?
        .ok_or(Unavailable::Untold("not told"))
}

/// The limit of a process on this machine. The API tells its id, in the name of its data directory;
/// where that is another process, as with a container or a tunnel, nothing is known.
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

/// The soft limit of open files in the text that Linux has of a process.
pub(super) fn limit_in(limits: &str) -> Option<u64> {
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}
