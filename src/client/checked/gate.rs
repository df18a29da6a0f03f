//! The last check before a DELETE is sent: nothing is written once its check is too old.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::clock;
use crate::kill::MAX_CHECK_AGE;
use crate::model::Now;

/// Decides about each first write of a request.
#[derive(Debug, Default)]
pub(super) struct Gate {
    /// When the check began whose age limits the next write.
    checked_at: Mutex<Option<Now>>,
    wrote: AtomicBool,
    expired: AtomicBool,
}

impl Gate {
    /// Limits the next request: its first byte is written within one second of `checked_at`, or never.
    pub(super) fn arm(&self, checked_at: Now) {
        *self.checked_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(checked_at);
        self.wrote.store(false, Ordering::SeqCst);
    }

    /// Whether anything was written since [`arm`](Self::arm).
    pub(super) fn has_written(&self) -> bool {
        self.wrote.load(Ordering::SeqCst)
    }

    /// Whether a write was refused because the check was too old.
    pub(super) fn has_expired(&self) -> bool {
        self.expired.load(Ordering::SeqCst)
    }

    fn refuses(&self) -> bool {
        let checked_at = *self.checked_at.lock().unwrap_or_else(PoisonError::into_inner);
        let refuses = checked_at.is_some_and(|checked_at| {
            !self.has_written() && !clock::now().is_within(MAX_CHECK_AGE, &checked_at)
        });
        if refuses {
            self.expired.store(true, Ordering::SeqCst);
        }
        refuses || self.has_expired()
    }
}

/// A stream whose writes pass a [`Gate`].
pub(super) struct Gated<S> {
    pub(super) stream: S,
    pub(super) gate: Arc<Gate>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Gated<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Gated<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.gate.refuses() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        // A pending write may have left something behind in a TLS buffer.
        self.gate.wrote.store(true, Ordering::SeqCst);
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::SignedDuration;
    use tokio::io::AsyncWriteExt as _;

    use super::*;

    fn ago(elapsed: Duration, wall: SignedDuration) -> Now {
        let now = clock::now();
        Now {
            elapsed: now.elapsed.saturating_sub(elapsed),
            wall: now.wall - wall,
        }
    }

    async fn written(checked_at: Now) -> (bool, Vec<u8>) {
        let (near, mut far) = tokio::io::duplex(64);
        let gate = Arc::new(Gate::default());
        gate.arm(checked_at);
        let mut gated = Gated {
            stream: near,
            gate: Arc::clone(&gate),
        };
        let first = gated.write_all(b"DELETE").await;
        let _ = gated.write_all(b" /").await;
        drop(gated);
        let mut all = Vec::new();
        tokio::io::AsyncReadExt::read_to_end(&mut far, &mut all)
            .await
            .unwrap();
        assert_eq!(first.is_ok(), gate.has_written());
        assert_eq!(first.is_err(), gate.has_expired());
        (first.is_ok(), all)
    }

    #[tokio::test]
    async fn nothing_is_written_once_the_check_is_over_a_second_old_by_either_clock() {
        let (ms, s) = (Duration::from_millis, SignedDuration::from_millis);
        for (elapsed, wall, is_sent) in [
            (ms(0), s(0), true),
            (ms(700), s(700), true),
            (ms(1_001), s(1_001), false),
            (ms(1_001), s(0), false),
            (ms(0), s(1_001), false),
            // The wall clock was set back.
            (ms(0), s(-500), false),
        ] {
            let (sent, bytes) = written(ago(elapsed, wall)).await;
            assert_eq!(sent, is_sent, "{elapsed:?} {wall:?}");
            assert_eq!(bytes.is_empty(), !is_sent, "{elapsed:?} {wall:?}");
        }
    }
}
