//! The HTTP server of the metrics. Limits connections, and closes those that send no request.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};

use crate::clock;
use crate::export::{Exposition, Scrape, TextFormat};

/// Maximum number of connections. Further ones wait.
const MAX_CONNECTIONS: usize = 64;
/// Maximum time that a connection is open without a request. Longer than the interval of most scrapes.
const MAX_SILENCE: Duration = Duration::from_secs(75);
/// Wait after an error of the system, such as too many open files.
const RETRY_DELAY: Duration = Duration::from_millis(100);
/// Maximum time for open replies at the end.
const STOP_TIMEOUT: Duration = Duration::from_secs(1);

const PAGE: &str = "<!DOCTYPE html>
<html lang=\"en\">
<head><title>maxtop</title></head>
<body>
<h1>maxtop</h1>
<p>Sessions of MariaDB MaxScale, for Prometheus.</p>
<p><a href=\"/metrics\">Metrics</a></p>
</body>
</html>
";

/// The state that scrapes get.
type Shown = watch::Receiver<Arc<Exposition>>;

/// A running server. Dropping it stops it.
pub(super) struct MetricsServer {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl MetricsServer {
    /// Starts to accept connections.
    pub(super) fn start(listener: TcpListener, shown: Shown) -> Self {
        let router = Router::new()
            .route("/", get(async || Html(PAGE)))
            .route("/metrics", get(metrics))
            .route("/-/healthy", get(async || "healthy\n"))
            .with_state(shown);
        let (stop, stopped) = watch::channel(false);
        Self {
            stop,
            task: tokio::spawn(accept(listener, router, stopped)),
        }
    }

    /// Stops listening, and waits a short time for open replies.
    pub(super) async fn stop(mut self) {
        self.stop.send_replace(true);
        if tokio::time::timeout(STOP_TIMEOUT, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}

/// Accepts connections until the server is stopped.
async fn accept(listener: TcpListener, router: Router, stopped: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut open = JoinSet::new();
    let mut end = stopped.clone();
    loop {
        let next = async {
            let place = Arc::clone(&places)
                .acquire_owned()
                .await
                .map_err(io::Error::other)?;
            let (stream, _) = listener.accept().await?;
            io::Result::Ok((stream, place))
        };
        tokio::select! {
            accepted = next => match accepted {
                Ok((stream, place)) => {
                    let (router, stopped) = (router.clone(), stopped.clone());
                    open.spawn(async move {
                        answer(stream, router, stopped).await;
                        drop(place);
                    });
                }
                Err(_) => tokio::time::sleep(RETRY_DELAY).await,
            },
            () = wait_for_stop(&mut end) => break,
        }
        while open.try_join_next().is_some() {}
    }
    drop(listener);
    open.join_all().await;
}

/// Waits until the server is stopped or dropped.
async fn wait_for_stop(stopped: &mut watch::Receiver<bool>) {
    // Fails if the server was dropped.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Answers the requests of a connection. An error of it concerns only its client.
async fn answer(stream: TcpStream, router: Router, mut stopped: watch::Receiver<bool>) {
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(MAX_SILENCE);
    let service = TowerToHyperService::new(router);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => {}
        () = wait_for_stop(&mut stopped) => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

/// Returns the metrics in the format that the client prefers.
async fn metrics(State(shown): State<Shown>, headers: HeaderMap) -> Response {
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    let format = TextFormat::accepted(accept.unwrap_or_default());
    let scrape = Scrape {
        exposition: Arc::clone(&shown.borrow()),
        now: clock::now(),
    };
    match scrape.text(format) {
        Ok(text) => ([(CONTENT_TYPE, format.content_type())], text).into_response(),
        Err(error) => {
            log::error!(target: "export", "the metrics cannot be written: {error}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
