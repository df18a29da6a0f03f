//! Exiting the program: at once, or when the outcomes of the DELETEs in flight are known.

use std::time::Duration;

use super::App;
use super::msg::Effect;

/// Maximum time that a quit waits for requests in flight.
const MAX_QUIT_DELAY: Duration = Duration::from_secs(2);

/// A pending exit of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Leaving {
    /// Whether to leave the last frame as text.
    pub(super) keep_frame: bool,
    /// Deadline for requests in flight, since the program began.
    pub until: Duration,
    /// Whether the shell was already ordered to exit.
    is_requested: bool,
}

impl Leaving {
    /// Begins an exit, or handles another quit, which does not wait any longer.
    fn on_quit(before: Option<Self>, keep_frame: bool, now: Duration) -> Self {
        match before {
            Some(leaving) => Self {
                until: leaving.until.min(now),
                ..leaving
            },
            None => Self {
                keep_frame,
                until: now + MAX_QUIT_DELAY,
                is_requested: false,
            },
        }
    }
}

impl App {
    /// Starts no more kills, and exits. The first quit sets the deadline; a second one does not wait
    /// any longer.
    pub(super) fn quit(&mut self, keep_frame: bool) {
        self.stop_kills();
        self.leaving = Some(Leaving::on_quit(self.leaving, keep_frame, self.now.elapsed));
    }

    /// Exits at once, or when the outcomes of the DELETEs in flight are known.
    pub(super) fn quit_when_idle(&mut self) {
        let Some(leaving) = self.leaving.filter(|leaving| !leaving.is_requested) else {
            return;
        };
        let unsettled = self.kills.in_flight();
        if unsettled && self.now.elapsed < leaving.until {
            return;
        }
        if unsettled {
            self.abandon_kills();
        }
        // Sent once: later messages find no DELETE in flight.
        self.leaving = Some(Leaving {
            is_requested: true,
            ..leaving
        });
        self.outbox.push(Effect::Quit {
            keep_frame: leaving.keep_frame,
            unsettled,
        });
    }
}
