//! Checks before the first kill whether the accounts may kill sessions, so that no DELETE is sent that the
//! endpoint would reject.

use crate::client::Client;
use crate::commands::exit::{CommandError, failed};
use crate::kill::{RefusalReason, Victim};
use crate::model::{EndpointId, Instance, RequestError, Version};

/// Refuses the victims at endpoints with an account that may only read. Unknown permissions refuse none: the
/// reply to the DELETE decides.
///
/// # Errors
///
/// Returns [`RequestError::MayOnlyRead`] if that applies to all victims.
pub(super) async fn check(clients: &[Client], victims: &mut [Victim]) -> Result<(), CommandError> {
    let used: Vec<_> = clients
        .iter()
        .filter_map(|client| Some((client.clone(), release(client.endpoint(), victims)?)))
        .collect();
    let mut barred = Vec::new();
    for (client, release) in used {
        // A failed request leaves the permissions unknown.
        let account = client.account(release).await.ok().flatten();
        if account.is_some_and(|account| account.may_only_read()) {
            barred.push(client);
        }
    }
    let is_barred = |victim: &Victim| {
        let of = |client: &Client| client.endpoint() == victim.identity.endpoint;
        barred.iter().any(of)
    };
    if let Some(first) = barred.first()
        && victims.iter().all(is_barred)
    {
        return Err(failed(first)(RequestError::MayOnlyRead));
    }
    for victim in victims.iter_mut().filter(|victim| is_barred(victim)) {
        victim.refused = Some(RefusalReason::MayOnlyRead);
    }
    Ok(())
}

/// Returns the release of an endpoint that has victims which can be killed; `None` if it has none.
fn release(endpoint: EndpointId, victims: &[Victim]) -> Option<Option<Version>> {
    let victim = victims
        .iter()
        .find(|victim| victim.identity.endpoint == endpoint && victim.refused.is_none())?;
    Some(victim.instance.as_ref().and_then(Instance::release))
}
