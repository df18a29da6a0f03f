//! One request and its reply over HTTP: a fresh connection, one deadline for all of it, a body that
//! ends by its Content-Length and is never larger than the cap.
//!
//! Servers differ in keeping the connection open (it depends on the HTTP library that a `MaxScale`
//! was built with), so nothing here waits for the end of file where a length was given, and no
//! connection is used twice. What is sent is decided in `target`; what a reply means, above.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{ACCEPT, CONNECTION, DATE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Identity, Method, RequestBuilder, Response};
use secrecy::ExposeSecret as _;

use super::connected::{Stamp, connected_within, since_connected};
use super::fault::{Stage, line, of_error, root};
use super::reply::Reply;
use super::spec::{ClientError, ClientSpec, Credentials, TlsSpec};
use super::url::EndpointUrl;
use crate::model::{Dialect, Fault, http_date, parse_moment};

/// A DELETE's connection has to stand so soon.
const SEND_WITHIN: Duration = Duration::from_secs(1);
/// What an error body may have to say fits in here.
const ERROR_BODY_CAP: usize = 64 * 1024;

/// The way to one endpoint.
#[derive(Debug)]
pub(super) struct Exchange {
    http: reqwest::Client,
    url: EndpointUrl,
    credentials: Option<Credentials>,
    timeout: Duration,
    body_cap: usize,
}

impl Exchange {
    pub(super) fn new(spec: ClientSpec) -> Result<Self, ClientError> {
        Ok(Self {
            http: http_client(&spec.url, &spec.tls)?,
            url: spec.url,
            credentials: spec.credentials,
            timeout: spec.timeout,
            body_cap: spec.body_cap,
        })
    }

    pub(super) const fn url(&self) -> &EndpointUrl {
        &self.url
    }

    pub(super) fn user(&self) -> Option<&str> {
        self.credentials
            .as_ref()
            .map(|credentials| credentials.user.as_str())
    }

    pub(super) const fn has_credentials(&self) -> bool {
        self.credentials.is_some()
    }

    /// Reads something.
    pub(super) async fn get(&self, dialect: Dialect, target: &str) -> Result<Reply, Fault> {
        self.exchange(Method::GET, dialect, target).await
    }

    /// Ends something. Only [`Deletion`](super::deletion::Deletion) may call it.
    ///
    /// It is sent within a second or not at all: what was checked before it may be another by then.
    pub(super) async fn delete(&self, dialect: Dialect, target: &str) -> Result<Reply, Fault> {
        let exchange = self.exchange(Method::DELETE, dialect, target);
        let late = || Fault::Connect(line("no connection within 1 s of the check: nothing was sent"));
        connected_within(SEND_WITHIN, exchange).await.ok_or_else(late)?
    }

    async fn exchange(&self, method: Method, dialect: Dialect, target: &str) -> Result<Reply, Fault> {
        let request = self.request(method, dialect, target);
        tokio::time::timeout(self.timeout, self.transfer(request))
            .await
            .unwrap_or(Err(Fault::TimedOut(self.timeout)))
    }

    fn request(&self, method: Method, dialect: Dialect, target: &str) -> RequestBuilder {
        let mut request = self.http.request(method, self.url.join(target));
        if let Some(Credentials { user, password }) = &self.credentials {
            request = request.basic_auth(user, Some(password.expose_secret()));
        }
        match dialect {
            Dialect::Draft => request.header(DATE, http_date(Timestamp::now())),
            Dialect::JsonApi => request,
        }
    }

    async fn transfer(&self, request: RequestBuilder) -> Result<Reply, Fault> {
        let (response, sent) = since_connected(request.send()).await;
        let cost = sent.elapsed();
        let mut response = response.map_err(|error| of_error(&error, Stage::Head, &self.url))?;
        let body = if response.status().is_success() {
            self.body(&mut response, self.body_cap).await?
        } else {
            // The status is the news; an error body that breaks off only loses its words.
            let cap = self.body_cap.min(ERROR_BODY_CAP);
            self.body(&mut response, cap).await.unwrap_or_default()
        };
        Ok(Reply {
            status: response.status().as_u16(),
            date: text(response.headers(), &DATE).and_then(|date| parse_moment(date, None)),
            location: text(response.headers(), &LOCATION).map(line),
            body,
            cost,
        })
    }

    async fn body(&self, response: &mut Response, limit: usize) -> Result<Vec<u8>, Fault> {
        let announced = response.content_length();
        let capacity = usize::try_from(announced.unwrap_or(0)).unwrap_or(usize::MAX);
        if capacity > limit {
            return Err(Fault::TooLarge { limit });
        }
        let mut body = Vec::with_capacity(capacity);
        loop {
            let stage = Stage::Body(body.len(), announced);
            match response.chunk().await {
                Ok(None) => return Ok(body),
                Ok(Some(chunk)) if body.len() + chunk.len() > limit => return Err(Fault::TooLarge { limit }),
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Err(error) => return Err(of_error(&error, stage, &self.url)),
            }
        }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// The HTTP client: no redirects, no proxies, no retries, no kept connections, no cookies.
fn http_client(url: &EndpointUrl, tls: &TlsSpec) -> Result<reqwest::Client, ClientError> {
    // An error means that one is installed already, which is all that is wanted.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let headers = [
        (ACCEPT, HeaderValue::from_static("application/json")),
        (CONNECTION, HeaderValue::from_static("close")),
    ];
    let builder = reqwest::Client::builder()
        .user_agent(concat!("maxtop/", env!("CARGO_PKG_VERSION")))
        .default_headers(HeaderMap::from_iter(headers))
        .redirect(Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .no_proxy()
        .http1_only()
        .connector_layer(Stamp)
        .pool_max_idle_per_host(0);
    let builder = if url.is_https() {
        with_tls(builder.https_only(true), url, tls)?
    } else {
        // Without it the machine's root certificates are read, for nothing: several milliseconds.
        builder.tls_certs_only([])
    };
    builder
        .build()
        .map_err(|error| ClientError::Setup(url.clone(), line(&root(&error).to_string())))
}

fn with_tls(
    builder: reqwest::ClientBuilder,
    url: &EndpointUrl,
    tls: &TlsSpec,
) -> Result<reqwest::ClientBuilder, ClientError> {
    let refuse = |what| {
        move |error: reqwest::Error| ClientError::Tls(url.clone(), what, line(&root(&error).to_string()))
    };
    let mut builder = builder;
    if tls.insecure {
        builder = builder.tls_danger_accept_invalid_certs(true);
    } else if let Some(pem) = &tls.ca_pem {
        let certificates = Certificate::from_pem_bundle(pem).map_err(refuse("no usable --ca-file"))?;
        if certificates.is_empty() {
            let none = line("no certificate in it");
            return Err(ClientError::Tls(url.clone(), "no usable --ca-file", none));
        }
        builder = builder.tls_certs_only(certificates);
    }
    if let Some(pem) = &tls.identity_pem {
        let identity = Identity::from_pem(pem.expose_secret().as_bytes());
        let identity = identity.map_err(refuse("no usable --client-cert and --client-key"))?;
        builder = builder.identity(identity);
    }
    Ok(builder)
}
