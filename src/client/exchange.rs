//! One request and its reply over HTTP: a fresh connection, one deadline for all of it, a body that
//! ends by its Content-Length and is never larger than the cap.
//!
//! Servers differ in keeping the connection open (it depends on the HTTP library that a `MaxScale`
//! was built with), so nothing here waits for the end of file where a length was given, and no
//! connection is used twice: but for the small looks of which there are many a second, which have one
//! of their own that no other request can come upon. What is sent is decided in `target`; what a reply means, above.
//!
//! The right to end sessions, as a value: a read-only client has none, so no DELETE can leave it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONNECTION, CONTENT_ENCODING, DATE, HeaderMap, HeaderName, HeaderValue,
    LOCATION, WWW_AUTHENTICATE,
};
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder, Response};

use super::access::{Access, AuthHeader};
use super::checked::Connection;
use super::connected::{Stamp, since_connected};
use super::fault::{ErrorContext, ReplyProgress, line, of_error, of_status, root};
use super::reply::Reply;
use super::spec::{ClientError, ClientSpec};
use super::target;
use super::tls::{CertificateEnd, ClientCertificate, Tls};
use super::url::{EndpointUrl, LOCALHOST};
use crate::model::{Dialect, Now, RequestError, SessionId, http_date, parse_moment};

/// A kept connection that is not used for so long is closed.
const KEEP_ALIVE: Duration = Duration::from_secs(4);
/// The only content encoding that is read: none.
const IDENTITY: &str = "identity";
/// What an error body may have to say fits in here.
const ERROR_BODY_CAP: usize = 64 * 1024;

/// The way to one endpoint.
#[derive(Debug)]
pub(super) struct Exchange {
    /// A connection for each request.
    http: reqwest::Client,
    /// One that is kept, once it was wanted.
    kept: OnceLock<Option<reqwest::Client>>,
    tls: Option<rustls::ClientConfig>,
    url: EndpointUrl,
    access: Access,
    /// What is shown to a server that asks for a certificate; none over plain http.
    certificate: Option<Arc<ClientCertificate>>,
    /// When the server's certificate ends.
    end: CertificateEnd,
    /// The server has answered at least once.
    answered: AtomicBool,
    timeout: Duration,
    body_cap: usize,
}

impl Exchange {
    pub(super) fn new(spec: ClientSpec) -> Result<Self, ClientError> {
        let tls = spec.url.is_https().then(|| Tls::new(&spec.url, &spec.tls));
        let tls = tls.transpose()?;
        let end = tls.as_ref().map(|tls| tls.end.clone()).unwrap_or_default();
        let (config, certificate) = tls.map(|tls| (tls.config, tls.certificate)).unzip();
        Ok(Self {
            http: http_client(&spec.url, config.clone(), ConnectionReuse::None)?,
            kept: OnceLock::new(),
            tls: config,
            access: Access::new(&spec),
            certificate,
            end,
            answered: AtomicBool::new(false),
            url: spec.url,
            timeout: spec.timeout,
            body_cap: spec.body_cap,
        })
    }

    pub(super) const fn url(&self) -> &EndpointUrl {
        &self.url
    }

    pub(super) fn certificate_end(&self) -> Option<Timestamp> {
        self.end.get()
    }

    pub(super) const fn access(&self) -> &Access {
        &self.access
    }

    /// The deadline of a whole reply.
    pub(super) const fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Reads something. A token that the server no longer knows is dropped, and the password asks
    /// again: reading twice does no harm.
    pub(super) async fn get(&self, dialect: Dialect, target: &str) -> Result<Reply, RequestError> {
        self.get_over(&self.http, dialect, target).await
    }

    /// Reads something small that is read many times a second, over a connection that is kept where the
    /// server keeps it too.
    pub(super) async fn get_often(&self, dialect: Dialect, target: &str) -> Result<Reply, RequestError> {
        let one = || http_client(&self.url, self.tls.clone(), ConnectionReuse::One).ok();
        let kept = self.kept.get_or_init(one).as_ref();
        self.get_over(kept.unwrap_or(&self.http), dialect, target).await
    }

