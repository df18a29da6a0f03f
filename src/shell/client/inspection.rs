//! A closer look at the proxy: what it is, how it is set up, what its clock says and what asking costs.

use std::time::Duration;

use jiff::Timestamp;

use super::{Client, fault, target};
use crate::model::{Dialect, Fault, Instance, ProxySettings};
use crate::wire::jsonapi;

/// One answer of `/v1/maxscale`, with its settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// Which process answers.
    pub instance: Instance,
    /// How it is set up.
    pub settings: ProxySettings,
    /// What its clock said, where it did (`Date`); whole seconds.
    pub server_now: Option<Timestamp>,
    /// When the answer had come, by this machine's clock.
    pub heard_at: Timestamp,
    /// From the request sent to the first byte of the reply.
    pub cost: Duration,
}

impl Client {
    /// Looks at the proxy. As with [`instance`](Self::instance), which asks for less, the draft
    /// cannot tell, and a 404 is no fault before the dialect is known.
    pub async fn inspect(&self) -> Result<Option<Inspection>, Fault> {
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
                self.note(&instance);
                if known.is_none() {
                    self.0.dialects.learn(Dialect::JsonApi);
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
