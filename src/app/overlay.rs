//! Text over the table: the help, the kill log or the overview.

use super::App;

/// Content of an overlay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// The help with keys and columns.
    Help,
    /// The kill log of this run.
    KillLog,
    /// The overview since maxtop started.
    Overview,
}

/// An open overlay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlay {
    /// Its content.
    pub topic: Topic,
    /// Its first line on the screen.
    pub top: usize,
}

impl App {
    pub(super) const fn open_help(&mut self) {
        self.overlay = Some(Overlay {
            topic: Topic::Help,
            top: 0,
        });
    }

    /// Opens the kill log, newest entry first.
    pub(super) const fn open_kill_log(&mut self) {
        self.overlay = Some(Overlay {
            topic: Topic::KillLog,
            top: 0,
        });
    }

    pub(super) const fn open_overview(&mut self) {
        self.overlay = Some(Overlay {
            topic: Topic::Overview,
            top: 0,
        });
    }

    /// Whether the overview is open.
    pub(super) fn shows_overview(&self) -> bool {
        self.overlay
            .is_some_and(|overlay| overlay.topic == Topic::Overview)
    }

    /// Whether the table or the details have the focus, with nothing over them.
    pub(super) const fn has_no_overlay(&self) -> bool {
        let is_chosen = self.chooser.is_some();
        self.overlay.is_none() && self.kills.asking.is_none() && self.prompt.is_none() && !is_chosen
    }

    /// Handles a frame that reports the maximum scroll offset of the overlay.
    pub(super) fn on_overlay_drawn(&mut self, end: Option<usize>) {
        if let (Some(overlay), Some(end)) = (&mut self.overlay, end) {
            overlay.top = overlay.top.min(end);
        }
    }
}
