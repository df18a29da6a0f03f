//! Two proxies behind one address, as behind a balancer: each connection reaches one of them and stays there.
#![allow(dead_code, reason = "each test binary needs another part of it")]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use maxtop::demo::{self, ServeSpec, ServedDialects, SimServer};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

/// Selects the proxy of the next connection.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Turn {
    /// The first one, then the second one, and so on.
    Alternate,
    /// One by chance. The same seed gives the same sequence.
    Random {
        seed: u64,
        /// Share of the connections that reach the first one, 0 to 1.
        weight_of_first: f64,
    },
}

/// One of the two proxies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proxy {
    First,
    Second,
}

impl Proxy {
    /// The other one.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }
}

/// Chooses the proxy of each connection.
struct Balancer {
    turn: Turn,
    random: fastrand::Rng,
    /// The proxies of all connections so far.
    chosen: Vec<Proxy>,
}

impl Balancer {
    fn new(turn: Turn) -> Self {
        let seed = match turn {
            Turn::Alternate => 0,
            Turn::Random { seed, .. } => seed,
        };
        Self {
            turn,
            random: fastrand::Rng::with_seed(seed),
            chosen: Vec::new(),
        }
    }

    fn next(&mut self) -> Proxy {
        let next = match self.turn {
            Turn::Alternate => self.chosen.last().map_or(Proxy::First, |last| last.other()),
            Turn::Random { weight_of_first, .. } if self.random.f64() < weight_of_first => Proxy::First,
            Turn::Random { .. } => Proxy::Second,
        };
        self.chosen.push(next);
        next
    }
}

/// Two embedded endpoints and the address at which both answer. Ends when it is dropped.
///
/// The two have equal session ids, which belong to other clients, and differ in start time, data
/// directory and node name.
pub(crate) struct TwoProxies {
    address: SocketAddr,
    first: SimServer,
    second: SimServer,
    balancer: Arc<Mutex<Balancer>>,
    // Dropped last: both endpoints and the front run in it.
    _runtime: Runtime,
}

impl TwoProxies {
    /// Starts both with 40 sessions each, JSON:API only and without arrivals.
    pub(crate) fn start(turn: Turn) -> Self {
        Self::start_with(turn, |_| {})
    }

    /// The same, with a change to what both serve.
    pub(crate) fn start_with(turn: Turn, change: impl Fn(&mut ServeSpec)) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let spec = |seed, node: &str, started_before: i64| {
            let mut spec = ServeSpec::new(40, seed);
            spec.world.churn = Some(0.0);
            node.clone_into(&mut spec.world.node);
            spec.world.now_unix -= started_before;
            spec.dialects = ServedDialects::JsonApi;
            change(&mut spec);
            spec
        };
        let serve = |spec| runtime.block_on(demo::serve(spec)).unwrap();
        let first = serve(spec(7, "db-proxy-1", 0));
        let second = serve(spec(8, "db-proxy-2", 1_000));
        let balancer = Arc::new(Mutex::new(Balancer::new(turn)));
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(accept(listener, Arc::clone(&balancer), [first.addr, second.addr]));
        Self {
            address,
            first,
            second,
            balancer,
            _runtime: runtime,
        }
    }

    /// The URL at which both answer.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// One of the two, without the other: its own URL, its log and its sessions.
    pub(crate) fn endpoint(&self, proxy: Proxy) -> &SimServer {
        match proxy {
            Proxy::First => &self.first,
            Proxy::Second => &self.second,
        }
    }

    /// Chooses the proxy of the next connections by this turn.
    pub(crate) fn set_turn(&self, turn: Turn) {
        *self.balancer.lock().unwrap() = Balancer::new(turn);
    }

    /// The proxies that the connections have reached, oldest first.
    pub(crate) fn connections(&self) -> Vec<Proxy> {
        self.balancer.lock().unwrap().chosen.clone()
    }

    /// The targets of all DELETE requests that this proxy has received.
    pub(crate) fn deletes(&self, proxy: Proxy) -> Vec<String> {
        let log = self.endpoint(proxy).log();
        let deletes = log.into_iter().filter(|line| line.method == "DELETE");
        deletes.map(|line| line.target).collect()
    }

    /// The session ids that both proxies have.
    pub(crate) fn shared_ids(&self) -> Vec<u64> {
        let others = self.second.ids();
        let ids = self.first.ids().into_iter();
        ids.filter(|id| others.contains(id)).collect()
    }
}

async fn accept(listener: TcpListener, balancer: Arc<Mutex<Balancer>>, targets: [SocketAddr; 2]) {
    while let Ok((mut stream, _)) = listener.accept().await {
        let [first, second] = targets;
        let target = match balancer.lock().unwrap().next() {
            Proxy::First => first,
            Proxy::Second => second,
        };
        tokio::spawn(async move {
            let Ok(mut behind) = TcpStream::connect(target).await else {
                return;
            };
            // Either side may close first.
            let _ = tokio::io::copy_bidirectional(&mut stream, &mut behind).await;
        });
    }
}
