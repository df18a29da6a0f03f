//! A long way to a server: bytes arrive half a round trip later, in each direction, and a new connection
//! costs one round trip.

use std::net::SocketAddr;
use std::sync::mpsc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::{Instant, sleep_until};

/// Listens at the near end; it lives as long as the test.
pub(crate) struct SlowLink {
    pub(crate) address: SocketAddr,
}

impl SlowLink {
    pub(crate) fn start(target: SocketAddr, round_trip: Duration) -> Self {
        let (ready, is_ready) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async move {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                ready.send(listener.local_addr().unwrap()).unwrap();
                loop {
                    let (near, _) = listener.accept().await.unwrap();
                    tokio::spawn(carry(near, target, round_trip));
                }
            });
        });
        Self {
            address: is_ready.recv().unwrap(),
        }
    }
}

async fn carry(near: TcpStream, target: SocketAddr, round_trip: Duration) {
    near.set_nodelay(true).unwrap();
    let established = Instant::now() + round_trip;
    let Ok(far) = TcpStream::connect(target).await else {
        return;
    };
    far.set_nodelay(true).unwrap();
    let (near_read, near_write) = near.into_split();
    let (far_read, far_write) = far.into_split();
    tokio::spawn(delay(far_read, near_write, established, round_trip / 2));
    delay(near_read, far_write, established, round_trip / 2).await;
}

/// Carries bytes in one direction. Nothing leaves before the connection is established.
async fn delay(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin + Send + 'static,
    established: Instant,
    by: Duration,
) {
    let (out, mut pieces) = unbounded_channel::<(Instant, Vec<u8>)>();
    tokio::spawn(async move {
        while let Some((due, piece)) = pieces.recv().await {
            sleep_until(due).await;
            let is_end = piece.is_empty();
            if is_end || to.write_all(&piece).await.is_err() {
                // The other side may have closed it.
                let _ = to.shutdown().await;
                return;
            }
        }
    });
    let mut buffer = vec![0; 64 * 1024];
    loop {
        // An error closes the other side as an end does.
        let read = from.read(&mut buffer).await.unwrap_or(0);
        let due = Instant::now().max(established) + by;
        if out.send((due, buffer[..read].to_vec())).is_err() || read == 0 {
            return;
        }
    }
}
