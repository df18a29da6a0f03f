//! What the kill protocol asks of an endpoint: a look at one session, and its end.

use std::sync::Arc;

use jiff::Timestamp;

use crate::model::{Fault, SessionId, Sighting};
use crate::shell::client::Client;

/// An endpoint as the protocol sees it; a clone is the same endpoint.
pub(super) trait Endpoint: Clone + Send + 'static {
    /// GET the process start, then the session. Where the process was known when the victim was
    /// asked for (`with_process`), a look that cannot read it again proves nothing.
    fn look(
        &self,
        id: SessionId,
        with_process: bool,
    ) -> impl Future<Output = Result<Arc<Sighting>, Fault>> + Send;

    /// DELETE the session, once.
    fn delete(&self, id: SessionId) -> impl Future<Output = Result<(), Fault>> + Send;
}

impl Endpoint for Client {
    async fn look(&self, id: SessionId, with_process: bool) -> Result<Arc<Sighting>, Fault> {
        let process = match self.instance().await {
            Ok(instance) => instance.and_then(|instance| instance.process),
            Err(fault) if with_process || fault.is_unreachable() || fault.is_not_allowed() => {
                return Err(fault);
            }
            Err(_) => None,
        };
        let detail = self.session(id).await?;
        Ok(Arc::new(Sighting {
            endpoint: self.endpoint(),
            process,
            taken_at: Timestamp::now(),
            detail,
        }))
    }

    async fn delete(&self, id: SessionId) -> Result<(), Fault> {
        Client::delete(self, id).await
    }
}
