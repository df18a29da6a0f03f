//! Settings of the HTTP library: no redirects, no proxies, no retries, no cookies, no compression.

use std::time::Duration;

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONNECTION, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;

use super::connected::Stamp;
use super::fault::{line, root};
use super::spec::ClientError;
use super::url::{EndpointUrl, LOCALHOST};

/// Time after which an unused connection is closed.
const KEEP_ALIVE: Duration = Duration::from_secs(4);
/// The only accepted content encoding: none.
pub(super) const IDENTITY: &str = "identity";

/// Whether connections are kept between requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConnectionReuse {
    /// Each request opens its own.
    None,
    /// One connection is kept open and reused.
    One,
}

/// Creates the HTTP client of an endpoint.
pub(super) fn http_client(
    url: &EndpointUrl,
    tls: Option<rustls::ClientConfig>,
    keeping: ConnectionReuse,
) -> Result<reqwest::Client, ClientError> {
    // An error means that a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(IDENTITY));
    let kept = match keeping {
        ConnectionReuse::One => 1,
        ConnectionReuse::None => {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
            0
        }
    };
    let builder = reqwest::Client::builder()
        .user_agent(concat!("maxtop/", env!("CARGO_PKG_VERSION")))
        .default_headers(headers)
        .redirect(Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .no_proxy()
        .http1_only()
        .connector_layer(Stamp)
        .pool_idle_timeout(KEEP_ALIVE)
        .pool_max_idle_per_host(kept);
    let builder = match tls {
        Some(tls) => builder.https_only(true).tls_backend_preconfigured(tls),
        // Without this the machine's root certificates are read needlessly, which takes several
        // milliseconds.
        None => builder.tls_certs_only([]),
    };
    let builder = match url.fixed_addresses() {
        Some(fixed) => builder.resolve_to_addrs(LOCALHOST, &fixed),
        None => builder,
    };
    builder
        .build()
        .map_err(|error| ClientError::Setup(url.clone(), line(&root(&error).to_string())))
}
