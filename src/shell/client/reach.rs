//! Whether an endpoint can be reached at all, step by step: its name, and a bare connection.
//!
//! Requests do both by themselves; this is for whoever wants to know which step fails.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::Client;
use super::line::line;
use crate::model::Fault;

impl Client {
    /// The addresses behind the endpoint's name, in the system's order.
    pub async fn resolve(&self) -> Result<Vec<SocketAddr>, Fault> {
        if let Some(fixed) = self.url().fixed_addresses() {
            return Ok(fixed.into());
        }
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
}
