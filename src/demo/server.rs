//! The socket: binds to loopback, serves until stopped.
//!
//! Who may enter: `maxtop demo` and tests.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderValue, Request as HttpRequest, Response, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::connection::{CuttableListener, ResetHandle};
use super::endpoint::{RequestLine, SimEndpoint};
use super::http::{SimReply, SimRequest};
use super::routing::{self, DelayedReply};
use super::spec::{DemoError, ServeSpec};
use super::world::World;

/// Open connections get this long to end when the server stops.
const STOP_TIMEOUT: Duration = Duration::from_secs(1);

/// A running endpoint. It stops when this is dropped.
#[derive(Debug)]
pub struct SimServer {
    /// Where it listens.
    pub addr: SocketAddr,
    endpoint: Arc<SimEndpoint>,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<io::Result<()>>>,
}

/// Starts the endpoint. It must be called within a tokio runtime.
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
    /// The base URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The last requests, oldest first, 100,000 at most. Each is in it before its reply is sent.
    pub fn log(&self) -> Vec<RequestLine> {
        self.endpoint.log()
    }

    /// The ids of all sessions, half-open ones too.
    pub fn ids(&self) -> Vec<u64> {
        self.endpoint
            .with_world(|world| world.sessions().map(|session| session.id()).collect())
    }

    /// Looks at the world as it is now, or changes it: for whatever the other hooks do not offer.
    pub fn with_world<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        self.endpoint.with_world(look)
    }

    /// Ends a session, as if by another client.
    pub fn kill(&self, id: u64) -> bool {
        self.endpoint.with_world(|world| world.kill(id))
    }

    /// The id belongs to another user from now on, connected just now: an id that was reused.
    pub fn impersonate(&self, id: u64, user: &str) -> bool {
        self.endpoint.with_world(|world| world.impersonate(id, user))
    }

    /// The id belongs to another user from now on, and nothing else of it changes: address, port and connect
    /// time stay. The name can be any text.
    pub fn rename(&self, id: u64, user: &str) -> bool {
        self.endpoint.with_world(|world| world.rename(id, user))
    }

    /// Leaves a session out of the next lists, so many of them, while it lives on and is found by its id.
    pub fn hide(&self, id: u64, lists: u32) -> bool {
        self.endpoint.with_world(|world| world.hide(id, lists))
    }

    /// The process behind the endpoint ends and another one begins: ids from 1, another start time and data
    /// directory, other sessions. The socket stays open.
    pub fn restart(&self) {
        self.endpoint.restart();
    }

    /// Stops listening and waits until open connections have ended, for a second at most.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        let Some(mut task) = self.task.take() else { return };
        if tokio::time::timeout(STOP_TIMEOUT, &mut task).await.is_err() {
            task.abort();
        }
    }
}

impl Drop for SimServer {
    /// Dropping the sender tells the server to stop; a request being answered is still answered.
    fn drop(&mut self) {
        drop(self.stop.take());
    }
}

/// Answers on a thread for blocking work: a list of a large fleet takes a while, and others share the runtime.
/// A client that hangs up while its reply is held back ends this future, but not what was asked for.
async fn respond(
    State(endpoint): State<Arc<SimEndpoint>>,
    ConnectInfo(cutter): ConnectInfo<ResetHandle>,
    request: HttpRequest<Body>,
) -> Response<Body> {
    let (parts, _) = request.into_parts();
    let request = SimRequest {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
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
