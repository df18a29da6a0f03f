//! The signals that end, stop or continue the program.

use std::future::poll_fn;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use nix::unistd::{Pid, getppid, getsid};
use signal_hook::consts::{
    SIGABRT, SIGALRM, SIGCONT, SIGHUP, SIGINT, SIGIO, SIGPROF, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2,
    SIGVTALRM, SIGXCPU,
};
use signal_hook::flag::register_conditional_default;
use signal_hook::low_level::emulate_default_handler;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that end a process unless it handles them. SIGPIPE and SIGXFSZ are ignored; faults of the
/// program itself and SIGKILL cannot be handled.
const ENDING: [i32; 12] = [
    SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGALRM, SIGUSR1, SIGUSR2, SIGABRT, SIGVTALRM, SIGPROF, SIGXCPU, SIGIO,
];

/// Whether the signals of [`ENDING`] end the process again, after their handlers were released.
static RELEASED: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// Whether [`RELEASED`] has its effect.
static IS_REGISTERED: AtomicBool = AtomicBool::new(false);

/// The signals of [`ENDING`], each with its number.
pub(crate) struct EndingSignals(Vec<(u8, Signal)>);

impl EndingSignals {
    /// Installs handlers for these signals.
    pub(crate) fn listen() -> io::Result<Self> {
        if let Some(released) = RELEASED.get() {
            released.store(false, Ordering::SeqCst);
        }
        let listen = |number: i32| {
            let signal = signal(SignalKind::from_raw(number))?;
            Ok((u8::try_from(number).unwrap_or(0), signal))
        };
        ENDING
            .into_iter()
            .map(listen)
            .collect::<io::Result<_>>()
            .map(Self)
    }

    /// Waits for the next signal and returns its number.
    pub(crate) async fn next(&mut self) -> u8 {
        poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<u8> {
        for (number, signal) in &mut self.0 {
            if signal.poll_recv(context).is_ready() {
                return Poll::Ready(*number);
            }
        }
        Poll::Pending
    }
}

/// Lets the signals of [`ENDING`] end the process again, as without a handler.
pub(crate) fn release_ending_signals() -> io::Result<()> {
    let released = Arc::clone(RELEASED.get_or_init(Arc::default));
    released.store(true, Ordering::SeqCst);
    if !IS_REGISTERED.swap(true, Ordering::SeqCst) {
        for number in ENDING {
            register_conditional_default(number, Arc::clone(&released))?;
        }
    }
    Ok(())
}

/// A signal that a command without a screen handles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interrupt {
    /// Exit with this signal's status (128 + number).
    End(u8),
    /// Continued after a stop that was not announced.
    Continued,
}

/// The signals that end the program, and the one that continues it.
pub(crate) struct Interrupts {
    ending: EndingSignals,
    resumed: Signal,
}

impl Interrupts {
    /// Installs the handlers. These signals no longer end the program automatically.
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self {
            ending: EndingSignals::listen()?,
            resumed: signal(SignalKind::from_raw(SIGCONT))?,
        })
    }

    /// Waits for the next signal.
    pub(crate) async fn next(&mut self) -> Interrupt {
        tokio::select! {
            signal = self.ending.next() => Interrupt::End(signal),
            _ = self.resumed.recv() => Interrupt::Continued,
        }
    }
}

/// The signal that stops the program (Ctrl-Z), for a command without a screen that restores the terminal before.
pub(crate) struct StopSignal(Signal);

impl StopSignal {
    /// Installs the handler. The signal no longer stops the program automatically.
    pub(crate) fn listen() -> io::Result<Self> {
        signal(SignalKind::from_raw(SIGTSTP)).map(Self)
    }

    /// Waits for the next signal.
    pub(crate) async fn next(&mut self) {
        if self.0.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

/// The action of the screen for a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SignalEvent {
    /// Exit with this signal's status (128 + number).
    End(u8),
    /// Suspend the program.
    Suspend,
    /// Continued after a stop that was not announced.
    Continued,
    /// The terminal was resized.
    Resize,
}

/// The signals of the screen.
pub(super) struct Signals {
    interrupts: Interrupts,
    stop: Signal,
    resize: Signal,
}

impl Signals {
    /// Installs the handlers. These signals no longer end the program automatically.
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupts: Interrupts::listen()?,
            stop: signal(SignalKind::from_raw(SIGTSTP))?,
            resize: signal(SignalKind::window_change())?,
        })
    }

    /// Waits for the next signal.
    pub(super) async fn next(&mut self) -> SignalEvent {
        tokio::select! {
            interrupt = self.interrupts.next() => match interrupt {
                Interrupt::End(signal) => SignalEvent::End(signal),
                Interrupt::Continued => SignalEvent::Continued,
            },
            _ = self.stop.recv() => SignalEvent::Suspend,
            _ = self.resize.recv() => SignalEvent::Resize,
        }
    }
}

/// Whether a shell in the same session can continue a stopped program. As the leader of a session (`ssh
/// -t HOST maxtop`, `docker exec`) it would stay stopped forever.
pub(crate) fn can_stop() -> bool {
    shares_session(getppid(), |process| getsid(process).ok())
}

/// Whether the parent is in the same session. A process or session outside a container has the number 0,
/// and querying the session of process 0 returns one's own.
fn shares_session(parent: Pid, session: impl Fn(Option<Pid>) -> Option<Pid>) -> bool {
    parent.as_raw() > 0 && session(Some(parent)) == session(None)
}

/// Ends the process as this signal does without a handler.
pub(crate) fn end_by(signal: u8) -> io::Result<()> {
    emulate_default_handler(i32::from(signal))
}

/// Stops the program until it is continued.
pub(crate) fn stop() -> io::Result<()> {
    emulate_default_handler(SIGTSTP)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether there is a shell, by the numbers of the parent, its session and our own.
    fn shell(parent: i32, parents_session: i32, own: i32) -> bool {
        shares_session(Pid::from_raw(parent), |process| {
            let session = if process.is_some_and(|process| process.as_raw() > 0) {
                parents_session
            } else {
                own
            };
            Some(Pid::from_raw(session))
        })
    }

    #[test]
    fn a_shell_has_the_same_session_and_nobody_else_is_one() {
        assert!(shell(20, 10, 10));
        assert!(!shell(20, 10, 30), "the leader of a session of its own");
        assert!(
            !shell(20, 0, 30),
            "the parent's session began outside the container"
        );
        assert!(!shell(0, 30, 30), "the parent is outside the container");
    }
}