    async fn get_over(
        &self,
        http: &reqwest::Client,
        dialect: Dialect,
        target: &str,
    ) -> Result<Reply, RequestError> {
        let mut pass = self.access.auth_header()?;
        let mut reply = self
            .exchange_over(http, Method::GET, dialect, target, &pass)
            .await?;
        if let (AuthHeader::Token(token), 401) = (&pass, reply.status) {
            self.access.token_refused(token);
            pass = AuthHeader::Password;
            reply = self
                .exchange_over(http, Method::GET, dialect, target, &pass)
                .await?;
        }
        self.note_reply(&pass, &reply, dialect);
        Ok(reply)
    }

    fn note_reply(&self, pass: &AuthHeader, reply: &Reply, dialect: Dialect) {
        match reply.status {
            401 | 403 => self
                .access
                .refused(of_status(reply, dialect, self.access.has_credentials())),
            _ => {
                let is_good = reply.is_success();
                // The draft has no tokens.
                let counts = is_good && dialect == Dialect::JsonApi;
                self.access.on_reply(pass, is_good, counts);
            }
        }
    }

    /// Notes what a reply to a GET says of the credentials.
    ///
    /// # Errors
    ///
    /// Returns [`RequestError::LoginEnded`] if the server no longer knows the token: it is dropped, and the next
    /// request shows the password.
    pub(super) fn note_get(
        &self,
        pass: &AuthHeader,
        reply: &Reply,
        dialect: Dialect,
    ) -> Result<(), RequestError> {
        if let (AuthHeader::Token(token), 401) = (pass, reply.status) {
            self.access.token_refused(token);
            return Err(RequestError::LoginEnded);
        }
        self.note_reply(pass, reply, dialect);
        Ok(())
    }

    /// Asks for a token, with the password.
    pub(super) async fn log_in(&self) -> Result<Reply, RequestError> {
        self.exchange(
            Method::GET,
            Dialect::JsonApi,
            target::LOGIN,
            &AuthHeader::Password,
        )
        .await
    }

    /// Sends a DELETE. Only [`Deletion`](super::exchange::DeletePermission) may call it.
    ///
    /// It leaves within one second of its check or not at all, because the id may belong to another
    /// session afterwards. It is never repeated, not even with another token.
    pub(super) async fn delete(
        &self,
        connection: Connection,
        dialect: Dialect,
        target: &str,
        checked_at: Now,
    ) -> Result<Reply, RequestError> {
        let pass = self.access.auth_header()?;
        let reply = self
            .delete_over(connection, dialect, target, &pass, checked_at)
            .await?;
        match (reply.status, &pass) {
            // A token is told that it is unknown without the challenge that a refusal has.
            (401, AuthHeader::Token(token)) if !reply.is_challenge => {
                self.access.token_refused(token);
                Err(RequestError::LoginEnded)
            }
            (401 | 403, AuthHeader::Token(_) | AuthHeader::Password) if self.access.was_let_in() => {
                Err(RequestError::MayOnlyRead)
            }
            _ => Ok(reply),
        }
    }

    async fn exchange(
        &self,
        method: Method,
        dialect: Dialect,
        target: &str,
        pass: &AuthHeader,
    ) -> Result<Reply, RequestError> {
        self.exchange_over(&self.http, method, dialect, target, pass)
            .await
    }

    async fn exchange_over(
        &self,
        http: &reqwest::Client,
        method: Method,
        dialect: Dialect,
        target: &str,
        pass: &AuthHeader,
    ) -> Result<Reply, RequestError> {
        let request = http.request(method, self.url.join(target));
        let request = self.access.show(pass, request);
        let request = match dialect {
            Dialect::Draft => request.header(DATE, http_date(Timestamp::now())),
            Dialect::JsonApi => request,
        };
        let reply = tokio::time::timeout(self.timeout, self.transfer(request))
            .await
            .unwrap_or(Err(RequestError::TimedOut(self.timeout)))?;
        self.note_answer();
        Ok(reply)
    }

    /// The server has answered.
    pub(super) fn note_answer(&self) {
        self.answered.store(true, Ordering::Relaxed);
    }

    /// TLS of the connections; `None` over plain http.
    pub(super) const fn tls(&self) -> Option<&rustls::ClientConfig> {
        self.tls.as_ref()
    }

