//! The filter prompt.
//!
//! Also the history of the filters that were applied in this run.

use std::time::Duration;

use tui_input::{Input, InputRequest};

use super::keymap::{Action, Code, KeyContext, KeyPress, action};
use crate::filter::{Completion, Filter, FilterError, FilterField, MAX_FILTER_LEN, SavedFilters, complete};

/// Time without a key after which a typed filter applies.
pub(crate) const TYPING_PAUSE: Duration = Duration::from_millis(300);

/// The text input, its filter, and the filter to restore.
#[derive(Clone, Debug)]
pub(crate) struct FilterPrompt {
    /// The text and its cursor.
    pub input: Input,
    /// The filter before the prompt was opened.
    pub before: Filter,
    /// The filter of the last valid text. Applies until the text is valid again.
    pub good: Filter,
    /// Why the text is not a valid filter.
    pub error: Option<FilterError>,
    /// The last valid filter that did not end in a word that may continue. Its rows are shown during an error.
    whole: Filter,
    /// When the typed filter applies, if it does not yet.
    due: Option<Duration>,
    /// Number of steps back in the history; 0 for typed text.
    steps: usize,
    /// The typed text before the first step back.
    draft: String,
    /// The named filters.
    saved: SavedFilters,
    /// Choices of Tab, and the current one.
    offer: Option<Offer>,
}

/// Result of a key in the prompt, for the app.
#[derive(Clone, Debug)]
pub(super) enum PromptResult {
    /// The prompt stays open.
    Stay,
    /// Show the rows of this filter while it is typed.
    Typed(Filter),
    /// Close the prompt and apply this filter.
    Accepted(Filter),
    /// Close the prompt and restore this filter.
    Canceled(Filter),
}

#[derive(Clone, Debug)]
struct Offer {
    completion: Completion,
    next: usize,
    /// The text after the completed word.
    tail: String,
}

/// Whether a filter ends with an operator, so that its value is still missing.
fn is_unfinished(text: &str) -> bool {
    text.trim_end().ends_with(['=', '~', '<', '>'])
}

impl FilterPrompt {
    /// Opens the prompt with the current filter.
    pub(crate) fn new(before: Filter, saved: SavedFilters) -> Self {
        Self {
            input: Input::new(before.text().to_owned()),
            good: before.clone(),
            whole: before.clone(),
            due: None,
            before,
            error: None,
            steps: 0,
            draft: String::new(),
            saved,
            offer: None,
        }
    }

