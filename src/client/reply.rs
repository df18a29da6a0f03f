//! A reply as it came over HTTP, before anybody knows what it means.

use std::time::Duration;

use jiff::Timestamp;

use crate::model::{RequestError, Text};

/// A reply that came whole. The body of one that is no success may be shorter than what was sent.
#[derive(Debug, Default)]
pub(super) struct Reply {
    pub(super) status: u16,
    /// The server's clock.
    pub(super) date: Option<Timestamp>,
    /// Where a redirect points to.
    pub(super) location: Option<Text>,
    /// Whether it asks for user and password.
    pub(super) is_challenge: bool,
    /// The content encoding, which was not requested.
    pub(super) encoding: Option<Text>,
    pub(super) body: Vec<u8>,
    /// The body of one that is no success broke off, or was too long to be read.
    pub(super) is_cut: bool,
    /// From the request sent to the first byte of the reply.
    pub(super) cost: Duration,
}

impl Reply {
    pub(super) const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// The reply, if its body is as it was written. Compressed bytes would only look like no JSON.
    pub(super) fn plain(self) -> Result<Self, RequestError> {
        match self.encoding {
            Some(encoding) => Err(RequestError::Encoded(encoding)),
            None => Ok(self),
        }
    }
}
