//! The embedded endpoint, in this process: the fleet that maxtop shows, and the requests that it received.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use maxtop::demo::{ServeSpec, SimServer, serve};
use tokio::runtime::{Builder, Runtime};

use crate::pty::Pty;
use crate::start::Start;

const DEADLINE: Duration = Duration::from_secs(30);

/// The dialects of the endpoint.
pub(crate) const DIALECTS: [&str; 2] = ["draft", "jsonapi"];

/// An endpoint that can be stopped and started again.
pub(crate) struct Endpoint {
    runtime: Runtime,
    spec: ServeSpec,
    running: Option<SimServer>,
}

impl Endpoint {
    /// Creates a fleet of this size whose sessions do not change. Time advances.
    pub(crate) fn new(sessions: usize) -> Self {
        Self::with(sessions, |_| {})
    }

    /// Creates the same fleet, but time does not advance.
    pub(crate) fn frozen(sessions: usize) -> Self {
        Self::with(sessions, |spec| spec.speed = 0.0)
    }

    pub(crate) fn with(sessions: usize, change: impl FnOnce(&mut ServeSpec)) -> Self {
        // Endpoints differ only in this. On one machine they would otherwise be one proxy with several URLs.
        static STARTED: AtomicUsize = AtomicUsize::new(0);
        let mut spec = ServeSpec::new(sessions, 7);
        spec.world.node = format!("db-proxy-{}", STARTED.fetch_add(1, Ordering::Relaxed));
        spec.world.churn = Some(0.0);
        change(&mut spec);
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let running = runtime.block_on(serve(spec.clone())).unwrap();
        spec.listen = running.addr;
        Self {
            runtime,
            spec,
            running: Some(running),
        }
    }

    pub(crate) fn running(&self) -> &SimServer {
        self.running.as_ref().expect("started")
    }

    pub(crate) const fn addr(&self) -> SocketAddr {
        self.spec.listen
    }

    /// Stops listening.
    pub(crate) fn stop(&mut self) {
        let running = self.running.take().expect("started");
        self.runtime.block_on(running.stop());
    }

    /// Listens again at the same address.
    pub(crate) fn start(&mut self) {
        self.running = Some(self.runtime.block_on(serve(self.spec.clone())).unwrap());
    }

    /// maxtop with this endpoint, polling fast and without a grace period. Sorted by idle, so that early
    /// findings move no rows.
    pub(crate) fn watched(&self, dialect: &str) -> Start {
        self.watched_every("100ms", dialect)
            .args(["--grace", "0s", "--sort", "-idle"])
    }

    pub(crate) fn watched_every(&self, interval: &str, dialect: &str) -> Start {
        let url = format!("http://{}", self.addr());
        Start::new(["--endpoint", &url, "--interval", interval, "--duty", "100%"])
            .args(["--dialect", dialect])
    }

    /// Returns the number of list requests.
    pub(crate) fn polls(&self) -> usize {
        usize::try_from(self.running().list_count()).unwrap()
    }

    /// Waits for this number of further lists. maxtop has then handled all earlier messages.
    pub(crate) fn polled(&self, times: usize, pty: &Pty) {
        self.polled_within(DEADLINE, times, pty);
    }

    /// Waits for this number of further lists, at most this time.
    pub(crate) fn polled_within(&self, patience: Duration, times: usize, pty: &Pty) {
        let goal = self.polls() + times;
        let until = Instant::now() + patience;
        while self.polls() < goal {
            assert!(Instant::now() < until, "no more polls\n{}", pty.text());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Returns the paths of all DELETE requests.
    pub(crate) fn deletes(&self) -> Vec<String> {
        let log = self.running().log();
        log.iter()
            .filter(|line| line.method == "DELETE")
            .map(|line| path(&line.target).to_owned())
            .collect()
    }

    pub(crate) fn has(&self, id: u64) -> bool {
        self.running().ids().contains(&id)
    }

    pub(crate) fn user(&self, id: u64) -> String {
        let user = |world: &mut maxtop::demo::World| {
            let session = world.session(id)?;
            session.user().map(str::to_owned)
        };
        self.running().with_world(user).expect("a user")
    }
}

/// Returns the path of a session in a dialect.
pub(crate) fn session_path(dialect: &str, id: u64) -> String {
    match dialect {
        "draft" => format!("/sessions/{id}"),
        _ => format!("/v1/sessions/{id}"),
    }
}

fn path(target: &str) -> &str {
    target.split('?').next().unwrap_or_default()
}
