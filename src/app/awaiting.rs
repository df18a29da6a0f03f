//! Results that a key waits for. Later keys wait too, so that keys act in the order in which they were pressed.
//!
//! The screen is drawn until then. Esc ends the wait and drops the result.

use std::collections::VecDeque;
use std::time::Duration;

use super::App;
use super::keymap::{Code, KeyPress};
use super::msg::Msg;
use super::status::Status;

/// Time after which the status line shows that a result is awaited.
const SHOWN_AFTER: Duration = Duration::from_millis(50);
/// Maximum number of keys that wait.
const MAX_HELD: usize = 256;

/// A result that a key waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Awaited {
    /// A change of the marks.
    Marks,
    /// The victims of a kill dialog.
    Victims,
    /// The row that a search finds.
    Search,
    /// The values that complete a filter.
    Values,
    /// The rows of a filter that was set.
    Rows,
}

impl Awaited {
    /// Returns what the status line shows.
    const fn text(self) -> &'static str {
        match self {
            Self::Marks => "marking sessions …; Esc stops",
            Self::Victims => "counting the sessions to kill …; Esc stops",
            Self::Search => "searching …; Esc stops",
            Self::Values => "reading the values …; Esc stops",
            Self::Rows => "finding the sessions …; Esc drops later keys",
        }
    }

    /// Returns what the status line shows if the user stops it.
    const fn stopped(self) -> &'static str {
        match self {
            Self::Marks => "stopped: the marks stay as they were",
            Self::Victims => "nothing was killed",
            Self::Search => "search stopped",
            Self::Values => "stopped",
            Self::Rows => "later keys were dropped",
        }
    }
}

/// The result that is awaited, and the input that waits for it.
#[derive(Clone, Debug, Default)]
pub(super) struct Waiting {
    awaited: Option<(Awaited, Duration)>,
    /// Whether the status line shows it.
    is_shown: bool,
    held: VecDeque<Msg>,
}

impl Waiting {
    /// Whether a result is awaited.
    pub(super) const fn is_waiting(&self) -> bool {
        self.awaited.is_some()
    }

    /// Whether this result is awaited.
    pub(super) fn is_for(&self, awaited: Awaited) -> bool {
        self.awaited.is_some_and(|(own, _)| own == awaited)
    }

    /// Returns when the status line shows that a result is awaited.
    pub(super) fn wake_at(&self) -> Option<Duration> {
        let (_, since) = self.awaited.filter(|_| !self.is_shown)?;
        Some(since + SHOWN_AFTER)
    }

    /// Returns the next message that no longer waits.
    pub(super) fn next_released(&mut self) -> Option<Msg> {
        self.held.pop_front_if(|_| self.awaited.is_none())
    }
}

impl App {
    /// Makes later keys wait for a result.
    pub(super) fn wait_for(&mut self, awaited: Awaited) {
        self.waiting.awaited = Some((awaited, self.now.elapsed));
        self.waiting.is_shown = false;
    }

    /// Ends the wait for a result. Returns whether it was awaited.
    pub(super) fn end_wait(&mut self, awaited: Awaited) -> bool {
        let was_awaited = self.waiting.is_for(awaited);
        if was_awaited {
            self.waiting.awaited = None;
            let is_own = |status: &mut Status| status.text == awaited.text();
            self.status.take_if(is_own);
        }
        was_awaited
    }

    /// Returns a message unless it is a key that waits. A running kill can always be stopped at once.
    pub(super) fn hold(&mut self, msg: Msg) -> Option<Msg> {
        let Some((awaited, _)) = self.waiting.awaited else {
            return Some(msg);
        };
        match &msg {
            Msg::Key(key) if key.alt || self.stops_kill(*key) => {
                self.stop_waiting(awaited);
                Some(msg)
            }
            Msg::Key(key) if *key == KeyPress::plain(Code::Esc) => {
                self.stop_waiting(awaited);
                self.status = Some(Status::note(awaited.stopped().to_owned()));
                None
            }
            Msg::Key(key) if key.ctrl && key.code == Code::Char('c') => {
                self.stop_waiting(awaited);
                Some(msg)
            }
            Msg::Key(_) | Msg::Mouse(_) | Msg::Paste(_) => {
                if self.waiting.held.len() < MAX_HELD {
                    self.waiting.held.push_back(msg);
                }
                None
            }
            _ => Some(msg),
        }
    }

    /// Whether a key cancels or stops a kill.
    fn stops_kill(&self, key: KeyPress) -> bool {
        let context = self.context();
        let translated = self.settings.keys.translate(context, key);
        let is_stop = |key| self.cancels_kill(context, key) || self.cancels_logging(context, key);
        let is_esc = key == KeyPress::plain(Code::Esc);
        std::iter::once(key).chain(translated).any(is_stop) || is_esc && self.kills.busy().is_some()
    }

    /// Drops the result that is awaited, and the keys that wait for it.
    fn stop_waiting(&mut self, awaited: Awaited) {
        self.end_wait(awaited);
        self.waiting.held.clear();
        match awaited {
            Awaited::Marks => self.marks.stop_changes(),
            Awaited::Victims => self.victims = None,
            Awaited::Search => self.stop_search(),
            Awaited::Values => self.values = None,
            Awaited::Rows => {}
        }
    }

    /// Shows that a result is awaited, if that takes long.
    pub(super) fn show_wait(&mut self) {
        let is_due = self.waiting.wake_at().is_some_and(|at| at <= self.now.elapsed);
        if let Some((awaited, _)) = self.waiting.awaited
            && is_due
        {
            self.waiting.is_shown = true;
            self.status = Some(Status::note(awaited.text().to_owned()));
        }
    }
}
