//! Detects endpoints that are several URLs of one proxy, so that its sessions are used once.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{connect, output};
use crate::client::Client;
use crate::model::{EndpointId, EndpointNames, Snapshot};

/// Endpoints whose lists were left out, each with the endpoint that has the same sessions.
pub(super) type Aliases = BTreeMap<EndpointId, EndpointId>;

/// Removes lists of a proxy that an earlier endpoint has listed, and prints a note for each.
pub(super) fn merge(snapshots: Vec<Snapshot>, clients: &[Client]) -> (Vec<Snapshot>, Aliases) {
    let (kept, aliases) = merged(snapshots);
    for (alias, endpoint) in &aliases {
        remark(clients, *alias, *endpoint);
    }
    (kept, aliases)
}

/// Returns URL and other names of each endpoint. `names` are the names of the endpoints, by number.
pub(super) fn names(clients: &[Client], names: &[Arc<str>], aliases: &Aliases) -> Vec<Arc<EndpointNames>> {
    let all = clients.iter().map(|client| {
        let same = aliases.iter().filter(|(_, kept)| **kept == client.endpoint());
        Arc::new(EndpointNames {
            url: Some(client.url().to_string().into()),
            aliases: same
                .filter_map(|(alias, _)| names.get(usize::from(alias.0)).cloned())
                .collect(),
        })
    });
    all.collect()
}

/// Says that an endpoint is another URL of one that was used before.
pub(super) fn remark(clients: &[Client], alias: EndpointId, endpoint: EndpointId) {
    let [alias, url] = [alias, endpoint].map(|endpoint| connect::url(clients, endpoint));
    output::remark(&format!(
        "{alias} is the same proxy as {url}: its sessions are used once"
    ));
}

fn merged(snapshots: Vec<Snapshot>) -> (Vec<Snapshot>, Aliases) {
    let mut kept: Vec<Snapshot> = Vec::new();
    let mut aliases = Aliases::new();
    for snapshot in snapshots {
        match kept.iter().find(|one| one.is_of_same_proxy(&snapshot)) {
            Some(one) => drop(aliases.insert(snapshot.endpoint, one.endpoint)),
            None => kept.push(snapshot),
        }
    }
    (kept, aliases)
}
