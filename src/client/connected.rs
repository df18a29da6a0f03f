//! Records when a connection was established. Response times start there, so handshakes do not count.
//!
//! Every request has its own connection. Over a slow link, and with TLS, that takes several round trips,
//! which cost the proxy nothing and must not stretch the interval.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use tower_layer::Layer;
use tower_service::Service;

tokio::task_local! {
    /// Time of the connection. Set by [`Stamp`] in the task that sends the request, where connections are
    /// made, because none is kept for other tasks.
    static CONNECTED: Cell<Option<Instant>>;
}

/// Runs a request. Returns its result and the time at which the connection was established. If there was
/// no connection, returns the time at which the request started.
pub(super) async fn since_connected<T>(request: impl Future<Output = T>) -> (T, Instant) {
    let started = Instant::now();
    let run = async {
        let outcome = request.await;
        (outcome, CONNECTED.with(Cell::get).unwrap_or(started))
    };
    CONNECTED.scope(Cell::new(None), run).await
}

/// The layer around reqwest's connector that records the time.
#[derive(Clone, Debug)]
pub(super) struct Stamp;

/// A connector that records when it has connected.
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
            // Outside of a request the time is not needed.
            let _ = CONNECTED.try_with(|at| at.set(Some(Instant::now())));
            connection
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A slow connector.
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
        let (after, started) = since_connected(async { Instant::now() }).await;
        assert!(started <= after);
    }
}
