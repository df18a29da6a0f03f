//! One HTTP request and its reply: a new connection, one deadline for all of it, and a body that ends by
//! its Content-Length and is at most as large as the limit.
//!
//! Some servers keep the connection open, some close it. So nothing waits for the end of file if a length
//! is given, and only the frequent small requests for samples reuse a connection.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{CONTENT_ENCODING, DATE, HeaderMap, HeaderName, LOCATION, WWW_AUTHENTICATE};
use reqwest::{Method, RequestBuilder};
use tokio::time::{Instant, timeout_at};

use super::access::{Access, AuthHeader};
use super::checked::Connection;
use super::connected::since_connected;
use super::fault::{ErrorContext, ReplyProgress, line, of_error, of_status};
use super::http::{ConnectionReuse, IDENTITY, http_client};
use super::open_reply::OpenReply;
use super::reply::Reply;
use super::spec::{ClientError, ClientSpec};
use super::sql::SqlRequest;
use super::target;
use super::tls::{CertificateEnd, ClientCertificate, Tls};
use super::url::EndpointUrl;
use crate::model::{Dialect, Now, RequestError, SessionId, http_date, parse_moment};

/// Maximum size of an error body, in bytes.
const ERROR_BODY_CAP: usize = 64 * 1024;

/// Sends requests to one endpoint.
#[derive(Debug)]
pub(super) struct Exchange {
    /// Client with a new connection for each request.
    http: reqwest::Client,
    /// Client with a kept connection, created on first use.
    kept: OnceLock<Option<reqwest::Client>>,
    tls: Option<rustls::ClientConfig>,
    url: EndpointUrl,
    access: Access,
    /// Client certificate, sent if the server requests one. `None` over plain http.
    certificate: Option<Arc<ClientCertificate>>,
    /// Expiry of the server's certificate.
    end: CertificateEnd,
    /// Whether the server has replied at least once.
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

    /// Returns the deadline of a whole reply.
    pub(super) const fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Sends a GET. If the server no longer knows the token, drops it and repeats the request with the
    /// password, because a GET has no side effects.
    pub(super) async fn get(&self, dialect: Dialect, target: &str) -> Result<Reply, RequestError> {
        self.get_over(&self.http, dialect, target).await
    }

