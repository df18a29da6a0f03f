//! Whether an endpoint can be reached at all, step by step: its name, a bare connection, and the
//! server's certificate.
//!
//! Requests do all of it by themselves; this is for whoever wants to know which step fails.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::Client;
use super::fault::line;
use crate::model::Fault;

impl Client {
    /// The addresses behind the endpoint's name, in the system's order.
    pub async fn resolve(&self) -> Result<Vec<SocketAddr>, Fault> {
        let (host, within) = (self.url().host(), self.0.exchange.timeout());
        let found = timeout(within, lookup_host((host, self.url().port())))
            .await
            .map_err(|_| Fault::TimedOut(within))?
            .map_err(|error| Fault::Resolve(line(&format!("{host} ({error})"))))?;
        Ok(found.collect())
    }

    /// Connects, and hangs up: how long that took.
    pub async fn reach(&self, address: SocketAddr) -> Result<Duration, Fault> {
        let (began, within) = (Instant::now(), self.0.exchange.timeout());
        match timeout(within, TcpStream::connect(address)).await {
            Err(_) => Err(Fault::TimedOut(within)),
            Ok(Ok(_)) => Ok(began.elapsed()),
            Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => Err(Fault::Refused),
            Ok(Err(error)) => Err(Fault::Connect(line(&error.to_string()))),
        }
    }

    /// Until when the certificate holds that the server has shown and that was found good. Unknown over
    /// plain http, before the first answer, and where nobody judges it (`--insecure`).
    pub fn certificate_ends(&self) -> Option<Timestamp> {
        self.0.exchange.expiry()
    }
}
