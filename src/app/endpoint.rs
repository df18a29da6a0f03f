//! State of each watched endpoint: health, age of its data, response time.

use std::sync::Arc;
use std::time::Duration;

use super::list_costs::ListCosts;
use super::msg::Now;
use super::proxies::Proxies;
use super::sampling::SamplingFault;
use super::server_access::ServerAccess;
use super::server_trouble::{ServerTrouble, ServerTroubles, ServersReply};
use super::servers::{ServersKnown, ServicesKnown};
use super::trend::Trend;
use super::wake::next_second;
use crate::diagnosis::Samples;
use crate::kill::{Authority, KillOutcome, RefusalReason};
use crate::model::{Dialect, RequestError, Servers, Services, Snapshot, Text, TokenExpiry, maxctrl};

/// Maximum time that a duration in the header waits for the next list, whose frame shows it too. With a longer
/// interval it gets frames of its own.
const MAX_LIST_WAIT: Duration = Duration::from_secs(1);
/// Time for a list to arrive after it is due.
const LIST_SLACK: Duration = Duration::from_millis(250);

/// Health of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// No reply yet.
    Connecting,
    /// The last poll succeeded.
    Live,
    /// The last poll failed.
    Failing {
        /// Cause of the failure.
        fault: RequestError,
        /// When the request is retried, since the program began.
        retry_at: Duration,
    },
}

/// A time without lists, since the program began: from the last list before it to the first one after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outage {
    /// Its start.
    pub from: Duration,
    /// Its end.
    pub to: Duration,
}

/// Why there are no statements: `retain_last_statements` is 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoStatements {
    /// Owner of the setting: "proxy" or "service".
    pub keeper: &'static str,
    /// The command that enables statements, for the user to run.
    pub command: String,
}

/// Why the interval between lists is longer than configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IntervalStretch {
    /// Lists take at most the duty of the proxy's time.
    Duty,
    /// Decoding the lists of all endpoints takes at most a share of this machine's time.
    Decoding,
}

/// One endpoint.
#[derive(Clone, Debug)]
pub struct EndpointState {
    /// Host and port, without secrets.
    pub name: String,
    /// Health of the endpoint.
    pub link: LinkState,
    /// The dialect, once it is detected.
    pub dialect: Option<Dialect>,
    /// The latest snapshot.
    pub latest: Option<Arc<Snapshot>>,
    /// History of the endpoint's sessions since maxtop started.
    pub trend: Trend,
    /// When the latest snapshot arrived, since the program began.
    pub heard_at: Option<Duration>,
    /// Typical response time of a list: smoothed, so that the header does not flicker.
    pub cost: Duration,
    /// Response times of its last lists.
    pub(crate) costs: ListCosts,
    /// Samples of the connections of its sessions (draft).
    pub samples: Arc<Samples>,
    /// The last sample that failed.
    pub(super) sampling_fault: Option<SamplingFault>,
    /// Reports of its servers about transactions and locks.
    pub server_access: ServerAccess,
    /// States of its servers (JSON:API).
    pub servers: ServersKnown,
    /// Load of its services (JSON:API).
    pub services: ServicesKnown,
    /// Trouble of servers and services.
    pub(crate) troubles: ServerTroubles,
    /// Whether kills are off: by option, or because the server rejected one.
    pub read_only: bool,
    /// Whether the account may only read, as the endpoint reported. Then `read_only` is set as well.
    pub may_only_read: bool,
    /// State of the proxies behind the endpoint.
    pub proxies: Proxies,
    /// Whether its address is the default one.
    pub is_default: bool,
    /// Number of lists in a row that failed.
    pub failures: u32,
    /// When the first of them failed, since the program began.
    pub(crate) failing_since: Option<Duration>,
    /// The last time without lists that has ended.
    pub(crate) last_outage: Option<Outage>,
    /// Warnings that must stay visible: `--insecure`, `--allow-plain-http`.
    pub warnings: Vec<&'static str>,
    /// Expiry of its token, if no source has another one.
    pub token_expiry: Option<TokenExpiry>,
    /// How commands reach it, for lines to copy.
    pub access: Option<CommandAccess>,
}

