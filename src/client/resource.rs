//! Resources beside the sessions: services, servers and workers in JSON:API, connections of a session in the draft.

use jiff::Timestamp;

use super::reply::Reply;
use super::{Client, fault, target};
use crate::model::{ConnectionDetail, Dialect, RequestError, Servers, Services, SessionId, Worker};
use crate::wire::{Decoder, WireError, draft, jsonapi};

impl Client {
    /// Gets the services with their connection counts. Returns `None` without a request if the dialect is
    /// the draft or unknown: a list is too expensive to find it out.
    ///
    /// # Errors
    ///
    /// Returns the error of the request. A 404 is [`RequestError::Status`].
    pub(crate) async fn services(&self) -> Result<Option<Services>, RequestError> {
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

    /// Gets the routing workers. Returns `None` as [`services`](Self::services) does.
    ///
    /// # Errors
    ///
    /// Returns the error of the request. A 404 is [`RequestError::Status`].
    pub(crate) async fn workers(&self) -> Result<Option<Vec<Worker>>, RequestError> {
        self.resource(target::WORKERS, "no /v1/maxscale/threads there", jsonapi::workers)
            .await
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
    /// Gets the servers as the proxy's monitor reports them. Returns `None` without a request if the
    /// dialect is the draft or unknown: a list is too expensive to find it out.
    ///
    /// # Errors
    ///
    /// Returns the error of the request. A 404 is [`RequestError::Status`].
    pub async fn servers(&self) -> Result<Option<Servers>, RequestError> {
        self.resource(target::SERVERS, "no /v1/servers there", |body, decoder| {
            let (states, dropped) = jsonapi::servers(body, decoder)?;
            Ok(Servers {
                states,
                taken_at: Timestamp::now(),
                blanked: decoder.blanked,
                dropped,
            })
        })
        .await
    }
}

impl Client {
    /// Gets the connections of a session of the draft. Polled repeatedly, so the connection is kept.
    ///
    /// # Errors
    ///
    /// Returns [`RequestError::NotFound`] if the session does not exist, and the error of the request
    /// otherwise.
    pub(crate) async fn connections_of(&self, id: SessionId) -> Result<Vec<ConnectionDetail>, RequestError> {
        let target = target::connections(id);
        let reply = self.0.exchange.get_often(Dialect::Draft, &target).await?;
        Ok(self.decode_connections(reply).await?.0)
    }

    /// Gets the connections right after the session. A 404 means that the endpoint has no such resource
    /// or that the session has just ended; the next poll shows which. Also returns the number of
    /// unreadable fields.
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
