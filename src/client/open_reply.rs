//! A reply whose body is still being received.

use hyper::body::Bytes;
use reqwest::Response;
use tokio::time::{Instant, timeout_at};

use super::exchange::Exchange;
use super::fault::{ReplyProgress, of_error};
use super::reply::Reply;
use crate::model::RequestError;

/// Size of a part of a long body, in bytes. A part is decoded at once: large enough to be worth waking a thread, and
/// small enough to stay in the cache of the processor.
const PART_SIZE: usize = 128 * 1024;

/// The head of a reply, and the connection that its body arrives on.
#[derive(Debug)]
pub(super) struct OpenReply {
    /// The reply without its body. Complete if it is an error.
    pub(super) reply: Reply,
    /// `None` if the body is complete.
    body: Option<OpenBody>,
}

#[derive(Debug)]
struct OpenBody {
    response: Response,
    /// Maximum size, in bytes.
    limit: usize,
    /// Length of the body, if the server stated it.
    announced: Option<u64>,
    received: usize,
    /// Bytes that were received and belong to the next part.
    pending: Bytes,
    deadline: Instant,
}

impl OpenReply {
    /// Creates an open reply. The whole body must be received before `deadline`, and have at most `limit`
    /// bytes.
    pub(super) fn new(reply: Reply, response: Response, limit: usize, deadline: Instant) -> Self {
        Self {
            reply,
            body: Some(OpenBody {
                announced: response.content_length(),
                response,
                limit,
                received: 0,
                pending: Bytes::new(),
                deadline,
            }),
        }
    }

    /// Creates a reply whose body is complete.
    pub(super) const fn complete(reply: Reply) -> Self {
        Self { reply, body: None }
    }

    /// Returns the length of the body, if the server stated it.
    pub(super) fn announced(&self) -> Option<usize> {
        usize::try_from(self.body.as_ref()?.announced?).ok()
    }

    /// Returns the number of bytes received.
    pub(super) fn received(&self) -> usize {
        self.body
            .as_ref()
            .map_or(self.reply.body.len(), |body| body.received)
    }

    /// Receives the rest of the body.
    pub(super) async fn collect(mut self, exchange: &Exchange) -> Result<Reply, RequestError> {
        if let Some(mut body) = self.body.take() {
            self.reply.body = body.collect(exchange).await?;
        }
        Ok(self.reply)
    }

    /// Appends the next part of the body to `part`. Returns `false` if the body is complete.
    pub(super) async fn next_part(
        &mut self,
        exchange: &Exchange,
        part: &mut Vec<u8>,
    ) -> Result<bool, RequestError> {
        let Some(body) = &mut self.body else {
            return Ok(false);
        };
        while part.len() < PART_SIZE {
            if !body.next_chunk(exchange, part, PART_SIZE).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Appends the first bytes of the body to `part`, at least up to one that is not a blank.
    pub(super) async fn first_bytes(
        &mut self,
        exchange: &Exchange,
        part: &mut Vec<u8>,
    ) -> Result<(), RequestError> {
        let Some(body) = &mut self.body else {
            part.extend_from_slice(&self.reply.body);
            return Ok(());
        };
        while part.iter().all(u8::is_ascii_whitespace) {
            let size = part.len().saturating_add(PART_SIZE);
            if !body.next_chunk(exchange, part, size).await? {
                break;
            }
        }
        Ok(())
    }
}

impl OpenBody {
    async fn collect(&mut self, exchange: &Exchange) -> Result<Vec<u8>, RequestError> {
        self.check_announced()?;
        let announced = self.announced.and_then(|length| usize::try_from(length).ok());
        let mut body = Vec::with_capacity(announced.unwrap_or(0));
        while self.next_chunk(exchange, &mut body, usize::MAX).await? {}
        Ok(body)
    }

    fn check_announced(&self) -> Result<(), RequestError> {
        let length = usize::try_from(self.announced.unwrap_or(0)).unwrap_or(usize::MAX);
        if length > self.limit {
            return Err(RequestError::TooLarge { limit: self.limit });
        }
        Ok(())
    }

    /// Appends the next bytes, until there are `size`. Returns `false` at the end of the body.
    async fn next_chunk(
        &mut self,
        exchange: &Exchange,
        to: &mut Vec<u8>,
        size: usize,
    ) -> Result<bool, RequestError> {
        self.check_announced()?;
        if self.pending.is_empty() {
            let chunk = timeout_at(self.deadline, self.response.chunk()).await;
            match chunk.map_err(|_| RequestError::TimedOut(exchange.timeout()))? {
                Ok(None) => return Ok(false),
                Ok(Some(chunk)) => {
                    self.received = self.received.saturating_add(chunk.len());
                    if self.received > self.limit {
                        return Err(RequestError::TooLarge { limit: self.limit });
                    }
                    self.pending = chunk;
                }
                Err(error) => {
                    let stage = ReplyProgress::Body(self.received, self.announced);
                    return Err(of_error(&error, stage, exchange.link()));
                }
            }
        }
        let room = size.saturating_sub(to.len()).min(self.pending.len());
        to.extend_from_slice(&self.pending.split_to(room));
        Ok(true)
    }
}
