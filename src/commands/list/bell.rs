//! The bell and the title of a terminal on which `list --watch` draws.

use std::io;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::app::alert::Bell;
use crate::app::build_view::TableView;
use crate::clock;
use crate::runtime::signals::{StopSignal, can_stop, stop};
use crate::runtime::title::{BELL, has_title, restore_title, restore_title_on_panic, save_title, set_title};

/// Maximum time to wait for a terminal that does not accept a list, before the title is restored.
const MAX_WRITE_WAIT: Duration = Duration::from_secs(1);

/// Bell and title that the terminal has received.
pub(super) struct TerminalBell {
    is_ascii: bool,
    bell: Bell,
    /// Title of the last list.
    title: String,
    /// Whether the terminal may have another title.
    is_lost: bool,
    stop: StopSignal,
}

impl TerminalBell {
    /// Creates the state before the first list, if the bell is used. The title is restored in case of a panic, and
    /// before a stop.
    pub(super) fn new(is_used: bool, is_ascii: bool) -> io::Result<Option<Self>> {
        if !is_used {
            return Ok(None);
        }
        restore_title_on_panic();
        Ok(Some(Self {
            is_ascii,
            bell: Bell::default(),
            title: String::new(),
            is_lost: true,
            stop: StopSignal::listen()?,
        }))
    }

    /// Handles the view of a round.
    pub(super) fn on_view(&mut self, view: &TableView) {
        if view.alerts.has_new {
            self.bell.request();
        }
        let title = view.alerts.title(&view.spec.endpoints, self.is_ascii);
        if title != self.title {
            self.title = title;
            self.is_lost = true;
        }
    }

    /// Returns the output that is due: the title, if it has changed, and the bell, if a session has become ▲.
    pub(super) fn output(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        if std::mem::take(&mut self.is_lost) && has_title() && !self.title.is_empty() {
            bytes.extend(save_title().unwrap_or_default());
            bytes.extend(set_title(&self.title));
        }
        if self.bell.rings(clock::now().elapsed) {
            bytes.extend(BELL);
        }
        bytes
    }

    /// Whether a ring that has waited is due.
    pub(super) fn is_due(&self) -> bool {
        self.wake_at().is_some_and(|at| clock::now().elapsed >= at)
    }

    /// Returns when a ring that waits is due.
    pub(super) fn wake_at(&self) -> Option<Duration> {
        self.bell.wake_at()
    }

    /// Handles the end of a stop: the shell may have set the title.
    pub(super) const fn forget(&mut self) {
        self.is_lost = true;
    }

    /// Waits for Ctrl-Z. Without a bell it stops the program automatically.
    pub(super) async fn stop_requested(bell: &mut Option<Self>) {
        match bell {
            Some(bell) => bell.stop.next().await,
            None => std::future::pending().await,
        }
    }

    /// Restores the title and stops the program, after the list in progress.
    pub(super) async fn stop(writing: Option<JoinHandle<io::Result<()>>>) -> io::Result<()> {
        if can_stop() {
            Self::end(writing).await;
            stop()?;
        }
        Ok(())
    }

    /// Restores the title, after the list in progress: it may set the title.
    pub(super) async fn end(writing: Option<JoinHandle<io::Result<()>>>) {
        if let Some(writing) = writing {
            // An error of the list has no consequence for the title, and occurs in the next list too.
            let _ = timeout(MAX_WRITE_WAIT, writing).await;
        }
        restore_title();
    }
}
