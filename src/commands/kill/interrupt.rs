//! The signals that take a kill back or stop it.

use std::io;

use signal_hook::consts::SIGCONT;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::shell::signals::EndingSignals;

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
    ending: EndingSignals,
    go_on: Signal,
}

impl Interrupts {
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {
            ending: EndingSignals::listen()?,
            go_on: signal(SignalKind::from_raw(SIGCONT))?,
        })
    }

    pub(super) async fn next(&mut self) -> Asked {
        tokio::select! {
            signal = self.ending.next() => Asked::End(signal),
            _ = self.go_on.recv() => Asked::Continued,
        }
    }
}
