//! Decodes replies outside the runtime's threads: 100,000 rows take time, and keys and other endpoints
//! must not wait for them.

use std::sync::PoisonError;

use jiff::Timestamp;

use super::reply::Reply;
use super::{Client, ListReply, fault};
use crate::clock::local_zone;
use crate::model::{Dialect, Now, RequestError};
use crate::wire::{self, Decoder, Interner, WireError};

impl Client {
    /// Decodes a list. Keeps its texts for the next one.
    pub(super) async fn decode_list(
        &self,
        dialect: Dialect,
        reply: Reply,
        asked_at: Now,
    ) -> Result<ListReply, RequestError> {
        let reply = reply.plain()?;
        let bounds = self.0.bounds;
        let (taken_at, cost, bytes) = (Timestamp::now(), reply.cost, reply.body.len());
        let server_now = reply.date.unwrap_or(taken_at);
        let (interner, has_zone) = (self.0.interner.clone(), self.url().is_loopback());
        let rows = off_thread(move || {
            let mut interner = interner.lock().unwrap_or_else(PoisonError::into_inner);
            let zone = has_zone.then(local_zone);
            let decoder = Decoder::new(&mut interner, zone.as_ref(), server_now);
            let rows = wire::list(dialect, &reply.body, &mut decoder.within(bounds));
            interner.prune();
            rows
        });
        let rows = rows.await.map_err(|error| fault::of_wire(&error))?;
        Ok(ListReply {
            dialect,
            rows,
            cost,
            bytes,
            asked_at,
            taken_at,
            server_now,
        })
    }

    /// Decodes a body that is not a list. Its few texts are not kept.
    pub(super) async fn decode<T: Send + 'static>(
        &self,
        reply: Reply,
        read: impl FnOnce(&[u8], &mut Decoder<'_>) -> Result<T, WireError> + Send + 'static,
    ) -> Result<T, RequestError> {
        let reply = reply.plain()?;
        let (has_zone, bounds) = (self.url().is_loopback(), self.0.bounds);
        let small = reply.body.len() <= MAX_INLINE_DECODE;
        let work = move || {
            let zone = has_zone.then(local_zone);
            let server_now = reply.date.unwrap_or_else(Timestamp::now);
            let mut interner = Interner::default();
            let decoder = Decoder::new(&mut interner, zone.as_ref(), server_now);
            read(&reply.body, &mut decoder.within(bounds))
        };
        let value = if small { work() } else { off_thread(work).await };
        value.map_err(|error| fault::of_wire(&error))
    }
}

/// Maximum size of a body that is decoded in place, because waking another thread takes longer.
const MAX_INLINE_DECODE: usize = 16 * 1024;

/// Runs slow work outside the runtime's threads. A panic there is resumed here.
pub(crate) async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(value) => value,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // Canceled, which happens only when the runtime shuts down, so no caller waits.
            Err(_) => std::future::pending().await,
        },
    }
}
