//! A minimal HTTP client that shows replies unchanged.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use maxtop::demo::{ServeSpec, SimServer, serve};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Maximum time that a test waits.
const MAX_WAIT: Duration = Duration::from_secs(20);

/// A reply.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Whether the server closed the connection afterwards.
    pub(crate) closed: bool,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("UTF-8")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// A reply without its body, from its head.
    pub(crate) fn parse(head: &str) -> Self {
        let mut lines = head.split("\r\n");
        let status = lines
            .next()
            .and_then(|line| line.split(' ').nth(1))
            .expect("a status line");
        let headers = lines.filter_map(|line| line.split_once(": "));
        Self {
            status: status.parse().expect("a status"),
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            body: Vec::new(),
            closed: false,
        }
    }
}

pub(crate) async fn get(addr: SocketAddr, target: &str) -> Reply {
    send(addr, "GET", target, &[]).await
}

pub(crate) async fn delete(addr: SocketAddr, target: &str) -> Reply {
    send(addr, "DELETE", target, &[]).await
}

/// Sends a request without a body, reads as many bytes as `Content-Length` announces, and then checks whether
/// the server closes the connection.
pub(crate) async fn send(addr: SocketAddr, method: &str, target: &str, headers: &[(&str, &str)]) -> Reply {
    in_time(exchange(addr, method, target, headers, "")).await
}

/// Sends a POST with a body, otherwise as [`send`].
pub(crate) async fn post(addr: SocketAddr, target: &str, headers: &[(&str, &str)], body: &str) -> Reply {
    let length = body.len().to_string();
    let sized: Vec<_> = std::iter::once(("Content-Length", length.as_str()))
        .chain(headers.iter().copied())
        .collect();
    in_time(exchange(addr, "POST", target, &sized, body)).await
}

async fn in_time(exchange: impl Future<Output = Reply>) -> Reply {
    tokio::time::timeout(MAX_WAIT, exchange)
        .await
        .expect("a reply in time")
}

async fn exchange(
    addr: SocketAddr,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    sent: &str,
) -> Reply {
    let mut stream = TcpStream::connect(addr).await.expect("connects");
    let mut request = format!("{method} {target} HTTP/1.1\r\nHost: {addr}\r\n");
    for (name, value) in headers {
        request.extend([*name, ": ", *value, "\r\n"]);
    }
    request.extend(["\r\n", sent]);
    stream.write_all(request.as_bytes()).await.expect("writes");

    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        assert!(stream.read_buf(&mut bytes).await.expect("reads") > 0, "cut head");
    };
    let head = std::str::from_utf8(&bytes[..end]).expect("text");
    assert!(head.starts_with("HTTP/1.1 "), "{head}");
    let mut reply = Reply::parse(head);
    let mut body = bytes.split_off(end + 4);
    let empty = method == "HEAD" || matches!(reply.status, 204 | 304);
    let length = if empty {
        0
    } else {
        reply.header("content-length").expect("a length").parse().unwrap()
    };
    while body.len() < length {
        assert!(stream.read_buf(&mut body).await.expect("reads") > 0, "cut body");
    }
    let wait = Duration::from_millis(if reply.header("connection") == Some("close") {
        5_000
    } else {
        20
    });
    let more = tokio::time::timeout(wait, stream.read_buf(&mut body)).await;
    reply.closed = matches!(more, Ok(Ok(0)));
    assert_eq!(body.len(), length, "exactly what was announced");
    reply.body = body;
    reply
}

/// Sends a request on a connection that may have been used before.
pub(crate) async fn ask(stream: &mut TcpStream, method: &str, target: &str) {
    let request = format!("{method} {target} HTTP/1.1\r\nHost: demo\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("writes");
}

/// Reads the rest of a connection. Returns its bytes and how it ended.
pub(crate) async fn rest(stream: &mut TcpStream) -> (Vec<u8>, io::Result<()>) {
    let mut bytes = Vec::new();
    let end = tokio::time::timeout(MAX_WAIT, stream.read_to_end(&mut bytes)).await;
    (bytes, end.expect("an end in time").map(drop))
}

/// Waits until the condition is true.
pub(crate) async fn until(what: &str, condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < MAX_WAIT, "never: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A world without changes, so that two reads agree.
pub(crate) fn still(sessions: usize) -> ServeSpec {
    let mut spec = ServeSpec::new(sessions, 7);
    spec.world.churn = Some(0.0);
    spec.speed = 0.0;
    spec
}

pub(crate) async fn running(spec: ServeSpec) -> SimServer {
    serve(spec).await.expect("serves")
}
