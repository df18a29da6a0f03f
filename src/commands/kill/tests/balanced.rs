//! Kills through a balancer before two proxies: how many DELETEs reach a proxy that was not confirmed.
//!
//! `MAXTOP_KILLS=10000 cargo test --lib balanced -- --nocapture` tries more kills and prints the figures.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use super::super::driver::KillDriver;
use super::super::victims::{VictimSelection, find};
use super::audit;
use crate::client::{Client, ClientSpec};
use crate::kill::{KillOutcome, KillTask, RefusalReason, Rules};
use crate::model::{EndpointId, SessionId};

const ID: u64 = 7;
const USERS: [&str; 2] = ["first", "second"];

/// Proxy that a connection reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Balancing {
    InTurn,
    /// The first one gets this share of a hundred connections.
    Random(u8),
}

/// Two proxies that have a session with the same id, and the balancer before them.
struct Proxies {
    balancing: Balancing,
    keeps_connections: bool,
    /// The random numbers, and the proxy of the last connection.
    choice: Mutex<(fastrand::Rng, usize)>,
    deletes: [AtomicU64; 2],
    deleted: Notify,
}

impl Proxies {
    async fn start(balancing: Balancing, keeps_connections: bool) -> (SocketAddr, Arc<Self>) {
        let proxies = Arc::new(Self {
            balancing,
            keeps_connections,
            choice: Mutex::new((fastrand::Rng::with_seed(7), 0)),
            deletes: Default::default(),
            deleted: Notify::new(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, accepting) = (listener.local_addr().unwrap(), Arc::clone(&proxies));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let proxy = accepting.connect();
                tokio::spawn(Arc::clone(&accepting).serve(stream, proxy));
            }
        });
        (address, proxies)
    }

    fn connect(&self) -> usize {
        let mut choice = self.choice.lock().unwrap();
        let (rng, last) = &mut *choice;
        *last = match self.balancing {
            Balancing::InTurn => 1 - *last,
            Balancing::Random(share) => usize::from(rng.u8(0..100) >= share),
        };
        *last
    }

    async fn serve(self: Arc<Self>, mut stream: TcpStream, proxy: usize) {
        let _ = stream.set_nodelay(true);
        let (mut head, mut part) = (Vec::new(), [0; 2048]);
        loop {
            while !head.ends_with(b"\r\n\r\n") {
                match stream.read(&mut part).await {
                    Ok(read) if read > 0 => head.extend_from_slice(&part[..read]),
                    _ => return,
                }
            }
            let reply = self.reply(&String::from_utf8_lossy(&head), proxy);
            head.clear();
            if stream.write_all(reply.as_bytes()).await.is_err() || !self.keeps_connections {
                return;
            }
        }
    }

    fn reply(&self, request: &str, proxy: usize) -> String {
        let session = format!(
            r#"{{"id":"{ID}","type":"sessions","attributes":{{"state":"Session started","user":"{}","remote":"10.0.0.1","port":5,"connected":"Mon, 23 Nov 2026 16:16:27 GMT"}}}}"#,
            USERS[proxy]
        );
        let body = if request.starts_with("DELETE") {
            self.deletes[proxy].fetch_add(1, Ordering::SeqCst);
            self.deleted.notify_one();
            String::new()
        } else if request.contains("/v1/maxscale") {
            format!(
                r#"{{"data":{{"attributes":{{"version":"24.02.3","started_at":"process {proxy}","process_datadir":"/data"}}}}}}"#
            )
        } else if request.contains(&format!("/v1/sessions/{ID}")) {
            format!(r#"{{"data":{session}}}"#)
        } else {
            format!(r#"{{"data":[{session}]}}"#)
        };
        let close = if self.keeps_connections {
            ""
        } else {
            "Connection: close\r\n"
        };
        format!(
            "HTTP/1.1 200 OK\r\n{close}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }

    fn deletes(&self) -> [u64; 2] {
        self.deletes
            .each_ref()
            .map(|deletes| deletes.load(Ordering::SeqCst))
    }
}

/// Results of the kills.
#[derive(Debug, Default)]
struct Figures {
    kills: u64,
    /// DELETEs at the proxy of the confirmed session.
    right: u64,
    /// DELETEs at the other proxy.
    wrong: u64,
    second: u64,
    several: u64,
    other_refusals: u64,
}

/// One kill, as a run of the command does it: with a new client.
async fn kill(address: SocketAddr, proxies: &Proxies, figures: &mut Figures) {
    figures.kills += 1;
    let spec = ClientSpec::new(EndpointId(0), address.to_string().parse().unwrap());
    let clients = [Client::new(spec).unwrap()];
    let selection = VictimSelection {
        ids: vec![SessionId(ID)],
        ..VictimSelection::default()
    };
    let victims = find(&clients, &["demo".into()], &selection).await.unwrap();
    let user = victims.found[0].identity.user.as_ref().unwrap().as_str();
    let confirmed = usize::from(user == USERS[1]);
    let before = proxies.deletes();
    let (_home, audit) = audit();
    let mut round = KillDriver::open(clients.into(), audit, victims.found, Rules::default()).unwrap();
    round.wait_for_checks().await;
    round.confirm(None, std::time::Duration::ZERO);
    let mut ignore = |_: &KillTask| {};
    tokio::select! {
        // What follows the DELETE is not part of the figures.
        () = proxies.deleted.notified() => {}
        () = round.kill(&mut ignore) => match round.tasks()[0].outcome() {
            Some(KillOutcome::Refused(RefusalReason::SeveralProxies)) => figures.several += 1,
            _ => figures.other_refusals += 1,
        },
    }
    let after = proxies.deletes();
    let sent = [after[0] - before[0], after[1] - before[1]];
    figures.right += sent[confirmed];
    figures.wrong += sent[1 - confirmed];
    figures.second += u64::from(sent[0] + sent[1] > 1);
}

fn kills() -> u64 {
    let given = std::env::var("MAXTOP_KILLS").ok();
    given.and_then(|given| given.parse().ok()).unwrap_or(40)
}

async fn try_kills(balancing: Balancing, keeps_connections: bool) -> Figures {
    let (address, proxies) = Proxies::start(balancing, keeps_connections).await;
    let mut figures = Figures::default();
    for _ in 0..kills() {
        kill(address, &proxies, &mut figures).await;
    }
    eprintln!("{balancing:?}, keeps connections: {keeps_connections}: {figures:?}");
    assert_eq!(figures.second, 0, "{figures:?}");
    figures
}

#[tokio::test]
async fn no_delete_reaches_the_wrong_one_of_proxies_that_answer_in_turn() {
    for keeps_connections in [true, false] {
        let figures = try_kills(Balancing::InTurn, keeps_connections).await;
        assert_eq!((figures.right, figures.wrong), (0, 0), "{figures:?}");
        assert_eq!(figures.several, figures.kills, "{figures:?}");
    }
}

#[tokio::test]
async fn no_delete_reaches_the_wrong_one_of_proxies_that_answer_at_random_and_keep_connections() {
    for share in [50, 90, 99] {
        let figures = try_kills(Balancing::Random(share), true).await;
        assert_eq!(figures.wrong, 0, "{figures:?}");
    }
}

#[tokio::test]
async fn few_deletes_reach_the_wrong_one_of_proxies_that_answer_at_random_and_close_connections() {
    for share in [50, 90, 99] {
        let figures = try_kills(Balancing::Random(share), false).await;
        assert!(figures.wrong * 20 <= figures.kills, "{figures:?}");
    }
}
