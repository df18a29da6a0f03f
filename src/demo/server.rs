//! The HTTP server: binds to loopback and serves until it is stopped.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderValue, Method, Request as HttpRequest, Response, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::connection::{CuttableListener, ResetHandle};
use super::endpoint::{RequestLine, SimEndpoint};
use super::http::{SimReply, SimRequest};
use super::routing::{self, DelayedReply};
use super::spec::{DemoError, ServeSpec};
use super::sql::SqlSettings;
use super::world::World;

/// Maximum time for open connections to end when the server stops.
const STOP_TIMEOUT: Duration = Duration::from_secs(1);
/// Maximum length of the body of a request.
const MAX_BODY: usize = 256 * 1024;

/// A running endpoint. Dropping it stops the server.
#[derive(Debug)]
pub struct SimServer {
    /// Address on which the server listens.
    pub addr: SocketAddr,
    endpoint: Arc<SimEndpoint>,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<io::Result<()>>>,
}

/// Starts the endpoint. Must be called within a tokio runtime.
///
/// # Errors
///
/// Returns [`DemoError`] if the specification is invalid or the address cannot be bound.
pub async fn serve(spec: ServeSpec) -> Result<SimServer, DemoError> {
    spec.check()?;
    let address = spec.listen;
    let bind = |source| DemoError::Bind { address, source };
    let listener = TcpListener::bind(address).await.map_err(bind)?;
    let addr = listener.local_addr().map_err(bind)?;

    let endpoint = Arc::new(SimEndpoint::new(spec));
    let router = Router::new().fallback(respond).with_state(Arc::clone(&endpoint));
    let (stop, stopped) = oneshot::channel::<()>();
    let service = router.into_make_service_with_connect_info::<ResetHandle>();
    let served = axum::serve(CuttableListener(listener), service).with_graceful_shutdown(async move {
        let _ = stopped.await;
    });
    let task = tokio::spawn(async move { served.await });
    Ok(SimServer {
        addr,
        endpoint,
        stop: Some(stop),
        task: Some(task),
    })
}

impl SimServer {
    /// Returns the base URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Returns the number of lists that were requested.
    pub fn list_count(&self) -> u64 {
        self.endpoint.list_count()
    }

    /// Returns the last requests, oldest first, at most 100,000. A request is logged before its reply is
    /// sent.
    pub fn log(&self) -> Vec<RequestLine> {
        self.endpoint.log()
    }

    /// Returns the ids of all sessions, including half-open ones.
    pub fn ids(&self) -> Vec<u64> {
        self.endpoint
            .with_world(|world| world.sessions().map(|session| session.id()).collect())
    }

    /// Runs `look` on the world at the current time. It may change the world.
    pub fn with_world<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        self.endpoint.with_world(look)
    }

    /// Kills a session, as another client would.
    pub fn kill(&self, id: u64) -> bool {
        self.endpoint.with_world(|world| world.kill(id))
    }

    /// Gives the id to another user, connected just now. Simulates a reused id.
    pub fn impersonate(&self, id: u64, user: &str) -> bool {
        self.endpoint.with_world(|world| world.impersonate(id, user))
    }

    /// Renames the user of a session, to any text. Address, port and connect time stay.
    pub fn rename(&self, id: u64, user: &str) -> bool {
        self.endpoint.with_world(|world| world.rename(id, user))
    }

    /// Leaves a session out of the next `lists` lists. It continues to exist and is found by its id.
    pub fn hide(&self, id: u64, lists: u32) -> bool {
        self.endpoint.with_world(|world| world.hide(id, lists))
    }

    /// Simulates a restart of the process: ids start at 1, with another start time and data directory, and
    /// other sessions. The socket stays open.
    pub fn restart(&self) {
        self.endpoint.restart();
    }

    /// Changes the database account and the behavior of the servers behind `/v1/sql`.
    pub fn change_sql(&self, change: impl FnOnce(&mut SqlSettings)) {
        self.endpoint.with_sql(|sql| change(&mut sql.settings));
    }

    /// Returns the ids of the open connections of `/v1/sql`.
    pub fn sql_connections(&self) -> Vec<String> {
        self.endpoint.with_sql(|sql| sql.open.keys().cloned().collect())
    }

    /// Returns the last statements sent over `/v1/sql`, oldest first, at most 10,000.
    pub fn sql_log(&self) -> Vec<String> {
        self.endpoint.with_sql(|sql| sql.log())
    }

    /// Stops listening and waits until open connections have ended, for at most 1 s.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        let Some(mut task) = self.task.take() else { return };
        if tokio::time::timeout(STOP_TIMEOUT, &mut task).await.is_err() {
            task.abort();
        }
    }
}

impl Drop for SimServer {
    /// Dropping the sender stops the server. A request in progress is still answered.
    fn drop(&mut self) {
        drop(self.stop.take());
    }
}

/// Handles a request on a blocking thread: a list of a large fleet takes a while, and others share the
/// runtime.
///
/// A client that disconnects while its reply is held back cancels this future, but not the request.
async fn respond(
    State(endpoint): State<Arc<SimEndpoint>>,
    ConnectInfo(cutter): ConnectInfo<ResetHandle>,
    request: HttpRequest<Body>,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = if parts.method == Method::POST {
        axum::body::to_bytes(body, MAX_BODY).await.unwrap_or_default()
    } else {
        Bytes::new()
    };
    let request = SimRequest {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body: body.to_vec(),
    };
    let answered = tokio::task::spawn_blocking(move || routing::answer(&endpoint, &request)).await;
    let DelayedReply { reply, hold } = answered.unwrap_or_else(|_| DelayedReply {
        reply: Some(SimReply::new(StatusCode::INTERNAL_SERVER_ERROR)),
        hold: Duration::ZERO,
    });
    if !hold.is_zero() {
        tokio::time::sleep(hold).await;
    }
    reply.map_or_else(
        || {
            cutter.cut();
            Response::default()
        },
        response,
    )
}

fn response(reply: SimReply) -> Response<Body> {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = reply.status;
    for (name, value) in reply.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().append(name, value);
        }
    }
    response
}
