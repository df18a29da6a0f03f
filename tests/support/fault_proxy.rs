//! A proxy before an endpoint with a fault that a test switches on and off. Without a fault it carries every
//! byte, also of TLS.

use std::io;
use std::net::SocketAddr;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{mpsc as commands, watch};

use crate::exchange::{Reply, Request, forward, read_request};

/// Maximum wait for a port that was closed.
const MAX_BIND_WAIT: Duration = Duration::from_secs(10);

/// A step of sending a reply.
pub(crate) enum Step {
    Send(Vec<u8>),
    /// Sends these bytes until the client closes the connection.
    Repeat(Vec<u8>),
    /// Sends the bytes one by one, with this time between two.
    Trickle(Vec<u8>, Duration),
    /// Sends nothing and keeps the connection open until the fault ends.
    Hold,
    /// Closes the connection.
    Close,
    /// Closes the connection with a reset.
    Reset,
}

/// Decides the steps of a reply, from the request and the endpoint's reply.
pub(crate) type Script = fn(&Request, Reply) -> Vec<Step>;

/// The fault of the proxy.
#[derive(Clone, Copy)]
pub(crate) enum Fault {
    None,
    /// No program listens.
    Refused,
    /// Attempts to connect get no answer.
    Unreachable,
    /// Connections are accepted, and no byte is read.
    Deaf,
    /// Connections get these bytes at once and are then closed. What the client sends is ignored.
    Greeting(&'static [u8]),
    /// Replies are sent like this.
    Replies(Script),
    /// Another endpoint answers.
    Other(SocketAddr),
}

/// Sets the fault, and confirms that it is in effect.
type Command = (Fault, mpsc::Sender<()>);

/// Listens before an endpoint. Lives as long as the test.
pub(crate) struct FaultProxy {
    pub(crate) address: SocketAddr,
    commands: commands::UnboundedSender<Command>,
}

impl FaultProxy {
    /// Listens before `target`, on any port.
    pub(crate) fn start(target: SocketAddr) -> Self {
        let (commands, received) = commands::unbounded_channel();
        let (ready, is_ready) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async move {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                let address = listener.local_addr().unwrap();
                ready.send(address).unwrap();
                run(target, address, Some(listener), received).await;
            });
        });
        Self {
            address: is_ready.recv().unwrap(),
            commands,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Replaces the fault. All connections are closed. Returns when the fault is in effect.
    pub(crate) fn set(&self, fault: Fault) {
        let (done, is_done) = mpsc::channel();
        self.commands.send((fault, done)).unwrap();
        is_done.recv().unwrap();
    }
}

async fn run(
    target: SocketAddr,
    address: SocketAddr,
    mut listener: Option<TcpListener>,
    mut commands: commands::UnboundedReceiver<Command>,
) {
    let mut fault = Fault::None;
    // Dropping it ends all connections.
    let mut alive = watch::Sender::new(());
    // Connections that fill the queue of an unreachable endpoint.
    let mut queued = Vec::new();
    let mut reserved = None;
    loop {
        tokio::select! {
            command = commands.recv() => {
                let Some((next, done)) = command else { return };
                alive = watch::Sender::new(());
                queued.clear();
                fault = next;
                match fault {
                    Fault::Refused => {
                        drop(listener.take());
                        // It refuses connections, and keeps the port from other programs.
                        reserved = Some(bind(address));
                    }
                    Fault::Unreachable => {
                        drop(listener.take());
                        listener = Some(listen(reserved.take(), address, 1));
                        queued = fill(address).await;
                    }
                    _ => listener = Some(match listener.take() {
                        Some(listener) => listener,
                        None => listen(reserved.take(), address, 1024),
                    }),
                }
                done.send(()).unwrap();
            }
            accepted = accept(listener.as_ref(), fault) => {
                let Ok(stream) = accepted else { continue };
                let mut alive = alive.subscribe();
                tokio::spawn(async move {
                    tokio::select! {
                        _ = alive.changed() => {}
                        // The client may close the connection at any time.
                        _ = serve(stream, target, fault) => {}
                    }
                });
            }
        }
    }
}

/// Accepts the next connection. Waits forever if this fault accepts none.
async fn accept(listener: Option<&TcpListener>, fault: Fault) -> io::Result<TcpStream> {
    match (listener, fault) {
        (None, _) | (_, Fault::Unreachable) => std::future::pending().await,
        (Some(listener), _) => {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            Ok(stream)
        }
    }
}

/// Listens, on the socket that has kept the port if there is one.
fn listen(reserved: Option<TcpSocket>, address: SocketAddr, backlog: u32) -> TcpListener {
    let socket = reserved.unwrap_or_else(|| bind(address));
    socket.listen(backlog).unwrap()
}

/// Binds a port that was closed just now. A process that is being started has a copy of the closed listener until
/// its program begins, so the port may be in use for a moment.
fn bind(address: SocketAddr) -> TcpSocket {
    let until = Instant::now() + MAX_BIND_WAIT;
    loop {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        match socket.bind(address) {
            Ok(()) => return socket,
            Err(error) => assert!(Instant::now() < until, "{address}: {error}"),
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Fills the queue of a listener that accepts nothing. The system then ignores further attempts to connect.
async fn fill(address: SocketAddr) -> Vec<TcpStream> {
    let mut queued = Vec::new();
    loop {
        let connecting = TcpStream::connect(address);
        match tokio::time::timeout(Duration::from_millis(100), connecting).await {
            Ok(stream) => queued.push(stream.unwrap()),
            Err(_) => return queued,
        }
    }
}

async fn serve(mut stream: TcpStream, target: SocketAddr, fault: Fault) -> io::Result<()> {
    match fault {
        Fault::None => carry(stream, target).await,
        Fault::Other(other) => carry(stream, other).await,
        Fault::Replies(script) => serve_requests(stream, target, script).await,
        Fault::Greeting(bytes) => {
            stream.write_all(bytes).await?;
            stream.shutdown().await?;
            // Closing it with unread bytes would be a reset.
            tokio::io::copy(&mut stream, &mut tokio::io::sink()).await?;
            Ok(())
        }
        Fault::Deaf | Fault::Refused | Fault::Unreachable => std::future::pending().await,
    }
}

async fn carry(mut stream: TcpStream, target: SocketAddr) -> io::Result<()> {
    let mut behind = TcpStream::connect(target).await?;
    tokio::io::copy_bidirectional(&mut stream, &mut behind).await?;
    Ok(())
}

async fn serve_requests(mut stream: TcpStream, target: SocketAddr, script: Script) -> io::Result<()> {
    while let Some(request) = read_request(&mut stream).await? {
        let reply = forward(target, &request).await?;
        for step in script(&request, reply) {
            match step {
                Step::Send(bytes) => stream.write_all(&bytes).await?,
                Step::Repeat(bytes) => loop {
                    stream.write_all(&bytes).await?;
                },
                Step::Trickle(bytes, pause) => {
                    for byte in bytes {
                        stream.write_all(&[byte]).await?;
                        tokio::time::sleep(pause).await;
                    }
                }
                Step::Hold => std::future::pending().await,
                Step::Close => return Ok(()),
                Step::Reset => return stream.set_zero_linger(),
            }
        }
    }
    Ok(())
}
