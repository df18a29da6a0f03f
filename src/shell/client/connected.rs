//! When the connection of a request stood: the cost of a list begins there.
//!
//! Every request makes its own connection. Over a long way, and with TLS, that takes several round
//! trips which cost the proxy nothing, and would only stretch the interval if they counted.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tower_layer::Layer;
use tower_service::Service;

tokio::task_local! {
    /// Set by [`Stamp`] in the task that sends the request; connections are made there, since none
    /// is kept for others.
    static CONNECTED: Cell<Option<Instant>>;
}

tokio::task_local! {
    /// Set by [`connected_within`]: until when a connection may stand.
    static BY: Cell<Deadline>;
}

#[derive(Clone, Copy, Debug)]
struct Deadline {
    began: Timestamp,
    within: Duration,
    by: Instant,
    stands: bool,
}

impl Deadline {
    /// By both clocks: one stands still while the machine sleeps, the other can be set back.
    fn has_passed(&self) -> bool {
        let by_wall = Duration::try_from(Timestamp::now().duration_since(self.began)).unwrap_or_default();
        Instant::now() > self.by || by_wall > self.within
    }
}

/// Runs a request that may be sent only within a time. `None`: its connection came too late, and not a
/// byte was written.
pub(super) async fn connected_within<T>(within: Duration, request: impl Future<Output = T>) -> Option<T> {
    let deadline = Deadline {
        began: Timestamp::now(),
        within,
        by: Instant::now() + within,
        stands: false,
    };
    let too_late = async {
        tokio::time::sleep_until(deadline.by.into()).await;
        if BY.with(|by| by.get().stands) {
            std::future::pending::<()>().await;
        }
    };
    let run = async {
        tokio::select! {
            biased;
            outcome = request => Some(outcome),
            () = too_late => None,
        }
    };
    BY.scope(Cell::new(deadline), run).await
}

/// Notes that a connection stands. Says whether it came in time.
fn stands() -> bool {
    let noted = BY.try_with(|by| {
        let deadline = by.get();
        let in_time = !deadline.has_passed();
        by.set(Deadline {
            stands: in_time,
            ..deadline
        });
        in_time
    });
    // Most requests have no such deadline.
    noted.unwrap_or(true)
}

/// Runs a request; with its outcome comes the moment at which it was on its way: the connection
/// stood, or nothing was ever sent.
pub(super) async fn since_connected<T>(request: impl Future<Output = T>) -> (T, Instant) {
    let asked = Instant::now();
    let run = async {
        let outcome = request.await;
        (outcome, CONNECTED.with(Cell::get).unwrap_or(asked))
    };
    CONNECTED.scope(Cell::new(None), run).await
}

/// The layer around reqwest's connector that notes the moment.
#[derive(Clone, Debug)]
pub(super) struct Stamp;

/// A connector that notes when it is done.
#[derive(Clone, Debug)]
pub(super) struct Stamped<S>(S);

impl<S> Layer<S> for Stamp {
    type Service = Stamped<S>;

    fn layer(&self, connector: S) -> Stamped<S> {
        Stamped(connector)
    }
}

impl<S, R> Service<R> for Stamped<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, target: R) -> Self::Future {
        let connecting = self.0.call(target);
        Box::pin(async move {
            let connection = connecting.await;
            // Outside of a request there is nobody to tell.
            let _ = CONNECTED.try_with(|at| at.set(Some(Instant::now())));
            if stands() {
                return connection;
            }
            // Whoever waits for it hears that it is too late; nothing is ever written.
            drop(connection);
            std::future::pending().await
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A connector that takes its time.
    #[derive(Clone)]
    struct Slow;

    impl Service<()> for Slow {
        type Response = ();
        type Error = ();
        type Future = Pin<Box<dyn Future<Output = Result<(), ()>> + Send>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ()>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, (): ()) -> Self::Future {
            Box::pin(async {
                tokio::task::yield_now().await;
                Ok(())
            })
        }
    }

    #[tokio::test]
    async fn the_clock_starts_when_the_connection_stands() {
        let began = Instant::now();
        let (between, connected) = since_connected(async {
            let before = Instant::now();
            Stamp.layer(Slow).call(()).await.unwrap();
            (before, Instant::now())
        })
        .await;
        assert!(began <= between.0 && between.0 <= connected && connected <= between.1);
    }

    #[tokio::test]
    async fn without_a_connection_it_starts_with_the_request() {
        let (after, asked) = since_connected(async { Instant::now() }).await;
        assert!(asked <= after);
    }

    #[tokio::test]
    async fn what_connects_too_late_is_never_sent() {
        let late = connected_within(Duration::ZERO, Stamp.layer(Slow).call(())).await;
        assert_eq!(late, None);
        let in_time = connected_within(Duration::from_secs(30), Stamp.layer(Slow).call(())).await;
        assert_eq!(in_time, Some(Ok(())));
    }
}
