//! A reply whose body is still being received.

use reqwest::Response;
use tokio::time::{Instant, timeout_at};

use super::exchange::Exchange;
use super::fault::{ReplyProgress, of_error};
use super::reply::Reply;
use crate::model::RequestError;

/// Minimum size of a part of a long body, in bytes. A part is decoded at once, so it is worth waking a thread.
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
    received: usize,
    deadline: Instant,
}

impl OpenReply {
    /// Creates an open reply. The whole body must be received before `deadline`, and have at most `limit`
    /// bytes.
    pub(super) const fn new(reply: Reply, response: Response, limit: usize, deadline: Instant) -> Self {
        Self {
            reply,
            body: Some(OpenBody {
                response,
                limit,
                received: 0,
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
        let announced = self.body.as_ref()?.response.content_length()?;
        usize::try_from(announced).ok()
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
            if !body.next_chunk(exchange, part).await? {
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
        while part.iter().all(u8::is_ascii_whitespace) && body.next_chunk(exchange, part).await? {}
        Ok(())
    }
}

impl OpenBody {
    async fn collect(&mut self, exchange: &Exchange) -> Result<Vec<u8>, RequestError> {
        let announced = self.response.content_length().unwrap_or(0);
        let capacity = usize::try_from(announced).unwrap_or(usize::MAX);
        if capacity > self.limit {
            return Err(RequestError::TooLarge { limit: self.limit });
        }
        let mut body = Vec::with_capacity(capacity);
        while self.next_chunk(exchange, &mut body).await? {}
        Ok(body)
    }

    /// Appends the next bytes. Returns `false` at the end of the body.
    async fn next_chunk(&mut self, exchange: &Exchange, to: &mut Vec<u8>) -> Result<bool, RequestError> {
        let announced = self.response.content_length();
        let too_large = RequestError::TooLarge { limit: self.limit };
        if announced.is_some_and(|length| usize::try_from(length).is_ok_and(|length| length > self.limit)) {
            return Err(too_large);
        }
        let chunk = timeout_at(self.deadline, self.response.chunk()).await;
        match chunk.map_err(|_| RequestError::TimedOut(exchange.timeout()))? {
            Ok(None) => Ok(false),
            Ok(Some(chunk)) => {
                self.received = self.received.saturating_add(chunk.len());
                if self.received > self.limit {
                    return Err(too_large);
                }
                to.extend_from_slice(&chunk);
                Ok(true)
            }
            Err(error) => {
                let stage = ReplyProgress::Body(self.received, announced);
                Err(of_error(&error, stage, exchange.link()))
            }
        }
    }
}
