//! What a client is made from, and why it could not be.

use std::fmt;
use std::time::Duration;

use secrecy::SecretString;
use thiserror::Error;

use super::url::EndpointUrl;
use crate::model::{Dialect, EndpointId, Text};
use crate::wire::Bounds;

/// The largest body that is read unless told otherwise: 256 MB.
pub const DEFAULT_BODY_CAP: usize = 256_000_000;

/// Who asks.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The user of the admin API.
    pub user: String,
    /// Its password.
    pub password: SecretString,
}

/// How the server's certificate is judged, and what is shown to the server.
#[derive(Clone, Default)]
pub struct TlsSpec {
    /// Trust these authorities (PEM) and no others, or the server's own certificate; `None` trusts
    /// what this machine trusts.
    pub ca_pem: Option<Vec<u8>>,
    /// The client's certificate, those of its authorities, and its key, in one PEM text.
    pub identity_pem: Option<SecretString>,
    /// Trust everybody.
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

/// Where a token is asked for, to be shown instead of the password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenUse {
    /// Nowhere.
    Never,
    /// Over TLS: `MaxScale` gives none over plain http unless it is told to.
    #[default]
    OverTls,
    /// Over plain http too: with `admin_secure_gui=false` it gives them.
    Always,
}

/// All that a client needs to know of its endpoint.
#[derive(Clone, Debug)]
pub struct ClientSpec {
    /// Which of the watched endpoints it is.
    pub endpoint: EndpointId,
    /// Where it is.
    pub url: EndpointUrl,
    /// Who asks; nobody where the server does not want to know.
    pub credentials: Option<Credentials>,
    /// TLS; without meaning for plain http.
    pub tls: TlsSpec,
    /// Where tokens are asked for.
    pub tokens: TokenUse,
    /// From the first packet to the end of the body.
    pub timeout: Duration,
    /// The dialect, where it is not to be found out.
    pub dialect: Option<Dialect>,
    /// Send credentials over plain http to other machines too.
    pub allow_plain_http: bool,
    /// No request but GET leaves the client.
    pub read_only: bool,
    /// Larger bodies are not read.
    pub body_cap: usize,
    /// Larger lists are not decoded.
    pub bounds: Bounds,
}

impl ClientSpec {
    /// With the defaults of the command line.
    pub fn new(endpoint: EndpointId, url: EndpointUrl) -> Self {
        Self {
            endpoint,
            url,
            credentials: None,
            tls: TlsSpec::default(),
            tokens: TokenUse::default(),
            timeout: Duration::from_secs(10),
            dialect: None,
            allow_plain_http: false,
            read_only: false,
            body_cap: DEFAULT_BODY_CAP,
            bounds: Bounds::default(),
        }
    }

    /// What must stay in sight.
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

/// A client that cannot be made: what, why and what to try, in one line.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ClientError {
    /// The password would cross the network in the clear.
    #[error(
        "{0}: a password is not sent over plain http to another machine: use https://, or --allow-plain-http"
    )]
    PlainHttp(EndpointUrl),
    /// Basic authentication ends the user at the first colon.
    #[error("{0}: a user name cannot contain ':', check --user")]
    User(EndpointUrl),
    /// A certificate or key that cannot be used.
    #[error("{0}: {1}: {2}")]
    Tls(EndpointUrl, &'static str, Text),
    /// Settings that do not go together, found only when all are put together.
    #[error("{0}: cannot set up HTTP or TLS: {1}; check --ca-file and --client-cert")]
    Setup(EndpointUrl, Text),
}
