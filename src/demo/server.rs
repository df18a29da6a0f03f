//! The socket: binds to loopback, serves until stopped.
//!
//! Who may enter: `maxtop demo` and tests.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Request as HttpRequest, Response, StatusCode};
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::endpoint::{Dialects, Endpoint, RequestLine};
use super::http::{Reply, Request};
use super::routing;
use super::world::{World, WorldSpec};

/// World time runs at most so much faster than the clock.
const TOP_SPEED: f64 = 10_000.0;
/// Open connections get this long to end when the server stops.
const STOP_WITHIN: Duration = Duration::from_secs(1);

/// What to serve, and where.
#[derive(Debug, Clone)]
pub struct ServeSpec {
    /// A loopback address; port 0 takes any free port.
    pub listen: SocketAddr,
    /// The fleet.
    pub world: WorldSpec,
    /// World seconds per second; 0 is a world that stands still.
    pub speed: f64,
    /// User and password that every request needs, if any.
    pub auth: Option<(String, SecretString)>,
    /// Which dialects are served.
    pub dialects: Dialects,
}

impl ServeSpec {
    /// A fleet of that size and seed, from now on, in both dialects, on any port of 127.0.0.1.
    pub fn new(sessions: usize, seed: u64) -> Self {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_secs();
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            world: WorldSpec::new(sessions, seed, i64::try_from(now).unwrap_or(0)),
            speed: 1.0,
            auth: None,
            dialects: Dialects::Both,
        }
    }
}

/// Why the endpoint does not start.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The fleet is open to everybody who can reach it, so only this machine may.
    #[error("the demo endpoint listens on loopback only, not on {0}: try 127.0.0.1:0")]
    NotLoopback(SocketAddr),
    /// Speed must be a number in range.
    #[error("the speed must lie between 0 and {TOP_SPEED}, not {0}")]
    Speed(f64),
    /// The address is taken, or the like.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// Where.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
}

/// A running endpoint. It stops when this is dropped.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    endpoint: Arc<Endpoint>,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<io::Result<()>>>,
}

/// Starts the endpoint. It must be called within a tokio runtime.
pub async fn serve(spec: ServeSpec) -> Result<Running, DemoError> {
    let address = spec.listen;
    if !address.ip().is_loopback() {
        return Err(DemoError::NotLoopback(address));
    }
    if !(0.0..=TOP_SPEED).contains(&spec.speed) {
        return Err(DemoError::Speed(spec.speed));
    }
    let bind = |source| DemoError::Bind { address, source };
    let listener = TcpListener::bind(address).await.map_err(bind)?;
    let addr = listener.local_addr().map_err(bind)?;

    let world = World::new(&spec.world);
    let endpoint = Arc::new(Endpoint::new(
        world,
        spec.dialects,
        spec.auth.as_ref(),
        spec.speed,
    ));
    let router = Router::new().fallback(respond).with_state(Arc::clone(&endpoint));
    let (stop, stopped) = oneshot::channel::<()>();
    let served = axum::serve(listener, router).with_graceful_shutdown(async move {
        let _ = stopped.await;
    });
    let task = tokio::spawn(async move { served.await });
    Ok(Running {
        addr,
        endpoint,
        stop: Some(stop),
        task: Some(task),
    })
}

impl Running {
    /// The base URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The last requests, oldest first, 10,000 at most.
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

    /// The process behind the endpoint ends and another one begins: ids from 1, another start time and data
    /// directory, other sessions. The socket stays open.
    pub fn restart(&self) {
        self.endpoint.restart();
    }

    /// Stops listening and waits until open connections have ended, for a second at most.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        let Some(mut task) = self.task.take() else { return };
        if tokio::time::timeout(STOP_WITHIN, &mut task).await.is_err() {
            task.abort();
        }
    }
}

impl Drop for Running {
    /// Dropping the sender tells the server to stop; a request being answered is still answered.
    fn drop(&mut self) {
        drop(self.stop.take());
    }
}

/// Answers on a thread for blocking work: a list of a large fleet takes a while, and others share the runtime.
async fn respond(State(endpoint): State<Arc<Endpoint>>, request: HttpRequest<Body>) -> Response<Body> {
    let (parts, _) = request.into_parts();
    let request = Request {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
    };
    let answered = tokio::task::spawn_blocking(move || routing::answer(&endpoint, &request)).await;
    response(answered.unwrap_or_else(|_| Reply::new(StatusCode::INTERNAL_SERVER_ERROR)))
}

fn response(reply: Reply) -> Response<Body> {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = reply.status;
    for (name, value) in reply.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().append(name, value);
        }
    }
    response
}
