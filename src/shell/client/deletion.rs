//! The right to end sessions, as a value: a read-only client has none, so no DELETE can leave it.

use super::checked::Connection;
use super::exchange::Exchange;
use super::reply::Reply;
use super::target;
use crate::model::{Dialect, Fault, Now, SessionId};

/// Permission to send DELETE requests. Made only here, and only for a client that may write.
#[derive(Debug)]
pub(super) struct Deletion(());

impl Deletion {
    pub(super) fn permit(read_only: bool) -> Option<Self> {
        (!read_only).then_some(Self(()))
    }

    /// Sends exactly one DELETE, over the connection of its check.
    pub(super) async fn send(
        &self,
        exchange: &Exchange,
        connection: Connection,
        dialect: Dialect,
        id: SessionId,
        checked_at: Now,
    ) -> Result<Reply, Fault> {
        let target = target::deletion(dialect, id);
        exchange.delete(connection, dialect, &target, checked_at).await
    }
}
