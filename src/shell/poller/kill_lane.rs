//! The kill lane: checks and deletions, sixteen at a time, behind nothing else.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

use crate::app::msg::{Msg, Purpose, Ticket};
use crate::model::SessionId;
use crate::shell::client::Client;

/// How many of its requests may be in flight.
const WIDTH: usize = 16;

/// One thing to do.
#[derive(Debug)]
pub(super) enum Order {
    /// Read process start and session anew, after a wait.
    Check {
        ticket: Ticket,
        id: SessionId,
        after: Duration,
    },
    /// End a session.
    Delete { ticket: Ticket, id: SessionId },
}

/// Carries out orders as they come, until nobody can give any. What is in flight then is dropped.
pub(super) async fn run(
    client: Client,
    mut orders: mpsc::UnboundedReceiver<Order>,
    out: mpsc::UnboundedSender<Msg>,
) {
    let slots = Arc::new(Semaphore::new(WIDTH));
    let mut running = JoinSet::new();
    loop {
        tokio::select! {
            order = orders.recv() => match order {
                Some(order) => {
                    running.spawn(carry_out(order, client.clone(), slots.clone(), out.clone()));
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

async fn carry_out(order: Order, client: Client, slots: Arc<Semaphore>, out: mpsc::UnboundedSender<Msg>) {
    if let Order::Check { after, .. } = order {
        tokio::time::sleep(after).await;
    }
    // Never closed, so this cannot fail; it waits for its turn.
    let _slot = slots.acquire().await;
    let msg = match order {
        Order::Check { ticket, id, .. } => Msg::Seen {
            endpoint: client.endpoint(),
            id,
            purpose: Purpose::Check(ticket),
            answer: client.sight(id).await.map(Arc::new),
        },
        Order::Delete { ticket, id } => Msg::Deleted(ticket, client.delete(id).await),
    };
    // Nobody listens: the program is ending.
    let _ = out.send(msg);
}
