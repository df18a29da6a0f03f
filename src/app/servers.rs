//! What is known of an endpoint's servers: the last good answer, and why there is no newer one.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::App;
use super::msg::Now;
use crate::model::{Fault, Servers};

/// An answer is asked for every ten seconds; one that is older than this has missed its successor.
const FRESH: Duration = Duration::from_secs(30);

/// The servers of one endpoint, as far as anybody asked for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServersKnown {
    /// The last good answer.
    pub latest: Option<Arc<Servers>>,
    /// Why there was none to the last request.
    pub fault: Option<Fault>,
}

impl ServersKnown {
    /// Nobody asked yet.
    pub const fn new() -> Self {
        Self {
            latest: None,
            fault: None,
        }
    }

    /// An answer came. What was known stays after a fault, and grows old.
    pub fn told(&mut self, answer: Result<Arc<Servers>, Fault>) {
        match answer {
            Ok(servers) => {
                *self = Self {
                    latest: Some(servers),
                    fault: None,
                }
            }
            Err(fault) => self.fault = Some(fault),
        }
    }

    /// When what is known was true, where that is too long ago to be taken for now.
    pub fn stale_since(&self, now: Now) -> Option<Timestamp> {
        let latest = self.latest.as_ref()?;
        (now.since(latest.taken_at) > FRESH).then_some(latest.taken_at)
    }

    /// How long it will still be taken for now.
    fn fresh_for(&self, now: Now) -> Option<Duration> {
        FRESH.checked_sub(now.since(self.latest.as_ref()?.taken_at))
    }
}

impl App {
    /// When what the open details say of the servers turns old, since the program began.
    pub(super) fn servers_turn_stale_at(&self) -> Option<Duration> {
        let shown = self.endpoint(self.detail.as_ref()?.identity.endpoint)?;
        let left = shown.servers.fresh_for(self.now)?;
        Some(self.now.elapsed + left + Duration::from_millis(1))
    }
}
