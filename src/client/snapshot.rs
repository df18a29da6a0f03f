//! The process of the proxy, and the session list that belongs to it.

use std::sync::atomic::Ordering;

use super::reply::Reply;
use super::{Client, fault, target};
use crate::model::{Dialect, Instance, RequestError, Snapshot};
use crate::wire::jsonapi;

impl Client {
    /// Gets the process of the proxy. The draft dialect does not report it, so no request is sent.
    ///
    /// # Errors
    ///
    /// Returns the error of the request. Before the dialect is known a 404 is not an error, because it may
    /// be the draft. Never returns [`RequestError::NotFound`], which means that a session is gone.
    pub async fn instance(&self) -> Result<Option<Instance>, RequestError> {
        let Some(reply) = self.get_proxy(target::INSTANCE).await? else {
            return Ok(None);
        };
        let instance = self.decode(reply, |body, _| jsonapi::instance(body)).await?;
        self.remember(&instance);
        Ok(Some(instance))
    }

    /// Gets the process of the proxy before a request whose reply belongs to it. `None` if the endpoint
    /// replies without a usable process: identities then lack it.
    ///
    /// # Errors
    ///
    /// Returns an error only if the next request would fail too: the endpoint is unreachable or rejects
    /// the request.
    pub(crate) async fn optional_instance(&self) -> Result<Option<Instance>, RequestError> {
        match self.instance().await {
            Err(fault) if fault.is_unreachable() || fault.is_not_allowed() => Err(fault),
            reply => Ok(reply.unwrap_or_default()),
        }
    }

    /// Gets the process, then the session list: its rows belong to the process that ran before it.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`optional_instance`](Self::optional_instance) and
    /// [`poll_sessions`](Self::poll_sessions).
    pub(crate) async fn snapshot(&self, number: u64) -> Result<Snapshot, RequestError> {
        let read = async {
            let instance = self.optional_instance().await?;
            self.snapshot_of(instance, number).await
        };
        let result = read.await;
        self.log_poll(&result);
        result
    }

    /// Gets the session list after `instance` was read.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`poll_sessions`](Self::poll_sessions).
    pub(crate) async fn snapshot_of(
        &self,
        instance: Option<Instance>,
        number: u64,
    ) -> Result<Snapshot, RequestError> {
        let list = self.poll_sessions().await?;
        Ok(list.into_snapshot(self.endpoint(), instance, number))
    }

    /// Gets `/v1/maxscale` in the form of `target`. `None` in the draft dialect, and for a 404 before the
    /// dialect is known.
    pub(super) async fn get_proxy(&self, target: &str) -> Result<Option<Reply>, RequestError> {
        let known = self.dialect();
        if known == Some(Dialect::Draft) {
            return Ok(None);
        }
        let reply = self.0.exchange.get(Dialect::JsonApi, target).await?;
        match reply.status {
            404 if known.is_none() => Ok(None),
            _ if reply.is_success() => Ok(Some(reply)),
            _ => {
                let missing = "no /v1/maxscale there";
                Err(fault::of_resource_status(&reply, missing, self.has_credentials()))
            }
        }
    }

    /// Stores what later requests depend on: the form of the list, and the dialect. The draft has no
    /// such resource, and a whole list is too expensive to detect the dialect.
    pub(super) fn remember(&self, instance: &Instance) {
        let kept = instance.retained_statements.is_some_and(|kept| kept > 0);
        self.0.keeps_statements.store(kept, Ordering::Relaxed);
        if self.dialect().is_none() {
            self.0.dialects.set(Dialect::JsonApi);
        }
    }
}
