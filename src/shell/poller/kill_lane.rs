//! The kill lane: what kills ask of the endpoint, behind nothing else.
//!
//! How much is under way at a time decides the kill protocol, which never has more than sixteen; a
//! DELETE must not wait here, for the check before it would grow old.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::app::msg::{Msg, Ticket};
use crate::kill::{Event, Request};
use crate::model::{Fault, Limit, Snapshot, Text};
use crate::shell::client::{Client, ListRequest};

/// Carries out requests as they come, until nobody can give any. What is in flight then is dropped.
pub(super) async fn run(
    client: Client,
    mut requests: mpsc::UnboundedReceiver<(Ticket, Request)>,
    out: mpsc::UnboundedSender<Msg>,
) {
    let mut running = JoinSet::new();
    loop {
        tokio::select! {
            request = requests.recv() => match request {
                Some((ticket, request)) => {
                    let (client, out) = (client.clone(), out.clone());
                    running.spawn(async move {
                        let event = answer(&client, ticket, request).await;
                        // Nobody listens: the program is ending.
                        let _ = out.send(Msg::Kill(event));
                    });
                }
                None => return,
            },
            Some(ended) = running.join_next() => {
                if let Err(Ok(panic)) = ended.map_err(tokio::task::JoinError::try_into_panic) {
                    std::panic::resume_unwind(panic);
                }
            }
        }
    }
}

/// Asks one thing of an endpoint, and says what came of it.
pub(crate) async fn answer(client: &Client, ticket: Ticket, request: Request) -> Event {
    match request {
        Request::Check {
            id,
            with_process: true,
        } => Event::Seen(ticket, client.sight(id).await.map(Arc::new)),
        Request::Check {
            id,
            with_process: false,
        } => Event::Seen(ticket, client.look(id).await.map(Arc::new)),
        Request::Process => Event::Process(ticket, client.instance().await),
        Request::List => Event::Relisted(ticket, list(client).await.map(Arc::new)),
        Request::Delete { id } => Event::Deleted(ticket, client.delete(id).await),
    }
}

/// A list of its own, with the process read before it.
async fn list(client: &Client) -> Result<Snapshot, Fault> {
    let instance = match client.instance().await {
        Err(fault) if fault.is_unreachable() || fault.is_not_allowed() => return Err(fault),
        answer => answer.unwrap_or_default(),
    };
    let list = client.sessions(&ListRequest::default()).await;
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
