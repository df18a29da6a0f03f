//! The right to end sessions, as a value: a read-only client has none, so no DELETE can leave it.

use super::exchange::Exchange;
use super::reply::Reply;
use super::target;
use crate::model::{Dialect, Fault, SessionId};

/// Permission to send DELETE requests. Made only here, and only for a client that may write.
#[derive(Debug)]
pub(super) struct Deletion(());

impl Deletion {
    pub(super) fn permit(read_only: bool) -> Option<Self> {
        (!read_only).then_some(Self(()))
    }

    /// Exactly one DELETE, on a connection of its own, whatever comes of it.
    pub(super) async fn send(
        &self,
        exchange: &Exchange,
        dialect: Dialect,
        id: SessionId,
    ) -> Result<Reply, Fault> {
        exchange.delete(dialect, &target::deletion(dialect, id)).await
    }
}