/// How a command such as `curl` reaches an endpoint. Contains no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandAccess {
    /// URL without a path.
    pub url: String,
    /// Name of the account, if a password is used.
    pub user: Option<String>,
}

impl EndpointState {
    /// Creates an endpoint that has not replied yet.
    pub fn new(name: String, read_only: bool, warnings: Vec<&'static str>) -> Self {
        Self {
            name,
            link: LinkState::Connecting,
            dialect: None,
            latest: None,
            trend: Trend::default(),
            heard_at: None,
            cost: Duration::ZERO,
            costs: ListCosts::default(),
            samples: Arc::default(),
            sampling_fault: None,
            server_access: ServerAccess::default(),
            servers: ServersKnown::new(),
            services: ServicesKnown::new(),
            troubles: ServerTroubles::default(),
            read_only,
            may_only_read: false,
            proxies: Proxies::default(),
            is_default: false,
            failures: 0,
            failing_since: None,
            last_outage: None,
            warnings,
            access: None,
            token_expiry: None,
        }
    }

    /// Handles a new snapshot.
    pub fn on_list(&mut self, snapshot: Arc<Snapshot>, at: Duration) {
        self.cost = if self.latest.is_none() {
            snapshot.cost
        } else {
            (self.cost * 7 + snapshot.cost) / 8
        };
        self.costs.push(snapshot.cost);
        self.dialect = Some(snapshot.dialect);
        if snapshot.change.is_after_restart {
            // After a restart the ids belong to other sessions.
            self.samples = Arc::default();
        }
        if snapshot.sessions.is_empty() {
            // No connection is left to read.
            self.sampling_fault = None;
        }
        self.trend.on_list(&snapshot, at);
        if let Some(since) = self.failing_since.take() {
            let from = self.heard_at.unwrap_or(since);
            self.last_outage = Some(Outage { from, to: at });
        }
        self.latest = Some(snapshot);
        self.heard_at = Some(at);
        self.link = LinkState::Live;
        self.failures = 0;
    }

    /// Handles rows that were read after the latest list. Returns whether they are news.
    pub(super) fn on_rows(&mut self, snapshot: Arc<Snapshot>) -> bool {
        let is_new = self.latest.as_ref().is_some_and(|latest| {
            latest.number == snapshot.number && latest.rows.revision != snapshot.rows.revision
        });
        if is_new {
            self.latest = Some(snapshot);
        }
        is_new
    }

    /// Handles a reply about the servers, received at `now`.
    pub(super) fn on_servers(&mut self, answer: Result<Arc<Servers>, RequestError>, now: Duration) {
        if let Ok(servers) = &answer {
            let latest = self.latest.as_ref();
            self.troubles.on_servers(ServersReply {
                servers,
                proxy_now: latest.and_then(|latest| latest.proxy_time(servers.taken_at)),
                now,
            });
        }
        self.servers.on_reply(answer);
    }

    /// Handles a reply about the services.
    pub(super) fn on_services(&mut self, answer: Result<Arc<Services>, RequestError>) {
        if let Ok(services) = &answer {
            self.troubles.on_services(services);
        }
        self.services.on_reply(answer);
    }

    /// Returns the trouble of its servers and services, worst first. The draft reports none.
    pub(crate) fn shown_troubles(&self) -> Vec<ServerTrouble> {
        match self.dialect {
            Some(Dialect::Draft) => Vec::new(),
            _ => self.troubles.all(),
        }
    }

    /// Handles a poll that failed at `now` and is retried after `retry_in`.
    pub(super) fn on_failure(&mut self, fault: RequestError, now: Duration, retry_in: Duration) {
        self.failing_since.get_or_insert(now);
        let retry_at = now + retry_in;
        self.link = LinkState::Failing { fault, retry_at };
        self.failures = self.failures.saturating_add(1);
    }

