//! What the kill protocol asks of an endpoint, and what its client answers. The screen's kill lane and
//! `maxtop kill` both go through here.

use std::sync::Arc;

use super::client::{Checked, Client};
use crate::kill::{Event, Request, Ticket};
use crate::model::{Fault, Limit, Snapshot, Text};

/// Asks one thing of an endpoint, and says what came of it.
pub(crate) async fn answer(client: &Client, ticket: Ticket, request: Request) -> Event {
    match request {
        Request::Check { id, purpose } => match client.check(ticket.number(), id, purpose).await {
            Ok(Checked::Seen(sighting)) => Event::Seen(ticket, Ok(Arc::from(sighting))),
            Ok(Checked::Missing(absence)) => Event::Missing(ticket, absence),
            Err(fault) => Event::Seen(ticket, Err(fault)),
        },
        Request::Survey => Event::Surveyed(ticket, client.survey().await),
        Request::List => Event::Relisted(ticket, list(client).await.map(Arc::new)),
        Request::Delete { id, checked_at } => {
            Event::Deleted(ticket, client.delete(ticket.number(), id, checked_at).await)
        }
    }
}

/// A list of its own, with the process read before it.
async fn list(client: &Client) -> Result<Snapshot, Fault> {
    let instance = match client.instance().await {
        Err(fault) if fault.is_unreachable() || fault.is_not_allowed() => return Err(fault),
        answer => answer.unwrap_or_default(),
    };
    let list = client.polled().await;
    // A list that is not found says nothing of any session.
    let list = list.map_err(|fault| match fault {
        Fault::NotFound => Fault::Status {
            status: 404,
            detail: Some(Text::clean("no list of sessions there", Limit::Line)),
        },
        fault => fault,
    })?;
    Ok(list.into_snapshot(client.endpoint(), instance, 0))
}
