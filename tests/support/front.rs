//! A front before an endpoint. It notes every connection and request, decides whether connections stay
//! open, and can hold replies back.
#![allow(dead_code, reason = "each test binary needs another part of it")]

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::exchange::{Request, forward, read_request};

/// Handling of a connection after a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    /// It stays open.
    Keep,
    /// It is closed, and the reply says so.
    Close,
    /// It is closed, and the reply does not say so.
    CloseSilently,
}

/// How a reply is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    AtOnce,
    /// All of it later.
    Late(Duration),
    /// The head at once, the body later.
    LateBody(Duration),
    /// The body in ten pieces over this time.
    Trickle(Duration),
    /// The front stops listening first; open connections stay.
    StopListening,
    /// The front stops listening and closes all other connections first; this one is closed after it.
    StopServing,
}

/// A request as the front has received it.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// The number of its connection.
    pub(crate) connection: usize,
    /// Method and path, without the query.
    pub(crate) line: String,
    /// How many requests with this line there were, this one included.
    pub(crate) nth: usize,
}

/// Something that the front has seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Opened,
    Asked(String),
    Answered(String),
}

/// A request that the front has seen, with its connection and time.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    pub(crate) at: Instant,
    pub(crate) connection: usize,
    pub(crate) what: What,
}

type Play = dyn Fn(&Asked) -> Delivery + Send + Sync;

struct Inner {
    target: SocketAddr,
    after: After,
    play: Box<Play>,
    notes: Mutex<Vec<Note>>,
    /// 0 serves, 1 stops listening, 2 closes connections as well.
    stop: watch::Sender<u8>,
}

/// Listens before an endpoint; it lives as long as the test.
#[derive(Clone)]
pub(crate) struct Front {
    pub(crate) address: SocketAddr,
    inner: Arc<Inner>,
}

impl Front {
    /// Before `target`, on any port. `play` decides how each reply is delivered.
    pub(crate) fn start(
        target: SocketAddr,
        after: After,
        play: impl Fn(&Asked) -> Delivery + Send + Sync + 'static,
    ) -> Self {
        let listen = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        Self::start_on(listen, target, after, play)
    }

    /// Before `target`, on this listener.
    pub(crate) fn start_on(
        listener: std::net::TcpListener,
        target: SocketAddr,
        after: After,
        play: impl Fn(&Asked) -> Delivery + Send + Sync + 'static,
    ) -> Self {
        let inner = Arc::new(Inner {
            target,
            after,
            play: Box::new(play),
            notes: Mutex::default(),
            stop: watch::Sender::new(0),
        });
        let (address, serving) = (listener.local_addr().unwrap(), Arc::clone(&inner));
        listener.set_nonblocking(true).unwrap();
        let (ready, is_ready) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async move {
                let listener = TcpListener::from_std(listener).unwrap();
                ready.send(()).unwrap();
                accept(listener, &serving).await;
                std::future::pending::<()>().await;
            });
        });
        is_ready.recv().unwrap();
        Self { address, inner }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns all requests seen, oldest first.
    pub(crate) fn notes(&self) -> Vec<Note> {
        self.inner.notes.lock().unwrap().clone()
    }

    /// The requests so far whose line begins like this.
    pub(crate) fn asked(&self, begin: &str) -> Vec<Note> {
        let is_meant = |note: &Note| matches!(&note.what, What::Asked(line) if line.starts_with(begin));
        self.notes().into_iter().filter(is_meant).collect()
    }

    /// The DELETEs so far.
    pub(crate) fn deletes(&self) -> Vec<Note> {
        self.asked("DELETE ")
    }
}

async fn accept(listener: TcpListener, inner: &Arc<Inner>) {
    let mut stop = inner.stop.subscribe();
    let mut connection = 0;
    loop {
        let accepted = tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop > 0) => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, _)) = accepted else { continue };
        stream.set_nodelay(true).unwrap();
        inner.note(connection, What::Opened);
        tokio::spawn(serve(Arc::clone(inner), connection, stream));
        connection += 1;
    }
}

async fn serve(inner: Arc<Inner>, connection: usize, mut stream: TcpStream) {
    let mut stop = inner.stop.subscribe();
    loop {
        let request = tokio::select! {
            _ = stop.wait_for(|stop| *stop > 1) => return,
            request = read_request(&mut stream) => request,
        };
        let Ok(Some(request)) = request else { return };
        // The client may have closed it.
        if !matches!(inner.exchange(connection, &mut stream, &request).await, Ok(true)) {
            return;
        }
    }
}

impl Inner {
    fn note(&self, connection: usize, what: What) {
        let at = Instant::now();
        self.notes.lock().unwrap().push(Note { at, connection, what });
    }

    /// Answers one request. Returns whether the connection stays open.
    async fn exchange(
        &self,
        connection: usize,
        stream: &mut TcpStream,
        request: &Request,
    ) -> io::Result<bool> {
        let line = request.line().to_owned();
        self.note(connection, What::Asked(line.clone()));
        let same = What::Asked(line.clone());
        let nth = self
            .notes
            .lock()
            .unwrap()
            .iter()
            .filter(|note| note.what == same)
            .count();
        let mut reply = forward(self.target, request).await?;
        if self.after == After::Close {
            reply = reply.with("Connection: close");
        }
        let (head, body) = (reply.head(), reply.body);
        let delivery = (self.play)(&Asked {
            connection,
            line: line.clone(),
            nth,
        });
        let stops = match delivery {
            Delivery::StopListening => 1,
            Delivery::StopServing => 2,
            _ => 0,
        };
        self.stop.send_modify(|stop| *stop = (*stop).max(stops));
        if stops > 0 {
            // The listener is closed before the reply leaves.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        if let Delivery::Late(after) = delivery {
            tokio::time::sleep(after).await;
        }
        stream.write_all(head.as_bytes()).await?;
        match delivery {
            Delivery::LateBody(after) => {
                tokio::time::sleep(after).await;
                stream.write_all(&body).await?;
            }
            Delivery::Trickle(over) => {
                for piece in body.chunks(body.len().div_ceil(10).max(1)) {
                    tokio::time::sleep(over / 10).await;
                    stream.write_all(piece).await?;
                }
            }
            _ => stream.write_all(&body).await?,
        }
        self.note(connection, What::Answered(line));
        Ok(self.after == After::Keep && delivery != Delivery::StopServing)
    }
}
