//! Facts about an endpoint, and why others are unavailable.

use std::net::SocketAddr;
use std::time::Duration;

use jiff::Timestamp;

use crate::client::{Client, EndpointUrl, Inspection, ListForm, Login, TokenReport};
use crate::config::{Config, PasswordSource};
use crate::model::{
    Account, Dialect, Grants, Instance, RequestError, ServerAccessFault, ServerProcess, Servers, Services,
    Text, Version, Worker,
};

/// Settings of the requests to the endpoint.
#[derive(Clone, Debug)]
pub(super) struct RequestSettings {
    /// User of the credentials; `None` without credentials.
    pub(super) user: Option<String>,
    /// Token that is sent instead of user and password.
    pub(super) token: Option<TokenReport>,
    /// Whether certificates are not verified (`--insecure`).
    pub(super) insecure: bool,
    /// Whether only GET is sent (`--read-only`).
    pub(super) read_only: bool,
    /// The configured interval.
    pub(super) interval: Duration,
    /// Maximum share of the proxy's time for lists, 0 to 1.
    pub(super) duty: f64,
    /// Configured user and source of its password.
    pub(super) login: Login,
    /// Source of the password of the database user.
    pub(super) sql_password_source: Option<String>,
    /// Whether a database user is set.
    pub(super) has_sql_user: bool,
    /// Dialect set by `--dialect`.
    pub(super) forced: Option<Dialect>,
}

impl RequestSettings {
    pub(super) fn new(config: &Config, client: &Client) -> Self {
        let site = config.endpoints.get(usize::from(client.endpoint().0));
        Self {
            user: client.user().map(str::to_owned),
            token: client.given_token(),
            insecure: site.is_some_and(|site| site.tls.insecure),
            read_only: client.is_read_only(),
            interval: config.interval,
            duty: config.duty,
            login: client.login().cloned().unwrap_or_default(),
            sql_password_source: site
                .and_then(|site| site.sql_password.as_ref())
                .map(PasswordSource::name),
            has_sql_user: client.database_user().is_some(),
            forced: config.dialect,
        }
    }
}

/// Why a value is unavailable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unavailable {
    /// The request failed.
    Fault(RequestError),
    /// Not requested, or not reported by this endpoint.
    NotReported(&'static str),
}

/// Used after a rejection: no other value is available then.
pub(super) const NOT_ALLOWED: Unavailable = Unavailable::NotReported("the endpoint rejected the request");

impl Unavailable {
    /// Returns the error, if a request failed.
    pub(super) const fn fault(&self) -> Option<&RequestError> {
        match self {
            Self::Fault(fault) => Some(fault),
            Self::NotReported(_) => None,
        }
    }
}

/// A value, or why it is unavailable.
pub(super) type Probed<T> = Result<T, Unavailable>;

/// An established connection, and the addresses that failed.
#[derive(Clone, Debug)]
pub(super) struct ConnectResult {
    pub(super) address: SocketAddr,
    pub(super) took: Duration,
    pub(super) failed: Vec<(SocketAddr, RequestError)>,
}

/// Facts about a session list.
#[derive(Clone, Debug)]
pub(super) struct ListProbe {
    pub(super) sessions: usize,
    /// Whether whole sessions or single fields were requested.
    pub(super) form: ListForm,
    pub(super) bytes: usize,
    pub(super) cost: Duration,
    /// Number of rows without a valid id.
    pub(super) dropped: u32,
    /// Number of fields of a wrong type.
    pub(super) blanked: u32,
    /// Time in the `Date` header, if any.
    pub(super) server_now: Option<Timestamp>,
    /// When the reply was complete, by this machine's clock.
    pub(super) heard_at: Timestamp,
}

/// Access of the database user to one server.
#[derive(Clone, Debug)]
pub(super) struct ServerProbe {
    pub(super) server: Text,
    pub(super) user: String,
    pub(super) result: Result<(ServerProcess, Grants), ServerAccessFault>,
}

/// All facts about an endpoint.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) url: EndpointUrl,
    pub(super) request: RequestSettings,
    pub(super) addresses: Probed<Vec<SocketAddr>>,
    pub(super) connection: Probed<ConnectResult>,
    /// Expiry of the server's certificate, if it was trusted.
    pub(super) certificate_end: Option<Timestamp>,
    /// Time of the check, by this machine's clock.
    pub(super) now: Timestamp,
    pub(super) dialect: Option<Dialect>,
    pub(super) proxy: Probed<Inspection>,
    /// Process information read on several connections at the same time.
    pub(super) instances: Probed<Vec<Instance>>,
    pub(super) list: Probed<ListProbe>,
    pub(super) services: Probed<Services>,
    pub(super) servers: Probed<Servers>,
    pub(super) workers: Probed<Vec<Worker>>,
    pub(super) account: Probed<Account>,
    /// Access to each running server; `None` without a database user.
    pub(super) server_access: Option<Vec<ServerProbe>>,
    /// Maximum number of open files, if the process runs on this machine.
    pub(super) file_limit: Option<u64>,
}

impl Facts {
    /// Whether the endpoint uses the draft API.
    pub(super) fn is_draft(&self) -> bool {
        self.dialect == Some(Dialect::Draft)
    }

    /// Returns why nothing is known: the endpoint is unreachable or rejected the request.
    pub(super) fn refusal(&self) -> Option<&RequestError> {
        if self.is_answered() {
            return None;
        }
        let errors = [
            self.addresses.as_ref().err(),
            self.connection.as_ref().err(),
            self.proxy.as_ref().err(),
            self.list.as_ref().err(),
        ];
        let faults = errors.into_iter().flatten().filter_map(Unavailable::fault);
        let mut refusals = faults.filter(|fault| fault.is_unreachable() || fault.is_not_allowed());
        refusals.next()
    }

    /// Returns why checks are skipped after a refusal.
    pub(super) const fn silence(&self) -> &'static str {
        if self.connection.is_err() {
            "the endpoint was not reached"
        } else {
            "the endpoint did not reply"
        }
    }

    /// Returns why nothing else is known of the endpoint. `None` if it has answered.
    pub(super) fn missing(&self) -> Option<&'static str> {
        if self.is_answered() {
            return None;
        }
        Some(match self.refusal() {
            Some(fault) if fault.is_not_allowed() => "the endpoint rejected the request",
            Some(_) => self.silence(),
            None => "the endpoint does not reply like an admin API",
        })
    }

    /// Whether the endpoint has accepted a request.
    pub(super) fn is_answered(&self) -> bool {
        self.proxy.is_ok() || self.list.is_ok()
    }

    /// Returns the release of the proxy.
    pub(super) fn release(&self) -> Option<Version> {
        self.proxy.as_ref().ok()?.instance.release()
    }
}
