//! The signals that take a kill back or stop it.

use std::io;

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// End, with this signal's status.
    End(u8),
    /// It goes on after a stop.
    Continued,
}

/// The signals that are listened to.
pub(super) struct Interrupts {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
    go_on: Signal,
}

impl Interrupts {
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            go_on: signal(SignalKind::from_raw(SIGCONT))?,
        })
    }

    pub(super) async fn next(&mut self) -> Asked {
        let end = |signal: i32| Asked::End(u8::try_from(signal).unwrap_or(0));
        tokio::select! {
            _ = self.interrupt.recv() => end(SIGINT),
            _ = self.terminate.recv() => end(SIGTERM),
            _ = self.hang_up.recv() => end(SIGHUP),
            _ = self.go_on.recv() => Asked::Continued,
        }
    }
}
