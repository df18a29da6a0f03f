//! Search: moves the cursor to a row with a text. No row is hidden.

use tui_input::{Input, InputRequest};

use super::App;
use super::build_view::filter_input;
use super::groups::Groups;
use super::keymap::{Action, KeyContext, KeyPress, action};
use super::modal::Modal;
use super::prompt::edit;
use super::reason_names::Names;
use super::status::Status;
use super::table::TableState;
use crate::filter::{Filter, MAX_FILTER_LEN};
use crate::model::visible;

/// The search prompt.
#[derive(Clone, Debug, Default)]
pub(crate) struct SearchPrompt {
    /// The text and its cursor.
    pub input: Input,
}

/// The text of the last search.
#[derive(Clone, Debug)]
pub(super) struct Search {
    text: String,
    filter: Filter,
}

impl SearchPrompt {
    /// Inserts pasted text without control characters.
    pub(super) fn paste(&mut self, text: &str) {
        for c in text.chars().filter(|c| !c.is_control()) {
            if self.input.value().len() + c.len_utf8() > MAX_FILTER_LEN {
                break;
            }
            self.input.handle(InputRequest::InsertChar(c));
        }
    }
}

impl TableState {
    /// Returns the position of the next row or group that has the text, and whether the search continued at
    /// the other end. `step` is 1 for downwards and -1 for upwards.
    fn find(&self, search: &Search, step: isize) -> Option<(usize, bool)> {
        let groups = self.view.groups.as_ref();
        let count = groups.map_or(self.view.len(), Groups::len);
        let from = self.shown_position();
        let needle = search.text.to_lowercase();
        let mut names = Names::new();
        let mut has_text = |position: usize| match groups {
            Some(groups) => {
                let group = groups.get(position);
                group.is_some_and(|group| group.name().to_lowercase().contains(&needle))
            }
            None => self
                .view
                .row(position)
                .is_some_and(|row| search.filter.evaluate(&filter_input(&row, &mut names)).is_yes()),
        };
        let found = (1..=count).map(|distance| match step {
            1 => (from + distance) % count,
            _ => (from + count - distance) % count,
        });
        let position = found.into_iter().find(|position| has_text(*position))?;
        let continued = if step == 1 {
            position <= from
        } else {
            position >= from
        };
        Some((position, continued))
    }
}

impl App {
    /// `F3`: opens the search prompt.
    pub(super) fn open_search(&mut self) {
        if self.may_search() {
            self.modal = Modal::Search(Box::default());
        }
    }

    /// `n` and `N`: moves the cursor to the next row with the text of the last search.
    pub(super) fn search_again(&mut self, step: isize) {
        if self.search.is_none() {
            self.status = Some(Status::note("no search yet: F3 starts one".to_owned()));
        } else if self.may_search() {
            self.search(step);
        }
    }

    /// Handles a key in the search prompt.
    pub(super) fn search_key(&mut self, key: KeyPress) {
        let Modal::Search(prompt) = &mut self.modal else {
            return;
        };
        match action(KeyContext::Search, key) {
            None => _ = edit(&mut prompt.input, key),
            Some(Action::Accept) => {
                let text = prompt.input.value().to_owned();
                self.modal.close();
                // Without a text, Enter only closes the prompt.
                if let Ok(filter) = Filter::with_text(&text) {
                    self.search = Some(Search { text, filter });
                    self.search(1);
                }
            }
            Some(_) => _ = self.modal.close(),
        }
    }

    /// Whether the table is there to be searched; otherwise the status line says what to do.
    fn may_search(&mut self) -> bool {
        let is_hidden = self.detail_has_keys() && self.areas().table.is_empty();
        if is_hidden {
            self.status = Some(Status::note(
                "search works in the table: Esc leads back".to_owned(),
            ));
        }
        !is_hidden
    }

    fn search(&mut self, step: isize) {
        let Some(search) = &self.search else { return };
        let text = visible(&search.text).into_owned();
        let Some((position, continued)) = self.table.find(search, step) else {
            let filtered = if self.table.filter.is_empty() {
                ""
            } else {
                " that the filter shows"
            };
            self.status = Some(Status::note(format!("no row{filtered} has '{text}'")));
            return;
        };
        let is_only = position == self.table.shown_position();
        let page = self.page();
        let left_ghost = self.table.go_to(position, page);
        self.on_cursor_moved(left_ghost);
        let end = if step == 1 { "first" } else { "last" };
        self.status = match (is_only, continued) {
            (true, _) => Some(Status::note(format!("no other row has '{text}'"))),
            (_, true) => Some(Status::note(format!("'{text}': continued from the {end} row"))),
            (_, false) => None,
        };
    }
}
