//! What is known of each watched endpoint: is it there, how old is what it said, what does it cost.

use std::sync::Arc;
use std::time::Duration;

use super::proxies::Proxies;
use super::servers::{ServersKnown, ServicesKnown};
use super::trend::Trend;
use crate::diagnosis::Samples;
use crate::kill::Authority;
use crate::model::{Dialect, RequestError, Snapshot, Text, maxctrl};

/// How an endpoint is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// Nothing has come yet.
    Connecting,
    /// The last list was good.
    Live,
    /// The last list did not come.
    Failing {
        /// Why.
        fault: RequestError,
        /// When it is tried again, since the program began.
        retry_at: Duration,
    },
}

/// Why there are no statements: `retain_last_statements` is 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoStatements {
    /// Whose setting it is: the server's, or the service's own.
    pub keeper: &'static str,
    /// The command that changes it, for a person to give.
    pub command: String,
}

/// One endpoint.
#[derive(Clone, Debug)]
pub struct EndpointState {
    /// What it is called: host and port, without secrets.
    pub name: String,
    /// How it is doing.
    pub link: LinkState,
    /// How it speaks, once that is known.
    pub dialect: Option<Dialect>,
    /// Its last good list.
    pub latest: Option<Arc<Snapshot>>,
    /// How its fleet has moved.
    pub trend: Trend,
    /// When that list came, since the program began.
    pub heard_at: Option<Duration>,
    /// The usual cost of a list: smoothed, so that the header does not flicker.
    pub cost: Duration,
    /// What looks at the connections of its sessions have shown (draft).
    pub samples: Arc<Samples>,
    /// How its servers are doing, once details were open (JSON:API).
    pub servers: ServersKnown,
    /// How full its services are, once details or the overview were open (JSON:API).
    pub services: ServicesKnown,
    /// Nothing may be ended here: by option, or because the server has said so.
    pub read_only: bool,
    /// Its account may only read, as the endpoint has reported. Then `read_only` is set as well.
    pub may_only_read: bool,
    /// What is known of the proxies behind it.
    pub proxies: Proxies,
    /// What must stay in sight: `--insecure`, `--allow-plain-http`.
    pub warnings: Vec<&'static str>,
}

impl EndpointState {
    /// One that was not heard yet.
    pub fn new(name: String, read_only: bool, warnings: Vec<&'static str>) -> Self {
        Self {
            name,
            link: LinkState::Connecting,
            dialect: None,
            latest: None,
            trend: Trend::default(),
            heard_at: None,
            cost: Duration::ZERO,
            samples: Arc::default(),
            servers: ServersKnown::new(),
            services: ServicesKnown::new(),
            read_only,
            may_only_read: false,
            proxies: Proxies::default(),
            warnings,
        }
    }

    /// A good list came.
    pub fn on_list(&mut self, snapshot: Arc<Snapshot>, at: Duration) {
        self.cost = if self.latest.is_none() {
            snapshot.cost
        } else {
            (self.cost * 7 + snapshot.cost) / 8
        };
        self.dialect = Some(snapshot.dialect);
        if snapshot.change.is_after_restart {
            // The numbers are those of others now.
            self.samples = Arc::default();
        }
        self.trend.on_list(&snapshot, at);
        self.latest = Some(snapshot);
        self.heard_at = Some(at);
        self.link = LinkState::Live;
    }

    /// A list did not come.
    pub fn on_failure(&mut self, fault: RequestError, retry_at: Duration) {
        self.link = LinkState::Failing { fault, retry_at };
    }

    /// How old its data is.
    pub fn age(&self, now: Duration) -> Option<Duration> {
        Some(now.saturating_sub(self.heard_at?))
    }

    /// Returns the interval at which lists are really taken: the configured one, or a longer one
    /// where lists are expensive.
    pub fn kept_interval(&self, configured: Duration) -> Duration {
        let least = self.latest.as_ref().map(|latest| latest.least_interval);
        configured.max(least.unwrap_or_default())
    }

    /// Older than two intervals: not to be taken for live. `interval` is the one asked for; the
    /// cost of the list itself stretches it.
    pub fn is_stale(&self, now: Duration, interval: Duration, duty: f64) -> bool {
        self.age(now)
            .is_some_and(|age| age > self.max_silence(interval, duty))
    }

    /// How long its data counts as live.
    pub fn max_silence(&self, interval: Duration, duty: f64) -> Duration {
        let stretched = if duty > 0.0 {
            self.cost.div_f64(duty)
        } else {
            interval
        };
        self.kept_interval(interval).max(stretched) * 2
    }

    /// Whether sessions of this service keep statements, and what would make them, where they do
    /// not. What nobody tells is taken for well.
    pub fn missing_statements(&self, service: Option<&Text>) -> Option<NoStatements> {
        if self.dialect == Some(Dialect::Draft) {
            return None;
        }
        let instance = self.latest.as_ref().and_then(|latest| latest.instance.as_ref());
        let proxy = instance.and_then(|instance| instance.retained_statements);
        let services = self.services.latest.as_deref();
        let service = services.zip(service).and_then(|(all, name)| all.find(name));
        match service.map(|service| (service, service.retained_statements)) {
            Some((service, Some(0))) => Some(NoStatements {
                keeper: "service",
                command: maxctrl::keep_statements_of(&service.name),
            }),
            Some((_, Some(kept))) if kept > 0 => None,
            _ => (proxy == Some(0)).then(|| NoStatements {
                keeper: "server",
                command: maxctrl::KEEP_STATEMENTS.to_owned(),
            }),
        }
    }

    /// What is known of who asks, for a kill.
    pub fn authority(&self) -> Authority {
        let instance = self.latest.as_ref().and_then(|latest| latest.instance.as_ref());
        Authority {
            read_only: self.read_only,
            may_only_read: self.may_only_read,
            several_proxies: self.proxies.are_several(),
            dialect: self.dialect,
            version: instance.and_then(crate::model::Instance::release),
        }
    }
}
