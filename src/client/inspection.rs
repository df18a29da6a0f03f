//! Inspects the proxy for `maxtop doctor`: version, settings, clock and response time.
//!
//! Also tests step by step whether an endpoint can be reached: its name, and a bare connection.
//!
//! Requests do both automatically; here a caller learns which step fails.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::fault::{self, line};
use super::{Client, target};
use crate::model::{Dialect, Instance, ProxySettings, RequestError};
use crate::wire::jsonapi;

/// A reply of `/v1/maxscale`, with the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// The process that replied.
    pub instance: Instance,
    /// Settings of the proxy.
    pub settings: ProxySettings,
    /// Time of the server's clock (`Date`), in whole seconds. `None` if not reported.
    pub server_now: Option<Timestamp>,
    /// Time at which the reply arrived, by this machine's clock.
    pub heard_at: Timestamp,
    /// Time from the request to the first byte of the reply.
    pub cost: Duration,
}

impl Client {
    /// Gets the process, the settings and the clock. As with [`instance`](Self::instance), the draft does
    /// not report them, and a 404 is not an error before the dialect is known.
    pub async fn inspect(&self) -> Result<Option<Inspection>, RequestError> {
        let known = self.dialect();
        if known == Some(Dialect::Draft) {
            return Ok(None);
        }
        let reply = self.0.exchange.get(Dialect::JsonApi, target::INSPECTION).await?;
        let (heard_at, server_now, cost) = (Timestamp::now(), reply.date, reply.cost);
        match reply.status {
            404 if known.is_none() => Ok(None),
            _ if reply.is_success() => {
                let (instance, settings) = self.decode(reply, |body, _| jsonapi::proxy(body)).await?;
                self.remember(&instance);
                if known.is_none() {
                    self.0.dialects.set(Dialect::JsonApi);
                }
                Ok(Some(Inspection {
                    instance,
                    settings,
                    server_now,
                    heard_at,
                    cost,
                }))
            }
            _ => {
                let missing = "no /v1/maxscale there";
                Err(fault::of_resource_status(&reply, missing, self.has_credentials()))
            }
        }
    }
}

impl Client {
    /// Returns the addresses of the endpoint's name, in the system's order.
    pub async fn resolve(&self) -> Result<Vec<SocketAddr>, RequestError> {
        if let Some(fixed) = self.url().fixed_addresses() {
            return Ok(fixed.into());
        }
        let (host, within) = (self.url().host(), self.0.exchange.timeout());
        let found = timeout(within, lookup_host((host, self.url().port())))
            .await
            .map_err(|_| RequestError::TimedOut(within))?
            .map_err(|error| RequestError::Resolve(line(&format!("{host} ({error})"))))?;
        Ok(found.collect())
    }

    /// Connects, closes the connection, and returns how long that took.
    pub async fn reach(&self, address: SocketAddr) -> Result<Duration, RequestError> {
        let (began, within) = (Instant::now(), self.0.exchange.timeout());
        match timeout(within, TcpStream::connect(address)).await {
            Err(_) => Err(RequestError::TimedOut(within)),
            Ok(Ok(_)) => Ok(began.elapsed()),
            Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
                Err(RequestError::Refused)
            }
            Ok(Err(error)) => Err(RequestError::Connect(line(&error.to_string()))),
        }
    }
}
