//! What the kill protocol asks of an endpoint.

use crate::kill::{Event, Request, Ticket};
use crate::shell::client::Client;
use crate::shell::kill_request::answer;

/// An endpoint as the protocol sees it; a clone is the same endpoint.
pub(super) trait Endpoint: Clone + Send + 'static {
    /// Asks one thing, and says what came of it.
    fn ask(&self, ticket: Ticket, request: Request) -> impl Future<Output = Event> + Send;
}

impl Endpoint for Client {
    async fn ask(&self, ticket: Ticket, request: Request) -> Event {
        answer(self, ticket, request).await
    }
}
