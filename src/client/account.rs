//! The account of the user at the endpoint: what it may do.

use super::{Client, fault, target};
use crate::model::{Account, Dialect, RequestError, Version};
use crate::wire::jsonapi;

impl Client {
    /// Gets the account of the user. Returns `None` without a request if no credentials are sent, or if the
    /// dialect is the draft or unknown.
    ///
    /// From 25.10 on every account may read its own permissions. Before, an account is one of the users, and
    /// one that the admin API does not manage (PAM) gives a 404.
    ///
    /// # Errors
    ///
    /// Returns the error of the request. A 404 is [`RequestError::Status`].
    pub async fn account(&self, release: Option<Version>) -> Result<Option<Account>, RequestError> {
        if !self.has_credentials() || self.dialect() != Some(Dialect::JsonApi) {
            return Ok(None);
        }
        if release.is_some_and(|release| release >= Version::FIRST_WITH_WHOAMI) {
            match self.account_at(target::WHOAMI).await {
                Ok(Some(account)) => return Ok(Some(account)),
                Err(fault) if fault.is_unreachable() => return Err(fault),
                // The account may still read itself as a user.
                Ok(None) | Err(_) => {}
            }
        }
        match self.user() {
            Some(user) => self.account_at(&target::user(user)).await,
            None => Ok(None),
        }
    }

    async fn account_at(&self, target: &str) -> Result<Option<Account>, RequestError> {
        let reply = self.0.exchange.get_aside(Dialect::JsonApi, target).await?;
        if !reply.is_success() {
            let missing = "not among its users";
            return Err(fault::of_resource_status(&reply, missing, self.has_credentials()));
        }
        self.decode(reply, |body, _| jsonapi::account(body)).await
    }
}