    /// Handles a key at a time. `texts` returns the known values of a field.
    pub(super) fn on_key(
        &mut self,
        key: KeyPress,
        now: Duration,
        history: &FilterHistory,
        texts: impl FnOnce(&'static FilterField) -> Vec<String>,
    ) -> PromptResult {
        let changed = match action(KeyContext::Prompt, key) {
            None => {
                let changed = self.key(key);
                return self.typed(changed, now);
            }
            Some(Action::Move(by)) => self.step(by, history),
            Some(Action::Complete) => self.complete(texts),
            Some(Action::Accept) => {
                let accepted = self.accept();
                return accepted.map_or(PromptResult::Stay, PromptResult::Accepted);
            }
            Some(_) => return PromptResult::Canceled(self.before.clone()),
        };
        self.result_of(changed)
    }

    /// Completes the word at the cursor with the values of its field.
    pub(super) fn complete_with(&mut self, values: Vec<String>) -> PromptResult {
        let changed = self.complete(|_| values);
        self.result_of(changed)
    }

    /// Handles pasted text.
    pub(super) fn on_paste(&mut self, text: &str) -> PromptResult {
        let changed = self.paste(text);
        self.result_of(changed)
    }

    /// Returns the time at which the typed filter applies.
    pub(super) const fn wake_at(&self) -> Option<Duration> {
        self.due
    }

    /// Applies the typed filter if the pause has passed.
    pub(super) fn on_clock(&mut self, now: Duration) -> PromptResult {
        let is_due = self.due.is_some_and(|due| due <= now);
        self.result_of(is_due)
    }

    /// After a typed character, a valid filter applies when typing pauses, so that half a word does not
    /// empty the table.
    fn typed(&mut self, changed: bool, now: Duration) -> PromptResult {
        if changed && self.error.is_none() && is_unfinished(self.value()) {
            // A condition without its value would show other rows for a moment.
            self.due = None;
            return PromptResult::Stay;
        }
        if changed && self.error.is_none() && !self.value().trim().is_empty() {
            self.due = Some(now + TYPING_PAUSE);
            return PromptResult::Stay;
        }
        self.result_of(changed)
    }

    /// A valid filter applies at once. During an error the rows of the last whole filter are shown.
    fn result_of(&mut self, changed: bool) -> PromptResult {
        if !changed {
            return PromptResult::Stay;
        }
        self.due = None;
        let filter = if self.error.is_none() {
            &self.good
        } else {
            &self.whole
        };
        PromptResult::Typed(filter.clone())
    }

    /// Handles a key that the prompt does not bind. Returns whether the text changed.
    pub(crate) fn key(&mut self, key: KeyPress) -> bool {
        if matches!((key.code, key.ctrl), (Code::Char('u'), true)) {
            return self.clear();
        }
        let Some(changed) = edit(&mut self.input, key) else {
            return false;
        };
        self.offer = None;
        changed && self.read()
    }

    /// Inserts pasted text, without control characters and up to the maximum length of a filter. Hidden
    /// characters are kept, since a name may have them; they are shown as escapes.
    pub(crate) fn paste(&mut self, text: &str) -> bool {
        let mut changed = false;
        let mut room = MAX_FILTER_LEN.saturating_sub(self.input.value().len());
        for c in text.chars().filter(|c| !c.is_control()) {
            if c.len_utf8() > room {
                break;
            }
            room -= c.len_utf8();
            changed |= self.input.handle(InputRequest::InsertChar(c)).is_some();
        }
        self.offer = None;
        changed && self.read()
    }

    /// Steps through the history: backwards by -1, forwards by 1, and last to the typed text. Returns
    /// whether the text changed.
    pub(crate) fn step(&mut self, by: isize, history: &FilterHistory) -> bool {
        if self.steps == 0 {
            self.draft = self.value().to_owned();
        }
        let mut steps = self.steps.saturating_add_signed(-by);
        // An entry equal to the current text is skipped.
        if by < 0
            && history
                .back(steps)
                .is_some_and(|filter| filter.text() == self.value())
        {
            steps += 1;
        }
        let text = match steps {
            0 => self.draft.clone(),
            _ => match history.back(steps) {
                Some(filter) => filter.text().to_owned(),
                None => return false,
            },
        };
        let changed = self.replace(text);
        self.steps = steps;
        changed
    }

    /// Completes the word at the cursor, or offers the next choice for it. Returns whether the text
    /// changed.
    pub(crate) fn complete(&mut self, values: impl FnOnce(&'static FilterField) -> Vec<String>) -> bool {
        if self.offer.is_none() {
            let (head, tail) = self.around_cursor();
            let Some(completion) = self.saved_filters(&head).or_else(|| complete(&head, values)) else {
                return false;
            };
            self.offer = Some(Offer {
                completion,
                next: 0,
                tail,
            });
        }
        let Some(Offer {
            completion,
            next,
            tail,
        }) = &mut self.offer
        else {
            return false;
        };
        let Some(choice) = completion.choices.get(*next % completion.choices.len().max(1)) else {
            return false;
        };
        *next += 1;
        let mut text: String = self.input.value().chars().take(completion.start).collect();
        text.push_str(choice);
        let cursor = text.chars().count();
        text.push_str(tail);
        self.input = Input::new(text).with_cursor(cursor);
        self.read()
    }

    /// Returns the named filters that an empty text, or one that begins with their sign, can become.
    fn saved_filters(&self, head: &str) -> Option<Completion> {
        let is_asked = head.trim().is_empty() || SavedFilters::is_reference(head);
        let choices = if is_asked {
            self.saved.complete(head.trim())
        } else {
            Vec::new()
        };
        (!choices.is_empty()).then_some(Completion { start: 0, choices })
    }

    /// Enter: returns the filter if the text is valid. Otherwise moves the cursor to the error.
    pub(crate) fn accept(&mut self) -> Option<Filter> {
        match &self.error {
            None => Some(self.good.clone()),
            Some(error) => {
                self.input.handle(InputRequest::SetCursor(error.column));
                None
            }
        }
    }

    fn value(&self) -> &str {
        self.input.value()
    }

    fn around_cursor(&self) -> (String, String) {
        let mut chars = self.input.value().chars();
        let head = chars.by_ref().take(self.input.cursor()).collect();
        (head, chars.collect())
    }

    fn replace(&mut self, text: String) -> bool {
        let changed = text != self.value();
        self.offer = None;
        self.input = Input::new(text);
        changed && self.read()
    }

    fn clear(&mut self) -> bool {
        self.replace(String::new())
    }

    /// Parses the text after a change.
    fn read(&mut self) -> bool {
        self.steps = 0;
        match self.saved.parse(self.input.value()) {
            Ok(filter) => {
                if !filter.ends_in_word() && !is_unfinished(self.input.value()) {
                    self.whole = filter.clone();
                }
                self.good = filter;
                self.error = None;
            }
            Err(error) => self.error = Some(error),
        }
        true
    }
}

/// Edits a one-line text. Returns whether the text changed; `None` if the key edits nothing.
pub(super) fn edit(input: &mut Input, key: KeyPress) -> Option<bool> {
    let request = match (key.code, key.ctrl) {
        (Code::Char('u'), true) => InputRequest::DeleteLine,
        (Code::Char('w'), true) => InputRequest::DeletePrevWord,
        (Code::Char('a'), true) | (Code::Home, _) => InputRequest::GoToStart,
        (Code::Char('e'), true) | (Code::End, _) => InputRequest::GoToEnd,
        (Code::Char('k'), true) => InputRequest::DeleteTillEnd,
        (Code::Char(c), false) if !key.alt => InputRequest::InsertChar(c),
        (Code::Backspace, _) => InputRequest::DeletePrevChar,
        (Code::Delete, _) => InputRequest::DeleteNextChar,
        (Code::Left, _) => InputRequest::GoToPrevChar,
        (Code::Right, _) => InputRequest::GoToNextChar,
        _ => return None,
    };
    Some(input.handle(request).is_some_and(|change| change.value))
}

/// Maximum number of filters in the history.
const MAX_HISTORY: usize = 100;

/// Applied filters, oldest first, without duplicates.
#[derive(Clone, Debug, Default)]
pub(crate) struct FilterHistory(Vec<Filter>);

impl FilterHistory {
    /// Creates a history with the filter of the command line.
    pub(crate) fn new(first: &Filter) -> Self {
        let mut history = Self::default();
        history.add(first);
        history
    }

    /// Adds a filter as the newest. A filter that matches every session is not added.
    pub(crate) fn add(&mut self, filter: &Filter) {
        if filter.is_empty() {
            return;
        }
        self.0.retain(|kept| kept.text() != filter.text());
        self.0.push(filter.clone());
        let too_many = self.0.len().saturating_sub(MAX_HISTORY);
        self.0.drain(..too_many);
    }

    /// Returns the filter this many steps back; 1 is the newest.
    pub(crate) fn back(&self, steps: usize) -> Option<&Filter> {
        self.0.get(self.0.len().checked_sub(steps)?)
    }
}
