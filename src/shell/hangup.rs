//! Notices that the terminal has gone away when no signal tells: a program that is not the
//! terminal's own, as under `docker exec` or `setsid`, gets no SIGHUP.
//!
//! crossterm does not tell it either: at the end of its input it reads on for ever.

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// The side of the terminal that keys come from.
pub(super) struct HangUp(Option<AsyncFd<OwnedFd>>);

impl HangUp {
    /// Begins to watch. What cannot be watched never hangs up.
    pub(super) fn watch() -> Self {
        let keys = io::stdin().as_fd().try_clone_to_owned();
        #[expect(
            deprecated,
            reason = "the other constructor is unsafe for descriptors that may close early; an OwnedFd does not"
        )]
        let watched = keys.and_then(|keys| AsyncFd::with_interest(keys, Interest::PRIORITY));
        Self(watched.ok())
    }

    /// Waits until nobody is at the other end. May be dropped and called again.
    pub(super) async fn happened(&self) {
        if let Some(keys) = &self.0 {
            // Keys are read elsewhere and must not wake anybody here: urgent data is asked for, which
            // a terminal never has, and a hang-up comes with whatever is asked for.
            while let Ok(mut ready) = keys.ready(Interest::PRIORITY).await {
                if ready.ready().is_read_closed() {
                    return;
                }
                ready.clear_ready();
            }
        }
        std::future::pending::<()>().await;
    }
}