    /// Sends a small GET that is repeated several times per second, over a connection that is kept open
    /// if the server allows it.
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
        let (reply, pass) = self.get_unnoted(http, dialect, target).await?;
        self.note_reply(&pass, &reply, dialect);
        Ok(reply)
    }

    /// Sends a GET for one resource that an account may be barred from. Its rejection says nothing about the
    /// credentials.
    pub(super) async fn get_aside(&self, dialect: Dialect, target: &str) -> Result<Reply, RequestError> {
        Ok(self.get_unnoted(&self.http, dialect, target).await?.0)
    }

    async fn get_unnoted(
        &self,
        http: &reqwest::Client,
        dialect: Dialect,
        target: &str,
    ) -> Result<(Reply, AuthHeader), RequestError> {
        let (open, pass) = self.open_get(http, dialect, target).await?;
        Ok((open.collect(self).await?, pass))
    }

    /// Sends a GET whose body is received in parts. An error is received as a whole.
    pub(super) async fn get_in_parts(
        &self,
        dialect: Dialect,
        target: &str,
    ) -> Result<OpenReply, RequestError> {
        let (open, pass) = self.open_get(&self.http, dialect, target).await?;
        self.note_reply(&pass, &open.reply, dialect);
        Ok(open)
    }

    async fn open_get(
        &self,
        http: &reqwest::Client,
        dialect: Dialect,
        target: &str,
    ) -> Result<(OpenReply, AuthHeader), RequestError> {
        let mut pass = self.access.fresh_header().await?;
        let mut open = self.open_reply(http, Method::GET, dialect, target, &pass).await?;
        if let (AuthHeader::Token(token), 401) = (&pass, open.reply.status)
            && self.access.token_refused(token)
        {
            let next = self.access.fresh_header().await?;
            if !next.is_token(token) {
                pass = next;
                open = self.open_reply(http, Method::GET, dialect, target, &pass).await?;
            }
        }
        self.mark_rejected(&pass, &mut open.reply);
        Ok((open, pass))
    }

    /// Stores in the reply that a given token was rejected.
    fn mark_rejected(&self, pass: &AuthHeader, reply: &mut Reply) {
        if reply.status == 401 {
            reply.token_fault = self.access.token_fault(pass);
        }
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

    /// Updates the credentials after the reply to a GET.
    ///
    /// # Errors
    ///
    /// Returns [`RequestError::LoginEnded`] if the server no longer knows the token. The token is
    /// dropped, and the next request sends the password.
    pub(super) fn note_get(
        &self,
        pass: &AuthHeader,
        reply: &mut Reply,
        dialect: Dialect,
    ) -> Result<(), RequestError> {
        if let (AuthHeader::Token(token), 401) = (pass, reply.status)
            && self.access.token_refused(token)
        {
            return Err(RequestError::LoginEnded);
        }
        self.mark_rejected(pass, reply);
        self.note_reply(pass, reply, dialect);
        Ok(())
    }

    /// Requests a token with the password.
    pub(super) async fn log_in(&self) -> Result<Reply, RequestError> {
        let pass = AuthHeader::Password;
        let open = self.open_reply(&self.http, Method::GET, Dialect::JsonApi, target::LOGIN, &pass);
        open.await?.collect(self).await
    }

    /// Sends a DELETE. Only [`DeletePermission`] may call it.
    ///
    /// The DELETE is sent within one second of its check or not at all, because the id may belong to
    /// another session afterwards. It is never repeated, not even with another token.
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
            // A reply to an unknown token has no challenge; a rejection of the account has one.
            (401, AuthHeader::Token(token)) if !reply.is_challenge => {
                self.access.token_refused(token);
                Err(RequestError::LoginEnded)
            }
            (401 | 403, AuthHeader::Token(_) | AuthHeader::Password) if self.access.was_accepted() => {
                Err(RequestError::MayOnlyRead)
            }
            _ => Ok(reply),
        }
    }

    async fn open_reply(
        &self,
        http: &reqwest::Client,
        method: Method,
        dialect: Dialect,
        target: &str,
        pass: &AuthHeader,
    ) -> Result<OpenReply, RequestError> {
        let request = http.request(method, self.url.join(target));
        let request = self.access.show(pass, request);
        let request = match dialect {
            Dialect::Draft => request.header(DATE, http_date(Timestamp::now())),
            Dialect::JsonApi => request,
        };
        Ok(self.transfer(request).await?.0)
    }

    /// Stores that the server has replied.
    pub(super) fn note_answer(&self) {
        self.answered.store(true, Ordering::Relaxed);
    }

    /// Returns the TLS configuration of the connections. `None` over plain http.
    pub(super) const fn tls(&self) -> Option<&rustls::ClientConfig> {
        self.tls.as_ref()
    }

    /// Returns the maximum size of a body, in bytes. For errors the status is enough, so the limit is
    /// small.
    pub(super) fn body_limit(&self, is_success: bool) -> usize {
        if is_success {
            self.body_cap
        } else {
            self.body_cap.min(ERROR_BODY_CAP)
        }
    }

    /// Returns the context for interpreting an error.
    pub(super) fn link(&self) -> ErrorContext<'_> {
        ErrorContext {
            url: &self.url,
            certificate: self.certificate.as_deref(),
            has_answered: self.answered.load(Ordering::Relaxed),
        }
    }

    /// Sends a request of `/v1/sql`, once. Also returns the headers of the reply, which contain cookies.
    pub(super) async fn send_sql(&self, request: SqlRequest<'_>) -> Result<(Reply, HeaderMap), RequestError> {
        let pass = self.access.auth_header()?;
        let request = self.access.show(&pass, request.into_http(&self.http, &self.url));
        let (open, headers) = self.transfer(request).await?;
        let reply = open.collect(self).await?;
        if let (AuthHeader::Token(token), 401) = (&pass, reply.status) {
            self.access.token_refused(token);
            return Err(RequestError::LoginEnded);
        }
        Ok((reply, headers))
    }

    /// Sends a request, and receives the head of the reply; of an error also the body. Returns the headers
    /// too.
    async fn transfer(&self, request: RequestBuilder) -> Result<(OpenReply, HeaderMap), RequestError> {
        let deadline = Instant::now() + self.timeout;
        let (response, sent) = timeout_at(deadline, since_connected(request.send()))
            .await
            .map_err(|_| RequestError::TimedOut(self.timeout))?;
        let cost = sent.elapsed();
        let mut response = response.map_err(|error| of_error(&error, ReplyProgress::Head, self.link()))?;
        self.note_answer();
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let limit = self.body_limit(status.is_success());
        let open = |reply| OpenReply::new(reply, response, limit, deadline);
        if status.is_success() {
            let reply = self.reply((status.as_u16(), &headers), Ok(Vec::new()), cost)?;
            return Ok((open(reply), headers));
        }
        let body = match open(Reply::default()).collect(self).await {
            Err(error @ RequestError::TimedOut(_)) => return Err(error),
            body => body.map(|reply| reply.body),
        };
        let reply = self.reply((status.as_u16(), &headers), body, cost)?;
        Ok((OpenReply::complete(reply), headers))
    }

    /// Converts a reply for the rest of the client. Removes secrets from error texts. An error body that
    /// is cut off is accepted, because the status is enough.
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
            token_fault: None,
            encoding: text(headers, &CONTENT_ENCODING)
                .filter(|name| !name.eq_ignore_ascii_case(IDENTITY))
                .map(line),
            body,
            is_cut,
            cost,
        })
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Permission to send DELETE requests. Created only here, and only for a client that is not read-only.
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
