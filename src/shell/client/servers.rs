//! How the servers behind an endpoint are doing.

use jiff::Timestamp;

use super::{Client, fault, target};
use crate::model::{Dialect, Fault, Servers};
use crate::wire::jsonapi;

impl Client {
    /// The servers, as the proxy's monitor sees them. Nothing, and no request, where the dialect is
    /// the draft or not known yet: this is never worth a list to find it out.
    pub async fn servers(&self) -> Result<Option<Servers>, Fault> {
        if self.dialect() != Some(Dialect::JsonApi) {
            return Ok(None);
        }
        let reply = self.0.exchange.get(Dialect::JsonApi, target::SERVERS).await?;
        let taken_at = Timestamp::now();
        if !reply.is_success() {
            let missing = "no /v1/servers there";
            return Err(fault::of_resource_status(&reply, missing, self.has_credentials()));
        }
        let read = self.decode(reply, move |body, decoder| {
            let (states, dropped) = jsonapi::servers(body, decoder)?;
            Ok(Servers {
                states,
                taken_at,
                blanked: decoder.blanked,
                dropped,
            })
        });
        read.await.map(Some)
    }
}
