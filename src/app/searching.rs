//! Search: moves the cursor to a row with a text. No row is hidden.

use std::sync::Arc;

use tui_input::{Input, InputRequest};

use super::App;
use super::awaiting::Awaited;
use super::build_view::filter_input;
use super::keymap::{Action, KeyContext, KeyPress, action};
use super::modal::Modal;
use super::prompt::edit;
use super::reason_names::Names;
use super::row::TableRow;
use super::status::Status;
use super::table_view::TableView;
use crate::filter::{Filter, MAX_FILTER_LEN};
use crate::model::visible;

/// The search prompt.
#[derive(Clone, Debug, Default)]
pub(crate) struct SearchPrompt {
    /// The text and its cursor.
    pub input: Input,
    /// The row that Enter goes to, and the number of rows with the text; `None` without a text.
    pub found: Option<Found>,
}

/// The text of the last search.
#[derive(Clone, Debug)]
pub(super) struct Search {
    text: String,
    filter: Filter,
    /// Whether the rows show where the text is. Esc ends that.
    is_shown: bool,
}

/// A row or group with the text of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Its number among all with the text, from 1; 0 if there is none.
    pub number: usize,
    /// Number of rows or groups with the text.
    pub count: usize,
    /// Its position in the table.
    position: usize,
    /// Whether the search continued at the other end.
    continued: bool,
}

impl Search {
    /// Creates a search; `None` without a text.
    fn new(text: &str) -> Option<Self> {
        let filter = Filter::with_text(text).ok()?;
        let text = text.to_owned();
        Some(Self {
            text,
            filter,
            is_shown: true,
        })
    }
}

impl Found {
    /// Formats the number: `3 of 17`.
    pub(crate) fn words(&self) -> String {
        match self.count {
            0 => "not found".to_owned(),
            count => format!("{} of {count}", self.number),
        }
    }
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

/// Purpose of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SearchPurpose {
    /// Count the rows with the text that is typed.
    Count,
    /// Go to the next row, downwards by 1 or upwards by -1, as the step with this number.
    Go(u64, isize),
}

/// The searches that a key has requested.
#[derive(Clone, Debug, Default)]
pub(super) struct Searches {
    /// Whether the rows with the typed text have to be counted.
    must_count: bool,
    is_counting: bool,
    /// The step to the next row: its number, its direction, and whether it is started.
    step: Option<(u64, isize, bool)>,
}

/// Input of a search.
#[derive(Clone, Debug)]
pub(super) struct SearchRequest {
    purpose: SearchPurpose,
    search: Search,
    view: Arc<TableView>,
    /// Position of the cursor.
    from: usize,
}

/// Result of a search.
#[derive(Clone, Debug)]
pub(super) struct SearchFound {
    purpose: SearchPurpose,
    text: String,
    view: Arc<TableView>,
    found: Found,
}

impl SearchRequest {
    /// Searches for the next row or group that has the text.
    pub(super) fn run(self) -> SearchFound {
        let step = match self.purpose {
            SearchPurpose::Count => 1,
            SearchPurpose::Go(_, step) => step,
        };
        SearchFound {
            found: self.find(step),
            purpose: self.purpose,
            text: self.search.text,
            view: self.view,
        }
    }

