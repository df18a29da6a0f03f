//! The dialog, chooser, prompt or overlay that is open and receives the keys.

use std::time::Duration;

use super::chooser::Chooser;
use super::columns::ColumnId;
use super::copying::CopyMenu;
use super::events::EventPane;
use super::keymap::KeyContext;
use super::kill_dialog::KillDialog;
use super::overlay::{Overlay, Topic};
use super::prompt::FilterPrompt;
use super::replay::TimePrompt;
use super::saving::SaveQuestion;
use super::searching::SearchPrompt;
use crate::filter::{Filter, SavedFilters};
use crate::kill::Ticket;

/// The open modal. At most one is open, so every key has one receiver.
#[derive(Clone, Debug, Default)]
pub(crate) enum Modal {
    /// None: keys go to the table or to the details.
    #[default]
    Closed,
    /// The kill dialog.
    KillDialog(Box<KillDialog>),
    /// The menu of what can be copied.
    Copy(CopyMenu),
    /// A text over the table.
    Overlay(Overlay),
    /// The events.
    Events(EventPane),
    /// The column chooser.
    Chooser(Box<Chooser>),
    /// The search prompt.
    Search(Box<SearchPrompt>),
    /// The question whether to write values to the configuration file.
    SaveQuestion(SaveQuestion),
    /// The filter prompt.
    Prompt(Box<FilterPrompt>),
    /// The prompt for a time of a recording.
    Time(Box<TimePrompt>),
}

impl Modal {
    /// Opens the filter prompt with the current filter.
    pub(super) fn filter_prompt(filter: &Filter, saved: &SavedFilters) -> Self {
        Self::Prompt(Box::new(FilterPrompt::new(filter.clone(), saved.clone())))
    }

    /// Opens the column chooser with the shown columns.
    pub(super) fn column_chooser(shown: &[ColumnId]) -> Self {
        Self::Chooser(Box::new(Chooser::new(shown)))
    }

    /// Whether no modal is open.
    pub(crate) const fn is_closed(&self) -> bool {
        matches!(self, Self::Closed)
    }

    /// Returns the context that receives the keys; `None` if no modal is open.
    pub(crate) fn context(&self) -> Option<KeyContext> {
        match self {
            Self::Closed => None,
            Self::KillDialog(dialog) if dialog.types_reason => Some(KeyContext::Reason),
            Self::KillDialog(_) => Some(KeyContext::Dialog),
            Self::Copy(_) => Some(KeyContext::Copy),
            Self::Overlay(_) => Some(KeyContext::Overlay),
            Self::Events(_) => Some(KeyContext::Events),
            Self::Chooser(_) => Some(KeyContext::Columns),
            Self::Search(_) => Some(KeyContext::Search),
            Self::SaveQuestion(_) => Some(KeyContext::SaveQuestion),
            Self::Prompt(_) => Some(KeyContext::Prompt),
            Self::Time(_) => Some(KeyContext::Time),
        }
    }

    /// Returns the kill dialog, if it is open.
    pub(crate) fn kill_dialog(&self) -> Option<&KillDialog> {
        match self {
            Self::KillDialog(dialog) => Some(dialog),
            _ => None,
        }
    }

    /// Returns the kill dialog, if it is open.
    pub(super) fn kill_dialog_mut(&mut self) -> Option<&mut KillDialog> {
        match self {
            Self::KillDialog(dialog) => Some(dialog),
            _ => None,
        }
    }

    /// Returns the ticket of the kill dialog if Yes is possible, for the frame drawn now.
    pub(crate) fn open_dialog_ticket(&self) -> Option<Ticket> {
        self.kill_dialog()?.batch.open_dialog_ticket()
    }

    /// Returns the overlay, if one is open.
    pub(crate) const fn overlay(&self) -> Option<&Overlay> {
        match self {
            Self::Overlay(overlay) => Some(overlay),
            _ => None,
        }
    }

    /// Returns the overlay, if one is open.
    pub(super) const fn overlay_mut(&mut self) -> Option<&mut Overlay> {
        match self {
            Self::Overlay(overlay) => Some(overlay),
            _ => None,
        }
    }

    /// Enter in an overlay: lists or counts the killed sessions of the kill log, closes any other overlay.
    pub(super) fn open_in_overlay(&mut self) {
        match self {
            Self::Overlay(overlay) if overlay.topic == Topic::KillLog => {
                overlay.is_unfolded = !overlay.is_unfolded;
            }
            _ => *self = Self::Closed,
        }
    }

    /// Whether the overview is open.
    pub(super) fn is_overview(&self) -> bool {
        self.overlay()
            .is_some_and(|overlay| overlay.topic == Topic::Overview)
    }

    /// Returns the menu of what can be copied, if it is open.
    pub(crate) const fn copy_menu(&self) -> Option<&CopyMenu> {
        match self {
            Self::Copy(menu) => Some(menu),
            _ => None,
        }
    }

    /// Returns the view of events, if it is open.
    pub(crate) const fn events(&self) -> Option<&EventPane> {
        match self {
            Self::Events(pane) => Some(pane),
            _ => None,
        }
    }

    /// Returns the column chooser, if it is open.
    pub(crate) fn chooser(&self) -> Option<&Chooser> {
        match self {
            Self::Chooser(chooser) => Some(chooser),
            _ => None,
        }
    }

    /// Returns the search prompt, if it is open.
    pub(crate) fn search(&self) -> Option<&SearchPrompt> {
        match self {
            Self::Search(prompt) => Some(prompt),
            _ => None,
        }
    }

    /// Returns the prompt for a time, if it is open.
    pub(crate) fn time_prompt(&self) -> Option<&TimePrompt> {
        match self {
            Self::Time(prompt) => Some(prompt),
            _ => None,
        }
    }

    /// Returns the question whether to write values to the configuration file, if it is open.
    pub(crate) const fn save_question(&self) -> Option<&SaveQuestion> {
        match self {
            Self::SaveQuestion(question) => Some(question),
            _ => None,
        }
    }

    /// Returns the filter prompt, if it is open.
    pub(crate) fn prompt(&self) -> Option<&FilterPrompt> {
        match self {
            Self::Prompt(prompt) => Some(prompt),
            _ => None,
        }
    }

    /// Returns the filter prompt, if it is open.
    pub(super) fn prompt_mut(&mut self) -> Option<&mut FilterPrompt> {
        match self {
            Self::Prompt(prompt) => Some(prompt),
            _ => None,
        }
    }

    /// Returns when the modal next needs the time.
    pub(super) fn wake_at(&self, now: Duration) -> Option<Duration> {
        match self {
            Self::KillDialog(dialog) => dialog.wake_at(now),
            Self::Prompt(prompt) => prompt.wake_at(),
            _ => None,
        }
    }

    /// Closes the modal. Returns whether one was open.
    pub(super) fn close(&mut self) -> bool {
        !std::mem::take(self).is_closed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_go_to_the_open_modal() {
        let overlay = Modal::Overlay(Overlay::new(Topic::Overview));
        for (mut modal, context) in [
            (Modal::Closed, None),
            (
                Modal::filter_prompt(&Filter::default(), &SavedFilters::default()),
                Some(KeyContext::Prompt),
            ),
            (Modal::column_chooser(&[]), Some(KeyContext::Columns)),
            (Modal::Search(Box::default()), Some(KeyContext::Search)),
            (overlay, Some(KeyContext::Overlay)),
        ] {
            assert_eq!(modal.context(), context);
            assert_eq!(modal.close(), context.is_some());
            assert!(modal.is_closed() && !modal.is_overview());
        }
    }
}
