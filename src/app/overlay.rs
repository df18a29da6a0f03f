//! The text over the table: kill log or overview.

/// Content of an overlay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    /// The kill log of this run, newest entry first.
    KillLog,
    /// The overview since maxtop started.
    Overview,
}

/// An open overlay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Overlay {
    /// Its content.
    pub topic: Topic,
    /// Its first line on the screen.
    pub top: usize,
    /// Whether the kill log lists the sessions that are gone, and does not only count them.
    pub is_unfolded: bool,
}

impl Overlay {
    /// Opens an overlay at its first line.
    pub(super) const fn new(topic: Topic) -> Self {
        Self {
            topic,
            top: 0,
            is_unfolded: false,
        }
    }

    /// Handles a frame that reports the maximum scroll offset.
    pub(super) fn on_drawn(&mut self, end: Option<usize>) {
        if let Some(end) = end {
            self.top = self.top.min(end);
        }
    }
}