    /// Returns the age of the data.
    pub fn age(&self, now: Duration) -> Option<Duration> {
        Some(now.saturating_sub(self.heard_at?))
    }

    /// Returns the effective interval between lists: the configured one, or a longer one if lists are
    /// expensive.
    pub fn kept_interval(&self, configured: Duration) -> Duration {
        let least = self.latest.as_ref().map(|latest| latest.least_interval);
        configured.max(least.unwrap_or_default())
    }

    /// Returns why the effective interval is longer than the configured one; `None` if it is not.
    pub(crate) fn stretch(&self, configured: Duration, duty: f64) -> Option<IntervalStretch> {
        let latest = self.latest.as_ref()?;
        let kept = self.kept_interval(configured);
        if kept <= configured {
            return None;
        }
        let is_by_duty =
            latest.rows.interval.is_some() || self.cost.as_secs_f64() >= kept.as_secs_f64() * duty;
        Some(if is_by_duty {
            IntervalStretch::Duty
        } else {
            IntervalStretch::Decoding
        })
    }

    /// Whether the data is older than two intervals and must not be shown as live. `interval` is the
    /// configured one; the response time of the list itself stretches it.
    pub fn is_stale(&self, now: Duration, interval: Duration, duty: f64) -> bool {
        self.age(now)
            .is_some_and(|age| age > self.max_silence(interval, duty))
    }

    /// Returns the maximum age at which data counts as live.
    pub fn max_silence(&self, interval: Duration, duty: f64) -> Duration {
        let stretched = if duty > 0.0 {
            self.cost.div_f64(duty)
        } else {
            interval
        };
        self.kept_interval(interval).max(stretched) * 2
    }

    /// Returns when the header next changes without a message: the data becomes stale, or a displayed
    /// time changes.
    pub(super) fn wake_at(&self, now: Now, interval: Duration, duty: f64) -> Option<Duration> {
        let troubles = self.troubles.wake_at(now.elapsed);
        // Usually the next list comes first and draws these too.
        let expected = self
            .heard_at
            .map(|heard| heard + interval.min(MAX_LIST_WAIT) + LIST_SLACK);
        let troubles = troubles.map(|at| expected.map_or(at, |expected| at.max(expected)));
        let token = self.token_expiry.and_then(|expiry| expiry.changes_in(now.wall));
        let token = token.map(|wait| now.elapsed.saturating_add(wait));
        let link = self.link_wake_at(now, interval, duty);
        link.into_iter().chain(troubles).chain(token).min()
    }

    /// Returns when the state of the endpoint next changes in the header.
    fn link_wake_at(&self, now: Now, interval: Duration, duty: f64) -> Option<Duration> {
        let counts_seconds =
            !matches!(self.link, LinkState::Live) || self.is_stale(now.elapsed, interval, duty);
        if counts_seconds {
            return Some(next_second(now.elapsed, self.heard_at.unwrap_or_default()));
        }
        let stale_at = self.heard_at? + self.max_silence(interval, duty);
        Some(stale_at + Duration::from_millis(1))
    }

    /// Returns why sessions of `service` show no statements and the command that enables them. `None`
    /// if statements are kept or the setting is unknown.
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
                keeper: "proxy",
                command: maxctrl::KEEP_STATEMENTS.to_owned(),
            }),
        }
    }

    /// Handles an account that may only read: no session can be killed.
    pub(super) const fn forbid_kills(&mut self) {
        self.read_only = true;
        self.may_only_read = true;
    }

    /// Handles the outcome of a kill: the server may have rejected it, or several proxies may answer.
    pub(super) fn on_kill_outcome(&mut self, outcome: &KillOutcome, now: Duration) {
        match outcome {
            KillOutcome::NotAllowed(fault) => {
                self.read_only = true;
                self.may_only_read = *fault == RequestError::MayOnlyRead;
            }
            KillOutcome::Refused(RefusalReason::SeveralProxies) => {
                self.proxies.on_switch(now);
            }
            _ => {}
        }
    }

    /// Returns what the account may do, for a kill.
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
