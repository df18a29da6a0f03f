//! One request of a client and the endpoint's reply to it, for the fronts of tests.
#![allow(dead_code, reason = "each test binary needs another part of it")]

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// Returns the method and the path, without the query.
    pub(crate) fn line(&self) -> &str {
        let line = self.head.lines().next().unwrap_or_default();
        let line = line.trim_end_matches(" HTTP/1.1");
        line.split('?').next().unwrap_or_default()
    }
}

/// The endpoint's reply.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    /// Status line and headers without the length and without what it says about the connection. Ends in an
    /// empty line that [`Reply::bytes`] adds.
    head: Vec<String>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// Returns a reply with this status and body.
    pub(crate) fn new(status: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            head: vec![format!("HTTP/1.1 {status}")],
            body: body.into(),
        }
    }

    /// Adds a header.
    pub(crate) fn with(mut self, header: &str) -> Self {
        self.head.push(header.to_owned());
        self
    }

    /// Replaces a header.
    pub(crate) fn replacing(mut self, name: &str, value: &str) -> Self {
        let is_other = |line: &String| {
            line.split(':')
                .next()
                .is_none_or(|other| !other.eq_ignore_ascii_case(name))
        };
        self.head.retain(is_other);
        self.with(&format!("{name}: {value}"))
    }

    /// Returns its head for a body of this length.
    pub(crate) fn head_for(&self, length: u64) -> String {
        format!("{}\r\nContent-Length: {length}\r\n\r\n", self.head.join("\r\n"))
    }

    /// Returns its head, with the length of its body.
    pub(crate) fn head(&self) -> String {
        self.head_for(self.body.len() as u64)
    }

    /// Returns the whole reply.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        [self.head().as_bytes(), &self.body].concat()
    }
}

/// Reads the next request. Returns `None` if the client has closed the connection.
pub(crate) async fn read_request(stream: &mut TcpStream) -> io::Result<Option<Request>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse().unwrap())
    });
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await?;
    Ok(Some(Request { head, body }))
}

/// Sends a request to the endpoint and returns its reply.
pub(crate) async fn forward(target: SocketAddr, request: &Request) -> io::Result<Reply> {
    let mut behind = TcpStream::connect(target).await?;
    let head = request.head.replacen("\r\n", "\r\nConnection: close\r\n", 1);
    behind.write_all(head.as_bytes()).await?;
    behind.write_all(&request.body).await?;
    let mut reply = Vec::new();
    behind.read_to_end(&mut reply).await?;
    let end = reply.windows(4).position(|window| window == b"\r\n\r\n");
    let end = end.ok_or(io::ErrorKind::UnexpectedEof)?;
    let body = reply.split_off(end + 4);
    let head = String::from_utf8_lossy(&reply[..end]).into_owned();
    let is_kept = |line: &&str| {
        let lower = line.to_ascii_lowercase();
        assert!(!lower.contains("chunked"), "{lower}");
        !lower.starts_with("connection:") && !lower.starts_with("content-length:")
    };
    let head = head.lines().filter(is_kept).map(str::to_owned).collect();
    Ok(Reply { head, body })
}
