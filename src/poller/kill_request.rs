//! Executes requests of the kill protocol. Used by the screen's kill task and by `maxtop kill`.

use std::sync::Arc;

use crate::client::{Checked, Client};
use crate::kill::{KillEvent, KillRequest, Ticket};
use crate::model::{RequestError, Snapshot, Text, TextLimit};

/// Executes one request and returns the reply as an event.
pub(crate) async fn answer(client: &Client, ticket: Ticket, request: KillRequest) -> KillEvent {
    match request {
        KillRequest::Check { id, purpose } => match client.check(ticket.number(), id, purpose).await {
            Ok(Checked::Seen(observation)) => KillEvent::Seen(ticket, Ok(Arc::from(observation))),
            Ok(Checked::Missing(absence)) => KillEvent::Missing(ticket, absence),
            Err(fault) => KillEvent::Seen(ticket, Err(fault)),
        },
        KillRequest::Survey => KillEvent::Surveyed(ticket, client.survey().await),
        KillRequest::List => KillEvent::Relisted(ticket, list(client).await.map(Arc::new)),
        KillRequest::Delete { id, checked_at } => {
            KillEvent::Deleted(ticket, client.delete(ticket.number(), id, checked_at).await)
        }
    }
}

/// Gets a separate list, with the process start read before it. A 404 to a list is not about a session.
async fn list(client: &Client) -> Result<Snapshot, RequestError> {
    client.snapshot(0).await.map_err(|fault| match fault {
        RequestError::NotFound => RequestError::Status {
            status: 404,
            detail: Some(Text::clean("no list of sessions there", TextLimit::Line)),
        },
        fault => fault,
    })
}
