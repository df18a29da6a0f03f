//! The single reads that make up a check: an address, a process start, a session.

use std::net::SocketAddr;
use std::time::Duration;

use hyper::Method;

use super::Connection;
use crate::client::exchange::Exchange;
use crate::client::reply::Reply;
use crate::client::{Client, fault, target};
use crate::model::{Dialect, ProcessStart, RequestError, SessionDetail, SessionId};
use crate::wire::{draft, jsonapi};

/// How long the address of a host name is used before the name is resolved again.
const ADDRESSES_FOR: Duration = Duration::from_secs(5);

impl Client {
    pub(super) async fn open(&self, address: SocketAddr) -> Result<Connection, RequestError> {
        self.0.exchange.open(address).await
    }

    pub(super) async fn optional_process(
        &self,
        connection: Option<&mut Connection>,
    ) -> Result<Option<ProcessStart>, RequestError> {
        match connection {
            Some(connection) => self.process(connection).await,
            None => Ok(None),
        }
    }

    /// Reads the process start over a connection. An unusable reply makes the check weaker, which the
    /// kill protocol evaluates.
    pub(super) async fn process(
        &self,
        connection: &mut Connection,
    ) -> Result<Option<ProcessStart>, RequestError> {
        let reply = self
            .0
            .exchange
            .get_over_connection(connection, Dialect::JsonApi, target::INSTANCE)
            .await?;
        if !reply.is_success() {
            let fault = fault::of_status(&reply, Dialect::JsonApi, self.has_credentials());
            return if fault.is_not_allowed() {
                Err(fault)
            } else {
                Ok(None)
            };
        }
        let instance = self.decode(reply, |body, _| jsonapi::instance(body)).await;
        Ok(instance.ok().and_then(|instance| instance.process))
    }

    /// Reads the session over a connection. Returns `None` for the admin API's own 404.
    pub(super) async fn detail(
        &self,
        connection: &mut Connection,
        dialect: Dialect,
        id: SessionId,
    ) -> Result<Option<SessionDetail>, RequestError> {
        let target = target::session(dialect, id);
        let reply = self
            .0
            .exchange
            .get_over_connection(connection, dialect, &target)
            .await?;
        if !reply.is_success() {
            return match fault::of_status(&reply, dialect, self.has_credentials()) {
                RequestError::NotFound => Ok(None),
                fault => Err(fault),
            };
        }
        self.decode_session(dialect, id, reply).await.map(Some)
    }

    /// Decodes the reply to a request for one session, and checks that it is the requested one.
    pub(in crate::client) async fn decode_session(
        &self,
        dialect: Dialect,
        id: SessionId,
        reply: Reply,
    ) -> Result<SessionDetail, RequestError> {
        let detail = match dialect {
            Dialect::JsonApi => self.decode(reply, jsonapi::session).await?,
            Dialect::Draft => self.decode(reply, draft::session).await?,
        };
        same_id(id, detail)
    }

    /// Returns the first address of the endpoint that accepts a connection. A host name is resolved at
    /// most every five seconds.
    pub(super) async fn address(&self) -> Result<SocketAddr, RequestError> {
        if let Some(address) = self.0.kills.held.recent_address(ADDRESSES_FOR) {
            return Ok(address);
        }
        let addresses = self.resolve().await?;
        let mut last = RequestError::Resolve(fault::line(self.url().host()));
        for address in addresses {
            match self.open(address).await {
                Ok(_) => {
                    self.0.kills.held.note_address(address);
                    return Ok(address);
                }
                Err(fault) => last = fault,
            }
        }
        Err(last)
    }
}

/// Returns `detail` if it has this id. Before 24.02 an id is parsed with `atoi`: 2^32 + 7 gives session
/// 7.
fn same_id(id: SessionId, detail: SessionDetail) -> Result<SessionDetail, RequestError> {
    if detail.session.id == id {
        return Ok(detail);
    }
    let other = detail.session.id;
    let what = format!("requested session {id}, got session {other}");
    Err(RequestError::Malformed(fault::line(&what)))
}

impl Exchange {
    /// Sends one GET over an open connection. If the server no longer knows the token, drops it; the
    /// caller reads again.
    async fn get_over_connection(
        &self,
        connection: &mut Connection,
        dialect: Dialect,
        target: &str,
    ) -> Result<Reply, RequestError> {
        let pass = self.access().fresh_header().await?;
        let mut reply = self
            .send_over(connection, Method::GET, dialect, target, &pass)
            .await?;
        self.note_get(&pass, &mut reply, dialect)?;
        Ok(reply)
    }
}
