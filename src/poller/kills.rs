//! Kill task: sends the requests of kills without waiting for other requests.
//!
//! The kill protocol limits the requests in flight to sixteen. A DELETE must not wait here, because its
//! check would get too old.

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::app::msg::{Msg, Ticket};
use crate::client::Client;
use crate::kill::KillRequest;
use crate::poller::kill_request::answer;

/// Executes requests as they arrive, until the sender is closed. Requests in flight are dropped then.
pub(super) async fn run(
    client: Client,
    mut requests: mpsc::UnboundedReceiver<(Ticket, KillRequest)>,
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
                        // Fails only when the program exits.
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
