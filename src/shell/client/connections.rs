//! The connections of one session, which the draft has as a resource of their own.

use super::reply::Reply;
use super::{Client, fault, target};
use crate::model::{Connection, Dialect, Fault, SessionId};
use crate::wire::draft;

impl Client {
    /// The connections of a session of the draft, looked at again and again. One that is not there is
    /// [`Fault::NotFound`].
    pub async fn connections_of(&self, id: SessionId) -> Result<Vec<Connection>, Fault> {
        let target = target::connections(id);
        let reply = self.0.exchange.get_often(Dialect::Draft, &target).await?;
        Ok(self.decode_connections(reply).await?.0)
    }

    /// The same right after the session was seen. A 404 then is an endpoint that has no such resource,
    /// or a session that ended just now; the next look tells. Says how many fields were unreadable.
    pub(super) async fn connections(&self, id: SessionId) -> Result<(Vec<Connection>, u32), Fault> {
        let target = target::connections(id);
        let reply = self.0.exchange.get(Dialect::Draft, &target).await?;
        match self.decode_connections(reply).await {
            Err(Fault::NotFound) => Ok((Vec::new(), 0)),
            answer => answer,
        }
    }

    async fn decode_connections(&self, reply: Reply) -> Result<(Vec<Connection>, u32), Fault> {
        if !reply.is_success() {
            return Err(fault::of_status(&reply, Dialect::Draft, self.has_credentials()));
        }
        self.decode(reply, |body, decoder| {
            draft::connections(body, decoder).map(|connections| (connections, decoder.blanked))
        })
        .await
    }
}
