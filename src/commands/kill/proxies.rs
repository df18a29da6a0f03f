//! Refuses victims at addresses where several proxies answer.

use std::collections::BTreeMap;

use tokio::task::JoinSet;

use crate::kill::{Refusal, Victim};
use crate::model::{Continuity, EndpointId};
use crate::shell::client::Client;

/// Reads the process start of each endpoint with victims on several connections, and refuses its victims
/// if one proxy does not answer on all of them.
pub(super) async fn refuse_where_several(clients: &[Client], victims: &mut [Victim]) {
    let has_victims = |client: &&Client| {
        let mut victims = victims.iter().filter(|victim| victim.refused.is_none());
        victims.any(|victim| victim.identity.endpoint == client.endpoint())
    };
    let mut reads = JoinSet::new();
    for client in clients.iter().filter(has_victims) {
        let client = client.clone();
        reads.spawn(async move { (client.endpoint(), refusal(&client).await) });
    }
    let refusals: BTreeMap<EndpointId, Option<Refusal>> = reads.join_all().await.into_iter().collect();
    for victim in victims {
        let refusal = refusals.get(&victim.identity.endpoint).cloned().flatten();
        victim.refused = victim.refused.take().or(refusal);
    }
}

async fn refusal(client: &Client) -> Option<Refusal> {
    match client.instances().await {
        Ok(readings) => match Continuity::of_simultaneous(&readings) {
            Continuity::Same => None,
            Continuity::Restarted => Some(Refusal::Restarted),
            Continuity::SeveralProxies => Some(Refusal::SeveralProxies),
        },
        // An endpoint that does not tell its process only makes the identity weaker.
        Err(fault) if !fault.is_unreachable() && !fault.is_not_allowed() => None,
        Err(fault) => Some(Refusal::Unreadable(fault)),
    }
}
