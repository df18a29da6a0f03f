//! What a client is made from, and why it could not be.

use std::fmt;
use std::time::Duration;

use secrecy::SecretString;
use thiserror::Error;

use super::url::EndpointUrl;
use crate::model::{Dialect, EndpointId, Text};

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
    /// Trust these certificates (PEM) and no others; `None` trusts what this machine trusts.
    pub ca_pem: Option<Vec<u8>>,
    /// The client's certificate and key, in one PEM text.
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
}

impl ClientSpec {
    /// With the defaults of the command line.
    pub fn new(endpoint: EndpointId, url: EndpointUrl) -> Self {
        Self {
            endpoint,
            url,
            credentials: None,
            tls: TlsSpec::default(),
            timeout: Duration::from_secs(10),
            dialect: None,
            allow_plain_http: false,
            read_only: false,
            body_cap: DEFAULT_BODY_CAP,
        }
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
