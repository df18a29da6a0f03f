//! One HTTP connection to one IP address, opened before anything is sent over it.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, DATE, HOST, HeaderValue, USER_AGENT};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;

use super::gate::{Gate, Gated};
use crate::client::access::AuthHeader;
use crate::client::exchange::Exchange;
use crate::client::fault::{self, ReplyProgress, line};
use crate::client::reply::Reply;
use crate::model::{Dialect, Now, RequestError, http_date};

/// A connection for consecutive requests.
pub(in crate::client) struct Connection {
    sender: SendRequest<Empty<Bytes>>,
    gate: Arc<Gate>,
    driver: JoinHandle<()>,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Connection {
    /// Whether another request can be sent over it. Waits until the last reply is complete.
    pub(super) async fn is_open(&mut self) -> bool {
        self.sender.ready().await.is_ok()
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

impl Exchange {
    /// Opens a connection to an address of the endpoint, TLS included.
    pub(super) async fn open(&self, address: SocketAddr) -> Result<Connection, RequestError> {
        tokio::time::timeout(self.timeout(), self.connect(address))
            .await
            .unwrap_or(Err(RequestError::TimedOut(self.timeout())))
    }

    async fn connect(&self, address: SocketAddr) -> Result<Connection, RequestError> {
        let refused = |error: std::io::Error| fault::of_connect(&error, self.link());
        let tcp = TcpStream::connect(address).await.map_err(refused)?;
        tcp.set_nodelay(true).map_err(refused)?;
        let stream: Box<dyn Stream> = match self.tls() {
            None => Box::new(tcp),
            Some(config) => {
                let host = self.url().host().to_owned();
                let name = ServerName::try_from(host)
                    .map_err(|error| RequestError::Connect(line(&error.to_string())))?;
                let mut config = config.clone();
                config.alpn_protocols = vec![b"http/1.1".to_vec()];
                let connector = TlsConnector::from(Arc::new(config));
                Box::new(connector.connect(name, tcp).await.map_err(refused)?)
            }
        };
        let gate = Arc::new(Gate::default());
        let gated = Gated {
            stream,
            gate: Arc::clone(&gate),
        };
        let (sender, connection) = http1::handshake(TokioIo::new(gated))
            .await
            .map_err(|error| fault::of_http(&error, ReplyProgress::Head, self.link()))?;
        let driver = tokio::spawn(async move {
            // Errors reach the caller through its request.
            let _ = connection.await;
        });
        Ok(Connection { sender, gate, driver })
    }

    /// Sends one request over a connection and reads its reply, within the deadline.
    pub(super) async fn send_over(
        &self,
        connection: &mut Connection,
        method: Method,
        dialect: Dialect,
        target: &str,
        pass: &AuthHeader,
    ) -> Result<Reply, RequestError> {
        let request = self.request(method, dialect, target, pass)?;
        let exchange = self.exchange_http(connection, request);
        let reply = tokio::time::timeout(self.timeout(), exchange)
            .await
            .unwrap_or(Err(RequestError::TimedOut(self.timeout())))?;
        self.note_answer();
        Ok(reply)
    }

    /// Sends the DELETE of a check over the connection of that check.
    pub(in crate::client) async fn delete_over(
        &self,
        mut connection: Connection,
        dialect: Dialect,
        target: &str,
        pass: &AuthHeader,
        checked_at: Now,
    ) -> Result<Reply, RequestError> {
        let gate = Arc::clone(&connection.gate);
        gate.arm(checked_at);
        let reply = self
            .send_over(&mut connection, Method::DELETE, dialect, target, pass)
            .await;
        match reply {
            Err(_) if gate.has_expired() => Err(RequestError::CheckExpired),
            Err(_) if !gate.has_written() => Err(RequestError::Unsent),
            reply => reply,
        }
    }

    fn request(
        &self,
        method: Method,
        dialect: Dialect,
        target: &str,
        pass: &AuthHeader,
    ) -> Result<Request<Empty<Bytes>>, RequestError> {
        let path = format!("{}{target}", self.url().path());
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, self.url().authority())
            .header(USER_AGENT, concat!("maxtop/", env!("CARGO_PKG_VERSION")))
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .header(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        if let Some(authorization) = self.access().authorization(pass) {
            request = request.header(AUTHORIZATION, authorization);
        }
        if dialect == Dialect::Draft {
            request = request.header(DATE, http_date(Timestamp::now()));
        }
        request
            .body(Empty::new())
            .map_err(|error| RequestError::Connect(line(&error.to_string())))
    }

    async fn exchange_http(
        &self,
        connection: &mut Connection,
        request: Request<Empty<Bytes>>,
    ) -> Result<Reply, RequestError> {
        let sent = Instant::now();
        let response = connection.sender.send_request(request).await;
        let cost = sent.elapsed();
        let response = response.map_err(|error| fault::of_http(&error, ReplyProgress::Head, self.link()))?;
        let (head, body) = response.into_parts();
        let limit = self.body_limit(head.status.is_success());
        let body = self.read_body(body, limit).await;
        self.reply((head.status.as_u16(), &head.headers), body, cost)
    }

    async fn read_body(&self, mut incoming: Incoming, limit: usize) -> Result<Vec<u8>, RequestError> {
        let announced = incoming.size_hint().exact();
        let mut body = Vec::new();
        while let Some(frame) = incoming.frame().await {
            let stage = ReplyProgress::Body(body.len(), announced);
            let frame = frame.map_err(|error| fault::of_http(&error, stage, self.link()))?;
            if let Some(bytes) = frame.data_ref() {
                if body.len() + bytes.len() > limit {
                    return Err(RequestError::TooLarge { limit });
                }
                body.extend_from_slice(bytes);
            }
        }
        Ok(body)
    }
}
