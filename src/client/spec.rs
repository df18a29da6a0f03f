//! The settings of a client, and the errors of creating one.

use std::fmt;
use std::time::Duration;

use secrecy::SecretString;
use thiserror::Error;

use super::token::TokenSpec;
use super::url::EndpointUrl;
use crate::model::defaults::TIMEOUT;
use crate::model::{Dialect, EndpointId, Text};
use crate::wire::Bounds;

/// Default maximum size of a body: 256 MB.
pub const DEFAULT_BODY_CAP: usize = 256_000_000;

/// User and password.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The user of the admin API, or of the servers.
    pub user: String,
    /// Its password.
    pub password: SecretString,
}

/// The configured user and the source of its password, for messages.
#[derive(Clone, Debug, Default)]
pub struct Login {
    /// The user, also if there is no password.
    pub user: String,
    /// Source of the password: `MAXTOP_PASSWORD`, a path. `None` without a password.
    pub password_source: Option<String>,
}

/// How the server's certificate is verified, and which one the client sends.
#[derive(Clone, Default)]
pub struct TlsSpec {
    /// Trusted authorities or the server's own certificate (PEM), instead of those that this machine
    /// trusts. `None` uses those of this machine.
    pub ca_pem: Option<Vec<u8>>,
    /// Client certificate, those of its authorities, and its key, in one PEM text.
    pub identity_pem: Option<SecretString>,
    /// Whether any certificate is accepted.
    pub insecure: bool,
}

impl fmt::Debug for TlsSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsSpec")
            .field("ca_pem", &self.ca_pem.is_some())
            .field("identity_pem", &self.identity_pem.is_some())
            .field("insecure", &self.insecure)
            .finish()
    }
}

/// When a token is requested instead of sending the password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenUse {
    /// Never.
    Never,
    /// Over TLS. `MaxScale` issues none over plain http unless configured.
    #[default]
    OverTls,
    /// Over plain http too. Requires `admin_secure_gui=false`.
    Always,
}

/// The settings of a client.
#[derive(Clone, Debug)]
pub struct ClientSpec {
    /// Id of the endpoint.
    pub endpoint: EndpointId,
    /// URL of the endpoint.
    pub url: EndpointUrl,
    /// User and password. `None` if the server requires none.
    pub credentials: Option<Credentials>,
    /// The same for messages; `None` if unknown.
    pub login: Option<Login>,
    /// User and password for the servers, which are reached through `/v1/sql`. `None` sends no statements.
    pub server_access: Option<Credentials>,
    /// Token that is sent instead of user and password. `None` if there is none.
    pub token: Option<TokenSpec>,
    /// TLS settings; ignored over plain http.
    pub tls: TlsSpec,
    /// When tokens are requested.
    pub tokens: TokenUse,
    /// Maximum time from the first packet to the end of the body.
    pub timeout: Duration,
    /// The dialect. `None` detects it.
    pub dialect: Option<Dialect>,
    /// Whether credentials may be sent over plain http to other machines.
    pub allow_plain_http: bool,
    /// Whether the client sends only GET requests.
    pub read_only: bool,
    /// Maximum size of a body, in bytes.
    pub body_cap: usize,
    /// Limits of the decoder. Larger lists are not decoded.
    pub bounds: Bounds,
}

impl ClientSpec {
    /// Returns the settings with the defaults of the command line.
    pub fn new(endpoint: EndpointId, url: EndpointUrl) -> Self {
        Self {
            endpoint,
            url,
            credentials: None,
            login: None,
            server_access: None,
            token: None,
            tls: TlsSpec::default(),
            tokens: TokenUse::default(),
            timeout: TIMEOUT.value,
            dialect: None,
            allow_plain_http: false,
            read_only: false,
            body_cap: DEFAULT_BODY_CAP,
            bounds: Bounds::default(),
        }
    }

    /// Returns the security warnings to show permanently.
    pub(super) fn warnings(&self) -> Vec<&'static str> {
        let plain = self.allow_plain_http && !self.url.is_https() && !self.url.is_loopback();
        let unverified = self.tls.insecure && self.url.is_https();
        let both = [(plain, "plain http"), (unverified, "insecure TLS")];
        both.into_iter()
            .filter(|(holds, _)| *holds)
            .map(|(_, word)| word)
            .collect()
    }
}

/// Why a client cannot be created, and what to try, in one line.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ClientError {
    /// The password would be sent without encryption.
    #[error(
        "{0}: a password is not sent over plain http to another machine: use https://, or --allow-plain-http"
    )]
    PlainHttp(EndpointUrl),
    /// The token would be sent without encryption.
    #[error(
        "{0}: a token is not sent over plain http to another machine: use https://, or --allow-plain-http"
    )]
    PlainHttpToken(EndpointUrl),
    /// Basic authentication ends the user name at the first colon.
    #[error("{0}: a user name cannot contain ':', check --user")]
    User(EndpointUrl),
    /// A certificate or key cannot be used.
    #[error("{0}: {1}: {2}")]
    Tls(EndpointUrl, &'static str, Text),
    /// The settings contradict each other, which shows only in combination.
    #[error("{0}: cannot set up HTTP or TLS: {1}; check --ca-file and --client-cert")]
    Setup(EndpointUrl, Text),
}
