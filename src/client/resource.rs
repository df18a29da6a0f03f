//! What only JSON:API has besides its sessions: the services, the workers, who may do what.
//!
//! How the servers behind an endpoint are doing.
//!
//! The connections of one session, which the draft has as a resource of their own.

use jiff::Timestamp;

use super::reply::Reply;
use super::{Client, fault, target};
use crate::model::{
    AccountType, ConnectionDetail, Dialect, RequestError, Servers, Services, SessionId, Worker,
};
use crate::wire::{Decoder, WireError, draft, jsonapi};

impl Client {
    /// The services and how full they are. Nothing, and no request, where the dialect is the draft
    /// or not known yet: this is never worth a list to find it out.
    pub async fn services(&self) -> Result<Option<Services>, RequestError> {
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
    pub async fn workers(&self) -> Result<Option<Vec<Worker>>, RequestError> {
        self.resource(target::WORKERS, "no /v1/maxscale/threads there", jsonapi::workers)
            .await
    }

    /// What the user who asks may do; nothing where nobody is asked who it is, or as with
    /// [`services`](Self::services). One that the admin API has not made itself (PAM) is a 404.
    pub async fn account(&self) -> Result<Option<AccountType>, RequestError> {
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
    ) -> Result<Option<T>, RequestError> {
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

impl Client {
    /// The servers, as the proxy's monitor sees them. Nothing, and no request, where the dialect is
    /// the draft or not known yet: this is never worth a list to find it out.
    pub async fn servers(&self) -> Result<Option<Servers>, RequestError> {
        if self.dialect() != Some(Dialect::JsonApi) {
            return Ok(None);
        }
        let reply = self.0.exchange.get(Dialect::JsonApi, target::SERVERS).await?;
        let taken_at = Timestamp::now();
        if !reply.is_success() {
            let missing = "no /v1/servers there";
            return Err(fault::of_resource_status(&reply, missing, self.has_credentials()));
        }
        let read = self.decode(reply, move |body, decoder| {
            let (states, dropped) = jsonapi::servers(body, decoder)?;
            Ok(Servers {
                states,
                taken_at,
                blanked: decoder.blanked,
                dropped,
            })
        });
        read.await.map(Some)
    }
}

impl Client {
    /// The connections of a session of the draft, looked at again and again. One that is not there is
    /// [`RequestError::NotFound`].
    pub async fn connections_of(&self, id: SessionId) -> Result<Vec<ConnectionDetail>, RequestError> {
        let target = target::connections(id);
        let reply = self.0.exchange.get_often(Dialect::Draft, &target).await?;
        Ok(self.decode_connections(reply).await?.0)
    }

    /// The same right after the session was seen. A 404 then is an endpoint that has no such resource,
    /// or a session that ended just now; the next look tells. Says how many fields were unreadable.
    pub(super) async fn connections(
        &self,
        id: SessionId,
    ) -> Result<(Vec<ConnectionDetail>, u32), RequestError> {
        let target = target::connections(id);
        let reply = self.0.exchange.get(Dialect::Draft, &target).await?;
        match self.decode_connections(reply).await {
            Err(RequestError::NotFound) => Ok((Vec::new(), 0)),
            answer => answer,
        }
    }

    async fn decode_connections(&self, reply: Reply) -> Result<(Vec<ConnectionDetail>, u32), RequestError> {
        if !reply.is_success() {
            return Err(fault::of_status(&reply, Dialect::Draft, self.has_credentials()));
        }
        self.decode(reply, |body, decoder| {
            draft::connections(body, decoder).map(|connections| (connections, decoder.blanked))
        })
        .await
    }
}