    /// Maximum size of a body, in bytes. The status of an error is the news; its body only adds words.
    pub(super) fn body_limit(&self, is_success: bool) -> usize {
        if is_success {
            self.body_cap
        } else {
            self.body_cap.min(ERROR_BODY_CAP)
        }
    }

    /// What a failed request is judged by.
    pub(super) fn link(&self) -> ErrorContext<'_> {
        ErrorContext {
            url: &self.url,
            certificate: self.certificate.as_deref(),
            has_answered: self.answered.load(Ordering::Relaxed),
        }
    }

    async fn transfer(&self, request: RequestBuilder) -> Result<Reply, RequestError> {
        let (response, sent) = since_connected(request.send()).await;
        let cost = sent.elapsed();
        let mut response = response.map_err(|error| of_error(&error, ReplyProgress::Head, self.link()))?;
        let is_success = response.status().is_success();
        let body = self.body(&mut response, self.body_limit(is_success)).await;
        let head = (response.status().as_u16(), response.headers());
        self.reply(head, body, cost)
    }

    /// A reply as the rest of the client reads it. Secrets are removed from the text of errors. The status
    /// of an error is the news: a body that breaks off only loses its words.
    pub(super) fn reply(
        &self,
        (status, headers): (u16, &HeaderMap),
        body: Result<Vec<u8>, RequestError>,
        cost: Duration,
    ) -> Result<Reply, RequestError> {
        let (body, is_cut) = if matches!(status, 200..=299) {
            (body?, false)
        } else {
            let is_cut = body.is_err();
            (self.access.without_secrets(body.unwrap_or_default()), is_cut)
        };
        let location = text(headers, &LOCATION).map(|to| {
            let to = self.access.without_secrets(to.as_bytes().to_vec());
            line(&String::from_utf8_lossy(&to))
        });
        Ok(Reply {
            status,
            date: text(headers, &DATE).and_then(|date| parse_moment(date, None)),
            location,
            is_challenge: headers.contains_key(WWW_AUTHENTICATE),
            encoding: text(headers, &CONTENT_ENCODING)
                .filter(|name| !name.eq_ignore_ascii_case(IDENTITY))
                .map(line),
            body,
            is_cut,
            cost,
        })
    }

    async fn body(&self, response: &mut Response, limit: usize) -> Result<Vec<u8>, RequestError> {
        let announced = response.content_length();
        let capacity = usize::try_from(announced.unwrap_or(0)).unwrap_or(usize::MAX);
        if capacity > limit {
            return Err(RequestError::TooLarge { limit });
        }
        let mut body = Vec::with_capacity(capacity);
        loop {
            let stage = ReplyProgress::Body(body.len(), announced);
            match response.chunk().await {
                Ok(None) => return Ok(body),
                Ok(Some(chunk)) if body.len() + chunk.len() > limit => {
                    return Err(RequestError::TooLarge { limit });
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Err(error) => return Err(of_error(&error, stage, self.link())),
            }
        }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// How many connections are kept between requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ConnectionReuse {
    None,
    One,
}

/// The HTTP client: no redirects, no proxies, no retries, no cookies.
fn http_client(
    url: &EndpointUrl,
    tls: Option<rustls::ClientConfig>,
    keeping: ConnectionReuse,
) -> Result<reqwest::Client, ClientError> {
    // An error means that one is installed already, which is all that is wanted.
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
        // Without it the machine's root certificates are read, for nothing: several milliseconds.
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

/// Permission to send DELETE requests. Made only here, and only for a client that may write.
#[derive(Debug)]
pub(super) struct DeletePermission(());

impl DeletePermission {
    pub(super) fn unless_read_only(read_only: bool) -> Option<Self> {
        (!read_only).then_some(Self(()))
    }

    /// Sends exactly one DELETE, over the connection of its check.
    pub(super) async fn send(
        &self,
        exchange: &Exchange,
        connection: Connection,
        dialect: Dialect,
        id: SessionId,
        checked_at: Now,
    ) -> Result<Reply, RequestError> {
        let target = target::deletion(dialect, id);
        exchange.delete(connection, dialect, &target, checked_at).await
    }
}
