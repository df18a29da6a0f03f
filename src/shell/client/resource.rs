//! What only JSON:API has besides its sessions: the services, the workers, who may do what.

use jiff::Timestamp;

use super::{Client, fault, target};
use crate::model::{Account, Dialect, Fault, Services, Worker};
use crate::wire::{Decoder, WireError, jsonapi};

impl Client {
    /// The services and how full they are. Nothing, and no request, where the dialect is the draft
    /// or not known yet: this is never worth a list to find it out.
    pub async fn services(&self) -> Result<Option<Services>, Fault> {
        self.resource(target::SERVICES, "no /v1/services there", |body, decoder| {
            let (states, dropped) = jsonapi::services(body, decoder)?;
            Ok(Services {
                states,
                taken_at: Timestamp::now(),
                blanked: decoder.blanked,
                dropped,
            })
        })
        .await
    }

    /// The routing workers; nothing as with [`services`](Self::services).
    pub async fn workers(&self) -> Result<Option<Vec<Worker>>, Fault> {
        self.resource(target::WORKERS, "no /v1/maxscale/threads there", jsonapi::workers)
            .await
    }

    /// What the user who asks may do; nothing where nobody is asked who it is, or as with
    /// [`services`](Self::services). One that the admin API has not made itself (PAM) is a 404.
    pub async fn account(&self) -> Result<Option<Account>, Fault> {
        let Some(user) = self.user() else {
            return Ok(None);
        };
        let target = target::user(user);
        let account = self.resource(&target, "not among its users", |body, _| jsonapi::account(body));
        Ok(account.await?.flatten())
    }

    async fn resource<T: Send + 'static>(
        &self,
        target: &str,
        missing: &'static str,
        read: impl FnOnce(&[u8], &mut Decoder<'_>) -> Result<T, WireError> + Send + 'static,
    ) -> Result<Option<T>, Fault> {
        if self.dialect() != Some(Dialect::JsonApi) {
            return Ok(None);
        }
        let reply = self.0.exchange.get(Dialect::JsonApi, target).await?;
        if !reply.is_success() {
            return Err(fault::of_resource_status(&reply, missing, self.has_credentials()));
        }
        self.decode(reply, read).await.map(Some)
    }
}