    /// Returns the positions of all rows or groups that have the text.
    fn positions(&self) -> Vec<usize> {
        let needle = self.search.text.to_lowercase();
        let mut names = Names::new();
        let mut row_has_text = |row: &TableRow<'_>| {
            self.search
                .filter
                .evaluate(&filter_input(row, &mut names))
                .is_yes()
        };
        if let Some(groups) = &self.view.groups {
            let names = groups
                .window(0, usize::MAX)
                .map(|group| group.name().to_lowercase());
            let found = names.enumerate().filter(|(_, name)| name.contains(&needle));
            return found.map(|(position, _)| position).collect();
        }
        let rows = self.view.window(0, usize::MAX).enumerate();
        let found = rows.filter(|(_, row)| row_has_text(row));
        found.map(|(position, _)| position).collect()
    }

    /// Returns the next row or group that has the text. `step` is 1 for downwards and -1 for upwards.
    fn find(&self, step: isize) -> Found {
        let from = self.from;
        let all = self.positions();
        let next = if step == 1 {
            let next = all.iter().position(|position| *position > from);
            next.map_or((0, true), |next| (next, false))
        } else {
            let next = all.iter().rposition(|position| *position < from);
            next.map_or((all.len().saturating_sub(1), true), |next| (next, false))
        };
        let (index, continued) = next;
        let position = all.get(index).copied();
        Found {
            number: position.map_or(0, |_| index + 1),
            count: all.len(),
            position: position.unwrap_or(from),
            continued,
        }
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
            None => {
                edit(&mut prompt.input, key);
                self.count_found();
            }
            Some(Action::Accept) => {
                let search = Search::new(prompt.input.value());
                self.modal.close();
                // Without a text, Enter only closes the prompt.
                if search.is_some() {
                    self.search = search;
                    self.search(1);
                }
            }
            Some(_) => _ = self.modal.close(),
        }
    }

    /// Requests that the rows with the typed text are counted. Until then, the last number is shown.
    pub(super) fn count_found(&mut self) {
        if let Modal::Search(prompt) = &mut self.modal {
            self.searches.must_count = !prompt.input.value().is_empty();
            if !self.searches.must_count {
                prompt.found = None;
            }
        }
    }

    /// Returns the search that has to be started.
    pub(super) fn next_search(&mut self) -> Option<SearchRequest> {
        let request = |purpose, search: Search| SearchRequest {
            purpose,
            search,
            view: Arc::clone(&self.table.view),
            from: self.table.shown_position(),
        };
        if let Some((number, step, is_started)) = &mut self.searches.step
            && !std::mem::replace(is_started, true)
        {
            let purpose = SearchPurpose::Go(*number, *step);
            return self.search.clone().map(|search| request(purpose, search));
        }
        if self.searches.is_counting || !std::mem::take(&mut self.searches.must_count) {
            return None;
        }
        let search = Search::new(self.modal.search()?.input.value())?;
        self.searches.is_counting = true;
        Some(request(SearchPurpose::Count, search))
    }

    /// Handles the result of a search.
    pub(super) fn on_search_found(&mut self, result: &SearchFound) {
        match result.purpose {
            SearchPurpose::Count => {
                self.searches.is_counting = false;
                if let Modal::Search(prompt) = &mut self.modal
                    && prompt.input.value() == result.text
                {
                    prompt.found = Some(result.found);
                }
            }
            SearchPurpose::Go(number, step) => {
                let Some((_, _, is_started)) = self.searches.step.as_mut().filter(|(own, ..)| *own == number)
                else {
                    return;
                };
                if !Arc::ptr_eq(&result.view, &self.table.view) {
                    // The positions are those of an older view.
                    *is_started = false;
                    return;
                }
                self.searches.step = None;
                self.end_wait(Awaited::Search);
                self.go_to_found(result.found, step);
            }
        }
    }

    /// Drops the step to the next row that is in progress.
    pub(super) const fn stop_search(&mut self) {
        self.searches.step = None;
    }

    /// Returns the text that the rows highlight: the one being typed, otherwise that of the last search.
    pub(crate) fn search_text(&self) -> Option<&str> {
        if let Some(prompt) = self.modal.search() {
            return Some(prompt.input.value()).filter(|text| !text.is_empty());
        }
        let shown = self.search.as_ref().filter(|search| search.is_shown);
        shown.map(|search| search.text.as_str())
    }

    /// Ends the highlights of the last search. `n` continues it.
    pub(super) fn end_search(&mut self) {
        if let Some(search) = &mut self.search {
            search.is_shown = false;
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
        let Some(search) = &mut self.search else { return };
        search.is_shown = true;
        self.calculations += 1;
        self.searches.step = Some((self.calculations, step, false));
        self.wait_for(Awaited::Search);
    }

    /// Moves the cursor to a row that a search has found.
    fn go_to_found(&mut self, found: Found, step: isize) {
        let Some(search) = &self.search else { return };
        let text = format!("'{}'", visible(&search.text));
        if found.count == 0 {
            let filtered = if self.table.filter.is_empty() {
                ""
            } else {
                " that the filter shows"
            };
            self.status = Some(Status::note(format!("no row{filtered} has {text}")));
            return;
        }
        let page = self.page();
        let left_ghost = self.table.go_to(found.position, page);
        self.on_cursor_moved(left_ghost);
        let words = format!("{} with {text}", found.words());
        let text = match (found.count, found.continued) {
            (1, true) => format!("{words}: no other row has it"),
            (_, true) if step == 1 => format!("continued from the first row: {words}"),
            (_, true) => format!("continued from the last row: {words}"),
            (_, false) => words,
        };
        self.status = Some(Status::note(text));
    }
}
