//! Checks before the first kill whether the accounts may kill sessions, so that no DELETE is sent that the
//! endpoint would reject.

use crate::client::Client;
use crate::commands::exit::{CommandError, failed};
use crate::kill::{RefusalReason, Victim};
use crate::model::{Instance, RequestError};

/// Refuses the victims at endpoints with an account that may only read. Unknown permissions refuse none: the
/// reply to the DELETE decides.
///
/// # Errors
///
/// Returns [`RequestError::MayOnlyRead`] if that applies to all victims.
pub(super) async fn check(clients: &[Client], victims: &mut [Victim]) -> Result<(), CommandError> {
    let mut barred = Vec::new();
    for client in clients {
        let is_there = |victim: &&Victim| victim.identity.endpoint == client.endpoint();
        let Some(victim) = victims
            .iter()
            .filter(is_there)
            .find(|victim| victim.refused.is_none())
        else {
            continue;
        };
        let release = victim.instance.as_ref().and_then(Instance::release);
        // A failed request leaves the permissions unknown.
        let account = client.account(release).await.ok().flatten();
        if account.is_some_and(|account| account.may_only_read()) {
            barred.push(client);
        }
    }
    let is_barred = |victim: &Victim| {
        let of = |client: &&Client| client.endpoint() == victim.identity.endpoint;
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
