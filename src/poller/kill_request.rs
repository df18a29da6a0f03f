//! Executes requests of the kill protocol. Used by the screen's kill task and by `maxtop kill`.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::client::{Checked, Client};
use crate::kill::{KillEvent, KillRequest, Ticket};
use crate::model::{RequestError, ServerAccessFault, ServerThreads, Snapshot, Text, TextLimit};
use crate::poller::read_locks;

/// Maximum time to read the threads of a server. A kill does not wait longer for it.
const MAX_READING_TIME: Duration = Duration::from_secs(2);

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
        KillRequest::ReadThreads { servers } => {
            KillEvent::ThreadsRead(ticket, threads(client, servers).await)
        }
        KillRequest::ReadLocks { servers } => KillEvent::LocksRead(ticket, read_locks(client, servers).await),
        KillRequest::EndStatement {
            server,
            connection,
            query_id,
            index,
        } => {
            let reply = client.kill_statement(&server, connection, query_id).await;
            KillEvent::StatementEnded(ticket, index, reply)
        }
    }
}

/// Reads the threads of all these servers at the same time.
async fn threads(client: &Client, servers: Vec<Text>) -> Vec<ServerThreads> {
    let mut readings = JoinSet::new();
    for server in servers {
        let client = client.clone();
        readings.spawn(async move {
            let reading = tokio::time::timeout(MAX_READING_TIME, client.read_threads(&server)).await;
            let late = |_| {
                Err(ServerAccessFault::Request(RequestError::TimedOut(
                    MAX_READING_TIME,
                )))
            };
            ServerThreads {
                server,
                reading: reading.unwrap_or_else(late),
            }
        });
    }
    readings.join_all().await
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
