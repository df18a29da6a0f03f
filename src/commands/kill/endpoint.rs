//! What the kill protocol asks of an endpoint: a look at one session, and its end.

use std::sync::Arc;

use crate::model::{Fault, SessionId, Sighting};
use crate::shell::client::Client;

/// An endpoint as the protocol sees it; a clone is the same endpoint.
pub(super) trait Endpoint: Clone + Send + 'static {
    /// GET the process start, then the session.
    fn look(&self, id: SessionId) -> impl Future<Output = Result<Arc<Sighting>, Fault>> + Send;

    /// DELETE the session, once.
    fn delete(&self, id: SessionId) -> impl Future<Output = Result<(), Fault>> + Send;
}

impl Endpoint for Client {
    async fn look(&self, id: SessionId) -> Result<Arc<Sighting>, Fault> {
        self.sight(id).await.map(Arc::new)
    }

    async fn delete(&self, id: SessionId) -> Result<(), Fault> {
        Client::delete(self, id).await
    }
}
