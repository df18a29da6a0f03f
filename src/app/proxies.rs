//! Detects several proxies behind one endpoint, and one proxy behind two endpoints.

use std::time::Duration;

use super::App;
use super::endpoint::{EndpointState, LinkState};
use super::status::Status;
use crate::kill::KillEvent;
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
    same_as: Option<EndpointId>,
    /// Number of consecutive snapshots that show another process than that endpoint does.
    contradictions: u8,
}

impl Proxies {
    /// Whether several proxies answer at this address, so that nothing may be killed through it.
    pub const fn are_several(&self) -> bool {
        self.switched_at.is_some()
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

    const fn contradict(&mut self, differ: bool) {
        self.contradictions = if differ { self.contradictions + 1 } else { 0 };
        if self.contradictions >= CONTRADICTIONS {
            self.same_as = None;
            self.contradictions = 0;
        }
    }
}

impl App {
    /// Handles a process start that has switched back to an earlier one.
    pub(super) fn proxies_switched(&mut self, id: EndpointId) {
        let now = self.now.elapsed;
        if let Some(endpoint) = self.endpoint_mut(id)
            && endpoint.proxies.on_switch(now)
        {
            let text = format!("{}: several proxies answer here: killing is off", endpoint.name);
            self.status = Some(Status::warning(text));
        }
        self.on_kill_event(&KillEvent::SeveralProxies(id));
    }

    /// Compares the new snapshot of an endpoint with those of the others.
    pub(super) fn compare_proxies(&mut self, listed: EndpointId) {
        let others = (0..).map(EndpointId).take(self.endpoints.len());
        for other in others.filter(|other| *other != listed) {
            self.compare_two(listed.min(other), listed.max(other), listed);
        }
    }

    /// Decides by the session lists of both endpoints whether they are one proxy.
    fn compare_two(&mut self, first: EndpointId, second: EndpointId, listed: EndpointId) {
        let (Some(one), Some(other)) = (self.endpoint(first), self.endpoint(second)) else {
            return;
        };
        let is_joined = other.proxies.same_as == Some(first);
        let may_join = one.proxies == Proxies::default() && other.proxies == Proxies::default();
        let (Some(one_list), Some(other_list)) = (&one.latest, &other.latest) else {
            return;
        };
        if may_join && one_list.is_of_same_proxy(other_list) {
            let text = format!(
                "{} is the same proxy as {}: its sessions are shown once",
                other.name, one.name
            );
            self.status = Some(Status::warning_after(self.status.take(), text));
            self.marks.remove_endpoint(second);
            self.set_proxies(second, |proxies| proxies.same_as = Some(first));
        } else if is_joined && listed == second {
            let differ = one_list.is_of_another_process(other_list);
            self.set_proxies(second, |proxies| proxies.contradict(differ));
        }
    }

    fn set_proxies(&mut self, id: EndpointId, change: impl FnOnce(&mut Proxies)) {
        if let Some(endpoint) = self.endpoint_mut(id) {
            change(&mut endpoint.proxies);
        }
    }

    /// Returns the endpoint whose rows are shown in place of this one's: another URL of the same proxy,
    /// unless that one fails.
    pub fn shown_by(&self, endpoint: &EndpointState) -> Option<&EndpointState> {
        let other = self.endpoint(endpoint.proxies.same_as?)?;
        (!matches!(other.link, LinkState::Failing { .. })).then_some(other)
    }
}
