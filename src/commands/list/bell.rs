//! The bell and the title of a terminal on which `list --watch` draws.

use std::io;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::app::build_view::TableView;
use crate::runtime::title::{BELL, SAVE_TITLE, has_title, restore_title, restore_title_on_panic, title};

/// Maximum time to wait for a terminal that does not accept a list, before the title is restored.
const MAX_WRITE_WAIT: Duration = Duration::from_secs(1);

/// What the terminal has received.
#[derive(Debug, Default)]
pub(super) struct TerminalBell {
    is_ascii: bool,
    /// `None` before the first list, and if another program had the terminal since.
    title: Option<String>,
    /// Whether the terminal was ordered to save its own title.
    is_saved: bool,
    /// Bytes that are not written yet.
    pending: Vec<u8>,
}

impl TerminalBell {
    pub(super) fn new(is_ascii: bool) -> Self {
        Self {
            is_ascii,
            ..Self::default()
        }
    }

    /// Adds the output for the view of a round: the title, if it has changed, and the bell, if a session has
    /// become ▲.
    pub(super) fn on_view(&mut self, view: &TableView) {
        let text = Some(view.title(self.is_ascii)).filter(|_| has_title());
        if let Some(text) = text.filter(|text| self.title.as_ref() != Some(text)) {
            if !self.is_saved {
                self.is_saved = true;
                restore_title_on_panic();
                self.pending.extend(SAVE_TITLE);
            }
            self.pending.extend(title(&text));
            self.title = Some(text);
        }
        if view.act_changes.has_new {
            self.pending.extend(BELL);
        }
    }

    /// Returns the output that is not written yet.
    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.pending)
    }

    /// Handles a stop of the program: the shell may have set the title.
    pub(super) fn forget(&mut self) {
        self.title = None;
    }

    /// Restores the title, after the list in progress: it may set the title.
    pub(super) async fn end(&self, writing: Option<&mut JoinHandle<io::Result<()>>>) {
        if self.is_saved {
            if let Some(writing) = writing {
                // The program ends, so an error has no consequence.
                let _ = timeout(MAX_WRITE_WAIT, writing).await;
            }
            restore_title();
        }
    }
}
