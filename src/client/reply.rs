//! A reply as received over HTTP, before it is interpreted.

use std::time::Duration;

use jiff::Timestamp;

use crate::model::{RequestError, Text};

/// A complete reply. An error body may be shorter than what was sent.
#[derive(Debug, Default)]
pub(super) struct Reply {
    pub(super) status: u16,
    /// Time of the server's clock.
    pub(super) date: Option<Timestamp>,
    /// Target of a redirect.
    pub(super) location: Option<Text>,
    /// Whether the server requests user and password.
    pub(super) is_challenge: bool,
    /// Why the given token was rejected, with status 401.
    pub(super) token_fault: Option<RequestError>,
    /// Content encoding of the body, although none was requested.
    pub(super) encoding: Option<Text>,
    pub(super) body: Vec<u8>,
    /// Whether an error body was cut off or too long to be read.
    pub(super) is_cut: bool,
    /// Time from the request to the first byte of the reply.
    pub(super) cost: Duration,
}

impl Reply {
    pub(super) const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// Returns the reply if its body has no content encoding.
    pub(super) fn plain(self) -> Result<Self, RequestError> {
        self.check_plain()?;
        Ok(self)
    }

    /// Returns an error if the body has a content encoding. Compressed bytes would look like invalid JSON.
    pub(super) fn check_plain(&self) -> Result<(), RequestError> {
        match &self.encoding {
            Some(encoding) => Err(RequestError::Encoded(encoding.clone())),
            None => Ok(()),
        }
    }
}
