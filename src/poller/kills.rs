//! The kill lane: what kills ask of the endpoint, behind nothing else.
//!
//! How much is under way at a time decides the kill protocol, which never has more than sixteen; a
//! DELETE must not wait here, for the check before it would grow old.

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::app::msg::{Msg, Ticket};
use crate::client::Client;
use crate::kill::KillRequest;
use crate::poller::kill_request::answer;

/// Carries out requests as they come, until nobody can give any. What is in flight then is dropped.
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
