//! A connection to one server, opened through `/v1/sql`, with its token.

use std::time::{Duration, Instant};

use secrecy::SecretString;

use crate::wire::sql::ConnectionId;

/// Age at which a connection is replaced by a new one. MaxScale's tokens are valid for 8 hours.
const REOPEN_AFTER: Duration = Duration::from_hours(7);

/// A connection to a server.
#[derive(Debug)]
pub(super) struct OpenConnection {
    pub(super) id: ConnectionId,
    /// Its token, as the value of a `Cookie` header.
    pub(super) cookies: SecretString,
    opened_at: Instant,
}

impl OpenConnection {
    pub(super) fn new(id: ConnectionId, cookies: SecretString) -> Self {
        Self {
            id,
            cookies,
            opened_at: Instant::now(),
        }
    }

    /// Whether its token expires soon.
    pub(super) fn is_expiring(&self) -> bool {
        self.opened_at.elapsed() >= REOPEN_AFTER
    }
}
