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

use super::fault::line;
use super::{Client, target};
use crate::model::{Instance, ProxySettings, RequestError};
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
    /// Gets the process, the settings and the clock. `None` as for [`instance`](Self::instance).
    ///
    /// # Errors
    ///
    /// Returns the error of the request.
    pub async fn inspect(&self) -> Result<Option<Inspection>, RequestError> {
        let Some(reply) = self.get_proxy(target::INSPECTION).await? else {
            return Ok(None);
        };
        let (heard_at, server_now, cost) = (Timestamp::now(), reply.date, reply.cost);
        let (instance, settings) = self.decode(reply, |body, _| jsonapi::proxy(body)).await?;
        self.remember(&instance);
        Ok(Some(Inspection {
            instance,
            settings,
            server_now,
            heard_at,
            cost,
        }))
    }

    /// Returns the addresses of the endpoint's name, in the system's order.
    ///
    /// # Errors
    ///
    /// Returns [`RequestError::Resolve`] if the name has no address, and [`RequestError::TimedOut`] if the
    /// lookup takes too long.
    pub(crate) async fn resolve(&self) -> Result<Vec<SocketAddr>, RequestError> {
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
    ///
    /// # Errors
    ///
    /// Returns [`RequestError::Refused`], [`RequestError::TimedOut`] or [`RequestError::Connect`] if there is
    /// no connection.
    pub(crate) async fn reach(&self, address: SocketAddr) -> Result<Duration, RequestError> {
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
