//! Decodes replies outside the runtime's threads: 100,000 rows take time, and keys and other endpoints
//! must not wait for them.

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::open_reply::OpenReply;
use super::reply::Reply;
use super::{Client, ListReply, fault};
use crate::clock::local_zone;
use crate::model::{Dialect, Now, RequestError, Snapshot};
use crate::wire::{Decoder, Interner, ListStream, WireError};

/// The beginning of a list.
#[derive(Debug)]
pub(super) struct ListBody {
    open: OpenReply,
    start: Vec<u8>,
}

impl ListBody {
    pub(super) const fn status(&self) -> u16 {
        self.open.reply.status
    }

    /// Returns the beginning of the body, at least up to a byte that is not a blank.
    pub(super) fn start(&self) -> &[u8] {
        &self.start
    }
}

impl Client {
    /// Requests a list, and receives the beginning of its body.
    pub(super) async fn open_list(
        &self,
        dialect: Dialect,
        target: impl Fn(Dialect) -> String,
    ) -> Result<ListBody, RequestError> {
        let mut open = self.0.exchange.get_in_parts(dialect, &target(dialect)).await?;
        let mut start = Vec::new();
        open.first_bytes(&self.0.exchange, &mut start).await?;
        Ok(ListBody { open, start })
    }

    /// Decodes a list while it arrives. Keeps its texts for the next one.
    ///
    /// One part is decoded while the next one is received. At most two parts are in memory: a slow decoder
    /// delays the next part.
    pub(super) async fn decode_list(
        &self,
        dialect: Dialect,
        body: ListBody,
        asked_at: Now,
        previous: Option<&Arc<Snapshot>>,
    ) -> Result<ListReply, RequestError> {
        let ListBody { mut open, start } = body;
        if !open.reply.is_success() {
            return Err(fault::of_list_status(&open.reply, self.has_credentials()));
        }
        open.reply.check_plain()?;
        let server_now = open.reply.date.unwrap_or_else(Timestamp::now);
        let zone = self.url().is_loopback().then(local_zone);
        let stream = ListStream::new(dialect, (zone, server_now), self.0.bounds, open.announced());
        let mut stream = stream.after(previous.cloned());
        let (mut part, mut spare) = (start, Vec::new());
        // A list that ended early has left its texts, and they count for the limit.
        let mut prunes = true;
        let mut decode_time = Duration::ZERO;
        let mut is_open = open.next_part(&self.0.exchange, &mut part).await?;
        while is_open {
            let prunes = std::mem::take(&mut prunes);
            let decoded = self.with_interner(move |interner| {
                if prunes {
                    interner.prune();
                }
                stream.push(interner, &part)?;
                part.clear();
                Ok((stream, part))
            });
            let received = open.next_part(&self.0.exchange, &mut spare);
            let took;
            (is_open, ((stream, part), took)) = tokio::try_join!(received, decoded)?;
            decode_time += took;
            std::mem::swap(&mut part, &mut spare);
        }
        let taken_at = Timestamp::now();
        let rows = self.with_interner(move |interner| {
            if prunes {
                interner.prune();
            }
            stream.push(interner, &part)?;
            let rows = stream.finish(interner);
            interner.prune();
            rows
        });
        let (rows, took) = rows.await?;
        Ok(ListReply {
            dialect,
            rows,
            cost: open.reply.cost,
            decode_time: decode_time + took,
            bytes: open.received(),
            asked_at,
            taken_at,
            server_now,
        })
    }

    /// Runs a part of the decoding outside the runtime's threads. Returns its result and the time that it took.
    async fn with_interner<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Interner) -> Result<T, WireError> + Send + 'static,
    ) -> Result<(T, Duration), RequestError> {
        let interner = Arc::clone(&self.0.interner);
        let work = move || {
            let mut interner = interner.lock().unwrap_or_else(PoisonError::into_inner);
            let began = Instant::now();
            work(&mut interner).map(|result| (result, began.elapsed()))
        };
        off_thread(work).await.map_err(|error| fault::of_wire(&error))
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
