//! State of the proxies behind one endpoint: several, or one that another endpoint shows as well.

use std::time::Duration;

use crate::model::EndpointId;

/// Killing stays off until the process start has not switched for this long.
const SETTLED_AFTER: Duration = Duration::from_mins(10);
/// Number of consecutive snapshots with another process after which an endpoint is shown on its own
/// again. A restart shows at one URL before it shows at the other.
const CONTRADICTIONS: u8 = 2;

/// State of the proxies behind an endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Proxies {
    /// When the process start last switched back to an earlier one, since the program began. Several
    /// proxies answer at this address.
    switched_at: Option<Duration>,
    /// The endpoint that is another URL of the same proxy.
    pub(super) same_as: Option<EndpointId>,
    /// Number of consecutive snapshots that show another process than that endpoint does.
    contradictions: u8,
}

impl Proxies {
    /// Whether several proxies answer at this address, so that nothing may be killed through it.
    pub const fn are_several(&self) -> bool {
        self.switched_at.is_some()
    }

    /// Returns the state before a moment.
    pub(super) fn before(&self, at: Duration) -> Self {
        Self {
            switched_at: self.switched_at.filter(|switched| *switched < at),
            ..*self
        }
    }

    /// Whether exactly one proxy is known to answer, which no other endpoint shows.
    pub(super) fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// Handles a process start that has switched back: turns killing off. Returns whether it was on.
    pub(super) const fn on_switch(&mut self, now: Duration) -> bool {
        self.same_as = None;
        self.switched_at.replace(now).is_none()
    }

    /// Forgets a switch that was long ago.
    pub(super) fn settle(&mut self, now: Duration) {
        self.switched_at = self
            .switched_at
            .filter(|at| now.saturating_sub(*at) < SETTLED_AFTER);
    }

    /// Handles a snapshot of an endpoint that shares a proxy. `differ` says whether it shows another process.
    pub(super) const fn contradict(&mut self, differ: bool) {
        self.contradictions = if differ { self.contradictions + 1 } else { 0 };
        if self.contradictions >= CONTRADICTIONS {
            self.same_as = None;
            self.contradictions = 0;
        }
    }
}
