//! What was found out about an endpoint, and why the rest was not.

use std::net::SocketAddr;
use std::time::Duration;

use jiff::Timestamp;

use crate::client::{Client, EndpointUrl, Inspection, ListForm};
use crate::config::Config;
use crate::model::{AccountType, Dialect, Instance, RequestError, Services, Version, Worker};

/// How the endpoint is asked.
#[derive(Clone, Debug)]
pub(super) struct RequestSettings {
    /// Whose credentials are sent.
    pub(super) user: Option<String>,
    /// Nobody checks who answers, by option.
    pub(super) insecure: bool,
    /// Nothing but GET, by option.
    pub(super) read_only: bool,
    /// The interval asked for.
    pub(super) interval: Duration,
    /// The share of its time that listing may cost the proxy, 0 to 1.
    pub(super) duty: f64,
    /// The dialect that was forced.
    pub(super) forced: Option<Dialect>,
}

impl RequestSettings {
    pub(super) fn new(config: &Config, client: &Client) -> Self {
        let site = config.endpoints.get(usize::from(client.endpoint().0));
        Self {
            user: client.user().map(str::to_owned),
            insecure: site.is_some_and(|site| site.tls.insecure),
            read_only: client.is_read_only(),
            interval: config.interval,
            duty: config.duty,
            forced: config.dialect,
        }
    }
}

/// Why something is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unavailable {
    /// It was asked for in vain.
    Fault(RequestError),
    /// It was not asked for, or nobody tells.
    Untold(&'static str),
}

/// Nobody who is turned away is told anything.
pub(super) const NOT_ALLOWED: Unavailable = Unavailable::Untold("the endpoint did not let us in");

impl Unavailable {
    /// What went wrong, where it was asked for.
    pub(super) const fn fault(&self) -> Option<&RequestError> {
        match self {
            Self::Fault(fault) => Some(fault),
            Self::Untold(_) => None,
        }
    }
}

/// Something that was found, or why not.
pub(super) type Probed<T> = Result<T, Unavailable>;

/// A connection that stood, and the addresses that gave none.
#[derive(Clone, Debug)]
pub(super) struct ConnectResult {
    pub(super) address: SocketAddr,
    pub(super) took: Duration,
    pub(super) failed: Vec<(SocketAddr, RequestError)>,
}

/// A list, by what it cost and what was wrong with it.
#[derive(Clone, Debug)]
pub(super) struct ListProbe {
    pub(super) sessions: usize,
    /// How much of each was asked for.
    pub(super) form: ListForm,
    pub(super) bytes: usize,
    pub(super) cost: Duration,
    /// Rows without a valid id.
    pub(super) dropped: u32,
    /// Fields of a wrong type.
    pub(super) blanked: u32,
    /// What the server's clock said, where it did.
    pub(super) server_now: Option<Timestamp>,
    /// When it was complete, by this machine's clock.
    pub(super) heard_at: Timestamp,
}

/// All of it.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) url: EndpointUrl,
    pub(super) asker: RequestSettings,
    pub(super) addresses: Probed<Vec<SocketAddr>>,
    pub(super) connection: Probed<ConnectResult>,
    /// When the certificate of the server ends, where it was trusted.
    pub(super) certificate_end: Option<Timestamp>,
    /// By this machine's clock.
    pub(super) now: Timestamp,
    pub(super) dialect: Option<Dialect>,
    pub(super) proxy: Probed<Inspection>,
    /// The proxy as it answered on several connections side by side.
    pub(super) instances: Probed<Vec<Instance>>,
    pub(super) list: Probed<ListProbe>,
    pub(super) services: Probed<Services>,
    pub(super) workers: Probed<Vec<Worker>>,
    pub(super) account: Probed<AccountType>,
    /// The most files that the process may have open, where it runs on this machine.
    pub(super) file_limit: Option<u64>,
}

impl Facts {
    /// Why nothing at all was told: not reached, or not allowed.
    pub(super) fn refusal(&self) -> Option<&RequestError> {
        if self.is_answered() {
            return None;
        }
        let asked = [
            self.addresses.as_ref().err(),
            self.connection.as_ref().err(),
            self.proxy.as_ref().err(),
            self.list.as_ref().err(),
        ];
        let faults = asked.into_iter().flatten().filter_map(Unavailable::fault);
        let mut refusals = faults.filter(|fault| fault.is_unreachable() || fault.is_not_allowed());
        refusals.next()
    }

    /// What is to be said where nothing can be, after a refusal.
    pub(super) const fn silence(&self) -> &'static str {
        if self.connection.is_err() {
            "the endpoint was not reached"
        } else {
            "the endpoint gave no answer"
        }
    }

    /// Whether the endpoint has answered to whoever asks.
    pub(super) fn is_answered(&self) -> bool {
        self.proxy.is_ok() || self.list.is_ok()
    }

    /// The release of the proxy.
    pub(super) fn release(&self) -> Option<Version> {
        self.proxy.as_ref().ok()?.instance.release()
    }
}
