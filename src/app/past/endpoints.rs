//! State of an endpoint before a past moment: what lasts, without data.

use std::sync::Arc;
use std::time::Duration;

use crate::app::endpoint::{EndpointState, LinkState};
use crate::app::list_costs::ListCosts;
use crate::app::server_access::ServerAccess;
use crate::app::servers::{ServersKnown, ServicesKnown};

impl EndpointState {
    /// Returns the state before a moment, to be fed with the facts from that moment on.
    pub(super) fn before(&self, at: Duration) -> Self {
        Self {
            link: LinkState::Connecting,
            latest: None,
            trend: self.trend.before(at),
            heard_at: None,
            cost: Duration::ZERO,
            costs: ListCosts::default(),
            samples: Arc::default(),
            server_access: ServerAccess {
                is_set: self.server_access.is_set,
                ..ServerAccess::default()
            },
            servers: ServersKnown::new(),
            services: ServicesKnown::new(),
            troubles: self.troubles.before(at),
            proxies: self.proxies.before(at),
            failures: 0,
            failing_since: None,
            last_outage: self.last_outage.filter(|outage| outage.to < at),
            ..self.clone()
        }
    }
}
